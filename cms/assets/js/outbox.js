// «Lest» and «prøvd» that wait on the phone. Nothing is called sent before the server has answered for that very tap.
import { again, post } from "./posting.js";
import { MINE, all, get, put, remove } from "./store.js";

const ADDRESS = "/kurs/hendelser/"; // courses/urls.py
const AT_ONCE = 100; // fewer than the server takes
const REMEMBERED = 48 * 3600_000; // milliseconds a sent tap is still shown as sent
const sending = new Set();

/** The tags of whoever is logged in; on a page from the phone's own store, of whoever was so last. */
export async function reader() {
  const here = document.documentElement.dataset.owner;
  return here ? here.split(" ") : ((await get(MINE, "about", "reader"))?.tags ?? []);
}

/** Every tap of the reader's own, oldest first: {state: "waiting" | "sent" | "refused", …}. */
export async function taps() {
  const tags = await reader();
  const rows = (await all(MINE, "events")).filter((row) => tags.includes(row.owner));
  return rows.sort((a, b) => (a.happened_at < b.happened_at ? -1 : 1));
}

export const stateOf = (tap) => (sending.has(tap.client_id) ? "sending" : tap.state);
const tell = () => document.dispatchEvent(new CustomEvent("egs:outbox"));

/** Keeps a tap; resolves when it is safe on the phone. */
export async function keepTap(tap) {
  const [owner] = await reader();
  if (!owner) throw new Error("nobody");
  await put(MINE, "events", { ...tap, owner, client_id: crypto.randomUUID(), happened_at: new Date().toISOString(), state: "waiting" });
  tell();
}

/** A form with a tap says whose page it is on, for when it cannot be sent (sw.js): another adult may have logged in meanwhile. */
export function nameTaps() {
  const [owner] = (document.documentElement.dataset.owner ?? "").split(" ");
  addEventListener("formdata", ({ formData }) => owner && formData.has("client_id") && formData.set("owner", owner));
}

async function settle(batch, answers) {
  const fates = new Map(answers.map((answer) => [answer.client_id, answer]));
  for (const tap of batch) {
    const fate = fates.get(tap.client_id);
    if (!fate || fate.status === "other") continue; // no word of it, or another adult is logged in: it waits
    const state = fate.status === "refused" ? "refused" : "sent";
    await put(MINE, "events", { ...tap, state, why: fate.why, settled: Date.now() });
  }
}

async function clean(rows) {
  const old = rows.filter((row) => row.settled && Date.now() - row.settled > REMEMBERED);
  for (const row of old) await remove(MINE, "events", row.client_id);
}

/** Sends what waits. True when there is nothing more to try. */
async function attempt() {
  const rows = await taps();
  await clean(rows);
  const batch = rows.filter((row) => row.state === "waiting").slice(0, AT_ONCE);
  if (!batch.length || !navigator.onLine) return true; // «online» begins it again
  for (const tap of batch) sending.add(tap.client_id);
  tell();
  let outcome = false;
  try {
    const events = batch.map(({ state, settled, why, ...tap }) => tap);
    await settle(batch, (await post(ADDRESS, { events })).events);
    outcome = rows.filter((row) => row.state === "waiting").length <= AT_ONCE;
  } catch (error) {
    outcome = error.message === "login"; // the next page after a login sends
    document.documentElement.toggleAttribute("data-logged-out", outcome);
  }
  sending.clear();
  tell();
  return outcome;
}

let run;
export function sendWhatWaits() {
  if (!("indexedDB" in window)) return;
  run ??= again(() => attempt().catch(() => true)); // a phone without room for databases: nothing waits
  return run();
}
