"""Evenings and attendance: not marked is not absent."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from courses.models import Attendance
from courses.progress import COUNTS_AS_THERE
from tests import factories as made

pytestmark = pytest.mark.django_db


def test_attendance_is_unknown_until_somebody_marks_it() -> None:
    mark = made.AttendanceFactory()
    assert mark.state == Attendance.State.UNKNOWN
    assert (mark.marked_by, mark.marked_at) == (None, None)


def test_the_states_that_count_are_states_that_exist() -> None:
    assert set(Attendance.State.values) >= COUNTS_AS_THERE
    assert not COUNTS_AS_THERE & {Attendance.State.UNKNOWN, Attendance.State.EXCUSED, Attendance.State.ABSENT}


def test_a_mark_outlives_the_one_who_made_it() -> None:
    mark = made.AttendanceFactory(marked_by=made.UserFactory(), marked_at=timezone.now(), state="present")
    mark.marked_by.delete()
    mark.refresh_from_db()
    assert (mark.state, mark.marked_by) == ("present", None)


def test_evenings_come_in_the_order_they_are_held() -> None:
    group = made.GroupFactory()
    later = made.EveningFactory(group=group, starts_at=timezone.now() + timedelta(days=9))
    sooner = made.EveningFactory(group=group, starts_at=timezone.now())
    assert list(group.evenings.all()) == [sooner, later]
