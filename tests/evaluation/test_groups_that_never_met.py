"""A group whose evenings were cancelled, or are still to come, has not had the course: nobody stayed away."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.core.management import call_command
from django.utils import timezone
from django.utils.translation import override

from courses.models import Attendance
from evaluation.models import Criterion, Release
from evaluation.releases import people, words_of_programme
from tests.evaluation.release_rows import PILOT, facts, families, group_of, held, modules, row, second_wave
from tests.factories import AssignmentFactory, AttendanceFactory, EveningFactory

if TYPE_CHECKING:
    from courses.models import Group
    from evaluation.models import Wave

pytestmark = pytest.mark.django_db(databases=["default", "answers"])


@pytest.fixture
def after() -> Wave:
    return second_wave()


def cancelled(after: Wave, number: int = 8) -> Group:
    """A group of so many families, with a leader, whose only evening was cancelled."""
    group = group_of(after)
    families(group, number)
    AssignmentFactory(group=group)
    now = timezone.now()
    EveningFactory(group=group, starts_at=now + timedelta(days=3), cancelled_at=now)
    return group


def met(after: Wave, number: int = 6) -> Group:
    """A group of so many families who all were at its only evening."""
    group = group_of(after)
    evening = held(group)
    for each in families(group, number):
        AttendanceFactory(adult=each.adult, evening=evening, state=Attendance.State.PRESENT)
    return group


def test_a_cancelled_group_is_not_over_and_its_families_have_not_begun(after: Wave) -> None:
    cancelled(after)
    counted = people.counted_people(after, PILOT)
    told = {name: counted[name] for name in ("enough", "families", "begun", "years")}
    assert told == {"enough": None, "families": 0, "begun": 0, "years": []}


def test_a_light_on_attendance_is_not_red_of_a_cancelled_group(after: Wave) -> None:
    Criterion.objects.create(study=after.study, measure="attendance", green=80, red=60)
    cancelled(after)
    call_command("release", after.study.key, wave=after.code, phase=PILOT)
    told = Release.objects.get().snapshot
    assert [(light["light"], light["value"]) for light in told["criteria"]] == [("none", None)]
    with override("nb"):
        assert "for få" in words_of_programme.reach(row(told["reaim"], "reach"), "nb")


def test_those_of_a_cancelled_group_do_not_count_among_those_who_stayed_away(after: Wave) -> None:
    after.study.programme.evenings_required = 1
    met(after)
    cancelled(after, 20)
    told, whole = facts(after)
    assert row(told, "enough")["percent"] == 100
    assert (row(told, "reach")["part"], row(whole, "reach")["part"]) == ("5–9", 6)


def test_a_municipality_and_a_leader_of_a_cancelled_group_have_not_had_one(after: Wave) -> None:
    cancelled(after)
    told, _whole = facts(after)
    assert (row(told, "adoption")["part"], row(told, "adoption")["of"]) == (0, 1)
    assert (row(told, "leaders")["part"], row(told, "maintenance")["part"]) == (0, 0)
    AssignmentFactory(group=met(after))
    told, _whole = facts(after)
    assert (row(told, "adoption")["part"], row(told, "adoption")["of"]) == (1, 2)
    assert (row(told, "leaders")["part"], row(told, "maintenance")["part"]) == (1, 1)


def test_a_group_that_is_to_meet_has_not_begun(after: Wave) -> None:
    group = group_of(after)
    families(group, 8)
    EveningFactory(group=group, starts_at=timezone.now() + timedelta(days=400))
    counted = people.counted_people(after, PILOT)
    assert (counted["families"], counted["years"], counted["enough"]) == (0, [], None)


def test_who_has_said_she_cannot_come_has_not_stayed_away_from_an_evening_that_has_not_been(
    after: Wave,
) -> None:
    evening = EveningFactory(group=group_of(after), starts_at=timezone.now() + timedelta(days=3))
    for each in families(evening.group, 6):
        AttendanceFactory(adult=each.adult, evening=evening, state=Attendance.State.EXCUSED)
    assert [each["attendance"] for each in modules(after)] == [None]
