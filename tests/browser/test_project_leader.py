"""The project leader changes a sentence in the real editor, and it reaches a family that is under way."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import be
from tests.browser.test_family import NOTED

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import NewPage
    from tests.browser.serving import Site

pytestmark = pytest.mark.browser

DESK = {"width": 1280, "height": 900}
TITLE = "Når én flytter inn, flytter hele familien på seg"
SENTENCE = "Denne setningen skrev prosjektlederen i dag."


def open_in_editor(page: Page, words: str) -> None:
    """The way an editor goes: search, then the page."""
    page.goto("/cms/pages/")
    page.goto(f"/cms/pages/search/?q={words}")
    page.get_by_role("link", name=TITLE).first.click()
    page.wait_for_url("**/edit/")


def write_at_the_end_of_first_text(page: Page, words: str) -> None:
    text = page.locator(".Draftail-Editor [contenteditable=true]", has_text="Dere har gjort klart et rom")
    text.click()
    page.keyboard.press("Control+End")
    page.keyboard.type(f" {words}")
    expect(text).to_contain_text(words)
    page.wait_for_function(  # Draftail hands what it holds to the form a moment later
        "(words) => [...document.querySelectorAll('input')].some((one) => one.value.includes(words))",
        arg=words,
    )


def preview_on_a_phone(page: Page) -> None:
    """Wagtail's preview beside the form, in its narrowest width, with our own look and the new words."""
    page.locator("[data-side-panel-toggle=preview]").first.click()
    page.locator("[data-w-preview-target=size]").first.check(force=True)
    preview = page.frame_locator("#w-preview-iframe")
    expect(preview.get_by_text(SENTENCE)).to_be_visible()
    expect(preview.get_by_role("heading", level=1)).to_have_text(TITLE)
    assert preview.locator("html").evaluate("() => innerWidth") < 480
    assert (
        preview.locator(".ds-button").first.evaluate("(one) => getComputedStyle(one).borderRadius") != "0px"
    )
    page.locator("[data-side-panel-toggle=preview]").first.click()


def publish(page: Page) -> None:
    page.get_by_role("button", name="Flere handlinger").click()
    page.get_by_role("button", name="Publiser", exact=True).click()
    expect(page.locator(".messages .success")).to_be_visible()


def test_a_sentence_goes_from_the_editor_to_a_family_that_is_under_way(
    own_site: Site, new_page: NewPage
) -> None:
    leader, family = new_page(own_site, viewport=DESK), new_page(own_site)
    be(family, "Hanne")
    be(leader, "Solveig")
    leader.get_by_role("link", name="Rediger innholdet").click()
    leader.wait_for_url("**/cms/")
    open_in_editor(leader, "hele familien")
    write_at_the_end_of_first_text(leader, SENTENCE)
    preview_on_a_phone(leader)
    publish(leader)

    family.goto(NOTED)
    expect(family.get_by_text("Dere har gjort klart et rom")).to_be_visible()
    expect(family.get_by_text(SENTENCE)).to_have_count(0)

    leader.goto("/cms/utgaver/")
    waiting = leader.locator(".egs-waiting li", has_text=TITLE)
    waiting.get_by_label("Hvorfor rettes teksten?").fill("Klarere for familiene.")
    waiting.get_by_role("button", name="Ta inn i utgave 1.0").click()
    expect(leader.get_by_text("er rettet i utgave 1.0")).to_be_visible()
    family.reload()
    expect(family.get_by_text(SENTENCE)).to_be_visible()


def test_a_new_edition_leaves_a_group_that_is_under_way_with_its_own(
    own_site: Site, new_page: NewPage
) -> None:
    leader, family = new_page(own_site, viewport=DESK), new_page(own_site)
    be(leader, "Solveig")
    open_in_editor(leader, "hele familien")
    write_at_the_end_of_first_text(leader, SENTENCE)
    publish(leader)
    leader.goto("/cms/utgaver/")
    leader.locator("a[href*='en-god-start']", has_text="Publiser utgave").click()
    leader.get_by_label("Utgave").fill("1.1")
    leader.get_by_label("Hva er nytt, og hvorfor").fill("En setning etter piloten.")
    leader.get_by_role("button", name="Publiser utgave").click()
    expect(leader.get_by_text("Utgave 1.1 er publisert")).to_be_visible()
    row = leader.get_by_role("row").filter(has=leader.get_by_role("rowheader", name="1.1", exact=True))
    row.get_by_role("link", name="Les utgaven").click()
    leader.wait_for_url("**/den-nye-familien/?utgave=1.1")
    leader.get_by_role("link", name=TITLE).click()
    expect(leader.get_by_role("heading", level=1)).to_have_text(TITLE)
    expect(leader.get_by_text(SENTENCE)).to_be_visible()

    be(family, "Hanne")
    family.goto(NOTED)
    expect(family.get_by_text("Dere har gjort klart et rom")).to_be_visible()
    expect(family.get_by_text(SENTENCE)).to_have_count(0)


def test_the_figures_beside_the_editor_are_those_of_the_text(site: Site, new_page: NewPage) -> None:
    page = new_page(site, viewport=DESK)
    be(page, "Solveig")
    open_in_editor(page, "hele familien")
    page.locator("[data-side-panel-toggle=checks]").first.click()
    expect(page.locator("[data-content-word-count]")).to_have_text(re.compile(r"^[1-9]\d{2}$"))
    expect(page.locator("[data-content-reading-time]")).to_have_text(re.compile(r"^\d+ minutt"))
    expect(page.locator("[data-content-readability-score]")).to_have_text("God")
