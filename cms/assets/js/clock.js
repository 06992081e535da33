// The big clock: where one should be by the plan, and after «Vi er her» how far behind one is and what to cut.
const MINUTE = 60_000;
const WORTH_SAYING = 2; // minutes: less is «i rute»
const TIME_TO_CUT = 5; // minutes behind
const NEAR = 12 * 60 * MINUTE; // of the beginning: before and after that nobody is at a point of the plan
const KEPT = 24 * 60 * MINUTE; // what was tapped on another evening says nothing about this one

const fill = (words, values) => words.replace(/\{(\w+)\}/g, (_, name) => values[name]);
const time = (ms) => new Intl.DateTimeFormat("nb-NO", { hour: "2-digit", minute: "2-digit", timeZone: "Europe/Oslo" }).format(ms).replace(":", ".");
const place = (evening) => `egs-plan-${evening}`;

/** Where somebody tapped «Vi er her»: {number, at, behind}, or null. Nothing personal, so it lies open on the device. */
function tapped(evening) {
  try {
    const here = JSON.parse(localStorage.getItem(place(evening)));
    return here && Date.now() - here.at < KEPT ? here : null;
  } catch {
    return null;
  }
}

function remember(evening, here) {
  try {
    localStorage.setItem(place(evening), JSON.stringify(here));
  } catch {
    // no room or no right to store: the clock still goes
  }
}

/** Minutes behind the plan while on a point that was begun at `at`; less than nothing is ahead. */
export function minutesBehind(point, at, now) {
  const behind = Math.max(at - point.start, now - point.end);
  return Math.trunc(behind / MINUTE);
}

/** The points still to come that the plan says to cut first. */
export function cuts(points, number) {
  return points.filter((point) => point.cut && point.number > number);
}

function pointsOf() {
  return [...document.querySelectorAll(".plan__row")].map((row, index) => ({
    row,
    number: index,
    start: Number(row.dataset.start) * 1000,
    end: Number(row.dataset.end) * 1000,
    title: row.dataset.title,
    cut: "cut" in row.dataset,
  }));
}

function sayCuts(line, words, none, points) {
  line.replaceChildren();
  if (!points.length) {
    line.textContent = none;
    return;
  }
  const [before, after] = words.split("{titles}");
  line.append(before);
  points.forEach((point, index) => {
    const link = document.createElement("a");
    link.href = `#${point.row.id}`;
    link.textContent = point.title;
    line.append(index ? ", " : "", link);
  });
  line.append(after);
}

function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export function keepClock() {
  const clock = document.querySelector("[data-clock]");
  if (!clock) return;
  const words = clock.dataset;
  const show = (name) => clock.querySelector(`[data-clock-${name}]`);
  const points = pointsOf();
  const begins = Number(words.begins) * 1000;
  const onWall = "wall" in words; // where nobody needs to see that one is late
  let said = "";

  const tick = () => {
    const now = Date.now();
    setText(show("time"), time(now));
    if (!begins) return;
    const here = tapped(words.evening);
    const should = points.find((point) => point.start <= now && now < point.end);
    const isOn = (here && points[here.number]) || should;
    for (const point of points) {
      if (point === isOn) point.row.setAttribute("aria-current", "step");
      else point.row.removeAttribute("aria-current");
      point.row.toggleAttribute("data-over", !!isOn && point.number < isOn.number);
    }
    const told = onWall ? isOn : should;
    if (told) setText(show("now"), fill(words.until, { title: told.title, time: time(told.end) }));
    else if (points.length && now >= points.at(-1).end) setText(show("now"), words.over);
    else if (now < begins && begins - now < NEAR) setText(show("now"), fill(words.beginsIn, { time: time(begins) }));
    if (here && isOn && !onWall) sayBehind(here, isOn, now);
  };

  const sayBehind = (here, isOn, now) => {
    const behind = minutesBehind(isOn, here.at, now);
    if (behind !== here.behind) remember(words.evening, { ...here, behind });
    const state = Math.abs(behind) < WORTH_SAYING ? words.onTime : fill(behind > 0 ? words.behind : words.ahead, { n: Math.abs(behind) });
    show("behind").hidden = false;
    setText(show("behind"), state);
    const late = behind >= TIME_TO_CUT;
    const left = late ? cuts(points, isOn.number) : [];
    const key = late + left.map((point) => point.number).join();
    show("cut").hidden = !late;
    if (late && key !== said) sayCuts(show("cut"), words.cut, words.nothingToCut, left);
    said = key;
  };

  const isNear = Math.abs(Date.now() - begins) < NEAR;
  for (const point of isNear ? points : []) {
    const button = point.row.querySelector("[data-here]");
    if (!button) continue;
    button.hidden = false;
    button.addEventListener("click", () => {
      remember(words.evening, { number: point.number, at: Date.now() });
      tick();
      clock.scrollIntoView({ block: "nearest" });
    });
  }
  const help = document.querySelector("[data-here-help]");
  if (help && isNear) help.hidden = false;
  addEventListener("storage", tick); // the wall follows what is tapped in another window
  setInterval(tick, 1000);
  tick();
}

export function offerWholeScreen() {
  const button = document.querySelector("[data-whole-screen]");
  if (!button || !document.fullscreenEnabled) return;
  button.hidden = false;
  button.addEventListener("click", () => document.documentElement.requestFullscreen());
}

/** The log begins with what the clock was told is done, where nothing is written yet. Told of nothing it ticks nothing. */
export function suggestTicks() {
  const line = document.querySelector("[data-clock-ticked]");
  const form = line?.closest("form[data-log]");
  const here = form && tapped(form.dataset.log);
  if (!here || form.querySelector("[data-point]:checked")) return;
  for (const choice of form.querySelectorAll('[data-point][value="yes"]')) {
    const before = Number(choice.dataset.point) - 1 - here.number; // points of the plan count from 1, taps from 0
    choice.checked = before < 0 || (before === 0 && Date.now() >= Number(choice.dataset.end) * 1000);
  }
  if (form.querySelector("[data-point]:checked")) line.textContent = line.dataset.clockTicked;
}

/** So does the time it saw. */
export function suggestMinutesOff() {
  const form = document.querySelector("form[data-log]");
  const field = form?.elements.minutes;
  const behind = form && tapped(form.dataset.log)?.behind;
  if (!field || field.value || behind === undefined || behind === null) return;
  field.value = String(Math.abs(behind));
  const direction = form.querySelector(`[name="direction"][value="${behind < 0 ? "early" : "late"}"]`);
  if (direction) direction.checked = true;
}
