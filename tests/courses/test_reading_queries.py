"""What a reading page costs: few questions to the database, however much there is, and none to Wagtail."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from courses.models import Adult, Group, ReadingEvent
from courses.notes import write_note
from tests import factories as made
from tests.editions import make_edition, make_families

if TYPE_CHECKING:
    from django.test import Client

    from tests.people import LogIn

pytestmark = pytest.mark.django_db

PART_BUDGET = 8  # queries, session and user among them (performance.md §0)
MIN_SIDE_BUDGET = 14


def sql_of(client: Client, address: str) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return [query["sql"] for query in captured]


def reader_in(families: int, parts: int, logged_in: LogIn) -> tuple[Client, str]:
    """An adult with a note, some reading and a home task tried, in a group of so many families."""
    edition = make_edition(modules=3, parts=parts, languages=("nb", "nn"))
    group: Group = made.GroupFactory(edition=edition)
    adult = make_families(group, families)[0]
    module = edition.programme.modules.get(number=1)
    write_note(adult=adult, module=module, part_key="del-1", block="r1", text="Et notat.")
    made.HelpNumberFactory(municipality=adult.family.municipality)
    for number in range(1, 4):
        made.EveningFactory(group=group, module=edition.programme.modules.get(number=number))
    for evening in group.evenings.all():
        made.AttendanceFactory(adult=adult, evening=evening, state="present")
    made.AssignmentFactory(group=group)
    events = ReadingEvent.objects.bulk_create(
        ReadingEvent(adult=adult, part=part, kind="read", client_id=uuid.uuid4(), revision=1)
        for part in edition.parts.filter(position__gt=1)
    )
    assert len(events) == 3 * (parts - 1)
    return logged_in(adult), f"/kurs/{edition.programme.slug}/modul-1/"


def test_a_part_with_every_kind_of_slot_stays_within_the_budget(logged_in: LogIn) -> None:
    client, module = reader_in(2, 3, logged_in)
    client.get(f"{module}del-2/")  # the words of the edition are in this process from now on
    first = sql_of(client, f"{module}del-1/")
    again = sql_of(client, f"{module}del-1/")
    assert len(first) <= PART_BUDGET
    assert len(again) == len(first) - 1  # the place was remembered the first time


@pytest.mark.parametrize("address", ["{module}del-1/", "{module}del-2/", "{module}", "/min/"])
def test_a_page_costs_the_same_for_any_size(logged_in: LogIn, address: str) -> None:
    def queries(families: int, parts: int) -> int:
        client, module = reader_in(families, parts, logged_in)
        return len(sql_of(client, address.format(module=module)))

    small = queries(families=2, parts=2)
    assert queries(families=2, parts=40) == small
    assert queries(families=200, parts=2) == small


def test_min_side_stays_within_the_budget(logged_in: LogIn) -> None:
    client, module = reader_in(2, 3, logged_in)
    client.get("/min/")  # the words of the edition are in this process from now on
    assert len(sql_of(client, "/min/")) <= MIN_SIDE_BUDGET
    client.get(f"{module}del-1/")
    assert len(sql_of(client, "/min/")) <= MIN_SIDE_BUDGET


def test_reading_never_asks_wagtails_tables(logged_in: LogIn, adult: Adult, contact_person: Any) -> None:
    for person in (adult, contact_person):
        client = logged_in(person)
        for address in ("/kurs/en-god-start/modul-1/", "/kurs/en-god-start/modul-1/del-1/", "/min/"):
            asked = sql_of(client, address)
            assert any("courses_" in sql for sql in asked)
            assert not [sql for sql in asked if "wagtail" in sql or '"cms_' in sql]


def test_session_and_user_are_among_what_is_counted(logged_in: LogIn, adult: Adult) -> None:
    asked = sql_of(logged_in(adult), "/kurs/en-god-start/modul-1/")
    assert sum("django_session" in sql for sql in asked) == 1
    assert sum('FROM "courses_user"' in sql for sql in asked) == 1
