// One question at a time: which are shown, what is answered, and where one is.
const fieldsOf = (card) => [...card.querySelectorAll("input, textarea")];
const value = (field) => (field.type === "radio" || field.type === "checkbox" ? (field.checked ? field.value : "") : field.value.trim());
export const made = (tag, fields, ...inner) => {
  const element = Object.assign(document.createElement(tag), fields);
  element.append(...inner);
  return element;
};

export class Cards {
  constructor(form) {
    this.form = form;
    this.intro = form.querySelector("[data-card=intro]");
    this.summary = form.querySelector("[data-card=summary]");
    this.questions = [...form.querySelectorAll("[data-q]")];
    this.at = this.intro;
  }

  /** The answers, by field name; what is not answered is not there. */
  answers(cards = this.questions) {
    const given = cards.map((card) => [card.dataset.q, fieldsOf(card).map(value).filter(Boolean)]);
    return Object.fromEntries(given.filter(([, values]) => values.length));
  }

  /** Puts answers in; what stands there already is newer, and stays. */
  fill(answers) {
    const here = this.answers();
    for (const card of this.questions) {
      const values = answers[card.dataset.q];
      if (!values || here[card.dataset.q]) continue;
      for (const field of fieldsOf(card)) {
        if (field.type === "radio" || field.type === "checkbox") field.checked = values.includes(field.value);
        else field.value = values.find((one) => one !== "not-yet") ?? "";
      }
    }
  }

  clear(card) {
    for (const field of fieldsOf(card)) {
      if (field.type === "radio" || field.type === "checkbox") field.checked = false;
      else field.value = "";
    }
  }

  /** The questions that are asked, given the answers so far: a hidden one's answer opens no other. */
  shown() {
    const answers = this.answers();
    const names = new Set();
    return this.questions.filter((card) => {
      const { q, if: on, codes } = card.dataset;
      const open = !on || (names.has(on) && (answers[on] ?? []).some((code) => codes.split(" ").includes(code)));
      if (open) names.add(q);
      return open;
    });
  }

  /** All cards in order: the words before, the questions, the summary. */
  row = () => [this.intro, ...this.shown(), this.summary];
  named = (name) => this.row().find((card) => (card.dataset.card ?? card.dataset.q) === name);
  name = (card = this.at) => card.dataset.card ?? card.dataset.q;
  isAnswered = (card) => fieldsOf(card).some(value);
  next = () => this.#beside(1);
  before = () => this.#beside(-1);

  #beside(step) {
    const row = this.row();
    return row[row.indexOf(this.at) + step];
  }

  left() {
    const shown = this.shown();
    return shown.length - shown.indexOf(this.at);
  }

  show(card) {
    this.at = card;
    for (const one of [this.intro, ...this.questions, this.summary]) one.toggleAttribute("data-current", one === card);
    const first = (element) => element?.querySelector("[data-q]");
    for (const section of this.form.querySelectorAll("[data-section]")) {
      section.toggleAttribute("data-current", section.contains(card));
      section.toggleAttribute("data-begins", first(section) === card); // its words are said once, not above every question
    }
    for (const part of this.form.querySelectorAll("[data-part]")) {
      const opens = first(part.nextElementSibling);
      part.toggleAttribute("data-current", (opens === this.questions[0] ? this.intro : opens) === card); // the first with what is said before
    }
  }

  /** What somebody answered, as she read it. */
  words(card) {
    const chosen = fieldsOf(card).filter((field) => field.checked).map((field) => field.labels[0].textContent.trim());
    const written = fieldsOf(card).filter((field) => field.type !== "radio" && field.type !== "checkbox").map((field) => field.value.trim());
    return [...written.filter(Boolean), ...chosen].join(", ");
  }

  /** The summary: each question with what was answered, and the way to change it. */
  rows = (say, change) =>
    this.shown().map((card) => {
      const question = card.querySelector("legend").textContent;
      const button = made("button", { type: "button", className: "link-button" }, say.sayChange, made("span", { className: "ds-sr-only", textContent: `: ${question}` }));
      button.addEventListener("click", () => change(card));
      const answer = this.words(card);
      return made("div", {}, made("dt", { textContent: question }), made("dd", { className: answer ? "" : "soft", textContent: answer || say.sayNone }), made("dd", {}, button));
    });
}

/** Whether a score is low by a rule of the server's (views/questions.py): worked out here, told to nobody. */
export function isLow({ items, least, times, below }, answers) {
  const given = Object.entries(items)
    .map(([name, turn]) => [Number.parseInt(answers[name]?.[0], 10), turn])
    .filter(([number]) => Number.isInteger(number))
    .map(([number, turn]) => (turn === null ? number : turn - number));
  if (!given.length || given.length < least) return false;
  return (given.reduce((sum, number) => sum + number, 0) / given.length) * times < below;
}
