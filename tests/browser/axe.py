"""axe-core in a page: WCAG A and AA up to 2.2, and its best practice."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from tests.browser.scripts import script

if TYPE_CHECKING:
    from playwright.sync_api import Page

SCRIPT = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"  # installed by make
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = script("axe")


@cache
def source() -> str:
    return SCRIPT.read_text(encoding="utf-8")


def violations(page: Page) -> list[str]:
    """What axe finds, one sentence each. The context needs ``bypass_csp=True``."""
    found: list[str] = page.evaluate(RUN, [source(), TAGS])
    return [f"{page.url}: {words}" for words in found]
