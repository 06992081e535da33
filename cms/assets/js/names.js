// Advice on the device, while one writes: this looks like a name, a phone number, a fødselsnummer, an e-mail address.
// It never blocks and never sends. Known limit: a name that begins a sentence looks like any other word there.
const PAUSE = 600; // milliseconds without typing before we look
const NOT_NAMES = new Set(["Gud", "Norge", "Noreg", "Bufetat", "Bufdir", "Solid", "Statsforvalteren", "Barnehuset", "Jul", "Påske", "Trygg", "Base", "En", "Ein"]);

/** Eleven digits whose two check digits fit (fødselsnummer, D-number, H-number). */
function isIdNumber(digits) {
  const d = [...digits].map(Number);
  const control = (weights) => weights.reduce((sum, weight, i) => sum + weight * d[i], 0) % 11 === 0;
  return control([3, 7, 6, 1, 8, 9, 4, 5, 2, 1]) && control([5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1]);
}

/** Every kind that is there, the gravest first: "idNumber", "phone", "email", "name". */
export function looksPersonal(text) {
  const tests = {
    idNumber: () => [...text.matchAll(/(?<!\d)\d{6}[ .-]?\d{5}(?!\d)/g)].some(([match]) => isIdNumber(match.replace(/\D/g, ""))),
    phone: () => /(?<!\d)(?:(?:\+|00)47 ?)?[2-9]\d(?: ?\d){6}(?!\d)/.test(text),
    email: () => /[^\s@]@[^\s@]+\.\p{L}{2,}/u.test(text),
    // a capital letter that follows a word, not the start of a sentence, a quote or a line
    name: () => [...text.matchAll(/[\p{L}\d,;)][ \t]+(\p{Lu}\p{Ll}+)/gu)].some(([, word]) => !NOT_NAMES.has(word)),
  };
  return Object.keys(tests).filter((kind) => tests[kind]());
}

export function hintAboutNames() {
  for (const field of document.querySelectorAll("textarea[data-no-names]")) {
    const hint = (field.closest("[data-names]") ?? field.form)?.querySelector("[data-names-hint]"); // several fields: one hint each
    if (!hint) continue;
    let timer;
    const look = () => {
      const words = looksPersonal(field.value).map((kind) => hint.dataset[kind]).filter(Boolean).join(" ");
      hint.hidden = !words;
      if (words && hint.textContent !== words) hint.textContent = words;
    };
    field.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(look, PAUSE);
    });
    look();
  }
}
