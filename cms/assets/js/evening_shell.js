// The evening without network: asks the code, opens the list and is the evening's page. Built from the shell's own templates.
import { keepClock } from "./clock.js";
import { Queue, waitingFor } from "./evening.js";
import { openPack, rowOf } from "./vault.js";

const fill = (words, values) => words.replace(/\{(\w+)\}/g, (_, name) => values[name]);
const clock = new Intl.DateTimeFormat("nb-NO", { hour: "2-digit", minute: "2-digit", timeZone: "Europe/Oslo" });
const time = (seconds) => clock.format(seconds * 1000).replace(":", ".");
const day = new Intl.DateTimeFormat(document.documentElement.lang, { weekday: "long", day: "numeric", month: "long", timeZone: "Europe/Oslo" });
const until = new Intl.DateTimeFormat(document.documentElement.lang, { weekday: "long", hour: "2-digit", minute: "2-digit", timeZone: "Europe/Oslo" });

/** A copy of a template, its [data-x] filled by name; what has no value goes. */
function made(name, values = {}) {
  const copy = document.querySelector(`template[data-${name}]`).content.firstElementChild.cloneNode(true);
  for (const [key, value] of Object.entries(values)) {
    const place = copy.querySelector(`[data-put-${key}]`);
    if (!place) continue;
    if (value) place.textContent = value;
    else (place.closest(`[data-with-${key}]`) ?? place).remove();
  }
  return copy;
}

function showPlan(page, pack) {
  const list = page.querySelector("[data-plan]");
  list.lang = pack.language;
  for (const row of pack.plan) {
    const item = made("plan-row", { time: time(row.start), title: row.title, cut: row.cut ? document.querySelector("[data-shell]").dataset.cut : "", minutes: String(row.minutes), do: row.do, hard: row.if_hard, material: row.material, core: row.core });
    const asks = item.querySelector("[data-asks]");
    for (const question of row.ask) asks.append(Object.assign(document.createElement("li"), { textContent: question }));
    if (!row.ask.length) asks.parentElement.remove();
    Object.assign(item.dataset, { start: row.start, end: row.end, title: row.title });
    if (row.cut) item.dataset.cut = "";
    item.id = `punkt-${row.number}`;
    list.append(item);
  }
  for (const thing of pack.materials) page.querySelector("[data-materials]").append(Object.assign(document.createElement("li"), { textContent: thing }));
}

function showNumbers(page, pack) {
  const rows = [...pack.people, ...pack.leaders].map(({ name, phone }) => [name, phone]);
  const lists = { phones: rows, help: pack.help_numbers.map(({ label, number }) => [label, number]) };
  for (const [place, numbers] of Object.entries(lists)) {
    for (const [name, number] of numbers.filter(([, value]) => value)) {
      const row = made("number", { name, number });
      row.querySelector("a").href = `tel:${number.replace(/[^\d+]/g, "")}`;
      page.querySelector(`[data-${place}]`).append(row);
    }
  }
}

class Room {
  constructor(page, pack, words) {
    Object.assign(this, { page, pack, words });
    this.rows = new Map();
    this.queue = new Queue(pack, () => this.paint());
  }

  async begin() {
    await this.queue.load();
    for (const person of this.pack.people) this.#addRow(person);
    const left = this.page.querySelector("[data-left-out]");
    left.textContent = this.pack.left_out ? fill(this.words.leftOut, { n: this.pack.left_out }) : "";
    this.page.addEventListener("click", (event) => this.#tapped(event.target));
    for (const [name, say] of [["walk-in", this.#walkIn], ["heads", this.#heads]]) {
      this.page.querySelector(`form[data-${name}]`).addEventListener("submit", (event) => {
        event.preventDefault();
        say.call(this, event.target);
      });
    }
    this.paint();
    this.queue.send();
  }

  #addRow(person) {
    const row = made("person", { name: person.name, partner: person.partner ? fill(this.words.partner, { name: person.partner }) : "", guest: person.guest ? this.words.guest : "", paused: person.paused ? this.words.paused : "" });
    row.dataset.adult = person.adult;
    for (const button of row.querySelectorAll("button")) button.append(Object.assign(document.createElement("span"), { className: "ds-sr-only", textContent: `: ${person.name}` }));
    this.page.querySelector("[data-people]").append(row);
    this.rows.set(person.adult, row);
  }

  async #keep(thing) {
    try {
      await this.queue.add(thing);
      this.queue.send();
      return true;
    } catch {
      this.page.querySelector("[data-state]").textContent = this.words.full;
      return false;
    }
  }

  #tapped(target) {
    const button = target.closest("[data-says], [data-more]");
    if (!button) return;
    const row = button.closest("[data-adult]");
    const more = row.querySelector("[data-others]");
    more.hidden = "more" in button.dataset ? !more.hidden : true;
    row.querySelector("[data-more]").setAttribute("aria-expanded", String(!more.hidden));
    if (button.dataset.says) this.#keep({ kind: "mark", adult: Number(row.dataset.adult), says: button.dataset.says });
  }

