"""Whoever makes up an evening in a neighbouring group has two marks, and is one person."""

from __future__ import annotations

import pytest

from courses.models import Attendance
from tests.evaluation.release_rows import families, group_of, held, modules, second_wave
from tests.evening_factories import CatchUpFactory
from tests.factories import AttendanceFactory, ModuleFactory

pytestmark = pytest.mark.django_db(databases=["default", "answers"])


def test_a_guest_at_another_groups_evening_is_counted_once_in_her_own() -> None:
    """As on the project's pages. Counted twice, seven of thirteen would be 55 per cent."""
    after = second_wave()
    module = ModuleFactory(programme=after.study.programme)
    mine, theirs = (held(group_of(after), module=module) for _each in range(2))
    for evening, state in ((mine, "present"), (theirs, "absent")):
        for each in families(evening.group, 6):
            AttendanceFactory(adult=each.adult, evening=evening, state=state)
    guest = Attendance.objects.filter(evening=mine)[0]
    Attendance.objects.filter(pk=guest.pk).update(state="made-up")
    CatchUpFactory(adult=guest.adult, evening=mine, neighbour=theirs, state="done")
    AttendanceFactory(adult=guest.adult, evening=theirs, state="present")
    assert [each["attendance"] for each in modules(after)] == [50]
