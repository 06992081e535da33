"""Small screens and large letters: nothing scrolls sideways, nothing is cut off, everything can be hit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import ViewportSize, expect

from tests.browser.conftest import PHONE, be
from tests.browser.pages import BY_PERSON, visited
from tests.browser.scripts import script

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import NewPage
    from tests.browser.serving import Site

pytestmark = pytest.mark.browser

NARROW = ViewportSize(width=320, height=640)  # 1280 at 400 %
SPACED = (  # WCAG 1.4.12
    "* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }"
    " p { margin-block-end: 2em !important }"
)
PROBLEMS = script("problems")


def problems(page: Page) -> list[str]:
    page.evaluate(
        "document.querySelectorAll('details').forEach((fold) => { fold.name = ''; fold.open = true; })"
    )
    found: list[str] = page.evaluate(PROBLEMS)
    return [f"{page.url}: {words}" for words in found]


def set_text(page: Page, size: str, root: str = "") -> None:
    page.evaluate(
        "([size, root]) => { const html = document.documentElement;"
        " html.dataset.text = size; html.style.fontSize = root; }",
        [size, root],
    )


@pytest.mark.parametrize("person", BY_PERSON)
def test_nothing_scrolls_sideways_or_is_cut_off_on_the_pages_of(
    site: Site, new_page: NewPage, person: str
) -> None:
    """At 320 pixels, also with our largest letters and wide spacing; at 390 with letters twice as large."""
    page = new_page(site, viewport=NARROW, bypass_csp=True, service_workers="block")
    found = []
    for _ in visited(page, person):
        found += problems(page)
        set_text(page, "larger")
        found += [f"largest text: {words}" for words in problems(page)]
        set_text(page, "normal", "200%")
        page.set_viewport_size(PHONE)
        found += [f"200 %: {words}" for words in problems(page)]
        page.set_viewport_size(NARROW)
        set_text(page, "normal")
        page.add_style_tag(content=SPACED)
        found += [f"wide spacing: {words}" for words in problems(page)]
    assert not found, "\n".join(found)


def test_words_keep_their_width_and_the_bar_its_place_with_letters_twice_as_large(
    site: Site, new_page: NewPage
) -> None:
    """Hanne has finished modules: the mark of one must not leave its title a line of one letter."""
    page = new_page(site, bypass_csp=True, service_workers="block")
    be(page, "Hanne")
    set_text(page, "normal", "200%")
    widths = page.locator(".tile__text").evaluate_all("(all) => all.map((one) => one.clientWidth)")
    assert page.locator(".tile__done").count() > 0
    assert min(widths) >= PHONE["width"] / 2, widths
    page.goto("/kurs/en-god-start/den-nye-familien/hele-familien/")
    bar = page.locator(".bar")
    assert bar.evaluate("(one) => one.getBoundingClientRect().bottom <= innerHeight + 1")
    set_text(page, "normal", "200%")
    assert bar.evaluate("(one) => one.getBoundingClientRect().top > innerHeight")


def test_rows_of_people_are_cards_on_a_phone_and_every_value_says_what_it_is(
    site: Site, new_page: NewPage
) -> None:
    page = new_page(site, viewport=NARROW)
    be(page, "Solveig")
    page.goto("/prosjekt/folk/")
    row = page.get_by_role("row").filter(has_text="torill@example.no")
    assert row.evaluate("(one) => getComputedStyle(one).display") == "block"
    expect(row.get_by_role("rowheader")).to_have_text("Torill")
    contact = row.get_by_role("cell").filter(has_text="torill@example.no")
    assert contact.evaluate("(one) => getComputedStyle(one, '::before').content") == '"Nås på: "'
    assert contact.evaluate("(one) => one.getClientRects().length") == 1
    page.set_viewport_size({"width": 1280, "height": 800})
    assert row.evaluate("(one) => getComputedStyle(one).display") == "table-row"


def test_forced_colours_and_reduced_motion_lose_nothing(site: Site, new_page: NewPage) -> None:
    page = new_page(site, forced_colors="active", reduced_motion="reduce")
    for _ in visited(page, "Eirik"):
        assert not problems(page)
        assert (
            page.evaluate("document.getAnimations().filter((one) => one.playState === 'running').length") == 0
        )
