"""The minute plan of an evening: its slots, its language, and the nights when clocks are changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from courses.models import EditionModule
from courses.run_sheets import run_sheet_of
from tests.plans import PLAN, make_evening

if TYPE_CHECKING:
    from courses.models import Evening, Group

pytestmark = pytest.mark.django_db

CLOCKS_GO_BACK = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # 02.30 in Oslo, for the first time
CLOCKS_GO_FORWARD = datetime(2027, 3, 28, 0, 30, tzinfo=UTC)  # 01.30 in Oslo


def at(group: Group, begins: datetime) -> Evening:
    evening = make_evening(group)
    evening.starts_at = begins
    evening.save()
    return evening


@pytest.mark.parametrize(
    ("begins", "clock"),
    [
        (CLOCKS_GO_BACK, ["02.30", "02.40", "02.00"]),
        (CLOCKS_GO_FORWARD, ["01.30", "01.40", "03.00"]),
        (datetime(2026, 11, 26, 17, 0, tzinfo=UTC), ["18.00", "18.10", "18.30"]),
    ],
)
def test_every_slot_lasts_as_long_as_it_says_also_when_clocks_are_changed(
    group: Group, begins: datetime, clock: list[str]
) -> None:
    rows = run_sheet_of(at(group, begins), "nb").rows
    assert [row.starts_at.strftime("%H.%M") for row in rows] == clock
    for row in rows:
        assert row.ends_at.astimezone(UTC) - row.starts_at.astimezone(UTC) == timedelta(minutes=row.minutes)


def test_one_is_at_one_point_at_a_time_and_at_none_before_and_after(group: Group) -> None:
    sheet = run_sheet_of(at(group, CLOCKS_GO_BACK), "nb")
    found = [sheet.row_at(CLOCKS_GO_BACK + timedelta(minutes=minute)) for minute in range(-1, 62)]
    titles = [row.title if row else "" for row in found]
    assert titles == ["", *["Kaffe og innsjekk"] * 10, *["Tema"] * 20, *["Øvelse"] * 30, "", ""]
    local = [
        sheet.row_at((CLOCKS_GO_BACK + timedelta(minutes=m)).astimezone(sheet.rows[0].starts_at.tzinfo))
        for m in range(-1, 62)
    ]
    assert local == found


def test_a_plan_in_nynorsk_is_used_where_there_is_one(group: Group) -> None:
    evening = make_evening(group)
    own = PLAN | {"plan": [{"minutes": 60, "title": "Heile kvelden"}]}
    EditionModule.objects.filter(edition=group.edition, module=evening.module, language="nn").update(
        evening=own
    )
    assert [row.title for row in run_sheet_of(evening, "nn").rows] == ["Heile kvelden"]
    assert run_sheet_of(evening, "nn").language == "nn"
    assert run_sheet_of(evening, "nb").rows[0].title == "Kaffe og innsjekk"


def test_the_plan_is_that_of_the_groups_own_edition(group: Group) -> None:
    evening = make_evening(group)
    EditionModule.objects.filter(edition=group.edition).update(position=7, title="Slik den het da")
    sheet = run_sheet_of(evening, "nb")
    assert (sheet.number, sheet.title) == (7, "Slik den het da")
