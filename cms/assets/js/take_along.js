// «Ta med kvelden» on the evening's page: fetches the list and locks it, and sends what waited since last time.
import { showBrought, showStates } from "./attendance.js";
import { Queue, waitingFor } from "./evening.js";
import { EVENING, remove } from "./store.js";
import { KEPT, keepPack, rowOf, weakness } from "./vault.js";

const format = new Intl.DateTimeFormat(document.documentElement.lang, { weekday: "long", hour: "2-digit", minute: "2-digit", timeZone: "Europe/Oslo" });
const when = (ms) => format.format(ms).replace(":", ".");
const fill = (words, values) => words.replace(/\{(\w+)\}/g, (_, name) => values[name]);

async function fetchPack(url) {
  const answer = await fetch(url, { redirect: "manual", cache: "no-store" });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

/** The shell and what it needs to look and work right, all of one making. What lies here stays until all of it has come. */
async function keepShell(addresses) {
  const fetched = await Promise.all(
    addresses.map(async (address) => {
      const answer = await fetch(address, { credentials: "omit" });
      if (!answer.ok) throw new Error(address);
      await answer.clone().blob(); // to its end, before anything is changed
      return answer;
    }),
  );
  const cache = await caches.open(EVENING);
  for (const [place, address] of addresses.entries()) await cache.put(address, fetched[place]);
  const wanted = new Set(addresses.map((address) => new URL(address, location.href).href));
  for (const older of await cache.keys()) if (!wanted.has(older.url)) await cache.delete(older);
}

export async function offerToTakeAlong() {
  const place = document.querySelector("[data-take-along] [data-take]");
  if (!place || !window.caches || !window.isSecureContext || !crypto.subtle) return;
  const words = place.dataset;
  const evening = Number(words.evening);
  const part = (name) => place.querySelector(`[data-${name}]`);
  const form = place.querySelector("form");
  const line = part("line");
  let queue = null;

  const paint = async () => {
    const row = await rowOf(evening);
    const waits = await waitingFor(evening);
    part("taken").textContent = row ? fill(words.taken, { when: when(row.saved + KEPT) }) : "";
    part("remove").hidden = !row;
    part("left").textContent = waits ? fill(words.waits, { n: waits }) : "";
    part("title").textContent = row ? words.again : words.first;
  };
  const told = () => {
    const state = document.querySelector("[data-marks-state]");
    const waiting = queue.waiting();
    const told = queue.things.find((thing) => thing.state === "refused") ?? waiting[0] ?? queue.things.at(-1);
    if (state && told) state.textContent = words[queue.loggedOut && told.state === "waiting" ? "login" : queue.stateOf(told)] + (told.why ? ` ${told.why}` : "");
    if (queue.states) showStates(queue.states, new Set(waiting.map((thing) => thing.adult)));
    const counted = waiting.findLast((thing) => thing.kind === "heads");
    showBrought({
      marks: waiting.filter((thing) => thing.kind === "mark"),
      walkIns: queue.things.filter((thing) => thing.kind === "walk_in").map((thing) => ({ client_id: thing.client_id, name: thing.name, state: words[queue.stateOf(thing)] })),
      heads: counted ? counted.heads : queue.heads,
    });
    paint();
  };
  const carryOn = async (pack) => {
    queue = await new Queue(pack, told).load();
    told(); // what waits is shown before it is sent
    await queue.send();
    await queue.clean();
    await paint();
  };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const field = form.elements.code;
    const weak = weakness(field.value);
    line.textContent = weak ? words[weak] : words.busy;
    field.setAttribute("aria-invalid", String(!!weak));
    if (weak) return field.focus();
    try {
      const pack = await fetchPack(words.packUrl);
      await keepShell(words.files.split(" "));
      const { size, ends } = await keepPack(pack, field.value, words.label);
      navigator.storage?.persist?.();
      line.textContent = fill(words.done, { size: Math.max(1, Math.round(size / 1000)), when: when(ends), n: pack.people.length });
      field.value = "";
      await carryOn(pack);
    } catch {
      line.textContent = words.failed;
    }
  });
  part("remove").addEventListener("click", async () => {
    await remove(EVENING, "packs", evening);
    line.textContent = words.removed;
    await paint();
  });
  // a tap on this page is kept on the phone too, once the list lies there
  document.addEventListener("egs:mark", (event) => {
    if (!queue) return;
    event.preventDefault();
    const { client_id, adult, state, marked_at } = event.detail;
    queue.add({ client_id, kind: "mark", adult, says: state, at: marked_at }).then(queue.send, () => (line.textContent = words.full));
  });

  place.hidden = false;
  await paint();
  if ((await rowOf(evening)) || (await waitingFor(evening))) await carryOn(await fetchPack(words.packUrl)).catch(() => {});
}
