"""The evening in a real browser: one tap for each adult, the clock, the keyboard, large letters, no line."""

from __future__ import annotations

import re
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.axe import violations
from tests.browser.conftest import be
from tests.browser.serving import finished, manage
from tests.browser.test_keyboard import check_focus, tab_to
from tests.browser.test_reflow import problems, set_text

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Locator, Page

    from tests.browser.conftest import NewPage
    from tests.browser.serving import Site

pytestmark = pytest.mark.browser

EVENING = 4
ADULTS = 12
TWELVE = f"""
from datetime import timedelta
from django.utils import timezone
from courses.models import Evening
from tests.editions import make_families
evening = Evening.objects.get(pk={EVENING})
evening.marks.all().delete()
evening.attendances.all().delete()
evening.group.enrolments.all().delete()
make_families(evening.group, 6)
evening.group.enrolments.update(starts_on=timezone.localdate() - timedelta(days=30))
"""


@pytest.fixture(scope="module")
def hall_data(demo_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's data, with twelve adults in six families around the fourth evening."""
    folder = tmp_path_factory.mktemp("hall") / "data"
    shutil.copytree(demo_data, folder)
    finished(manage(folder, "shell", "--verbosity", "0", "-c", TWELVE))
    return folder


@pytest.fixture
def hall(own_site: Site, hall_data: Path) -> Site:
    """The evening began five minutes ago."""
    shutil.copytree(hall_data, own_site.folder, dirs_exist_ok=True)  # nobody has asked for anything yet
    with closing(sqlite3.connect(own_site.folder / "people.sqlite3")) as database, database:
        began = datetime.now(UTC) - timedelta(minutes=5)
        database.execute(
            "UPDATE courses_evening SET starts_at = ? WHERE id = ?",
            [f"{began:%Y-%m-%d %H:%M:%S.%f}", EVENING],
        )
    return own_site


def marks(site: Site) -> list[tuple[int, str]]:
    """(adult, state) of every mark of the evening."""
    with closing(sqlite3.connect(site.folder / "people.sqlite3")) as database:
        sql = "SELECT adult_id, state FROM courses_attendancemark WHERE evening_id = ?"
        return database.execute(sql, [EVENING]).fetchall()


def come_in(page: Page) -> list[Locator]:
    be(page, "Torill")
    page.goto(f"/kveld/{EVENING}/")
    return page.locator("li.who__row").all()


@pytest.mark.parametrize("script", [True, False])
def test_twelve_adults_in_six_families_are_marked_with_one_tap_each(
    hall: Site, new_page: NewPage, script: bool
) -> None:
    page = new_page(hall, java_script_enabled=script)
    people = come_in(page)
    assert len(people) == ADULTS
    taps = 0
    for place in range(ADULTS):
        page.locator("li.who__row").nth(place).get_by_role("button", name=re.compile("^Her")).click()
        taps += 1
    if script:
        expect(page.locator("[data-marks-state]")).to_have_text("Lagret")
        page.reload()
    expect(page.locator('.who__row button[aria-pressed="true"]')).to_have_count(ADULTS)
    expect(page.locator("[data-count]")).to_have_text(f"{ADULTS} av {ADULTS} merket")
    stored = marks(hall)
    print(f"{ADULTS} adults, {taps} taps, {len(stored)} marks, script: {script}")
    assert taps == len(stored) == len({adult for adult, _state in stored}) == ADULTS
    assert {state for _adult, state in stored} == {"present"}


def test_more_opens_the_other_marks_with_or_without_script(hall: Site, new_page: NewPage) -> None:
    for script, words in ((True, "Delvis til stede"), (False, "Ikke til stede")):
        page = new_page(hall, java_script_enabled=script)
        row = come_in(page)[0]
        expect(page.get_by_role("button", name=words)).to_have_count(0)
        row.get_by_role("button", name=re.compile("^Mer")).click()
        row.get_by_role("button", name=words).click()
        expect(row).to_contain_text(words.lower())
        if script:  # it shows at once, and is sent a moment later
            expect(page.locator("[data-marks-state]")).to_have_text("Lagret")
        page.reload()
        expect(row).to_contain_text(words.lower())
    expect(row).to_contain_text("endret av Torill")


def test_a_mark_that_cannot_be_sent_waits_says_so_and_is_one_row_when_the_line_is_back(
    hall: Site, new_page: NewPage
) -> None:
    page = new_page(hall, service_workers="block")
    row = come_in(page)[0]
    page.route("**/merker/", lambda route: route.abort())
    row.get_by_role("button", name=re.compile("^Her")).click()
    expect(page.locator("[data-marks-state]")).to_contain_text("Ikke sendt ennå: 1")
    expect(row.get_by_role("button", name=re.compile("^Her"))).to_have_attribute("aria-pressed", "true")
    assert marks(hall) == []
    page.unroute("**/merker/")
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("[data-marks-state]")).to_have_text("Lagret")
    assert len(marks(hall)) == 1


