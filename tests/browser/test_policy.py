"""What every page keeps: its own content security policy, a silent console, and no third party."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.conftest import be
from tests.browser.pages import EVERYBODY, come_to_code_page, visited
from tests.browser.test_project_leader import open_in_editor

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import NewPage
    from tests.browser.serving import Site

pytestmark = pytest.mark.browser

CMS = [
    "/cms/",
    "/cms/pages/",
    "/cms/utgaver/",
    "/cms/images/",
    "/cms/documents/",
    "/cms/media/",
    "/cms/account/",
]
WATCH = (
    "document.addEventListener('securitypolicyviolation',"
    " ({ violatedDirective, blockedURI }) => console.error(`CSP ${violatedDirective} ${blockedURI}`))"
)


class Watched:
    """Everything a page says and asks for."""

    def __init__(self, page: Page, site: Site) -> None:
        self.heard: list[str] = []
        self.strangers: set[str] = set()
        page.add_init_script(WATCH)
        page.on("console", lambda message: self._hear(page, message.text, message.type))
        page.on("pageerror", lambda error: self._hear(page, str(error)))
        page.context.on("request", lambda request: self._ask(site, request.url))

    def _hear(self, page: Page, words: str, kind: str = "error") -> None:
        refused = "responded with a status of 4" in words  # a page that is meant to say no
        if kind in ("error", "warning") and not refused:
            self.heard.append(f"{page.url}: {words}")

    def _ask(self, site: Site, url: str) -> None:
        if not url.startswith((site.url, "data:", "blob:")):
            self.strangers.add(url)


@pytest.mark.parametrize("person", EVERYBODY)
def test_no_page_breaks_its_policy_or_asks_a_third_party(site: Site, new_page: NewPage, person: str) -> None:
    page = new_page(site)
    watched = Watched(page, site)
    for _ in visited(page, person):  # each is loaded whole; what a script asks for later is heard at the end
        pass
    page.wait_for_load_state("networkidle")
    if not person:
        come_to_code_page(page)
    assert not watched.heard
    assert not watched.strangers


def test_the_editor_asks_no_third_party(site: Site, new_page: NewPage) -> None:
    page = new_page(site, viewport={"width": 1280, "height": 900})
    watched = Watched(page, site)
    be(page, "Solveig")
    for address in CMS:
        response = page.goto(address)
        assert response is not None
        assert response.ok, f"{address}: {response.status}"
        page.wait_for_load_state("networkidle")
    open_in_editor(page, "hele familien")
    page.wait_for_load_state("networkidle")
    assert not watched.strangers
    assert not [words for words in watched.heard if "CSP" in words or "Content Security" in words]
