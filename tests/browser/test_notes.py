"""What was typed goes along when the page is left by one of its own buttons."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import be
from tests.browser.test_offline import wait_for_worker

if TYPE_CHECKING:
    from tests.browser.conftest import NewPage
    from tests.browser.serving import Site

pytestmark = pytest.mark.browser
NOTED = "/kurs/en-god-start/den-nye-familien/hele-familien/"


def test_a_note_that_was_not_saved_goes_along_when_the_part_is_marked_as_read(
    own_site: Site, new_page: NewPage
) -> None:
    page = new_page(own_site)
    be(page, "Nora")
    page.goto(NOTED)
    page.get_by_label("Notatet ditt").fill("Skrevet, men ikke lagret.")
    page.get_by_role("button", name="Lest", exact=True).click()
    page.wait_for_url("**/det-barnet-har-med-seg/")
    page.goto(NOTED)
    expect(page.get_by_label("Notatet ditt")).to_have_value("Skrevet, men ikke lagret.")


def test_logging_out_with_a_note_typed_saves_it_and_leaves_nothing_on_the_phone(
    own_site: Site, new_page: NewPage
) -> None:
    page = new_page(own_site)
    be(page, "Nora")
    wait_for_worker(page)
    page.goto(NOTED)
    expect(page.locator("[data-keep]")).to_contain_text("Lagret på telefonen · ")
    page.get_by_label("Notatet ditt").fill("Skrevet før jeg gikk.")
    page.get_by_role("button", name="Logg ut").click()
    page.wait_for_url(own_site.url + "/")
    assert page.evaluate("async () => (await indexedDB.databases()).length") == 0
    assert not page.evaluate("() => caches.has('egs-kurs')")
    be(page, "Nora")
    page.goto(NOTED)
    expect(page.get_by_label("Notatet ditt")).to_have_value("Skrevet før jeg gikk.")
