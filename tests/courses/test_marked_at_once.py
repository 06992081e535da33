"""Marks from two devices at once: conflicting pairs are merged, and no mark is lost."""

from __future__ import annotations

import random
import threading
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.utils import timezone

from courses.attending import Mark, mark
from courses.models import Attendance, AttendanceMark, User
from tests import factories as made
from tests.halls import evening, thursday_evening
from tests.plans import make_evening

if TYPE_CHECKING:
    from courses.models import Evening, Group


__all__ = ["evening", "thursday_evening"]
pytestmark = pytest.mark.django_db
PAIRS = 200


def test_two_hundred_conflicting_pairs_are_merged_and_no_mark_is_lost(
    evening: Evening, contact_person: User
) -> None:
    """Two leaders, twelve adults, marks sent in any order and some of them again."""
    dice = random.Random(4)
    adults = [made.EnrolmentFactory(group=evening.group).adult for _ in range(12)]
    other = made.UserFactory()
    start = timezone.now() - timedelta(hours=1)
    pairs = []
    for _ in range(PAIRS):
        who, at = dice.choice(adults).pk, start + timedelta(seconds=dice.randrange(3500))
        apart = timedelta(seconds=dice.choice((0, 1, 40)))
        one, two = dice.sample(["present", "partly", "excused", "absent", "unknown"], 2)
        pairs.append((Mark(who, one, at), Mark(who, two, at + apart)))
    queues = [(contact_person, [one for one, _two in pairs]), (other, [two for _one, two in pairs])]
    sent = [(by, taps[place : place + 20]) for by, taps in queues for place in range(0, PAIRS, 20)]
    dice.shuffle(sent)
    for by, taps in [*sent, *dice.sample(sent, 6)]:
        mark(evening, taps, by)
    rows = list(AttendanceMark.objects.order_by("marked_at", "pk"))
    expected = {row.adult_id: row.state for row in rows}
    print(f"conflicting pairs: {PAIRS}, marks stored: {len(rows)} of {2 * PAIRS}")
    assert len(rows) == 2 * PAIRS
    assert {row.client_id for row in rows} == {tap.client_id for pair in pairs for tap in pair}
    assert dict(Attendance.objects.values_list("adult_id", "state")) == expected


@pytest.mark.django_db(transaction=True)
def test_two_leaders_who_mark_at_the_same_moment_lose_nothing(group: Group, contact_person: User) -> None:
    evening = make_evening(group)
    adults = [made.EnrolmentFactory(group=group).adult.pk for _ in range(12)]
    other, failed = made.UserFactory(), []

    def lead(by: User, state: str) -> None:
        try:
            for place in range(20):
                mark(evening, [Mark(adults[(place + k) % 12], state) for k in range(10)], by)
        except Exception as error:  # a thread's failure is the test's
            failed.append(error)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=lead, args=pair) for pair in ((contact_person, "present"), (other, "partly"))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    rows = list(AttendanceMark.objects.order_by("marked_at", "pk"))
    assert len(rows) == 2 * PAIRS
    assert dict(Attendance.objects.values_list("adult_id", "state")) == {
        row.adult_id: row.state for row in rows
    }
