// Marks that wait on the phone: each locked with a key that only a login gives back, each told apart when the server answers.
import { again, post } from "./posting.js";
import { EVENING, all, put, remove } from "./store.js";
import { lock, unlock } from "./vault.js";

const AT_ONCE = { mark: 200, walk_in: 40 }; // fewer than the server takes
const hex = (text) => Uint8Array.from(text.match(/../g), (pair) => parseInt(pair, 16));
const importKey = (text) => crypto.subtle.importKey("raw", hex(text), "AES-GCM", false, ["encrypt", "decrypt"]);

/** How many marks wait for an evening; without one, for any. They need no code to be counted. */
export const waitingFor = async (evening) => (await all(EVENING, "queue")).filter((row) => row.evening === evening && !row.sent).length;

/** The marks of one evening: `things` are {client_id, kind: "mark" | "walk_in" | "heads", at, state, …}, oldest first. */
export class Queue {
  things = [];
  states = null; // of the server's last answer, by adult
  heads = null; // counted in the room, by the server's last answer
  loggedOut = false;
  notHers = false; // another leads the evening now: it takes no mark of hers
  #sending = new Set();
  #keys;

  constructor(pack, told) {
    this.evening = pack.evening;
    this.pack = pack;
    this.told = told; // called whenever something changed
    this.send = again(() => this.#attempt());
  }

  /** Reads what waits here. What another person left cannot be opened, and stays. */
  async load() {
    this.#keys = await Promise.all(this.pack.queue_keys.map(importKey));
    for (const row of await all(EVENING, "queue")) {
      if (row.evening !== this.evening) continue;
      const thing = await this.#open(row);
      if (thing) this.things.push({ ...thing, client_id: row.client_id, state: row.sent ? (row.why ? "refused" : "sent") : "waiting", why: row.why });
    }
    this.things.sort((a, b) => (a.at < b.at ? -1 : 1));
    return this;
  }

  async #open(row) {
    for (const key of this.#keys) {
      try {
        return await unlock(key, row, `mark ${this.evening}`);
      } catch {
        // locked with an older key, or by somebody else
      }
    }
    return null;
  }

  async #store(thing) {
    const { client_id, state, why, ...rest } = thing;
    const locked = await lock(this.#keys[0], rest, `mark ${this.evening}`);
    await put(EVENING, "queue", { client_id, evening: this.evening, owner: this.pack.owner[0], ...locked, sent: state !== "waiting", why: why ?? "" });
  }

  /** Keeps a mark; resolves when it is safe on the phone, and only then shows it. */
  async add(thing) {
    const kept = { client_id: crypto.randomUUID(), at: new Date().toISOString(), ...thing, state: "waiting" };
    await this.#store(kept);
    this.things.push(kept);
    this.told();
    return kept;
  }

  stateOf = (thing) => (this.#sending.has(thing.client_id) ? "sending" : thing.state);
  waiting = () => this.things.filter((thing) => thing.state === "waiting");

  #batch() {
    const waiting = this.waiting();
    const of = (kind) => waiting.filter((thing) => thing.kind === kind);
    return [...of("mark").slice(0, AT_ONCE.mark), ...of("walk_in").slice(0, AT_ONCE.walk_in), ...of("heads")];
  }

  async #attempt() {
    const batch = this.#batch();
    if (!batch.length || !navigator.onLine) return true;
    for (const thing of batch) this.#sending.add(thing.client_id);
    this.told();
    let done = false;
    try {
      await this.#settle(batch, await post(`/kveld/${this.evening}/merker/`, body(batch)));
      this.loggedOut = this.notHers = false;
      done = !this.waiting().length;
    } catch (error) {
      this.loggedOut = error.message === "login";
      done = this.notHers = error.message === "404"; // no use in asking again and again
    }
    this.#sending.clear();
    this.told();
    return done;
  }

  async #settle(batch, answer) {
    const fates = new Map([...answer.marks, ...answer.walk_ins].map((fate) => [fate.client_id, fate]));
    for (const thing of batch) {
      const fate = thing.kind === "heads" ? { status: "stored" } : fates.get(thing.client_id);
      if (!fate) continue; // no word of it: it waits
      thing.state = fate.status === "refused" ? "refused" : "sent";
      thing.why = fate.why;
      await this.#store(thing);
    }
    this.states = answer.states;
    this.heads = answer.head_count;
  }

  /** Takes away what is sent. For a list that was fetched anew. */
  async clean() {
    for (const thing of this.things.filter((one) => one.state === "sent")) await remove(EVENING, "queue", thing.client_id);
    this.things = this.things.filter((one) => one.state !== "sent");
  }
}

function body(batch) {
  const heads = batch.filter((thing) => thing.kind === "heads").at(-1);
  const of = (kind, fields) => batch.filter((thing) => thing.kind === kind).map((thing) => ({ client_id: thing.client_id, marked_at: thing.at, ...fields(thing) }));
  return {
    marks: of("mark", ({ adult, says }) => ({ adult, state: says })),
    walk_ins: of("walk_in", ({ name }) => ({ name })),
    head_count: heads ? heads.heads : null,
    counted_at: heads ? heads.at : null,
  };
}
