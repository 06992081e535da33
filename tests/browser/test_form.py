"""A form on a phone: with the keyboard alone, read by axe, with large letters, without script."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.axe import violations
from tests.browser.conftest import be, until
from tests.browser.forms import DRAFTS, SECRET, current, open_form, press, sealed, state, states, tap
from tests.browser.one_form import SAVED, THANKS, address, expect_received

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import NewPage
    from tests.browser.serving import Site


__all__ = ["address"]
pytestmark = pytest.mark.browser


def change_with_keys(page: Page) -> None:
    """From the summary back to the second question, and to the summary again."""
    keys = page.keyboard
    rows = page.locator(".answered > div")
    expect(rows).to_have_count(7)
    expect(rows.nth(1)).to_contain_text("Helt uenig")
    expect(rows.nth(2)).to_contain_text("Ikke besvart")
    rows.nth(1).get_by_role("button").focus()
    keys.press("Enter")
    keys.press("ArrowDown")
    keys.press("ArrowDown")
    page.get_by_role("button", name="Til oversikten").focus()
    keys.press("Enter")
    expect(rows).to_have_count(6)  # the one it had opened is not asked any more
    expect(rows.nth(1)).to_contain_text("Verken eller")


def test_a_form_is_answered_with_the_keyboard_alone(own_site: Site, new_page: NewPage, address: str) -> None:
    page = new_page(own_site)
    open_form(page, address)
    keys = page.keyboard
    page.get_by_role("button", name="Begynn").focus()
    keys.press("Enter")
    expect(page.locator("[data-left]")).to_have_text("6 igjen")
    for _ in range(3):  # the first radio has the focus; arrows choose and go on choosing
        keys.press("ArrowDown")
    expect(current(page).get_by_role("radio", name="Enig", exact=True)).to_be_checked()
    expect(page.locator("[data-left]")).to_have_text("6 igjen")
    keys.press("Enter")
    expect(page.locator("[data-left]")).to_have_text("5 igjen")
    keys.press("Space")
    expect(current(page).get_by_role("radio", name="Helt uenig")).to_be_checked()
    keys.press("Enter")
    expect(page.locator("[data-left]")).to_have_text("5 igjen")  # the answer opened one more
    keys.press("Enter")  # passed over
    keys.press("End")
    keys.press("Enter")
    expect(current(page)).to_contain_text("Det er noen jeg kan snakke med.")
    keys.press("Enter")
    expect(current(page)).to_contain_text("Hvor mange år")
    keys.press("Enter")
    expect(current(page).locator("textarea")).to_be_visible()
    keys.press("Tab")
    keys.type("Skrevet med tastene.")
    page.get_by_role("button", name="Neste").focus()
    keys.press("Enter")
    expect(page.get_by_role("heading", name="Se over svarene", level=2)).to_be_focused()
    change_with_keys(page)
    page.get_by_role("button", name="Send svarene").focus()
    keys.press("Enter")
    expect_received(page, own_site, address)
    expect(page.get_by_role("heading", level=1)).to_be_focused()


def test_a_no_is_one_tap_and_takes_the_draft_along(own_site: Site, new_page: NewPage, address: str) -> None:
    page = new_page(own_site)
    open_form(page, address)
    press(page, "Begynn")
    tap(page, "Enig")
    expect(state(page)).to_have_text(SAVED)
    press(page, "Forrige")
    press(page, "Forrige")
    press(page, "Jeg vil ikke svare")
    expect(page.get_by_role("heading", level=1)).to_have_text("Du har sagt at du ikke vil svare")
    assert page.evaluate(DRAFTS) == 0
    press(page, "Jeg vil svare likevel")
    expect(page.get_by_role("button", name="Begynn")).to_be_visible()
    assert states(own_site.folder, address) == ["open", "open"]


def test_help_for_a_low_score_is_shown_here_alone_and_nothing_of_it_is_sent(
    own_site: Site, new_page: NewPage, address: str
) -> None:
    page = new_page(own_site)
    open_form(page, address)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(f"{request.url} {request.post_data or ''}"))
    press(page, "Begynn")
    for label in ("Helt uenig", "Helt uenig", "Helt uenig", "0", "Helt uenig"):
        tap(page, label)
    press(page, "Hopp over")
    press(page, "Hopp over")
    press(page, "Send svarene")
    expect(page.get_by_role("heading", level=1)).to_have_text(THANKS)
    expect(page.locator("[data-low]")).to_contain_text("Det kan være godt å snakke med noen.")
    posts = [words for words in sent if address in words]
    assert len(posts) == 1
    assert "snakke" not in posts[0]
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text(THANKS)
    expect(page.locator("[data-low]")).to_be_hidden()


def test_without_script_the_form_is_one_page_and_a_wrong_answer_loses_nothing(
    own_site: Site, new_page: NewPage, address: str
) -> None:
    page = new_page(own_site, java_script_enabled=False)
    be(page, "Eirik")
    page.goto(address)
    expect(page.locator(".q:visible")).to_have_count(7)
    expect(page.locator("[data-bar]")).to_be_hidden()
    page.locator(".q").nth(0).get_by_role("radio", name="Enig", exact=True).check()
    page.locator(".q input[inputmode=numeric]").fill("999")
    page.locator("textarea").fill(SECRET)
    page.get_by_role("button", name="Send svarene").click()
    link = page.locator(".ds-error-summary a")
    expect(link).to_contain_text("Skriv et tall fra 0 til 60.")
    link.click()
    expect(page.locator(".q[data-wrong]")).to_contain_text("Skriv et tall fra 0 til 60.")
    expect(page.locator("textarea")).to_have_value(SECRET)
    expect(page.locator(".q").nth(0).get_by_role("radio", name="Enig", exact=True)).to_be_checked()
    page.locator(".q input[inputmode=numeric]").fill("9")
    page.get_by_role("button", name="Send svarene").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(THANKS)
    assert sealed(own_site.folder, address) == 1
    page.goto(address)
    expect(page.get_by_role("heading", level=1)).to_have_text(THANKS)


def pass_over_everything(page: Page) -> None:
    press(page, "Begynn")
    for _ in range(6):
        press(page, "Hopp over")
    press(page, "Send svarene")


def test_whoever_has_passed_over_everything_is_asked_before_it_is_sent(
    own_site: Site, new_page: NewPage, address: str
) -> None:
    page = new_page(own_site, bypass_csp=True, service_workers="block")
    open_form(page, address)
    asked = page.get_by_role("region", name="Du har ikke svart på noe. Vil du sende likevel?")
    expect(asked).to_be_hidden()
    pass_over_everything(page)
    expect(asked).to_be_focused()
    assert violations(page) == []
    assert (states(own_site.folder, address), sealed(own_site.folder, address)) == (["open", "open"], 0)
    asked.get_by_role("link", name="Nei, jeg vil svare").click()
    expect(asked).to_be_hidden()
    expect(page.locator("[data-left]")).to_have_text("6 igjen")
    for _ in range(6):
        press(page, "Hopp over")
    press(page, "Send svarene")
    asked.get_by_role("button", name="Send uten svar").click()
    expect_received(page, own_site, address)


def test_without_script_an_empty_form_is_asked_about_too(
    own_site: Site, new_page: NewPage, address: str
) -> None:
    page = new_page(own_site, java_script_enabled=False)
    be(page, "Eirik")
    page.goto(address)
    press(page, "Send svarene")
    expect(page.get_by_role("heading", name="Vil du sende likevel?")).to_be_visible()
    page.get_by_role("link", name="Nei, jeg vil svare").click()
    expect(page.locator(".q").first).to_be_in_viewport()
    assert sealed(own_site.folder, address) == 0
    press(page, "Send uten svar")
    expect(page.get_by_role("heading", level=1)).to_have_text(THANKS)
    assert sealed(own_site.folder, address) == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_any_card_of_a_form(
    own_site: Site, new_page: NewPage, address: str, scheme: str
) -> None:
    page = new_page(own_site, bypass_csp=True, service_workers="block", color_scheme=scheme)
    open_form(page, address)
    found = violations(page)
    press(page, "Begynn")
    for step in ("Enig", "Uenig", "", "7", "Enig", "", ""):
        found += violations(page)
        tap(page, step) if step else press(page, "Hopp over")
    found += violations(page)
    press(page, "Send svarene")
    expect(page.get_by_role("heading", level=1)).to_have_text(THANKS)
    found += violations(page)
    assert not found, "\n".join(found)


def test_every_answer_of_the_demos_own_form_is_seen_above_the_bar_on_a_phone(
    site: Site, new_page: NewPage
) -> None:
    """«Hvor enig er du?» stands above each; what it means is said once, so that the answers have room."""
    page = new_page(site, viewport={"width": 390, "height": 844})
    be(page, "Hanne")
    page.goto("/min/")
    page.locator("a[href^='/skjema/']").first.click()
    page.locator(".answering[data-cards]").wait_for()
    expect(page.get_by_text("Tolv utsagn om hvordan")).to_be_visible()
    press(page, "Begynn")
    bar = page.locator("[data-bar]").bounding_box()
    assert bar is not None
    for number in range(12):
        card = current(page)
        expect(page.get_by_text("Hvor enig er du?")).to_be_visible()
        assert page.get_by_text("Har barnet ikke flyttet inn").is_visible() is (number == 0)
        box = card.locator("label").last.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= bar["y"], card.locator("legend").text_content()
        press(page, "Hopp over")
    expect(page.locator("[data-card=summary]")).to_be_visible()


def test_every_answer_is_big_enough_for_a_thumb_also_with_letters_twice_as_large(
    own_site: Site, new_page: NewPage, address: str
) -> None:
    page = new_page(own_site)
    open_form(page, address)
    press(page, "Begynn")
    for scale in ("100%", "200%"):
        page.evaluate("size => { document.documentElement.style.fontSize = size; }", scale)
        for label in current(page).locator("label").all():
            box = label.bounding_box()
            assert box is not None
            assert box["height"] >= 44
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    until(page, lambda: page.evaluate(DRAFTS), 0)
