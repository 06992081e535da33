"""A module once opened is read without network; «Lest» and «prøvd» wait, and what is said of them is true."""

from __future__ import annotations

import json
import sqlite3
import time
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import be, until
from tests.browser.scripts import script
from tests.browser.test_offline import wait_for_worker

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page, Route

    from tests.browser.conftest import NewPage
    from tests.browser.serving import Site

pytestmark = pytest.mark.browser

MODULE = "/kurs/en-god-start/den-nye-familien/"
NAMES = (
    "Nora",
    "Hanne",
    "Eirik",
    "Torill",
    "Torsdagsgruppa",
    "nora@example.no",
    "Logg ut",
    "csrfmiddlewaretoken",
)
KEPT = script("kept")
READER = """() => new Promise((done) => {
  const opening = indexedDB.open("egs-mine");
  opening.onsuccess = () => {
    const row = opening.result.transaction("about").objectStore("about").get("reader");
    row.onsuccess = () => done(row.result.tags.join(" "), opening.result.close());
  };
})"""
DATABASES = "async () => (await indexedDB.databases()).map(({ name }) => name)"


def open_module(page: Page, person: str = "Nora") -> None:
    """Opens the module on the network until it says that it lies on the phone."""
    be(page, person)
    wait_for_worker(page)
    page.goto(MODULE)
    expect(page.locator("[data-keep]")).to_contain_text("Lagret på telefonen · ")


def tap_of(page: Page, kind: str = "read") -> Locator:
    return page.locator(f"article:not([hidden]) [data-tap][data-kind={kind}]")


def state_of(page: Page) -> Locator:
    return tap_of(page).locator("[data-state]")


def rows(site: Site) -> list[tuple[str, str]]:
    """The events of the newest adult: part and kind."""
    with sqlite3.connect(site.folder / "people.sqlite3") as database:
        return database.execute(
            "SELECT part.key, event.kind FROM courses_readingevent event"
            " JOIN courses_editionpart part ON part.id = event.part_id"
            " JOIN courses_adult adult ON adult.id = event.adult_id"
            " JOIN courses_user user ON user.id = adult.user_id"
            " WHERE user.first_name = 'Nora' ORDER BY event.id"
        ).fetchall()


def read_three_parts(page: Page) -> None:
    page.goto(MODULE)
    links = [link.get_attribute("href") or "" for link in page.locator(".parts a").all()[:3]]
    for link in links:
        page.goto(link)
        expect(page.locator("article:not([hidden]) .text")).not_to_be_empty()
        tap_of(page).get_by_role("button", name="Lest").click()
        expect(state_of(page)).to_have_text("Lagret på telefonen")


def test_three_parts_read_without_network_are_sent_once_after_three_tries_and_never_called_sent_before(
    own_site: Site, new_page: NewPage
) -> None:
    page = new_page(own_site)
    open_module(page)
    page.context.set_offline(True)
    read_three_parts(page)
    page.reload()
    expect(state_of(page)).to_have_text("Lagret på telefonen")
    assert rows(own_site) == []

    tried: list[int] = []

    def lose(route: Route) -> None:
        """The first answer is lost after the server has stored, the second before; the third arrives."""
        tried.append(len(json.loads(route.request.post_data or "{}")["events"]))
        time.sleep(0.5)  # under way long enough for the page to say so, on a busy machine too
        if len(tried) == 1:
            route.fetch()
            route.abort()
        elif len(tried) == 2:
            route.abort()
        else:
            route.continue_()

    page.route("**/kurs/hendelser/", lose)
    said: list[str] = []
    page.expose_function("say", lambda words: said.append(words))
    page.evaluate(
        "() => { const line = document.querySelector('article:not([hidden]) [data-kind=read] [data-state]');"
        " new MutationObserver(() => window.say(line.textContent)).observe(line, { childList: true }); }"
    )
    page.context.set_offline(False)
    expect(state_of(page)).to_have_text("Sendt", timeout=30_000)
    assert tried == [3, 3, 3]
    assert [kind for _part, kind in rows(own_site)] == ["read"] * 3
    assert len({part for part, _kind in rows(own_site)}) == 3
    assert set(said) <= {"Lagret på telefonen", "Sendes", "Sendt"}
    assert "Sendt" not in said or said.index("Sendes") < said.index("Sendt")


def test_what_the_phone_keeps_holds_no_name_and_logging_out_leaves_nothing(
    own_site: Site, new_page: NewPage
) -> None:
    page = new_page(own_site)
    open_module(page)
    kept = dict(page.evaluate(KEPT))
    assert f"{MODULE}lese/" in kept
    assert [word for text in kept.values() for word in NAMES if word in text] == []
    page.context.set_offline(True)
    read_three_parts(page)

    page.context.set_offline(False)
    page.goto("/min/")
    page.get_by_role("button", name="Logg ut").click()
    page.wait_for_url(own_site.url + "/")
    kept = dict(page.evaluate(KEPT))
    assert {address for address, text in kept.items() if text} == {"/hjelp/", "/uten-nett/"}
    assert page.evaluate(DATABASES) == []
    assert len(rows(own_site)) == 3  # a last try to send came before the logging out
    page.context.set_offline(True)
    page.goto(MODULE)
    expect(page.get_by_role("heading", level=1)).to_have_text("Telefonen har ikke nett akkurat nå")


