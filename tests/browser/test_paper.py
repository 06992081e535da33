"""What a contact person prints: a shielded family is on no paper, not even by its alias."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.browser.conftest import be

if TYPE_CHECKING:
    from tests.browser.conftest import NewPage
    from tests.browser.serving import Site

pytestmark = pytest.mark.browser
SHIELDED = "Deltaker A"  # the demo's, by alias


def test_a_shielded_family_is_on_the_screen_and_on_no_paper(site: Site, new_page: NewPage) -> None:
    page = new_page(site)
    be(page, "Torill")
    page.goto("/kveld/3/")
    group = re.search(r"/gruppe/(\d+)/", page.content())
    assert group
    page.goto(f"/gruppe/{group[1]}/")
    adult = page.get_by_role("link", name=SHIELDED).first.get_attribute("href") or ""
    assert adult
    for address in (f"/gruppe/{group[1]}/", "/kveld/3/", adult):
        page.goto(address)
        page.emulate_media(media="screen")
        assert SHIELDED in page.locator("body").inner_text(), address
        page.emulate_media(media="print")
        assert SHIELDED not in page.locator("body").inner_text(), address
        assert SHIELDED not in page.title(), address
