"""A form on a phone that two adults share: what the one does reaches nothing of the other's."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import be, until
from tests.browser.forms import (
    DRAFTS,
    SECRET,
    answer_all,
    current,
    open_form,
    press,
    sealed,
    state,
    states,
    tap,
)
from tests.browser.one_form import SAVED, THANKS, address, answered

if TYPE_CHECKING:
    from playwright.sync_api import Page, Request, Route

    from tests.browser.conftest import NewPage
    from tests.browser.serving import Site


__all__ = ["address", "answered"]
pytestmark = pytest.mark.browser
ANOTHERS = "Skjemaet hører til en annen"


def test_what_one_adult_sends_neither_deletes_the_others_answers_nor_tells_her_they_are_received(
    own_site: Site, answered: Page, address: str
) -> None:
    page = answered
    page.context.clear_cookies()
    other = page.context.new_page()
    open_form(other, address, "Hanne")
    answer_all(other, "Hannes egne ord")
    press(other, "Send svarene")
    expect(other.get_by_role("heading", level=1)).to_have_text(THANKS)
    assert other.evaluate(DRAFTS) == 1
    other.context.clear_cookies()
    be(other, "Eirik")
    assert page.url.endswith(address)
    expect(page.locator(".answered")).to_contain_text(SECRET)
    for each in (page, other):
        expect(each.locator("[data-two]:visible")).to_have_count(0)
    assert sorted(states(own_site.folder, address)) == ["done", "open"]
    press(page, "Send svarene")
    expect(page.get_by_role("heading", level=1)).to_have_text(THANKS)
    expect(page.locator("[data-more]")).to_be_hidden()
    assert states(own_site.folder, address) == ["done", "done"]
    assert sealed(own_site.folder, address) == 2
    assert page.evaluate(DRAFTS) == 0


def test_a_draft_stays_when_the_other_adult_logs_out(own_site: Site, answered: Page, address: str) -> None:
    page = answered
    page.context.clear_cookies()
    other = page.context.new_page()
    open_form(other, address, "Hanne")
    press(other, "Logg ut")
    other.wait_for_url(own_site.url + "/")
    assert other.evaluate(DRAFTS) == 1
    open_form(other, address)
    expect(other.locator(".answered")).to_contain_text(SECRET)


def test_what_was_sent_from_another_device_leaves_nothing_on_this_one(
    own_site: Site, new_page: NewPage, answered: Page, address: str
) -> None:
    elsewhere = new_page(own_site)
    open_form(elsewhere, address)
    answer_all(elsewhere)
    press(elsewhere, "Send svarene")
    expect(elsewhere.get_by_role("heading", level=1)).to_have_text(THANKS)
    assert answered.evaluate(DRAFTS) == 1
    answered.goto(address)
    expect(answered.get_by_role("heading", level=1)).to_have_text(THANKS)
    until(answered, lambda: answered.evaluate(DRAFTS), 0)


def begun_and_back(page: Page, address: str) -> None:
    """One answer is kept, and the first card is shown again."""
    open_form(page, address)
    press(page, "Begynn")
    tap(page, "Enig")
    expect(state(page)).to_have_text(SAVED)
    press(page, "Forrige")
    press(page, "Forrige")


def test_a_no_in_a_form_of_somebody_who_is_not_logged_in_any_more_is_nobodys_no(
    own_site: Site, new_page: NewPage, address: str
) -> None:
    page = new_page(own_site)
    begun_and_back(page, address)
    page.context.clear_cookies()
    be(page.context.new_page(), "Hanne")
    press(page, "Jeg vil ikke svare")
    expect(state(page)).to_contain_text(ANOTHERS)
    assert page.evaluate(DRAFTS) == 1
    assert states(own_site.folder, address) == ["open", "open"]


def test_a_no_that_does_not_arrive_deletes_nothing_and_says_so(
    own_site: Site, new_page: NewPage, address: str
) -> None:
    page = new_page(own_site)
    begun_and_back(page, address)
    page.context.set_offline(True)
    press(page, "Jeg vil ikke svare")
    expect(state(page)).to_have_text("Vi fikk ikke kontakt. Prøv igjen når du har nett.")
    assert page.evaluate(DRAFTS) == 1
    page.context.set_offline(False)
    press(page, "Jeg vil ikke svare")
    expect(page.get_by_role("heading", level=1)).to_have_text("Du har sagt at du ikke vil svare")
    assert page.evaluate(DRAFTS) == 0


def test_what_is_asked_for_the_key_again_and_again_has_no_answer_in_it(
    own_site: Site, new_page: NewPage, address: str
) -> None:
    page = new_page(own_site)
    asked: list[str] = []

    def lose_the_first(route: Route, request: Request) -> None:
        asked.append(request.post_data or "")
        if len(asked) < 3:
            route.abort()
        else:
            route.continue_()

    page.route("**/nokkel/", lose_the_first)
    open_form(page, address)
    press(page, "Begynn")
    tap(page, "Enig")
    expect(state(page)).to_have_text(SAVED)
    assert len(asked) == 3
    for body in asked:
        assert [field.partition("=")[0] for field in body.split("&")] == ["mark"]


def test_a_fault_in_a_question_that_is_not_asked_leads_to_no_hidden_card(
    own_site: Site, answered: Page, address: str
) -> None:
    page = answered
    hidden = page.locator(".q[data-if]").get_attribute("data-q")
    said = json.dumps({"status": "wrong", "faults": {hidden: "Skriv et helt tall."}})

    def refuse(route: Route) -> None:
        route.fulfill(status=422, content_type="application/json", body=said)

    page.route(f"**{address}", refuse)
    press(page, "Send svarene")
    expect(state(page)).to_have_text("Skriv et helt tall.")
    expect(current(page)).to_have_count(0)
    expect(page.locator("[data-card=summary][data-current]")).to_be_visible()
