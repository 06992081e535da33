"""The demo is the same whichever day and hour it is made: half way, with an evening tonight."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from cms.demo import _evening_days, _tonight, make_demo, read_demo
from courses.attending import is_open
from courses.models import CatchUp, Evening, Family, Group, Municipality, Region, User
from evaluation.models import Consent, Occasion, SealedAnswer, Study
from tests.cms.demo_site import PILOT, TONIGHT, as_persona, in_demo_mode, loaded

__all__ = ["as_persona", "in_demo_mode", "loaded"]
pytestmark = pytest.mark.django_db(databases=["default", "answers"])


def test_pilot_group_is_half_way(as_persona: Any) -> None:
    evenings = Evening.objects.filter(group__name=PILOT).order_by("starts_at")
    coming = [evening.module.number for evening in evenings if evening.starts_at > timezone.now()]
    assert len(evenings) == 6
    assert coming in ([4, 5, 6], [5, 6])  # on the evening itself, after six
    assert {timezone.localtime(evening.starts_at).strftime("%a %H") for evening in evenings} == {"Thu 18"}


def _forget_studies() -> None:
    """As if nobody had been asked anything."""
    SealedAnswer.objects.all().delete()  # does not go with its occasion
    Occasion.objects.all().delete()
    Consent.objects.all().delete()
    Study.objects.update(criteria_locked_on=None)
    Study.objects.all().delete()


@pytest.mark.parametrize("day", range(22, 29))
def test_pilot_group_is_half_way_whichever_day_the_demo_is_made(day: int) -> None:
    with time_machine.travel(f"2027-03-{day:02}T10:00:00+01:00", tick=False):
        _forget_studies()
        User.objects.all().delete()
        Family.objects.all().delete()
        Evening.objects.all().delete()
        Group.objects.all().delete()
        Municipality.objects.all().delete()
        Region.objects.all().delete()
        make_demo(date(2027, 3, day))
        rows = Evening.objects.filter(group__name=PILOT, starts_at__gt=timezone.now()).order_by("starts_at")
        assert [evening.module.number for evening in rows] == [4, 5, 6]
        hours = {timezone.localtime(evening.starts_at).hour for evening in rows}
        assert hours == {18}  # although the clocks change on the 28th


@pytest.mark.parametrize("hour", [0, 6, 10, 15, 16, 18, 19, 20, 23])
def test_one_evening_can_be_tried_at_whatever_hour_the_demo_is_made(hour: int) -> None:
    with time_machine.travel(f"2027-03-10T{hour:02}:40:00+01:00", tick=False):
        begins = _tonight(date(2027, 3, 10))
        assert is_open(Evening(starts_at=begins))
        assert timezone.now() < begins + timedelta(minutes=135)
        assert (begins.hour == 18) == (16 <= hour < 20)
        assert begins.minute in (0, 30)


def test_contact_person_opens_tonights_evening_from_her_first_page(as_persona: Any) -> None:
    evening = Evening.objects.get(group__name=TONIGHT, module__number=2)
    client = as_persona("kontaktperson")
    assert f'href="/kveld/{evening.pk}/"' in client.get("/min/").content.decode()
    page = client.get(f"/kveld/{evening.pk}/")
    assert [row.state for row in page.context["sheet"].rows] == ["unknown"] * 5
    offered = CatchUp.objects.filter(evening__group__name=TONIGHT)
    assert {row.adult.name for row in offered} == {"Bodil", "Oddvar"}


def test_whoever_was_there_only_partly_can_catch_up_on_her_own_page(as_persona: Any) -> None:
    assert as_persona("familie-2").get("/min/").context["own"].catch_up["number"] == 3


@pytest.mark.parametrize(
    "weeks", [row["evenings"] for row in read_demo()["groups"] if not row.get("from_today")]
)
@pytest.mark.parametrize(
    "today",
    [
        date(2026, 11, 26),
        date(2026, 12, 17),
        date(2026, 12, 24),
        date(2026, 12, 31),
        date(2027, 1, 1),
        date(2027, 1, 7),
        date(2028, 1, 13),
    ],
)
def test_no_evening_is_at_christmas_and_none_changes_sides_of_today(weeks: list[int], today: date) -> None:
    days = _evening_days(weeks, today)
    assert not [day for day in days if (day.month, day.day) >= (12, 20) or (day.month, day.day) <= (1, 2)]
    assert days == sorted(set(days))
    assert {day.weekday() for day in days} == {3}
    assert [day < today for day in days] == [week < 0 for week in weeks]


def test_evenings_on_ordinary_days_stay_where_they_are() -> None:
    assert _evening_days([-1, 0, 2], date(2027, 3, 10)) == [
        date(2027, 3, 4),
        date(2027, 3, 11),
        date(2027, 3, 25),
    ]
