// A module once opened can be read without network: its texts without names are kept, and taps wait in the outbox.
import { keepTap, reader, sendWhatWaits, stateOf, taps } from "./outbox.js";
import { MINE, all, get, put } from "./store.js";

export const TEXTS = "egs-kurs"; // as in templates/cms/sw.js
const leaving = new AbortController(); // she is logging out: nothing more is kept here
let keeping;
const path = (url) => new URL(url, location.href).pathname;

/** The size in kilobytes as the page says it. */
const kilobytes = (bytes) => Math.max(1, Math.round(bytes / 1000));

async function bytesOf(cache, addresses) {
  let sum = 0;
  for (const address of addresses) sum += (await (await cache.match(address))?.blob())?.size ?? 0;
  return sum;
}

/** Fetches the texts unless this very wording lies here, with the pictures in them; gives the size in bytes. */
async function keepTexts(url) {
  const cache = await caches.open(TEXTS);
  let page = await cache.match(url);
  if (!page) {
    const answer = await fetch(url, { signal: leaving.signal });
    if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
    await cache.put(url, answer);
    for (const older of await cache.keys()) {
      if (path(older.url) === path(url) && older.url !== new URL(url, location.href).href) await cache.delete(older);
    }
    page = await cache.match(url);
  }
  const pictures = [...(await page.clone().text()).matchAll(/ src="(\/filer\/bilde\/[^"]+)"/g)].map(([, address]) => address);
  for (const picture of pictures) if (!(await cache.match(picture))) await cache.add(new Request(picture, { signal: leaving.signal })).catch(() => {});
  return bytesOf(cache, [url, ...pictures]);
}

/** Where somebody else logs in on the same phone, taps are hers from now on, and what was read is not shown as hers. */
export async function meetReader() {
  const { owner, text } = document.documentElement.dataset;
  const before = owner && (await get(MINE, "about", "reader"));
  const tags = owner?.split(" ");
  if (!before || before.tags.some((tag) => tags.includes(tag))) return;
  await put(MINE, "about", { key: "reader", tags, text });
  for (const row of await all(MINE, "about")) if (row.read) await put(MINE, "about", { ...row, read: [] });
}

/** On a page with network: keeps the module and says so, with its size. */
export function keepModule() {
  if (!leaving.signal.aborted) keeping = keep();
  return keeping;
}

/** Resolves when nothing is being kept any more, so that what is deleted then stays deleted. */
export async function stopKeeping() {
  leaving.abort();
  await keeping?.catch(() => {});
}

async function keep() {
  const line = document.querySelector("[data-keep]");
  if (!line || !window.caches || !window.isSecureContext) return;
  const words = line.dataset;
  const key = path(words.keep);
  const { owner, text } = document.documentElement.dataset;
  await put(MINE, "about", { key: "reader", tags: owner.split(" "), text });
  await put(MINE, "about", { key, title: words.title, read: words.read.split(" ").filter(Boolean) });
  const size = await keepTexts(words.keep);
  const waiting = (await taps()).filter((tap) => tap.state === "waiting").length;
  line.textContent = words.kept.replace("{size}", kilobytes(size));
  if (waiting) line.textContent += ` ${words.waiting.replace("{n}", waiting)}`;
  line.hidden = false;
}

/** What stands for each part and task: what was read on the network, then the taps in order. */
function standing(kept, own) {
  const latest = new Map(kept.map((key) => [key, { done: true }]));
  for (const tap of own) {
    const undone = tap.kind === "unread" || tap.kind === "untried";
    latest.set(tap.block ? `${tap.part}/${tap.block}` : tap.part, { done: !undone, tap });
  }
  return latest;
}

/** The kept page itself: the part its address names, and buttons that keep taps. */
export async function showKept() {
  const page = document.querySelector("[data-kept-module]");
  if (!page) return;
  const { programme, module, sayWaiting, saySending, saySent, sayRefused, sayLogin, sayFull } = page.dataset;
  const say = { waiting: sayWaiting, sending: saySending, sent: saySent, refused: sayRefused, login: sayLogin, full: sayFull };
  const articles = [...page.querySelectorAll("[data-part]")];
  const shown = articles.find((article) => article.dataset.url === location.pathname);
  (shown ?? page.querySelector("[data-list]")).hidden = false;
  if (shown) document.title = `${shown.dataset.title} – En god start`;
  const size = (await get(MINE, "about", "reader"))?.text;
  if (size) document.documentElement.dataset.text = size;
  const may = (await reader()).length > 0;

  const stateWords = (tap) => {
    if (!tap) return "";
    const state = stateOf(tap);
    if (state === "waiting" && document.documentElement.hasAttribute("data-logged-out")) return say.login;
    return say[state] + (tap.why ? ` ${tap.why}` : "");
  };
  const paint = async () => {
    const own = (await taps()).filter((tap) => tap.programme === programme && tap.module === module);
    const kept = (await get(MINE, "about", `/kurs/${programme}/${module}/lese/`))?.read ?? [];
    const latest = standing(kept, own);
    for (const place of page.querySelectorAll("[data-tap]")) {
      const { part, block, kind } = place.dataset;
      const { done = false, tap } = latest.get(block ? `${part}/${block}` : part) ?? {};
      place.querySelector("[data-done]").hidden = !done;
      place.querySelector("[data-do]").hidden = done || !may;
      place.querySelector("[data-undo]").hidden = !done || !may;
      place.querySelector("[data-state]").textContent = stateWords(tap);
      if (kind === "read") page.querySelector(`[data-row="${part}"]`)?.toggleAttribute("data-read", done);
    }
  };
  page.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-do], [data-undo]");
    if (!button) return;
    const { part, block, kind, revision } = button.closest("[data-tap]").dataset;
    const line = button.closest("[data-tap]").querySelector("[data-state]");
    const says = "undo" in button.dataset ? `un${kind}` : kind;
    button.disabled = true;
    try {
      await keepTap({ programme, module, part, block: block ?? "", kind: says, revision: Number(revision) });
      sendWhatWaits();
    } catch {
      line.textContent = say.full;
    }
    button.disabled = false;
  });
  document.addEventListener("egs:outbox", paint);
  await paint();
}

/** On the page for «no network»: what can be opened all the same. */
export async function listKept() {
  const place = document.querySelector("[data-kept-list]");
  if (!place || !window.caches) return;
  const kept = (await caches.has(TEXTS)) ? (await (await caches.open(TEXTS)).keys()).map((request) => path(request.url)) : [];
  const titles = (await all(MINE, "about")).filter((row) => row.title && kept.includes(row.key));
  for (const { key, title } of titles) {
    const link = document.createElement("a");
    link.href = key.replace(/lese\/$/, "");
    link.textContent = title;
    const row = document.createElement("li");
    row.append(link);
    place.querySelector("ul").append(row);
  }
  place.hidden = !titles.length;
}
