"""Half-way and after the course only whoever has begun is asked."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine

from courses.models import Evening
from evaluation import opening
from evaluation.models import Participation, Study
from tests import study_factories as made
from tests.evaluation.waves import FIRST, NOON, after_wave, first, monday, study
from tests.factories import AttendanceFactory, EnrolmentFactory, ReadingEventFactory

if TYPE_CHECKING:
    from courses.models import Adult, Group

__all__ = ["first", "monday", "study"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def half_way(study: Study, first: Evening) -> datetime:
    """When a form half-way has just opened: three days after the first evening."""
    made.wave(study, code="TM", opens_after_days=3)
    opening.plan_occasions(study, NOON)
    return FIRST + timedelta(days=3)


def asked_on(day: datetime) -> set[int]:
    with time_machine.travel(day, tick=False):
        opening.open_forms()
    return set(Participation.objects.filter(occasion__wave__code="TM").values_list("user", flat=True))


def test_whoever_came_in_after_the_evenings_that_were_held_is_not_asked_half_way(
    first: Evening, half_way: datetime, adult: Adult, group: Group
):
    EnrolmentFactory(group=group, starts_on=FIRST.date() + timedelta(days=1))
    assert asked_on(half_way) == {adult.user_id}


def test_whoever_was_away_each_time_and_has_read_nothing_is_not_asked_half_way(
    first: Evening, half_way: datetime, adult: Adult, neighbour: Adult
):
    AttendanceFactory(adult=adult, evening=first, state="absent")
    AttendanceFactory(adult=neighbour, evening=first, state="unknown")  # not marked is not absent
    assert asked_on(half_way) == {neighbour.user_id}


@pytest.mark.parametrize(("state", "is_asked"), [(None, False), ("unknown", False), ("partly", True)])
def test_whoever_came_in_on_the_day_of_the_last_evening_is_asked_then_only_when_seen_there(
    study: Study, first: Evening, adult: Adult, group: Group, state: str | None, is_asked: bool
):
    """She is on the list of tonight; whether she comes is not known before somebody has marked it."""
    after_wave(study, code="TM")
    last = Evening.objects.exclude(pk=first.pk).get()
    late = EnrolmentFactory(group=group, starts_on=last.starts_at.date()).adult
    if state:
        AttendanceFactory(adult=late, evening=last, state=state)
    tonight = last.starts_at + timedelta(minutes=last.minutes)
    assert asked_on(tonight) == {adult.user_id} | ({late.user_id} if is_asked else set())
    AttendanceFactory(adult=adult, evening=first, state="absent")  # asked already
    assert asked_on(tonight + timedelta(days=1)) == {adult.user_id, late.user_id}


@pytest.mark.parametrize("begun", ["read", "made-up", "asked before"])
def test_whoever_has_begun_some_other_way_is_asked_half_way(
    study: Study, first: Evening, half_way: datetime, adult: Adult, group: Group, begun: str
):
    AttendanceFactory(adult=adult, evening=first, state="made-up" if begun == "made-up" else "excused")
    if begun == "read":
        ReadingEventFactory(adult=adult, part=group.edition.parts.first())
    if begun == "asked before":
        made.participation(made.occasion(wave=made.wave(study), group=group), adult, state="missed")
    assert asked_on(half_way) == {adult.user_id}


def test_whoever_begins_while_the_form_is_open_is_asked_then(
    first: Evening, half_way: datetime, adult: Adult, group: Group
):
    AttendanceFactory(adult=adult, evening=first, state="absent")
    assert asked_on(half_way) == set()
    ReadingEventFactory(adult=adult, part=group.edition.parts.first())
    assert asked_on(half_way + timedelta(days=1)) == {adult.user_id}
