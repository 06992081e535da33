// Runs axe and puts each thing it finds in one sentence.
async ([source, tags]) => {
  if (!window.axe) (0, eval)(source);
  // a change of scheme or size is on the screen, and has come to rest, before it is judged
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  await Promise.allSettled(document.getAnimations().map((one) => one.finished));
  const { violations } = await axe.run(document, { runOnly: { type: "tag", values: tags }, resultTypes: ["violations"] });
  return violations.map(({ id, help, nodes }) =>
    `${id} – ${help}: ${nodes.map((node) => `${node.target.join(" ")} [${node.any.map((one) => one.message).join("; ")}]`).join(" | ")}`);
}
