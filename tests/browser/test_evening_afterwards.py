"""What waited without network is on the evening's page, the clock ticks what it saw, the wall shows all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import be
from tests.browser.without_network import CODE, EVENING, asked, take_along, try_code

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import NewPage
    from tests.browser.serving import Site

pytestmark = pytest.mark.browser
COUNTED = "SELECT head_count FROM courses_evening WHERE id = 3"


def mark_and_count_without_network(page: Page) -> str:
    """One on the list, one who walked in, and eleven heads. Returns the name of the first."""
    page.goto(EVENING)
    try_code(page, CODE)
    person = page.locator("[data-people] li").first
    person.get_by_role("button", name="Her").click()
    page.get_by_label("Fornavn").fill("Amina")
    page.get_by_role("button", name="Legg til").click()
    page.locator("form[data-heads] input").fill("11")
    page.locator("form[data-heads] button").click()
    expect(page.locator("[data-heads-state]")).to_contain_text("11: Lagret på telefonen")
    return person.locator("b").inner_text()


def test_what_waits_from_the_hall_stands_on_the_page_when_it_opens_and_is_right_when_it_is_sent(
    own_site: Site, new_page: NewPage
) -> None:
    page = new_page(own_site)
    asked(own_site, "UPDATE courses_attendance SET state = 'unknown' WHERE evening_id = 3")
    take_along(page, own_site)
    page.context.set_offline(True)
    name = mark_and_count_without_network(page)

    page.context.route("**/merker/", lambda route: route.abort())
    page.context.set_offline(False)
    page.goto(EVENING)
    row = page.locator("li.who__row[data-adult]", has_text=name).first
    here = row.locator("button", has_text="Her")
    expect(here).to_have_attribute("aria-pressed", "true")
    expect(page.locator("[data-count]")).to_contain_text("1 av ")
    expect(page.locator("[data-brought]")).to_contain_text("Amina")
    expect(page.locator("#talt input[name=heads]")).to_have_value("11")
    expect(page.locator("[data-room]")).to_have_text(
        "2 merket til stede, 11 talt. Er det noen som ikke er merket ennå?"
    )
    assert asked(own_site, COUNTED) == [(5,)]  # nothing is sent yet

    page.context.unroute("**/merker/")
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("[data-left]")).to_be_empty()
    expect(here).to_have_attribute("aria-pressed", "true")
    expect(page.locator("[data-room]")).to_contain_text("2 merket til stede, 11 talt.")
    assert asked(own_site, COUNTED) == [(11,)]
    page.reload()
    expect(here).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".extra__row")).to_contain_text("Amina")


def test_the_log_is_ticked_up_to_where_the_clock_was_told_one_is_and_not_at_all_where_it_was_not(
    own_site: Site, new_page: NewPage
) -> None:
    page = new_page(own_site)
    be(page, "Torill")
    page.goto(f"{EVENING}logg/")
    expect(page.get_by_text("Ingenting er krysset av på forhånd")).to_be_visible()
    expect(page.locator("[data-point]:checked")).to_have_count(0)
    points = page.locator('[data-point][value="yes"]')
    numbers = sorted(int(one.get_attribute("data-point") or 0) for one in points.all())
    told = numbers[1]
    page.evaluate(
        "(number) => localStorage.setItem('egs-plan-3', JSON.stringify({number, at: Date.now(), behind: 4}))",
        told - 1,
    )
    page.reload()
    expect(page.get_by_text("Klokka har krysset av")).to_be_visible()
    ticked = page.locator("[data-point]:checked")
    assert sorted(int(one.get_attribute("data-point") or 0) for one in ticked.all()) == [
        number for number in numbers if number <= told
    ]
    assert {one.get_attribute("value") for one in ticked.all()} == {"yes"}


def test_the_whole_plan_stands_on_a_low_wall_also_while_a_points_questions_are_shown(
    own_site: Site, new_page: NewPage
) -> None:
    page = new_page(own_site, viewport={"width": 1280, "height": 800})
    be(page, "Torill")
    for number in range(3):
        page.evaluate(
            "(number) => localStorage.setItem('egs-plan-1', JSON.stringify({number, at: Date.now()}))", number
        )
        page.goto("/kveld/1/vis/")
        expect(page.locator(".plan__row").nth(number)).to_have_attribute("aria-current", "step")
        last = page.locator(".plan__row").last.bounding_box()
        assert last is not None
        assert last["y"] + last["height"] <= 800


def test_a_tag_in_a_heading_keeps_the_letters_of_the_text(own_site: Site, new_page: NewPage) -> None:
    page = new_page(own_site)
    be(page, "Torill")
    page.goto("/gruppe/1/")
    letters = "(element) => [getComputedStyle(element).fontFamily, getComputedStyle(element).fontWeight]"
    tag = page.locator("h3 .ds-tag").first
    assert tag.evaluate(letters) == page.locator("body").evaluate(letters)
