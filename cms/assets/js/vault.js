// Tonight's list, locked on the phone with a key made from a code (design §4.15). After 48 hours nothing opens it.
import { EVENING, get, put, remove } from "./store.js";

export const ROUNDS = 600_000; // of PBKDF2-SHA-256
export const KEPT = 48 * 3600_000; // milliseconds; leaving.js deletes after as long
export const MOST_TRIES = 10;
const BACKWARDS = 3600_000; // a clock that went back more than this opens nothing

const bytes = (text) => new TextEncoder().encode(text);

/** Why a code will not do: "short", "easy", or nothing. */
export function weakness(code) {
  if (!/^\d{6,12}$/.test(code)) return "short";
  const digits = [...code].map(Number);
  const steps = new Set(digits.slice(1).map((digit, i) => (digit - digits[i] + 10) % 10));
  const repeats = [1, 2, 3, 4].some((length) => code === code.slice(0, length).repeat(code.length).slice(0, code.length));
  return steps.size === 1 || repeats || new Set(digits).size < 3 ? "easy" : "";
}

async function keyFrom(code, salt) {
  const raw = await crypto.subtle.importKey("raw", bytes(code), "PBKDF2", false, ["deriveKey"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations: ROUNDS };
  return crypto.subtle.deriveKey(how, raw, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

/** Locks a thing; `about` must be the same when it is opened. */
export async function lock(key, thing, about) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const how = { name: "AES-GCM", iv, additionalData: bytes(about) };
  return { iv, data: await crypto.subtle.encrypt(how, key, bytes(JSON.stringify(thing))) };
}

/** Opens it; throws when the key is another. */
export async function unlock(key, { iv, data }, about) {
  const how = { name: "AES-GCM", iv, additionalData: bytes(about) };
  return JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt(how, key, data)));
}

/** Keeps a pack under a code; gives its size in bytes and when it ends. */
export async function keepPack(pack, code, label) {
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const saved = Date.now();
  const locked = await lock(await keyFrom(code, salt), pack, `pack ${pack.evening}`);
  await put(EVENING, "packs", { evening: pack.evening, owner: pack.owner[0], label, salt, ...locked, saved, seen: saved, tries: 0, until: 0 });
  return { size: locked.data.byteLength, ends: saved + KEPT };
}

/** The pack's row, not opened; nothing when there is none or its time is over, and then it is deleted. */
export async function rowOf(evening) {
  const row = await get(EVENING, "packs", evening);
  if (!row) return undefined;
  const now = Date.now();
  if (now - row.saved <= KEPT && now >= row.seen - BACKWARDS) return row;
  await remove(EVENING, "packs", evening);
  return undefined;
}

/**
 * Tries a code: {pack}, or {wait} seconds before the next try, with {wrong} tries left, or {gone}.
 * The try is counted before it is made, so that ending the page gives none for free.
 */
export async function openPack(evening, code) {
  const row = await rowOf(evening);
  if (!row) return { gone: true };
  const now = Date.now();
  if (now < row.until) return { wait: Math.ceil((row.until - now) / 1000) };
  const tries = row.tries + 1;
  const counted = { ...row, tries, until: now + 2 ** tries * 1000, seen: Math.max(row.seen, now) };
  await put(EVENING, "packs", counted);
  try {
    const pack = await unlock(await keyFrom(code, row.salt), row, `pack ${evening}`);
    await put(EVENING, "packs", { ...counted, tries: 0, until: 0 });
    return { pack, ends: row.saved + KEPT };
  } catch {
    if (tries < MOST_TRIES) return { wrong: MOST_TRIES - tries, wait: 2 ** tries };
    await remove(EVENING, "packs", evening);
    return { gone: true, guessed: true };
  }
}
