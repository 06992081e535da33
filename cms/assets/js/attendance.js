// A tap on the list shows at once and is sent at once. What cannot be sent stays here, is said so, and is tried again.
const AGAIN = 15_000; // milliseconds

const token = (form) => /(?:^|; )(?:__Host-)?csrf=([^;]+)/.exec(document.cookie)?.[1] ?? form.elements.csrfmiddlewaretoken.value;

/** Sends marks as they are; a mark sent twice is one. Throws when there is no answer to read. */
export async function sendMarks(form, marks) {
  const answer = await fetch(form.dataset.url, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": token(form) },
    body: JSON.stringify({ marks }),
    redirect: "manual", // to the login page: not an answer
  });
  if (answer.type === "opaqueredirect") throw new Error("login");
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

/** Shows one adult's state on her row. */
export function showState(row, state) {
  row.dataset.state = state;
  let words = "";
  for (const button of row.querySelectorAll("[aria-pressed]")) {
    const on = button.value === `${row.dataset.adult}:${state}`;
    button.setAttribute("aria-pressed", String(on));
    if (on && button.closest("[popover]")) words = button.textContent.trim().toLowerCase();
  }
  row.querySelector("[data-words]").textContent = words;
}

function count() {
  const line = document.querySelector("[data-count]");
  const rows = [...document.querySelectorAll(".who__row[data-adult]")];
  const marked = rows.filter((row) => row.dataset.state !== "unknown").length;
  if (line) line.textContent = line.dataset.words.replace("{n}", marked).replace("{all}", line.dataset.all);
  showRoom(rows);
}

/** The list against the heads that were counted, when they were. */
function showRoom(rows) {
  const room = document.querySelector("[data-room]");
  if (!room?.dataset.counted) return;
  const words = room.dataset;
  const counted = Number(words.counted);
  const brought = document.querySelectorAll(".extra__row, [data-brought] li").length;
  const there = rows.filter((row) => ["present", "partly"].includes(row.dataset.state)).length + brought;
  const fits = there === counted ? words.fits : counted > there ? words.more : words.fewer;
  room.textContent = `${words.words.replace("{there}", there).replace("{counted}", counted)} ${fits}`;
  if (there === counted) delete words.level;
  else words.level = "warning";
  room.hidden = false;
}

/** Shows what the server says of each adult, but of those in `pending`: a tap of hers is on its way. */
export function showStates(states, pending) {
  for (const row of document.querySelectorAll(".who__row[data-adult]")) {
    if (!pending.has(Number(row.dataset.adult))) showState(row, states[row.dataset.adult] ?? "unknown");
  }
  count();
}

/** Shows what lies on this device: taps that wait, by their own time, those who walked in, and the count of heads. */
export function showBrought({ marks, walkIns, heads }) {
  for (const { adult, says } of marks) {
    const row = document.querySelector(`.who__row[data-adult="${adult}"]`);
    if (row) showState(row, says);
  }
  const list = document.querySelector("[data-brought]");
  if (list) {
    const unknown = walkIns.filter((one) => !document.querySelector(`[data-client="${one.client_id}"]`));
    list.hidden = !unknown.length;
    list.replaceChildren(
      ...unknown.map(({ name, state }) => {
        const row = document.querySelector("template[data-brought-row]").content.firstElementChild.cloneNode(true);
        row.querySelector("b").textContent = name;
        row.querySelector("span").textContent = state;
        return row;
      }),
    );
  }
  const room = document.querySelector("[data-room]");
  if (room && heads !== null) {
    room.dataset.counted = heads;
    const field = document.querySelector("#talt [name=heads]");
    if (field && field !== document.activeElement) field.value = heads;
  }
  count();
}

export function markAtOnce() {
  const form = document.querySelector("form[data-attendance]");
  if (!form) return;
  const words = form.dataset;
  const line = form.querySelector("[data-marks-state]");
  const waiting = new Map();
  let sending = false;
  let timer;

  const rowOf = (adult) => form.querySelector(`[data-adult="${adult}"]`);
  const showAll = (states) => showStates(states, new Set([...waiting.values()].map((mark) => mark.adult)));

  const send = async () => {
    if (sending || !waiting.size) return;
    sending = true;
    clearTimeout(timer);
    const marks = [...waiting.values()];
    try {
      const answer = await sendMarks(form, marks);
      for (const mark of marks) waiting.delete(mark.client_id);
      showAll(answer.states);
      const refused = answer.marks.find((mark) => mark.status === "refused");
      // «saved» is said of everything tapped, never while a later tap is on its way
      line.textContent = refused ? `${words.refused} ${refused.why}` : waiting.size ? words.sending : words.saved;
    } catch (error) {
      line.textContent = error.message === "login" ? words.login : words.waiting.replace("{n}", waiting.size);
      timer = setTimeout(send, AGAIN);
      sending = false;
      return;
    }
    sending = false;
    if (waiting.size) send();
  };

  form.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (button?.name !== "mark") return;
    event.preventDefault();
    const [adult, state] = button.value.split(":");
    const mark = { client_id: crypto.randomUUID(), adult: Number(adult), state, marked_at: new Date().toISOString() };
    const row = rowOf(adult);
    showState(row, state);
    count();
    const sheet = row.querySelector("[popover]");
    if (sheet?.matches(":popover-open")) sheet.hidePopover();
    // whoever keeps marks without network may take it from here
    if (!form.dispatchEvent(new CustomEvent("egs:mark", { bubbles: true, cancelable: true, detail: mark }))) return;
    waiting.set(mark.client_id, mark);
    line.textContent = words.sending;
    send();
  });
  addEventListener("online", send);
  addEventListener("beforeunload", (event) => {
    if (waiting.size) event.preventDefault();
  });
}
