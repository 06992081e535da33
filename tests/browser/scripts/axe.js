// Runs axe and puts each thing it finds in one sentence.
async ([source, tags]) => {
  if (!window.axe) (0, eval)(source);
  // two frames: a change of scheme or size is on the screen before it is judged
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const { violations } = await axe.run(document, { runOnly: { type: "tag", values: tags }, resultTypes: ["violations"] });
  return violations.map(({ id, help, nodes }) =>
    `${id} – ${help}: ${nodes.map((node) => `${node.target.join(" ")} [${node.any.map((one) => one.message).join("; ")}]`).join(" | ")}`);
}
