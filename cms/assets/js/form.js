// A form, one question at a time: keeps each answer on the device, shows all before sending, and says only what is true.
import { Cards, isLow, made } from "./form_cards.js";
import { Draft } from "./form_draft.js";
import { takeNo } from "./form_no.js";
import { bodyOf, keepAsking, markOf } from "./form_sending.js";
import { meetOtherTabs } from "./form_tabs.js";

const TYPING = 300; // milliseconds of rest before what is typed is kept
const SEEN = 250; // milliseconds to see what one tapped, before the next question
const fill = (words, n) => words.replace("{n}", n);

class Answering {
  kept = ""; // what is true of the device: "", "saving", "saved", "unsaved"
  sending = ""; // what is true of the sending: "", "sending", "lost", "login", or why it ended
  why = ""; // the server's words for why what was sent is not taken
  wants = false; // she has pressed «Send»
  lost = false; // a send whose answer did not come: it may have arrived
  done = false;
  editing = false;
  asks = false; // nothing is answered: is it to be sent?
  low = [];

  constructor(form) {
    this.form = form;
    this.say = form.dataset;
    this.cards = new Cards(form);
    this.draft = new Draft(this.say.form, (how) => this.#tell({ kept: how }));
    this.bar = document.querySelector("[data-bar]");
    this.decline = document.querySelector("[data-decline]");
    this.forget = made("button", { type: "button", className: "link-button small", textContent: this.say.sayForget });
    const address = form.getAttribute("action");
    this.send = keepAsking(address, () => bodyOf(form), () => this.wants && !this.done, (said) => this.#heard(said));
    this.fetchKey = keepAsking(this.say.key, () => markOf(form), () => this.say.key && !this.draft.isOpen && !this.done, (said) => this.#opened(said));
  }

  part = (name) => this.form.querySelector(`[data-${name}]`);

  begin() {
    this.form.toggleAttribute("data-cards", true);
    for (const element of this.form.querySelectorAll("[data-scripted]")) element.hidden = false;
    this.part("plain").hidden = true;
    this.bar.hidden = false;
    history.replaceState({ card: "intro" }, "");
    this.#listen();
    if (this.say.key) this.tellOthers = meetOtherTabs(this.draft, (two) => this.#showTwo(two), () => this.#finish(this.say.sayAlready));
    this.#go(this.cards.shown().find((card) => "wrong" in card.dataset) ?? this.cards.intro, { push: false, focus: false });
    this.fetchKey();
  }

  #listen() {
    let pointed = -Infinity;
    let typing;
    this.form.addEventListener("pointerdown", () => (pointed = performance.now()));
    this.form.addEventListener("input", ({ target }) => {
      this.#only(target);
      if (this.sending === "wrong") this.sending = "";
      for (const fault of this.cards.at.querySelectorAll("[data-fault]")) fault.remove();
      clearTimeout(typing);
      if (target.type === "radio" || target.type === "checkbox") this.#keep();
      else {
        this.#tell({ kept: "saving" });
        typing = setTimeout(() => this.#keep(), TYPING);
      }
      const card = this.cards.at;
      const tapped = target.type === "radio" && performance.now() - pointed < 1000; // with arrow keys one is still choosing
      if (tapped) setTimeout(() => card === this.cards.at && !this.done && this.#on(), SEEN);
    });
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#on();
    });
    this.bar.querySelector("[data-back]").addEventListener("click", () => this.#go(this.cards.before()));
    this.part("to-intro").addEventListener("click", () => this.#go(this.cards.intro));
    this.part("empty").addEventListener("click", (event) => {
      if (!event.target.closest("[data-answer], button")) return;
      event.preventDefault();
      if (event.target.closest("[data-answer]")) return this.#go(this.cards.shown()[0]);
      this.form.append(made("input", { type: "hidden", name: "empty", value: "1" }));
      this.#send();
    });
    this.forget.addEventListener("click", () => {
      this.cards.clear(this.cards.at);
      this.#keep();
      this.#focus();
    });
    takeNo(this.decline, () => this.#end(), (why) => (why === "other" ? this.#tell({ sending: why }) : this.#words(this.say.sayUnreached)));
    addEventListener("popstate", ({ state }) => {
      if (this.done) return location.replace(this.say.receipt);
      const card = state?.card && this.cards.named(state.card);
      if (card) this.#go(card, { push: false });
    });
    addEventListener("pageshow", ({ persisted }) => persisted && location.reload()); // shown again by «back»: whose is it now?
    addEventListener("beforeunload", (event) => {
      if (!this.done && this.kept !== "saved" && this.kept && Object.keys(this.cards.answers()).length) event.preventDefault();
    });
  }

  /** «Ikke aktuelt ennå» and an answer are never both. */
  #only(target) {
    if (target.type === "radio") return;
    for (const field of target.closest("[data-q]").querySelectorAll("input, textarea")) {
      if (field === target || (field.value === "not-yet") === (target.value === "not-yet")) continue;
      if (field.type === "checkbox") field.checked = false;
      else field.value = "";
    }
  }

  #showTwo(two) {
    const line = this.part("two");
    line.textContent = two ? this.say.sayTwo : "";
    line.hidden = !two;
  }

  #keep() {
    this.#tell({});
    if (!this.say.key || this.done) return; // nothing is put back that has ended
    this.draft.save({ answers: this.cards.answers(), at: this.cards.name(), sent: this.wants });
  }

  /** The key of the draft has come, or word of why there is none. */
  async #opened(said) {
    if (said.status === "lost") return this.#tell({ kept: Object.keys(this.cards.answers()).length ? "unsaved" : "" });
    if (said.status === "already") return this.#end().then(() => location.replace(this.say.receipt)); // sent from another device
    if (!said.key) return this.#tell({ sending: said.status });
    if (this.sending === "login") this.sending = "";
    this.low = said.low;
    const begun = Object.keys(this.cards.answers()).length > 0;
    const found = await this.draft.open(said.key).catch(() => undefined);
    if (found) this.cards.fill(found.answers);
    if (begun) return this.#keep();
    if (!found) return undefined;
    this.kept = "saved";
    const card = found.sent ? this.cards.summary : this.cards.named(found.at);
    if (this.cards.at === this.cards.intro && card) this.#go(card, { focus: false });
    this.wants = this.lost = found.sent;
    this.#tell({});
    return this.send();
  }

  /** On: to the next question, to the summary, or away with it. */
  #on() {
    if (this.cards.at === this.cards.summary) {
      if (Object.keys(this.cards.answers()).length) this.#send();
      else this.#ask();
      return;
    }
    const next = this.cards.next();
    const opened = next.dataset.if && !this.cards.isAnswered(next);
    this.#go(this.editing && !opened ? this.cards.summary : next);
  }

  #send() {
    this.asks = false;
    this.wants = true;
    this.#keep();
    this.#tell({ sending: "sending" });
    this.send();
  }

