"""Groups: who is in one, who leads one, and on which days."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db.models import ProtectedError
from django.utils import timezone

from courses.models import Adult, Assignment, Enrolment, Group
from tests import factories as made

pytestmark = pytest.mark.django_db

DAY = date(2026, 10, 1)
BEFORE, AFTER = DAY - timedelta(days=1), DAY + timedelta(days=1)
LASTS = [
    (DAY, None, True),
    (DAY, DAY, True),
    (BEFORE, DAY, True),
    (BEFORE, BEFORE, False),
    (AFTER, None, False),
]


@pytest.mark.parametrize("factory", [made.EnrolmentFactory, made.AssignmentFactory])
@pytest.mark.parametrize(("starts_on", "ends_on", "current"), LASTS)
def test_a_row_is_current_from_its_first_day_to_its_last(
    factory: Any, starts_on: date, ends_on: date | None, current: bool
) -> None:
    row = factory(starts_on=starts_on, ends_on=ends_on)
    assert type(row).objects.current(on=DAY).filter(pk=row.pk).exists() is current


def test_who_left_a_group_may_come_back() -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    left = made.EnrolmentFactory(starts_on=yesterday, ends_on=yesterday)
    back = made.EnrolmentFactory(adult=left.adult, group=left.group)
    assert list(Enrolment.objects.current()) == [back]


def test_a_stand_in_has_an_end_and_counts_until_then() -> None:
    until = timezone.localdate() + timedelta(days=14)
    stand_in = made.AssignmentFactory(duty="stand-in", ends_on=until)
    assert stand_in in Assignment.objects.current(on=until)
    assert stand_in not in Assignment.objects.current(on=until + timedelta(days=1))


def test_a_group_with_adults_in_it_cannot_be_deleted(adult: Adult, group: Group) -> None:
    with pytest.raises(ProtectedError):
        group.delete()


def test_a_group_may_be_shared_by_municipalities(
    group: Group, contact_person: Any, other_municipality: Any, leader: Any
) -> None:
    group.municipalities.add(other_municipality)
    over_there = made.RoleFactory(kind="leader", municipality=other_municipality).user
    assert group in Group.objects.visible_to(leader)
    assert group in Group.objects.visible_to(over_there)
