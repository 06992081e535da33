"""Without network: the help numbers open, other pages say that they cannot, and nothing personal is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import be
from tests.browser.scripts import script

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import NewPage
    from tests.browser.serving import Site

pytestmark = pytest.mark.browser

MINE = "/kurs/en-god-start/den-nye-familien/hele-familien/"
TEXTS = "/kurs/en-god-start/den-nye-familien/lese/"  # what its page keeps: the module without a reader
PERSONAL = ("Hanne", "Torsdagsgruppa", "Logg ut", "csrfmiddlewaretoken")
KEPT = script("kept")


def kept_by(page: Page) -> dict[str, str]:
    """What the phone keeps: address and, for a page, its HTML."""
    return dict(page.evaluate(KEPT))


def wait_for_worker(page: Page) -> None:
    page.evaluate("navigator.serviceWorker.ready.then((registration) => registration.active.state)")
    page.evaluate(  # a promise: waiting by polling needs eval, which the page's policy refuses
        "() => new Promise((done) => navigator.serviceWorker.controller ? done()"
        " : navigator.serviceWorker.addEventListener('controllerchange', () => done(), { once: true }))"
    )


def check_nothing_personal(kept: dict[str, str], *texts: str) -> None:
    """Only pages that are the same for everybody: those two, and ``texts`` of an edition."""
    pages = {address for address, text in kept.items() if text}
    assert pages == {"/hjelp/", "/uten-nett/", *texts}
    files = ("/static/egs/", "/filer/bilde/") if texts else ("/static/egs/",)
    assert all(address in pages or address.startswith(files) for address in kept), kept.keys()
    for text in kept.values():
        assert not [word for word in PERSONAL if word in text]


def test_the_help_page_opens_without_network_and_other_pages_say_so(site: Site, new_page: NewPage) -> None:
    page = new_page(site)
    page.goto("/hjelp/")
    wait_for_worker(page)
    page.context.set_offline(True)

    page.goto("/hjelp/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Trenger du hjelp nå?")
    expect(page.locator("a[href='tel:112']")).to_be_visible()
    page.locator("summary", has_text="Fjellvik").click()
    expect(page.locator("#fjellvik a[href^='tel:']").first).to_be_visible()
    assert page.evaluate("getComputedStyle(document.querySelector('.number__call')).minBlockSize") != "auto"

    page.goto("/personvern/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Telefonen har ikke nett akkurat nå")
    page.get_by_role("link", name="Vis hjelpenumrene").click()
    expect(page.locator("a[href='tel:112']")).to_be_visible()

    page.context.set_offline(False)
    page.goto("/personvern/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Personvern")


def test_help_opens_ones_own_municipality_the_first_time_and_still_begins_with_the_urgent_numbers(
    site: Site, new_page: NewPage
) -> None:
    page = new_page(site)
    be(page, "Hanne")
    page.get_by_role("link", name="Trenger du hjelp nå?").click()
    expect(page.locator("#fjellvik a[href^='tel:']").first).to_be_visible()
    expect(page.locator("details[open]")).to_have_count(1)
    assert page.evaluate("document.querySelector('[data-municipalities] details').id") == "fjellvik"
    assert page.evaluate("scrollY") == 0
    wait_for_worker(page)
    page.context.set_offline(True)
    page.goto("/hjelp/")
    expect(page.locator("#fjellvik a[href^='tel:']").first).to_be_visible()


def test_the_phone_keeps_nothing_personal_while_logged_in_or_after(own_site: Site, new_page: NewPage) -> None:
    page = new_page(own_site)
    be(page, "Hanne")
    wait_for_worker(page)
    for address in ("/hjelp/", "/innstillinger/", "/min/"):
        page.goto(address)
    check_nothing_personal(kept_by(page))
    page.goto(MINE)
    expect(page.locator("[data-keep]")).to_contain_text("Lagret på telefonen · ")
    check_nothing_personal(kept_by(page), TEXTS)

    page.context.set_offline(True)
    page.goto(MINE)
    expect(page.locator("article:not([hidden]) .text")).not_to_be_empty()
    expect(page.get_by_text("Hanne")).to_have_count(0)
    page.goto("/min/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Telefonen har ikke nett akkurat nå")
    expect(page.get_by_text("Hanne")).to_have_count(0)

    page.context.set_offline(False)
    page.goto("/min/")
    page.get_by_role("button", name="Logg ut").click()
    page.wait_for_url(own_site.url + "/")
    page.goto("/hjelp/")
    check_nothing_personal(kept_by(page))
    assert page.evaluate("Object.keys(localStorage).filter((key) => key !== 'egs-kommune')") == []
    assert page.evaluate("Object.keys(sessionStorage)") == []
    page.context.set_offline(True)
    for address in ("/min/", MINE):
        page.goto(address)
        expect(page.get_by_role("heading", level=1)).to_have_text("Telefonen har ikke nett akkurat nå")
