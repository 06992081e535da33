// Reads a part aloud, where the device itself has a Norwegian voice. Voices from the network are left out: the text stays here.
const READ = ":is(h1, h2, h3, p, li, dt, dd, blockquote, figcaption, summary):not(.ds-sr-only)";

function norwegianVoice(language) {
  const voices = speechSynthesis.getVoices().filter((voice) => voice.localService && /^(nb|nn|no)\b/i.test(voice.lang));
  return voices.find((voice) => voice.lang.toLowerCase().startsWith(language)) ?? voices[0];
}

/** The pieces to read, in order: leaves only, nothing from forms or closed folds. */
function pieces(texts) {
  const all = texts.flatMap((text) => (text.matches(READ) ? [text] : [...text.querySelectorAll(READ)]));
  return all.filter(
    (element) => !element.querySelector(READ) && !element.closest("form, [hidden], details:not([open]) > :not(summary)") && element.textContent.trim(),
  );
}

export function offerReading() {
  const button = document.querySelector("[data-read-aloud]");
  const texts = [...document.querySelectorAll("[data-readable]")];
  if (!button || !texts.length || !("speechSynthesis" in window)) return;
  const language = texts[0].lang;
  const label = button.querySelector("span");
  const words = { start: label.textContent, stop: button.dataset.stop };
  let turn = 0; // odd while reading; an utterance of an older turn no longer counts

  const mark = (element) => {
    document.querySelector("[data-now-reading]")?.removeAttribute("data-now-reading");
    element?.setAttribute("data-now-reading", "");
  };
  const stop = () => {
    if (turn % 2) turn += 1;
    speechSynthesis.cancel();
    label.textContent = words.start;
    mark(null);
  };
  const readOn = ([element, ...rest], mine) => {
    if (mine !== turn) return;
    if (!element) return stop();
    const utterance = new SpeechSynthesisUtterance(element.textContent.replace(/\s+/g, " "));
    utterance.voice = norwegianVoice(language);
    utterance.lang = utterance.voice?.lang ?? "nb-NO";
    utterance.rate = 0.95;
    utterance.onend = () => readOn(rest, mine);
    utterance.onerror = () => mine === turn && stop();
    mark(element);
    speechSynthesis.speak(utterance);
  };

  const offer = () => {
    button.hidden = !norwegianVoice(language);
  };
  button.addEventListener("click", () => {
    if (turn % 2) return stop();
    turn += 1;
    label.textContent = words.stop;
    readOn(pieces(texts), turn);
  });
  speechSynthesis.addEventListener?.("voiceschanged", offer);
  addEventListener("pagehide", stop);
  offer();
}
