"""An evening in a hall without network: taken along under a code, marked, and sent afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.benchmarks.drops import through
from tests.browser.conftest import be, until
from tests.browser.scripts import script
from tests.browser.test_offline import wait_for_worker
from tests.browser.without_network import (
    CODE,
    EVENING,
    PEOPLE,
    asked,
    marked,
    take_along,
    try_code,
    twelve_adults,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

    from tests.benchmarks.drops import Cutter
    from tests.browser.conftest import NewPage
    from tests.browser.serving import Site

pytestmark = pytest.mark.browser
KEPT = script("kept")
COUNT_TAPS = """() => {
  window.taps = 0;
  addEventListener("click", (event) => event.isTrusted && event.detail && window.taps++, true);
}"""
TURN = """([name, change]) => new Promise((done) => {
  const opening = indexedDB.open("egs-kveld");
  opening.onsuccess = () => {
    const rows = opening.result.transaction("packs", "readwrite").objectStore("packs");
    rows.get(3).onsuccess = ({ target }) => rows.put({ ...target.result, ...change });
    rows.transaction.oncomplete = () => done(opening.result.close());
  };
})"""
STORED = """() => new Promise((done) => {
  const opening = indexedDB.open("egs-kveld");
  opening.onsuccess = () => {
    const trade = opening.result.transaction(["packs", "queue"]);
    const packs = trade.objectStore("packs").getAll();
    const queue = trade.objectStore("queue").getAll();
    trade.oncomplete = () => {
      const text = (data) => new TextDecoder("latin1").decode(data);
      done({
        packs: packs.result.map((row) => ({ ...row, data: text(row.data) })),
        queue: queue.result.map((row) => ({ ...row, data: text(row.data) })),
      });
      opening.result.close();
    };
  };
})"""


@pytest.fixture
def line(own_site: Site) -> Iterator[Cutter]:
    with through(own_site) as cutter:
        yield cutter


def mark_one_without_network(page: Page, site: Site) -> None:
    take_along(page, site)
    page.context.set_offline(True)
    page.goto(EVENING)
    try_code(page, CODE)
    first = page.locator("[data-people] li").first
    first.get_by_role("button", name="Her").click()
    expect(first.locator("[data-sent]")).to_have_text("Lagret på telefonen")


def mark_everybody(page: Page) -> None:
    """Every adult on the list, and Amina, who walked in; with a tap each and four more at the most."""
    page.evaluate(COUNT_TAPS)
    expect(page.get_by_label("Koden din")).to_be_focused()
    page.keyboard.type(CODE)
    page.get_by_role("button", name="Åpne kvelden").click()
    people = page.locator("[data-people] li")
    expect(people).to_have_count(PEOPLE)
    for person in people.all():
        person.get_by_role("button", name="Her").click()
        expect(person.locator("[data-sent]")).to_have_text("Lagret på telefonen")
    page.get_by_label("Fornavn").click()
    page.keyboard.type("Amina")
    page.get_by_role("button", name="Legg til").click()
    expect(page.locator("[data-walk-ins] li")).to_contain_text("Lagret på telefonen")
    assert page.evaluate("window.taps") <= PEOPLE + 4


def test_twelve_adults_and_a_walk_in_are_marked_without_network_and_none_is_lost(
    own_site: Site, new_page: NewPage, line: Cutter
) -> None:
    """The line itself is cut: a page read again may for a moment forget that it was told to be without."""
    twelve_adults(own_site)
    page = new_page(own_site, base_url=f"http://127.0.0.1:{line.port}")
    take_along(page, own_site)
    page.context.set_offline(True)
    line.cut = "all"
    page.goto(EVENING)
    mark_everybody(page)
    assert page.get_by_text("Liv").count() == 0  # shielded, also by her alias
    assert page.get_by_text("Deltaker A").count() == 0
    expect(page.locator("p[data-left-out]")).to_contain_text("skjermet: 1")
    expect(page.locator("[data-state]").first).to_contain_text("Lagret på telefonen: 13.")

    stored = page.evaluate(STORED)
    assert len(stored["queue"]) == PEOPLE + 1
    for row in stored["packs"] + stored["queue"]:
        assert not [name for name in ("Hanne", "Gjest1", "Amina", "present") if name in str(row)]
    page.reload()  # the page is closed and opened again before the network is back
    try_code(page, CODE)
    expect(page.locator("[data-people] [aria-pressed=true]")).to_have_count(PEOPLE)
    assert asked(own_site, "SELECT id FROM courses_attendancemark WHERE evening_id = 3") == []

    line.cut = ""
    page.context.set_offline(False)
    expect(page.locator("[data-state]").first).to_have_text("Alt er sendt.")
    expect(page.locator("[data-people] [data-sent]", has_text="Sendt")).to_have_count(PEOPLE)
    marks = asked(own_site, "SELECT adult_id, state FROM courses_attendancemark WHERE evening_id = 3")
    assert len(marks) == len(set(marks)) == PEOPLE
    assert asked(own_site, "SELECT name FROM courses_walkin WHERE evening_id = 3") == [("Amina",)]


def test_a_wrong_code_costs_time_and_ten_delete_the_list_but_not_the_marks(
    own_site: Site, new_page: NewPage
) -> None:
    page = new_page(own_site)
    mark_one_without_network(page, own_site)

    page.goto(EVENING)
    try_code(page, "918273")
    expect(page.locator("#kode-svar")).to_contain_text("9 forsøk igjen")
    page.reload()
    try_code(page, CODE)
    expect(page.locator("#kode-svar")).to_contain_text("sekunder før du prøver igjen")
    page.evaluate(TURN, ["packs", {"tries": 9, "until": 0}])
    try_code(page, "918273")
    expect(page.get_by_text("Ti koder var feil, og lista er slettet")).to_be_visible()
    expect(page.locator("[data-gone-waits]")).to_contain_text("Ikke sendt ennå: 1.")
    assert page.evaluate(STORED)["packs"] == []

    page.context.set_offline(False)
    page.goto(EVENING)
    until(page, lambda: marked(own_site), 1)
    expect(page.locator("[data-take] [data-left]")).to_be_empty()


def test_after_48_hours_the_first_script_deletes_the_list_and_a_clock_set_back_opens_nothing(
    own_site: Site, new_page: NewPage
) -> None:
    page = new_page(own_site)
    take_along(page, own_site)
    now = page.evaluate("Date.now()")
    page.evaluate(TURN, ["packs", {"saved": now - 48 * 3_600_000 - 1}])
    page.goto("/hjelp/")
    until(page, lambda: page.evaluate(STORED)["packs"], [])
    page.context.set_offline(True)
    page.goto(EVENING)
    expect(page.get_by_role("heading", level=1)).to_have_text("Kvelden er ikke her")


def test_the_cache_holds_no_person_and_logging_out_leaves_nothing_of_the_evening(
    own_site: Site, new_page: NewPage
) -> None:
    page = new_page(own_site)
    take_along(page, own_site)
    kept = dict(page.evaluate(KEPT))
    assert "/uten-nett/kveld/" in kept
    assert not [
        word
        for text in kept.values()
        for word in ("Hanne", "Torill", "Torsdagsgruppa", "Logg ut")
        if word in text
    ]
    page.goto("/min/")
    page.get_by_role("button", name="Logg ut").click()
    page.wait_for_url(own_site.url + "/")
    assert page.evaluate("async () => (await indexedDB.databases()).length") == 0
    assert "/uten-nett/kveld/" not in dict(page.evaluate(KEPT))


def test_a_new_list_that_does_not_come_leaves_the_old_one_open_without_network(
    own_site: Site, new_page: NewPage
) -> None:
    page = new_page(own_site)
    take_along(page, own_site)
    page.context.route("**/uten-nett/kveld/*", lambda route: route.abort())
    page.locator("[data-take] form").get_by_label("Velg en kode").fill(CODE)
    page.get_by_role("button", name="Lagre på telefonen").click()
    expect(page.locator("#kode-svar")).to_contain_text("ble ikke lagret")
    page.context.set_offline(True)
    page.goto(EVENING)
    try_code(page, CODE)
    expect(page.locator("[data-people] li").first).to_be_visible()


def test_logging_out_on_a_shared_phone_leaves_what_another_leader_has_not_sent(
    own_site: Site, new_page: NewPage
) -> None:
    page = new_page(own_site)
    mark_one_without_network(page, own_site)
    page.context.clear_cookies()
    page.context.set_offline(False)
    be(page, "Solveig")
    asked_first: list[str] = []
    page.on("dialog", lambda dialog: (asked_first.append(dialog.message), dialog.dismiss()))
    page.get_by_role("button", name="Logg ut").click()
    page.wait_for_url(own_site.url + "/")
    assert asked_first == []
    stored = page.evaluate(STORED)
    assert [len(stored["packs"]), len(stored["queue"])] == [1, 1]
    be(page, "Torill")
    page.goto(EVENING)
    until(page, lambda: marked(own_site), 1)
    expect(page.locator("[data-take] [data-left]")).to_have_text("")


def test_the_evening_without_network_speaks_the_readers_language_and_says_when_it_is_no_longer_hers(
    own_site: Site, new_page: NewPage
) -> None:
    page = new_page(own_site)
    asked(own_site, "UPDATE courses_user SET language = 'nn' WHERE first_name = 'Torill'")
    be(page, "Torill")
    wait_for_worker(page)
    page.goto(EVENING)
    page.locator("[data-take] summary").click()
    page.locator("[data-take] input[name=code]").fill(CODE)
    page.locator("[data-take] button[type=submit]").click()
    expect(page.locator("#kode-svar")).to_contain_text("på telefonen · ")
    page.context.set_offline(True)
    page.goto(EVENING)
    assert page.locator("html").get_attribute("lang") == "nn"
    code = page.locator("[data-shell] input[name=code]")
    expect(code).to_be_focused()
    code.fill(CODE)
    code.press("Enter")
    person = page.locator("[data-people] li").first
    person.locator("[data-says=present]").click()
    expect(person.locator("[data-sent]")).to_have_text("Lagra på telefonen")
    asked(own_site, "DELETE FROM courses_assignment")
    page.context.set_offline(False)
    expect(page.locator("[data-state]").first).to_have_text(
        "Du leier ikkje lenger denne kvelden. 1 er ikkje sendt."
    )
