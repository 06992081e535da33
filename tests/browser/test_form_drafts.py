"""A form without network, after a login, in two tabs: its draft is kept, unread by others, and sent once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import be
from tests.browser.forms import (
    DRAFTS,
    ON_DEVICE,
    SECRET,
    current,
    open_form,
    press,
    sealed,
    state,
    states,
    tap,
)
from tests.browser.one_form import SAVED, THANKS, address, answered, expect_received

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

    from tests.browser.conftest import NewPage
    from tests.browser.serving import Site


__all__ = ["address", "answered"]
pytestmark = pytest.mark.browser


def test_answered_and_sent_without_network_it_goes_once_when_the_network_is_back(
    own_site: Site, new_page: NewPage, address: str
) -> None:
    page = new_page(own_site)
    open_form(page, address)
    said: list[str] = []
    page.expose_function("say", lambda words: said.append(words))
    page.evaluate(
        "() => { const line = document.querySelector('[data-state]');"
        " new MutationObserver(() => window.say(line.textContent)).observe(line, { childList: true }); }"
    )
    press(page, "Begynn")
    tap(page, "Enig")
    expect(state(page)).to_have_text(SAVED)
    page.go_back()
    expect(current(page)).to_contain_text("roe meg selv")
    press(page, "Forrige")
    page.context.set_offline(True)
    press(page, "Fortsett")
    tap(page, "Helt enig")
    for label in ("Enig", "Enig", "7"):
        tap(page, label)
    press(page, "Hopp over")
    current(page).locator("textarea").fill(SECRET)
    expect(state(page)).to_have_text(SAVED)
    press(page, "Neste")
    press(page, "Send svarene")
    expect(state(page)).to_have_text(re.compile("Ikke sendt ennå. Svarene er lagret på denne telefonen"))
    assert sealed(own_site.folder, address) == 0
    assert "Mottatt" not in said
    page.context.set_offline(False)
    expect_received(page, own_site, address)


def test_a_reply_that_is_lost_ends_as_received_and_once(own_site: Site, answered: Page, address: str) -> None:
    page = answered
    tried: list[str] = []

    def lose(route: Route) -> None:
        tried.append(route.request.method)
        if route.request.method == "POST" and len(tried) == 1:
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route(f"**{address}", lose)
    press(page, "Send svarene")
    expect_received(page, own_site, address)
    assert tried == ["POST", "POST"]
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text(THANKS)
    assert sealed(own_site.folder, address) == 1


def test_a_draft_is_back_after_the_browser_was_closed_and_another_person_reads_nothing_of_it(
    own_site: Site, answered: Page, address: str
) -> None:
    page = answered
    context = page.context
    page.close()
    context.clear_cookies()
    page = context.new_page()
    open_form(page, address, "Hanne")
    expect(page.get_by_role("button", name="Begynn")).to_be_visible()
    assert page.evaluate(DRAFTS) == 1
    on_device = page.evaluate(ON_DEVICE)
    assert on_device
    assert [word for word in (SECRET, "Hemmelig", '"answers"') if word in on_device] == []
    context.clear_cookies()
    open_form(page, address)
    expect(page.locator(".answered")).to_contain_text(SECRET)
    press(page, "Send svarene")
    expect_received(page, own_site, address)
    assert sorted(states(own_site.folder, address)) == ["done", "open"]


def test_a_form_open_when_somebody_else_logs_in_is_not_sent_and_its_draft_stays(
    own_site: Site, answered: Page, address: str
) -> None:
    page = answered
    other = page.context.new_page()
    page.context.clear_cookies()
    be(other, "Hanne")
    press(page, "Send svarene")
    expect(state(page)).to_contain_text("Skjemaet hører til en annen")
    expect(page.locator(".answered")).to_be_hidden()
    assert page.evaluate(DRAFTS) == 1
    assert sealed(own_site.folder, address) == 0


def test_a_session_that_ends_loses_nothing_and_a_login_in_another_tab_sends(
    own_site: Site, answered: Page, address: str
) -> None:
    page = answered
    page.context.clear_cookies()
    press(page, "Send svarene")
    expect(state(page)).to_contain_text("Du er logget ut. Ingenting er sendt ennå.")
    expect(state(page).get_by_role("link", name="Logg inn")).to_have_attribute("href", address)
    assert sealed(own_site.folder, address) == 0
    other = page.context.new_page()
    be(other, "Eirik")
    other.close()
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect_received(page, own_site, address)


def test_a_login_in_the_same_tab_leads_back_and_what_was_to_be_sent_is_sent(
    own_site: Site, answered: Page, address: str
) -> None:
    page = answered
    page.context.clear_cookies()
    press(page, "Send svarene")
    state(page).get_by_role("link", name="Logg inn").click()
    page.wait_for_url("**/logg-inn/**")
    be(page, "Eirik")
    page.goto(address)
    expect_received(page, own_site, address)


def test_of_two_tabs_the_first_that_sends_counts_and_the_other_is_told(
    own_site: Site, answered: Page, address: str
) -> None:
    page = answered
    other = page.context.new_page()
    other.goto(address)
    expect(other.locator("[data-two]")).to_contain_text("åpent i en fane til")
    expect(page.locator("[data-two]")).to_contain_text("åpent i en fane til")
    press(other, "Send svarene")
    expect_received(other, own_site, address)
    expect(page.locator("[data-more]")).to_have_text(
        "Skjemaet var sendt fra før. Det som kom først, gjelder."
    )
    assert sealed(own_site.folder, address) == 1


def test_when_the_other_tab_is_closed_nothing_is_said_of_it_any_more(answered: Page, address: str) -> None:
    others = [answered.context.new_page() for _each in range(2)]
    for other in others:
        other.goto(address)
    two = answered.locator("[data-two]")
    others[0].close(run_before_unload=True)
    expect(others[1].locator("[data-two]")).to_contain_text("åpent i en fane til")
    expect(two).to_contain_text("åpent i en fane til")
    others[1].goto("/min/")
    expect(two).to_be_hidden()


def test_leaving_with_a_draft_asks_first_and_takes_it_along(
    own_site: Site, new_page: NewPage, address: str
) -> None:
    page = new_page(own_site)
    open_form(page, address)
    press(page, "Begynn")
    tap(page, "Enig")
    expect(state(page)).to_have_text(SAVED)
    asked: list[str] = []
    page.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    with page.expect_event("dialog"):
        page.get_by_role("button", name="Logg ut").click()
    assert asked[0].startswith("Ikke sendt ennå: 1.")
    assert page.evaluate(DRAFTS) == 1
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Logg ut").click()
    page.wait_for_url(own_site.url + "/")
    assert page.evaluate(DRAFTS) == 0


def test_a_phone_that_keeps_nothing_says_so_and_the_form_is_sent_all_the_same(
    own_site: Site, new_page: NewPage, address: str
) -> None:
    page = new_page(own_site)
    page.add_init_script("IDBFactory.prototype.open = () => { throw new Error('no room'); }")
    open_form(page, address)
    press(page, "Begynn")
    tap(page, "Enig")
    expect(state(page)).to_have_text("Ikke lagret på telefonen")
    while page.get_by_role("button", name="Hopp over").is_visible():
        press(page, "Hopp over")
    press(page, "Send svarene")
    expect(page.get_by_role("heading", level=1)).to_have_text(THANKS)
    assert sealed(own_site.folder, address) == 1
