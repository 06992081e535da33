"""Results on a phone: pictures drawn for it, whose letters are read, and the table behind each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, be
from tests.browser.pages import RELEASE
from tests.evaluation.test_pictures import LEAST

if TYPE_CHECKING:
    from tests.browser.conftest import NewPage
    from tests.browser.serving import Site

pytestmark = pytest.mark.browser

WIDTHS = "(one) => [one.getBoundingClientRect().width, one.naturalWidth, one.currentSrc]"


def test_pictures_on_a_phone_are_those_drawn_for_it_and_their_letters_are_read(
    site: Site, new_page: NewPage
) -> None:
    page = new_page(site, viewport=PHONE)
    be(page, "Hans")
    page.goto(f"{RELEASE}/")
    pictures = page.locator("img.figure__picture")
    expect(pictures.first).to_be_visible()
    for picture in pictures.all():
        picture.scroll_into_view_if_needed()
        picture.evaluate("(one) => one.decode()")
        shown, natural, address = picture.evaluate(WIDTHS)
        assert address.endswith("?smal")
        smallest = page.evaluate(
            "async (address) => Math.min(...[...(await (await fetch(address)).text())"
            '.matchAll(/font-size="([0-9.]+)"/g)].map((found) => Number(found[1])))',
            address,
        )
        assert smallest * shown / natural >= LEAST


def test_a_wide_screen_has_the_wide_pictures_and_the_table_opens(site: Site, new_page: NewPage) -> None:
    page = new_page(site, viewport={"width": 1280, "height": 900})
    be(page, "Hans")
    page.goto(f"{RELEASE}/skalaer/")
    page.get_by_role("link", name="Trygg i oppdraget").click()
    picture = page.locator("img.figure__picture").first
    assert not picture.evaluate("(one) => one.currentSrc").endswith("?smal")
    page.get_by_text("Vis tallene i en tabell").first.click()
    expect(page.get_by_role("columnheader", name="Trolig mellom").first).to_be_visible()
