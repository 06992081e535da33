"""The whole way with the keyboard alone: nothing needs a pointer, and what has the focus is seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.browser.scripts import script
from tests.browser.test_family import NOTED, TASK

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import NewPage
    from tests.browser.serving import Site

pytestmark = pytest.mark.browser

STOPS = 60  # no page here has more
FOCUSED = script("focused")


def check_focus(page: Page) -> dict[str, Any] | None:
    """What has the focus, seen and not hidden, or None at the end of the page."""
    found: dict[str, Any] | None = page.evaluate(FOCUSED)
    if found:
        where = f"{page.url}: «{found['name']}» ({found['tag']})"
        assert found["outlined"], f"{where} has the focus, and nothing shows it"
        assert found["seen"] >= (1 if found["tall"] else 5), f"{where} is hidden while it has the focus"
    return found


def tab_to(page: Page, name: str, *, tag: str = "") -> None:
    """Tabs on until the named thing has the focus; every stop on the way is seen."""
    passed = []
    for _ in range(STOPS):
        page.keyboard.press("Tab")
        found = check_focus(page)
        if found is None:
            continue
        passed.append(found["name"])
        if name in found["name"] and tag in found["tag"]:
            return
    raise AssertionError(f"{page.url}: Tab never came to «{name}», but to {passed}")


def press(page: Page, key: str, *, leads_to: str) -> None:
    page.keyboard.press(key)
    page.wait_for_url(leads_to)


def test_the_whole_journey_works_with_the_keyboard_alone(own_site: Site, new_page: NewPage) -> None:
    page = new_page(own_site)
    page.goto("/")
    tab_to(page, "Gå til innholdet")
    tab_to(page, "Se demoen")
    press(page, "Enter", leads_to="**/demo/")
    tab_to(page, "Gå inn som Nora", tag="BUTTON")
    press(page, "Space", leads_to="**/min/")
    tab_to(page, "Modul 1: Den nye familien")
    press(page, "Enter", leads_to="**/den-nye-familien/")
    tab_to(page, "Når én flytter inn")
    press(page, "Enter", leads_to=f"**{NOTED}")

    tab_to(page, "n-overrasket", tag="TEXTAREA")
    page.keyboard.type("Skrevet uten mus.")
    tab_to(page, "Lagre notatet", tag="BUTTON")
    page.keyboard.press("Enter")
    expect(page.locator(".note__save [role=status]")).to_contain_text("Lagret")
    tab_to(page, "Lest", tag="BUTTON")
    press(page, "Space", leads_to="**/det-barnet-har-med-seg/")

    page.goto(TASK)
    tab_to(page, "Vi har prøvd", tag="BUTTON")
    page.keyboard.press("Enter")
    expect(page.locator(".task__state")).to_contain_text("Prøvd")
    tab_to(page, "Tekst og språk")
    press(page, "Enter", leads_to="**/innstillinger/**")
    tab_to(page, "language-nb", tag="INPUT")
    page.keyboard.press("ArrowDown")
    tab_to(page, "Lagre", tag="BUTTON")
    page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_attribute("lang", "nn")
    tab_to(page, "Logg ut", tag="BUTTON")
    press(page, "Enter", leads_to=own_site.url + "/")


def test_the_first_tab_leads_past_the_top_of_the_page(site: Site, new_page: NewPage) -> None:
    page = new_page(site)
    page.goto("/hjelp/")
    tab_to(page, "Gå til innholdet")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


@pytest.mark.parametrize("address", ["/hjelp/", "/logg-inn/", "/innstillinger/"])
def test_tab_goes_through_a_page_and_out_again(site: Site, new_page: NewPage, address: str) -> None:
    page = new_page(site)
    page.goto(address)
    first, seen = None, 0
    for _ in range(STOPS):
        page.keyboard.press("Tab")
        found = check_focus(page)
        seen += found is not None
        if found and found["name"] == first and found["tag"] == "A":
            break
        first = first or (found and found["name"])
    else:
        raise AssertionError(f"{address} keeps the focus")
    assert seen > 5