def test_a_page_that_is_still_loading_keeps_nothing_after_the_logging_out(
    own_site: Site, new_page: NewPage
) -> None:
    page = new_page(own_site)
    open_module(page)
    page.evaluate(  # her way out is slow, and so is the page: it has come to its end only now
        "() => { HTMLFormElement.prototype.submit ="
        " () => document.documentElement.toggleAttribute('data-gone'); }"
    )
    page.get_by_role("button", name="Logg ut").click()
    page.locator("html[data-gone]").wait_for()
    page.evaluate(
        "() => { dispatchEvent(new Event('load')); return new Promise((on) => setTimeout(on, 500)); }"
    )
    assert page.evaluate(DATABASES) == []
    assert f"{MODULE}lese/" not in dict(page.evaluate(KEPT))


def test_logging_out_with_something_unsent_asks_first(own_site: Site, new_page: NewPage) -> None:
    page = new_page(own_site)
    open_module(page)
    page.context.set_offline(True)
    read_three_parts(page)
    page.context.route("**/kurs/hendelser/", lambda route: route.abort())
    page.context.set_offline(False)
    page.goto("/min/")
    asked: list[str] = []
    page.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    with page.expect_event("dialog"):
        page.get_by_role("button", name="Logg ut").click()
    assert asked == [
        "Ikke sendt ennå: 3. Logger du ut nå, blir det slettet fra telefonen. Vil du logge ut likevel?"
    ]
    assert page.url.endswith("/min/")
    assert "egs-mine" in page.evaluate(DATABASES)
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Logg ut").click()
    page.wait_for_url(own_site.url + "/")
    assert page.evaluate(DATABASES) == []


def test_a_form_that_loses_its_network_on_the_way_waits_on_the_phone(
    own_site: Site, new_page: NewPage
) -> None:
    page = new_page(own_site)
    open_module(page)
    page.locator(".parts a").first.click()
    page.wait_for_url("**/hele-familien/")
    page.context.set_offline(True)
    page.get_by_role("button", name="Lest", exact=True).click()
    expect(state_of(page)).to_have_text("Lagret på telefonen")
    page.context.set_offline(False)
    expect(state_of(page)).to_have_text("Sendt")
    assert [kind for _part, kind in rows(own_site)] == ["read"]


def test_an_ended_session_deletes_nothing_and_another_adult_sends_nothing_of_hers(
    own_site: Site, new_page: NewPage
) -> None:
    page = new_page(own_site)
    open_module(page)
    page.context.set_offline(True)
    read_three_parts(page)
    page.context.clear_cookies()
    page.context.set_offline(False)
    expect(state_of(page)).to_have_text("Lagret på telefonen. Logg inn for å sende.")
    open_module(page, "Hanne")  # a page says what it keeps when it has tried to send
    assert rows(own_site) == []
    page.context.clear_cookies()
    be(page, "Nora")
    until(page, lambda: [kind for _part, kind in rows(own_site)], ["read"] * 3)


def test_a_tap_on_a_page_that_was_open_when_somebody_else_logged_in_is_not_hers(
    own_site: Site, new_page: NewPage
) -> None:
    page = new_page(own_site)
    open_module(page)
    page.locator(".parts a").first.click()
    page.wait_for_url("**/hele-familien/")
    page.context.clear_cookies()
    other = page.context.new_page()
    be(other, "Hanne")
    until(other, lambda: other.evaluate(READER), other.locator("html").get_attribute("data-owner"))
    page.context.set_offline(True)
    page.get_by_role("button", name="Lest", exact=True).click()
    expect(tap_of(page).locator("[data-done]")).to_be_hidden()  # Hanne has read nothing here
    page.context.set_offline(False)
    other.reload()
    page.context.clear_cookies()
    be(other, "Nora")
    until(other, lambda: [kind for _part, kind in rows(own_site)], ["read"])


def test_on_a_shared_phone_taps_are_hers_who_logged_in_last_and_the_others_reading_is_not_shown(
    own_site: Site, new_page: NewPage
) -> None:
    page = new_page(own_site)
    open_module(page)
    page.locator(".parts a").first.click()
    page.get_by_role("button", name="Lest", exact=True).click()
    page.wait_for_url("**/det-barnet-har-med-seg/")
    open_module(page)  # the phone knows that Nora has read it
    page.context.clear_cookies()
    be(page, "Hanne")
    until(page, lambda: page.evaluate(READER), page.locator("html").get_attribute("data-owner"))
    page.context.set_offline(True)
    page.goto(MODULE + "hele-familien/")
    expect(tap_of(page).locator("[data-done]")).to_be_hidden()
    tap_of(page).get_by_role("button", name="Lest").click()
    expect(state_of(page)).to_have_text("Lagret på telefonen")
    before = rows(own_site)
    page.context.set_offline(False)
    expect(state_of(page)).to_have_text("Sendt")
    assert rows(own_site) == before  # nothing of it is Nora's
