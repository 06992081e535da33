// «Jeg vil ikke svare»: the draft goes when the server has taken the no, not before, and a no is of whoever the form belongs to.
import { ask, markOf } from "./form_sending.js";

/** `decline` carries the form's mark. `refused` hears "lost" or "other"; `taken` ends what lies here before the page that says so is opened. */
export function takeNo(decline, taken, refused) {
  decline?.addEventListener("submit", async (event) => {
    event.preventDefault();
    const { status } = await ask(decline.action, markOf(decline));
    if (status === "lost" || status === "other") return refused(status);
    if (status === "login" || status === "gone") return decline.submit(); // the ordinary way says what is wrong
    await taken();
    location.replace(location.pathname);
  });
}
