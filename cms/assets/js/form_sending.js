// Sends a form until the server has said what became of it. Nothing is called received before.
import { again, token } from "./posting.js";

const [FIRST, LAST] = [1_000, 60_000]; // milliseconds between two tries

/** One POST; what the server says ({status, …} or a key), or {status: "login"}, "gone", or "lost": no answer to trust. */
export async function ask(url, body) {
  try {
    const answer = await fetch(url, {
      method: "POST",
      headers: { Accept: "application/json", "X-CSRFToken": token() },
      body,
      redirect: "manual", // to the login page: not an answer
      signal: AbortSignal.timeout(20_000),
    });
    if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) return { status: "login" };
    if (answer.status === 404) return { status: "gone" };
    return answer.status < 500 && answer.status !== 429 ? await answer.json() : { status: "lost" };
  } catch {
    return { status: "lost" };
  }
}

/** The form's fields as they stand, without the page's old token: logging in again has made another. */
export function bodyOf(form) {
  const body = new URLSearchParams(new FormData(form));
  body.delete("csrfmiddlewaretoken");
  return body;
}

/** Whose the form is, and nothing of what is answered: for all that is asked before she sends. */
export const markOf = (form) => new URLSearchParams({ mark: form.elements.mark.value });

/** Asks while `wanted`, each time with what `body` gives; `told` hears each outcome. Only a lost answer is asked for again by itself. */
export const keepAsking = (url, body, wanted, told) =>
  again(
    async () => {
      if (!wanted()) return true;
      const said = await ask(url, body());
      await told(said);
      return said.status !== "lost";
    },
    FIRST,
    LAST,
  );
