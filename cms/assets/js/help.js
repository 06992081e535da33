// The help page may come from the phone's own store: what is open is worked out again here, in Oslo's time.
// Same rule as is_open in courses/models/facts.py; the page carries the windows as cms/views/front.py writes them (1 is Monday).
const DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const REMEMBERED = "egs-kommune";
const ASKED_FOR = "#kommune-"; // templates/base.html; no element has this id, so that the page still begins with the urgent numbers

/** Weekday (1 is Monday) and minutes after midnight in Oslo. */
function osloNow(now = new Date()) {
  const format = new Intl.DateTimeFormat("en-GB", { timeZone: "Europe/Oslo", weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const parts = Object.fromEntries(format.formatToParts(now).map(({ type, value }) => [type, value]));
  return { day: DAYS.indexOf(parts.weekday) + 1, minute: Number(parts.hour) * 60 + Number(parts.minute) };
}

const minutes = (time) => {
  const [hour, minute] = time.split(/[.:]/).map(Number);
  return hour * 60 + minute;
};

/** Is one of the windows open? None at all means always. One that ends before it begins runs over midnight. */
export function isOpen(windows, { day, minute } = osloNow()) {
  const [today, yesterday] = [day, day === 1 ? 7 : day - 1];
  return !windows.length || windows.some(({ days, from, to }) => {
    const [start, end] = [minutes(from), minutes(to)];
    if (start < end) return days.includes(today) && minute >= start && minute < end;
    return (days.includes(today) && minute >= start) || (days.includes(yesterday) && minute < end);
  });
}

export function showOpenNow() {
  const places = document.querySelectorAll("[data-windows]");
  const show = () => {
    for (const place of places) {
      const open = isOpen(JSON.parse(place.dataset.windows));
      place.textContent = open ? place.dataset.open : place.dataset.closed;
      place.toggleAttribute("data-is-open", open);
    }
  };
  if (!places.length) return;
  show();
  setInterval(show, 60_000);
}

/** The phone's own memory; null where it is switched off. */
function storage() {
  try {
    return localStorage;
  } catch {
    return null;
  }
}

/** Opens the municipality that the address or the link from a logged-in page names, else the one opened last here. */
export function rememberMunicipality() {
  const list = document.querySelector("[data-municipalities]");
  if (!list) return;
  const folds = [...list.querySelectorAll("details")];
  const store = storage();
  const last = store?.getItem(REMEMBERED);
  const asked = location.hash.startsWith(ASKED_FOR) ? location.hash.slice(ASKED_FOR.length) : null;
  const own = folds.find((fold) => fold.open) ?? folds.find((fold) => fold.id === asked) ?? folds.find((fold) => fold.id === last);
  if (own) {
    own.open = true;
    list.prepend(own);
  }
  for (const fold of folds) {
    fold.addEventListener("toggle", () => fold.open && store?.setItem(REMEMBERED, fold.id));
  }
}
