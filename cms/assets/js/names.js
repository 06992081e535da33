// Advice on the device, while one writes: this looks like a name, a phone number, a fødselsnummer. It never blocks and never sends.
const PAUSE = 600; // milliseconds without typing before we look
const NOT_NAMES = new Set(["Gud", "Norge", "Noreg", "Bufetat", "Bufdir", "Solid", "Statsforvalteren", "Barnehuset", "Jul", "Påske", "Trygg", "Base", "En", "Ein"]);

/** Eleven digits whose two check digits fit (fødselsnummer, D-number, H-number). */
function isIdNumber(digits) {
  const d = [...digits].map(Number);
  const control = (weights) => weights.reduce((sum, weight, i) => sum + weight * d[i], 0) % 11 === 0;
  return control([3, 7, 6, 1, 8, 9, 4, 5, 2, 1]) && control([5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1]);
}

/** "id-number", "phone", "name" or null. */
export function looksPersonal(text) {
  for (const [match] of text.matchAll(/(?<!\d)\d{6}[ .-]?\d{5}(?!\d)/g)) {
    if (isIdNumber(match.replace(/\D/g, ""))) return "id-number";
  }
  if (/(?<!\d)(?:(?:\+|00)47 ?)?[2-9]\d(?: ?\d){6}(?!\d)/.test(text)) return "phone";
  // a capital letter that follows a word, not the start of a sentence, a quote or a line
  for (const [, word] of text.matchAll(/[\p{L}\d,;)][ \t]+(\p{Lu}\p{Ll}+)/gu)) {
    if (!NOT_NAMES.has(word)) return "name";
  }
  return null;
}

export function hintAboutNames() {
  for (const field of document.querySelectorAll("textarea[data-no-names]")) {
    const hint = field.form?.querySelector("[data-names-hint]");
    if (!hint) continue;
    const texts = { name: hint.dataset.name, phone: hint.dataset.phone, "id-number": hint.dataset.idNumber };
    let timer;
    const look = () => {
      const found = looksPersonal(field.value);
      hint.hidden = !found;
      if (found && hint.textContent !== texts[found]) hint.textContent = texts[found];
    };
    field.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(look, PAUSE);
    });
    look();
  }
}
