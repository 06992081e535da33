"""axe finds nothing, on any page type, in light and in dark. The whole matrix of sizes is in `make bench`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.axe import violations
from tests.browser.pages import BY_PERSON, come_to_code_page, visited

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import NewPage
    from tests.browser.serving import Site

pytestmark = pytest.mark.browser

OPEN_FOLDS = """() => {  // how many were closed
  const closed = [...document.querySelectorAll("details:not([open])")];
  for (const fold of closed) Object.assign(fold, { name: "", open: true });
  return closed.length;
}"""


def in_both_schemes(page: Page) -> list[str]:
    found = violations(page)
    page.emulate_media(color_scheme="dark")
    found += [f"dark: {words}" for words in violations(page)]
    page.emulate_media(color_scheme="light")
    return found


def page_for_axe(site: Site, new_page: NewPage) -> Page:
    return new_page(site, bypass_csp=True, service_workers="block", color_scheme="light")


@pytest.mark.parametrize("person", BY_PERSON)
def test_axe_finds_nothing_on_the_pages_of(site: Site, new_page: NewPage, person: str) -> None:
    """In both schemes; where something folds, also with all of it open."""
    page = page_for_axe(site, new_page)
    found = []
    for _ in visited(page, person):
        found += in_both_schemes(page)
        if person in ("", "Eirik") and page.evaluate(OPEN_FOLDS):
            found += [f"unfolded: {words}" for words in violations(page)]
    assert not found, "\n".join(found)


def test_axe_finds_nothing_where_a_code_is_typed_and_mistyped(site: Site, new_page: NewPage) -> None:
    page = page_for_axe(site, new_page)
    come_to_code_page(page)
    found = in_both_schemes(page)
    page.get_by_label("Kode", exact=True).fill("12")
    page.get_by_role("button", name="Logg inn").click()
    page.get_by_text("Koden er seks siffer").first.wait_for()
    found += in_both_schemes(page)
    assert not found, "\n".join(found)
