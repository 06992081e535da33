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
  let reading = false;

  const mark = (element) => {
    document.querySelector("[data-now-reading]")?.removeAttribute("data-now-reading");
    element?.setAttribute("data-now-reading", "");
  };
  const stop = () => {
    reading = false;
    speechSynthesis.cancel();
    label.textContent = words.start;
    mark(null);
  };
  const readOn = (queue) => {
    const [element, ...rest] = queue;
    if (!reading || !element) return stop();
    const utterance = new SpeechSynthesisUtterance(element.textContent.replace(/\s+/g, " "));
    utterance.voice = norwegianVoice(language);
    utterance.lang = utterance.voice?.lang ?? "nb-NO";
    utterance.rate = 0.95;
    utterance.onend = () => reading && readOn(rest);
    utterance.onerror = stop;
    mark(element);
    speechSynthesis.speak(utterance);
  };

  const offer = () => {
    button.hidden = !norwegianVoice(language);
  };
  button.addEventListener("click", () => {
    if (reading) return stop();
    reading = true;
    label.textContent = words.stop;
    readOn(pieces(texts));
  });
  speechSynthesis.addEventListener?.("voiceschanged", offer);
  addEventListener("pagehide", stop);
  offer();
}