  async #walkIn(form) {
    const name = form.elements.name.value.trim();
    if (name && (await this.#keep({ kind: "walk_in", name }))) form.reset();
  }

  #heads(form) {
    const heads = Number.parseInt(form.elements.heads.value, 10);
    if (heads >= 0 && heads <= 500) this.#keep({ kind: "heads", heads });
  }

  /** What stands for each adult: the server's word, then what was tapped here and has not been sent. */
  #standing() {
    const latest = new Map();
    for (const thing of this.queue.things) if (thing.kind === "mark" && thing.state !== "refused") latest.set(thing.adult, thing);
    return (person) => {
      const tap = latest.get(person.adult);
      const known = this.queue.states ? (this.queue.states[person.adult] ?? "unknown") : (tap?.says ?? person.state);
      return [tap?.state === "waiting" ? tap.says : known, tap];
    };
  }

  #waits() {
    if (this.queue.notHers) return this.words.notHers;
    return this.queue.loggedOut ? this.words.login : this.words.waits;
  }

  paint() {
    const standing = this.#standing();
    let marked = 0;
    for (const person of this.pack.people) {
      const [state, tap] = standing(person);
      marked += state !== "unknown";
      const row = this.rows.get(person.adult);
      for (const button of row.querySelectorAll("[aria-pressed]")) button.setAttribute("aria-pressed", String(button.dataset.says === state));
      row.querySelector("[data-words]").textContent = state === "unknown" || state === "present" ? "" : this.words[state];
      row.querySelector("[data-sent]").textContent = tap ? this.words[this.queue.stateOf(tap)] : "";
    }
    this.#paintExtra(marked);
  }

  #paintExtra(marked) {
    const list = this.page.querySelector("[data-walk-ins]");
    const here = this.queue.things.filter((thing) => thing.kind === "walk_in");
    const known = new Set(here.map((thing) => thing.client_id));
    const before = this.pack.walk_ins.filter((one) => !known.has(one.client_id));
    list.replaceChildren(...[...before, ...here].map((one) => made("walk-in", { name: one.name, sent: one.state ? this.words[this.queue.stateOf(one)] + (one.why ? ` ${one.why}` : "") : "" })));
    const waiting = this.queue.waiting().length;
    const refused = this.queue.things.find((thing) => thing.state === "refused");
    this.page.querySelector("[data-count]").textContent = fill(this.words.count, { n: marked, all: this.pack.people.length });
    const heads = this.queue.things.filter((thing) => thing.kind === "heads").at(-1);
    this.page.querySelector("[data-heads-state]").textContent = heads ? `${heads.heads}: ${this.words[this.queue.stateOf(heads)]}` : "";
    const line = this.page.querySelector("[data-state]");
    line.textContent = refused ? `${this.words.refused} ${refused.why}` : waiting ? fill(this.#waits(), { n: waiting }) : this.queue.things.length ? this.words.allSent : "";
    this.page.querySelector("[data-login]").hidden = !this.queue.loggedOut;
  }
}

async function show(shell, { pack, ends }) {
  const words = shell.dataset;
  const page = made("page", { title: fill(words.title, { number: pack.number, title: pack.title }), when: `${day.format(pack.starts_at * 1000)} ${time(pack.starts_at)}–${time(pack.ends_at)}`, place: pack.place, until: fill(words.until, { when: until.format(ends).replace(":", ".") }) });
  shell.replaceChildren(page);
  document.title = `${pack.number}: ${pack.title} – En god start`;
  Object.assign(page.querySelector("[data-clock]").dataset, { evening: pack.evening, begins: pack.cancelled ? "" : pack.starts_at, ends: pack.ends_at });
  page.querySelector("[data-login]").href = location.pathname;
  showPlan(page, pack);
  showNumbers(page, pack);
  await new Room(page, pack, words).begin();
  keepClock();
  page.querySelector("h1").focus();
}

export async function openShell() {
  const shell = document.querySelector("[data-shell]");
  if (!shell) return;
  const evening = Number(/\/kveld\/(\d+)\//.exec(location.pathname)?.[1]);
  const words = shell.dataset;
  const part = (name) => shell.querySelector(`[data-${name}]`);
  const gone = async (guessed) => {
    const waits = evening ? await waitingFor(evening) : 0;
    part("ask").hidden = true;
    part("gone").hidden = false;
    part("gone-words").textContent = guessed ? words.guessed : words.gone;
    part("gone-waits").textContent = waits ? fill(words.locked, { n: waits }) : "";
  };
  const row = evening ? await rowOf(evening) : undefined;
  if (!row) return gone(false);
  part("ask").hidden = false;
  part("label").textContent = row.label;
  const form = part("code");
  form.elements.code.focus();
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button");
    const line = part("line");
    button.disabled = true;
    line.textContent = words.opening;
    const found = await openPack(evening, form.elements.code.value);
    button.disabled = false;
    if (found.pack) return show(shell, found);
    if (found.gone) return gone(found.guessed);
    line.textContent = fill(found.wrong ? words.wrong : words.patience, { n: found.wrong, s: found.wait });
    form.elements.code.value = "";
    form.elements.code.focus();
  });
}
