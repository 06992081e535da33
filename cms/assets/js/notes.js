// A note that is typed but not saved goes along when the page is left by one of its own buttons, such as «Lest».

const address = (form) => form.getAttribute("action");

async function save(form) {
  const answer = await fetch(address(form), { method: "POST", body: new URLSearchParams(new FormData(form)) });
  if (!answer.ok || new URL(answer.url).pathname.startsWith("/logg-inn/")) throw new Error(answer.status);
}

export function bringNotesAlong() {
  const unsaved = new Set();
  for (const form of document.querySelectorAll("form.note__form")) {
    form.querySelector("textarea")?.addEventListener("input", () => unsaved.add(form));
    form.addEventListener("submit", () => unsaved.delete(form));
  }
  document.addEventListener("submit", async (event) => {
    const left = event.target;
    if (!unsaved.size || left.matches(".note__form") || !left.method || left.method.toLowerCase() !== "post") return;
    event.preventDefault();
    for (const form of [...unsaved]) {
      try {
        await save(form);
        unsaved.delete(form);
      } catch {
        form.requestSubmit(); // the ordinary way tells what was wrong, and keeps the text
        return;
      }
    }
    left.requestSubmit(event.submitter); // as pressed: whoever else listens is asked now
  });
  addEventListener("beforeunload", (event) => {
    if (unsaved.size) event.preventDefault();
  });
}