def test_the_clock_says_where_one_should_be_how_late_one_is_and_what_to_cut(
    hall: Site, new_page: NewPage
) -> None:
    page = new_page(hall)
    come_in(page)
    page.clock.install(time=datetime.now())
    page.reload()
    point = page.locator(".plan__row")
    clock = page.locator("[data-clock]")
    expect(point.nth(0)).to_have_attribute("aria-current", "step")
    expect(clock.locator("[data-clock-behind]")).to_be_hidden()
    point.nth(0).get_by_role("button", name=re.compile("^Vi er her")).click()
    expect(clock.locator("[data-clock-behind]")).to_contain_text("min bak planen")
    page.clock.fast_forward("20:00")
    expect(clock.locator("[data-clock-behind]")).to_contain_text(re.compile(r"1[456] min bak planen"))
    expect(clock.locator("[data-clock-cut]")).to_contain_text("Kutt dette først:")
    expect(point.nth(0)).to_have_attribute("aria-current", "step")
    page.goto(f"/kveld/{EVENING}/vis/")
    expect(page.locator(".plan__row").nth(0)).to_have_attribute("aria-current", "step")
    expect(page.locator("main")).not_to_contain_text("bak planen")
    page.goto(f"/kveld/{EVENING}/logg/")
    assert 14 <= int(page.get_by_label("Minutter fra planen").input_value()) <= 16


def test_the_evening_works_with_the_keyboard_alone(hall: Site, new_page: NewPage) -> None:
    page = new_page(hall)
    row = come_in(page)[0]
    name = row.locator("b").inner_text()
    tab_to(page, "Ha klart i rommet")
    tab_to(page, "Kaffe og innsjekk")
    page.keyboard.press("Enter")
    tab_to(page, f"Her : {name}")
    page.keyboard.press("Space")
    expect(row.get_by_role("button", name=re.compile("^Her"))).to_have_attribute("aria-pressed", "true")
    tab_to(page, f"Mer : {name}")
    page.keyboard.press("Enter")
    tab_to(page, "Delvis til stede")
    page.keyboard.press("Enter")
    expect(row).to_contain_text("delvis til stede")
    check_focus(page)
    tab_to(page, "id_name")
    page.keyboard.type("Kari")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Kari", exact=True)).to_be_visible()
    tab_to(page, "Til loggen")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Logg for kveld 4")


def test_the_evening_stands_at_twice_the_text_and_has_nothing_for_axe(hall: Site, new_page: NewPage) -> None:
    page = new_page(hall, bypass_csp=True, service_workers="block")
    row = come_in(page)[0]
    found = []
    for address in ("", "vis/", "logg/"):
        page.goto(f"/kveld/{EVENING}/{address}")
        found += violations(page)
        found += problems(page)
        set_text(page, "normal", "200%")
        found += [f"200 %: {words}" for words in problems(page)]
    page.goto(f"/kveld/{EVENING}/")
    row.get_by_role("button", name=re.compile("^Her")).click()
    row.get_by_role("button", name=re.compile("^Mer")).click()
    found += violations(page)
    assert not found, "\n".join(map(str, found))
