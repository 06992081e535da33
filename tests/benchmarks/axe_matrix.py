"""axe on every page type × three widths × light and dark × Bokmål and Nynorsk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from playwright.sync_api import sync_playwright

from tests.browser.axe import violations
from tests.browser.chromium import launch
from tests.browser.pages import BY_PERSON, visited
from tests.browser.serving import serving_in

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

WIDTHS = (360, 768, 1280)
LANGUAGES = ("nb", "nn")


def _looks(page: Page) -> list[str]:
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            found += [f"{width} {scheme} {words}" for words in violations(page)]
    return found


def measure(folder: Path) -> dict[str, Any]:
    """How many looks were taken, and each violation in words."""
    found, looks = [], 0
    with (
        serving_in(folder, workers=2, options=["--preload"]) as site,
        sync_playwright() as playwright,
        launch(playwright) as browser,
    ):
        for person in BY_PERSON:
            for language in LANGUAGES:
                context = browser.new_context(base_url=site.url, bypass_csp=True, service_workers="block")
                page = context.new_page()
                for _ in visited(page, person, language):
                    looks += 2 * len(WIDTHS)
                    found += [f"{language} {words}" for words in _looks(page)]
                context.close()
    return {"looks": looks, "violations": found}
