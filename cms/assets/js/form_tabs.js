// The same form in another tab of the same person's. Two adults may share a phone: neither's tabs hear of the other's.

/** `draft` names whose form it is. `met` hears whether there is another tab, `done` that it has sent. Gives what tells the others. */
export function meetOtherTabs(draft, met, done) {
  if (!window.BroadcastChannel) return () => {};
  const channel = new BroadcastChannel(`egs-skjema ${draft.id}`); // of one form and one person
  const ask = () => channel.postMessage("open");
  channel.onmessage = ({ data }) => {
    if (data === "done") return done();
    met(data !== "gone");
    if (data === "gone") ask(); // whether there is a third
    if (data === "open") channel.postMessage("here");
  };
  addEventListener("pagehide", () => channel.postMessage("gone"));
  addEventListener("pageshow", ({ persisted }) => persisted && ask());
  ask();
  return () => channel.postMessage("done");
}
