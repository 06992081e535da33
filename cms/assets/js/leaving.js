// Logging out deletes what is hers on the phone, and asks first when something is not sent. An ended session deletes nothing.
import { draftsOf, forgetDrafts, forgetOldDrafts } from "./form_draft.js";
import { TEXTS, stopKeeping } from "./kept_module.js";
import { reader, sendWhatWaits, taps } from "./outbox.js";
import { EVENING, MINE, all, drop, remove } from "./store.js";

const WAIT = 3_000; // milliseconds for a last try to send
const DAYS_KEPT = 48 * 3600_000;

/** Whether a row for an evening belongs to whoever is logged in. */
async function isHers() {
  const tags = await reader();
  return (row) => tags.includes(row.owner);
}

const unsent = async () => {
  const hers = await isHers();
  const marks = (await all(EVENING, "queue")).filter((row) => hers(row) && !row.sent);
  const drafts = await draftsOf(await reader());
  return (await taps()).filter((tap) => tap.state === "waiting").length + marks.length + drafts.length;
};

/** Deletes her lists and marks. Another leader's lists, and what she has not sent, stay: locked, under her own tag. */
async function forgetEvenings() {
  const hers = await isHers();
  const packs = await all(EVENING, "packs");
  const marks = await all(EVENING, "queue");
  for (const row of packs) if (hers(row)) await remove(EVENING, "packs", row.evening);
  for (const row of marks) if (hers(row) || row.sent) await remove(EVENING, "queue", row.client_id);
  if (packs.every(hers)) await caches.delete(EVENING);
  if (packs.every(hers) && marks.every((row) => hers(row) || row.sent)) await drop(EVENING);
}

/** Deletes what a person left on this phone. Another adult's taps that are not sent stay, under her own tag. */
export async function forget() {
  await forgetEvenings();
  await forgetDrafts(await reader());
  const hers = new Set((await taps()).map((tap) => tap.client_id));
  const others = (await all(MINE, "events")).filter((tap) => !hers.has(tap.client_id) && tap.state === "waiting");
  if (others.length) {
    for (const id of hers) await remove(MINE, "events", id);
    for (const row of await all(MINE, "about")) await remove(MINE, "about", row.key);
  } else await drop(MINE);
  await caches.delete(TEXTS);
  for (const name of Object.keys(localStorage)) if (name.startsWith("egs-plan-")) localStorage.removeItem(name);
}

export function forgetOnLeaving() {
  if (!("indexedDB" in window) || !window.caches) return;
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    const words = form.dataset.leaves;
    if (words === undefined || event.defaultPrevented) return;
    event.preventDefault();
    try {
      await Promise.race([sendWhatWaits(), new Promise((done) => setTimeout(done, WAIT))]);
      const left = await unsent();
      if (left && !confirm(words.replace("{n}", left))) return;
      await stopKeeping();
      await forget();
    } catch {
      // a phone that keeps nothing has nothing to forget
    }
    form.submit();
  });
}

/** The first script that runs after 48 hours deletes the list for an evening; marks not sent stay, locked. */
export async function forgetOldLists() {
  if (!("indexedDB" in window)) return;
  await forgetOldDrafts();
  const rows = await all(EVENING, "packs");
  const now = Date.now();
  for (const { evening, saved, seen } of rows) {
    // a clock that went backwards opens nothing either
    if (now - saved > DAYS_KEPT || now < seen - 3600_000) await remove(EVENING, "packs", evening);
  }
}
