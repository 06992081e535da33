"""An evening taken along to a hall without network, under a code, and what the server has of it."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.conftest import be
from tests.browser.test_offline import wait_for_worker

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.serving import Site

EVENING = "/kveld/3/"
CODE = "280419"
PEOPLE = 12


def asked(site: Site, question: str, *values: object) -> list[tuple[object, ...]]:
    with sqlite3.connect(site.folder / "people.sqlite3", timeout=20) as database:
        return database.execute(question, values).fetchall()


def marked(site: Site) -> int:
    """How many marks of the evening have come to the server."""
    return len(asked(site, "SELECT id FROM courses_attendancemark WHERE evening_id = 3"))


def twelve_adults(site: Site) -> None:
    """Twelve who may be named on the list of the evening: five of them are the demo's."""
    (group,) = asked(site, "SELECT group_id FROM courses_evening WHERE id = 3")[0]
    (place,) = asked(site, "SELECT id FROM courses_municipality WHERE slug = 'fjellvik'")[0]
    asked(site, "DELETE FROM courses_attendance WHERE evening_id = 3")
    for number in range(PEOPLE - 5):
        if number % 2 == 0:
            asked(
                site,
                "INSERT INTO courses_family (code, municipality_id, shielded) VALUES (?, ?, 0)",
                f"f{number}",
                place,
            )
        (family,) = asked(site, "SELECT max(id) FROM courses_family")[0]
        asked(
            site,
            "INSERT INTO courses_user (password, is_superuser, username, first_name, last_name, is_staff,"
            " is_active, date_joined, email, language, text_size, channel, fewer_messages, passkey_declined)"
            " VALUES ('!', 0, ?, ?, '', 0, 1, '2026-01-01', ?, 'nb', 'normal', 'mail', 0, 0)",
            f"u{number}", f"Gjest{number}", f"gjest{number}@example.no",
        )  # fmt: skip
        asked(
            site,
            "INSERT INTO courses_adult (alias, seat, family_id, user_id)"
            " SELECT '', ?, ?, max(id) FROM courses_user",
            number % 2 + 1, family,
        )  # fmt: skip
        asked(
            site,
            "INSERT INTO courses_enrolment (starts_on, adult_id, group_id)"
            " SELECT '2026-01-01', max(id), ? FROM courses_adult",
            group,
        )


def take_along(page: Page, site: Site) -> None:
    asked(site, "DELETE FROM courses_attendancemark WHERE evening_id = 3")
    be(page, "Torill")
    wait_for_worker(page)
    page.goto(EVENING)
    page.locator("summary", has_text="Ta med kvelden").click()
    page.get_by_label("Velg en kode").fill("123456")
    page.get_by_label("Velg en kode").press("Enter")  # a press with the mouse misses what moves under it
    expect(page.locator("#kode-svar")).to_contain_text("for lett å gjette")
    page.get_by_label("Velg en kode").fill(CODE)
    page.get_by_role("button", name="Lagre på telefonen").click()
    expect(page.locator("#kode-svar")).to_contain_text("Lagret på telefonen · ")


def try_code(page: Page, code: str) -> None:
    page.get_by_label("Koden din").fill(code)
    page.get_by_role("button", name="Åpne kvelden").click()
