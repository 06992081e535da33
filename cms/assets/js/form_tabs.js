// The same form in another tab of the same person's. Two adults may share a phone: neither's tabs hear of the other's.

/** `draft` names whose form it is. `met` hears that there is another tab, `done` that it has sent. Gives what tells the others. */
export function meetOtherTabs(draft, met, done) {
  if (!window.BroadcastChannel) return () => {};
  const channel = new BroadcastChannel(`egs-skjema ${draft.id}`); // of one form and one person
  channel.onmessage = ({ data }) => {
    if (data === "done") return done();
    met();
    if (data === "open") channel.postMessage("here");
  };
  channel.postMessage("open");
  return () => channel.postMessage("done");
}
