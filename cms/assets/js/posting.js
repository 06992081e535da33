// JSON to our own server, with the form token of the moment.
export const token = () => /(?:^|; )(?:__Host-)?csrf=([^;]+)/.exec(document.cookie)?.[1] ?? "";

/** The answer. Throws «login» when nobody is logged in, and the status or the network's error otherwise. */
export async function post(url, body) {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": token() },
    body: JSON.stringify(body),
    redirect: "manual", // to the login page: not an answer
    signal: AbortSignal.timeout(20_000),
  });
  if (answer.type === "opaqueredirect" || answer.status === 403) throw new Error("login");
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

/** Tries again later and later, at once when the network or the person comes back. `first` and `last` in milliseconds. */
export function again(work, first = 2_000, last = 5 * 60_000) {
  let [delay, timer, running] = [first, null, null];
  const run = () => {
    clearTimeout(timer);
    running ??= work()
      .then((done) => {
        if (done) delay = first;
        else {
          timer = setTimeout(run, delay);
          delay = Math.min(delay * 2, last);
        }
      })
      .finally(() => {
        running = null;
      });
    return running;
  };
  addEventListener("online", run);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && run());
  return run;
}
