"""A form that Eirik and Hanne are asked to answer, and what stands when it has been received."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.forms import DRAFTS, answer_all, make_form, open_form, sealed, state

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import NewPage
    from tests.browser.serving import Site

SAVED = "Lagret på denne telefonen"
THANKS = "Takk! Svarene dine er mottatt"


@pytest.fixture
def address(own_site: Site) -> str:
    return make_form(own_site.folder, "Eirik,Hanne")


@pytest.fixture
def answered(own_site: Site, new_page: NewPage, address: str) -> Page:
    """The form answered as far as the summary, and its draft kept on the phone."""
    page = new_page(own_site)
    open_form(page, address)
    answer_all(page)
    expect(state(page)).to_have_text(SAVED)
    return page


def expect_received(page: Page, site: Site, address: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(THANKS)
    assert page.url.endswith("/takk/")
    assert sealed(site.folder, address) == 1
    assert page.evaluate(DRAFTS) == 0