  #ask() {
    this.asks = true;
    this.#tell({ sending: "" });
    scrollTo(0, 0);
    this.part("empty").focus();
  }

  #go(card, { push = true, focus = true } = {}) {
    if (this.wants || !card) return;
    this.asks = false;
    this.cards.show(card);
    if (card === this.cards.summary) {
      this.editing = false;
      this.#summarise();
    }
    if (push) history.pushState({ card: this.cards.name() }, "");
    this.#tell({});
    if (!focus) return;
    scrollTo(0, 0);
    this.#focus();
    if (this.kept === "saved") this.#keep(); // where she is, too
  }

  #focus() {
    const card = this.cards.at;
    const field = card.querySelector("input:checked") ?? card.querySelector("input");
    const target = card.dataset.q ? (field ?? card) : (card.querySelector("[data-heading]") ?? card);
    target.focus({ preventScroll: true });
  }

  #summarise() {
    const rows = this.cards.rows(this.say, (card) => {
      this.editing = true;
      this.#go(card);
    });
    this.part("answered").replaceChildren(...rows);
  }

  /** What the server says of a send. */
  #heard(said) {
    if (said.status === "lost") this.lost = true;
    this.why = said.words;
    if (said.status === "received" || (said.status === "already" && this.lost)) return this.#finish("");
    if (said.status === "already") return this.#finish(this.say.sayAlready);
    if (said.status !== "lost" && said.status !== "login") this.wants = false;
    this.#tell({ sending: said.status });
    if (said.status === "wrong") this.#showFaults(said.faults);
    if (said.status === "empty") this.#ask();
    return undefined;
  }

  #showFaults(faults) {
    this.editing = true;
    const wrong = this.cards.shown().filter((card) => faults[card.dataset.q]);
    for (const card of wrong) card.querySelector("legend").after(made("p", { className: "ds-validation-message", textContent: faults[card.dataset.q] }));
    for (const line of this.form.querySelectorAll("legend + .ds-validation-message")) line.dataset.fault = "";
    if (wrong.length) this.#go(wrong[0]);
    else this.#tell({ sending: "full", why: Object.values(faults).join(" ") }); // of no question she is asked
  }

  /** Nothing more is kept here, and what lies here goes. */
  #end() {
    this.done = true;
    return this.draft.end().catch(() => {});
  }

  async #finish(more) {
    if (this.done) return;
    const ended = this.#end();
    const answers = this.cards.answers(this.cards.shown());
    this.#tell({ sending: "received" });
    if (!more) this.tellOthers?.();
    await ended;
    const page = document.querySelector("template[data-sent]").content.firstElementChild.cloneNode(true);
    page.querySelector("[data-more]").textContent = more;
    page.querySelector("[data-more]").hidden = !more;
    const low = more ? [] : this.low.filter((rule) => isLow(rule, answers));
    page.querySelector("[data-low]")?.append(...low.map(({ text }) => made("p", { className: "message", textContent: text })));
    page.querySelector("[data-low]")?.toggleAttribute("hidden", !low.length);
    this.decline?.remove();
    this.bar.remove();
    this.form.replaceWith(page);
    if (this.say.receipt) history.replaceState(null, "", this.say.receipt);
    scrollTo(0, 0);
    page.querySelector("h1").focus();
  }

  #tell(news) {
    Object.assign(this, news);
    if (!this.bar.isConnected) return;
    this.#words(this.#truth());
    this.#paint();
  }

  #words(words) {
    const line = this.bar.querySelector("[data-state]");
    if (line.textContent === words) return;
    line.textContent = words;
    if (this.sending === "login") line.append(" ", made("a", { href: this.form.getAttribute("action"), textContent: this.say.sayLogin }));
  }

  #truth() {
    const { say } = this;
    const ends = { sending: say.saySending, received: say.sayReceived, lost: this.kept === "saved" ? say.sayWaitsSaved : say.sayWaits, login: say.sayLoggedOut, other: say.sayOther, closed: this.lost && !say.key ? say.sayClosedPerhaps : say.sayClosed, planned: say.sayClosed, declined: say.sayDeclined, gone: say.sayGone, wrong: say.sayWrong, full: this.why, device: say.sayDevice };
    if (this.sending) return ends[this.sending] ?? "";
    if (!this.say.key) return Object.keys(this.cards.answers()).length ? say.sayMemory : "";
    return { saving: say.saySaving, saved: say.saySaved, unsaved: say.sayUnsaved }[this.kept] ?? "";
  }

  #paint() {
    const { cards, say } = this;
    const [onIntro, onSummary] = [cards.at === cards.intro, cards.at === cards.summary];
    const answered = !onIntro && !onSummary && cards.isAnswered(cards.at);
    const ended = ["other", "closed", "planned", "declined", "gone", "already", "device"].includes(this.sending);
    const on = this.bar.querySelector("[data-on]");
    const begun = Object.keys(cards.answers()).length > 0;
    on.textContent = onIntro ? (begun ? say.sayGoOn : say.sayBegin) : onSummary ? say.saySend : this.editing ? say.sayBackTo : answered ? say.sayNext : say.saySkip;
    on.dataset.variant = onIntro || onSummary || answered ? "primary" : "secondary";
    on.hidden = ended || this.asks;
    this.part("empty").hidden = !this.asks;
    on.disabled = this.wants;
    this.form.toggleAttribute("data-ended", this.sending === "other");
    this.bar.querySelector("[data-back]").hidden = onIntro || this.wants || ended;
    if (this.decline) this.decline.hidden = !onIntro || this.wants || ended;
    this.part("where").hidden = onIntro;
    this.part("promise").hidden = onIntro || onSummary;
    this.part("left").textContent = onSummary || this.editing ? say.saySummary : fill(say.sayLeft, cards.left());
    if (answered && cards.at.querySelector("input:checked")) cards.at.append(this.forget);
    else this.forget.remove();
  }
}

const form = document.querySelector("[data-form]");
if (form) new Answering(form).begin();
