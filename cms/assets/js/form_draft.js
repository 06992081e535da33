// Answers that are not sent lie on the device, locked with a key that only the server gives back, and only to whom they belong.
import { FORMS, all, dropEmpty, get, put, remove } from "./store.js";
import { lock, unlock } from "./vault.js";

const KEPT = 7 * 24 * 3600_000; // milliseconds
const tags = () => (document.documentElement.dataset.owner ?? "").split(" ");
const idOf = (about, tag) => `${about} ${tag}`;
const aboutForm = (occasion) => `form ${occasion}`;
const hex = (text) => Uint8Array.from(text.match(/../g), (pair) => parseInt(pair, 16));

export class Draft {
  #key;
  #turn = 0;
  #line = Promise.resolve();

  /** `told` hears "saving", "saved" or "unsaved", each when it is true. */
  constructor(occasion, told) {
    this.about = aboutForm(occasion);
    this.tags = tags();
    this.told = told;
  }

  /** Of one form and one person: what it lies under, and what her tabs know one another by. */
  get id() {
    return idOf(this.about, this.tags[0]);
  }

  get isOpen() {
    return Boolean(this.#key);
  }

  /** Takes the key; gives what lay here, or nothing. A draft that another key locked opens no more, and goes. */
  async open(key) {
    this.#key = await crypto.subtle.importKey("raw", hex(key), "AES-GCM", false, ["encrypt", "decrypt"]);
    await forgetOldDrafts();
    for (const tag of this.tags) {
      const row = await get(FORMS, "drafts", idOf(this.about, tag));
      if (!row) continue;
      try {
        return await unlock(this.#key, row, this.about);
      } catch {
        await remove(FORMS, "drafts", row.id);
      }
    }
    return undefined;
  }

  /** Keeps it. One at a time and the newest last: what is said is of the newest alone. */
  save(thing) {
    const mine = (this.#turn += 1);
    this.told("saving");
    this.#line = this.#line.then(async () => {
      if (mine !== this.#turn) return; // a newer one waits behind
      let how = "unsaved";
      try {
        const locked = await lock(this.#key, thing, this.about);
        await put(FORMS, "drafts", { id: this.id, owner: this.tags[0], ...locked, saved: Date.now() });
        how = "saved";
      } catch {
        // no key yet, no room, or a browser that keeps nothing
      }
      if (mine === this.#turn) this.told(how);
    });
    return this.#line;
  }

  /** Nothing is left of it. */
  async end() {
    this.#turn += 1;
    await this.#line;
    await forget(this.about);
  }
}

async function forget(about) {
  for (const tag of tags()) await remove(FORMS, "drafts", idOf(about, tag));
  await dropEmpty(FORMS, "drafts");
}

/** Drafts of whoever has these tags. */
export const draftsOf = async (hers) => (await all(FORMS, "drafts")).filter((row) => hers.includes(row.owner));

/** Deletes hers; another adult's stay, locked. */
export async function forgetDrafts(hers) {
  for (const row of await draftsOf(hers)) await remove(FORMS, "drafts", row.id);
  await dropEmpty(FORMS, "drafts");
}

/** On its receipt a form has been sent, perhaps from another device: nothing of it waits here. */
export async function forgetReceived() {
  const form = document.querySelector("[data-receipt-of]")?.dataset.receiptOf;
  if (form) await forget(aboutForm(form));
}

/** After seven days a draft is over. */
export async function forgetOldDrafts() {
  for (const row of await all(FORMS, "drafts")) if (Math.abs(Date.now() - row.saved) > KEPT) await remove(FORMS, "drafts", row.id);
}
