"""axe-core in a page: WCAG A and AA up to 2.2, and its best practice."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

SCRIPT = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"  # installed by make
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = """async ([source, tags]) => {
  if (!window.axe) (0, eval)(source);
  // two frames: a change of scheme or size is on the screen before it is judged
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const { violations } = await axe.run(document, { runOnly: { type: "tag", values: tags }, resultTypes: ["violations"] });
  return violations.map(({ id, help, nodes }) =>
    `${id} – ${help}: ${nodes.map((node) => `${node.target.join(" ")} [${node.any.map((one) => one.message).join("; ")}]`).join(" | ")}`);
}"""


@cache
def source() -> str:
    return SCRIPT.read_text(encoding="utf-8")


def violations(page: Page) -> list[str]:
    """What axe finds, one sentence each. The context needs ``bypass_csp=True``: the site lets no script in."""
    found: list[str] = page.evaluate(RUN, [source(), TAGS])
    return [f"{page.url}: {words}" for words in found]
