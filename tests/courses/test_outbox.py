"""Rows of the outbox: never at night, by the clock on the wall, without text or address, and not for ever."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from courses.models import Message
from courses.outbox import rows as outbox
from tests.evening_factories import GatheringFactory, GuidanceMeetingFactory, MessageFactory
from tests.factories import EveningFactory

pytestmark = pytest.mark.django_db
OSLO = ZoneInfo("Europe/Oslo")


@pytest.mark.parametrize(
    ("starts", "due"),
    [
        # clocks go back on 25 October 2026 and forward on 28 March 2027: the time of day stays
        (datetime(2026, 10, 26, 18, tzinfo=OSLO), datetime(2026, 10, 24, 18, tzinfo=OSLO)),
        (datetime(2027, 3, 29, 18, tzinfo=OSLO), datetime(2027, 3, 27, 18, tzinfo=OSLO)),
        (datetime(2027, 3, 30, 2, 30, tzinfo=OSLO), datetime(2027, 3, 28, 8, tzinfo=OSLO)),  # 02.30 is not
        (datetime(2026, 12, 3, 22, tzinfo=OSLO), datetime(2026, 12, 2, 8, tzinfo=OSLO)),  # never at night
        (datetime(2026, 12, 3, 7, tzinfo=OSLO), datetime(2026, 12, 1, 8, tzinfo=OSLO)),
    ],
)
def test_two_days_before_is_by_the_clock_on_the_wall(starts: datetime, due: datetime):
    assert outbox.before(starts, 2) == due


@pytest.mark.parametrize(
    ("at", "quiet"),
    [("07:59", True), ("08:00", False), ("20:59", False), ("21:00", True), ("00:00", True)],
)
def test_night_is_from_nine_to_eight_in_oslo(at: str, quiet: bool):
    moment = datetime.fromisoformat(f"2026-07-01T{at}").replace(tzinfo=OSLO).astimezone(UTC)
    assert outbox.is_quiet(moment) is quiet
    assert not outbox.is_quiet(outbox.waking(moment))


def test_sent_rows_are_forgotten_after_ninety_days():
    old, new = timezone.now() - timedelta(days=91), timezone.now() - timedelta(days=89)
    MessageFactory(state="sent", sent_at=old)
    MessageFactory(state="skipped", due_at=old)
    kept = [MessageFactory(state="sent", sent_at=new), MessageFactory(due_at=old)]
    assert outbox.forget_old() == 2
    assert set(Message.objects.all()) == set(kept)


def test_rows_of_what_is_still_to_come_are_kept():
    old, coming = timezone.now() - timedelta(days=91), timezone.now() + timedelta(days=20)
    things = [
        f"gathering:{GatheringFactory(starts_at=coming).pk}",
        f"evening:{EveningFactory(starts_at=coming).pk}",
        f"guidance:{GuidanceMeetingFactory(at=coming).pk}",
    ]
    kept = [MessageFactory(thing=thing, state="sent", sent_at=old) for thing in things]
    MessageFactory(thing=f"gathering:{GatheringFactory(starts_at=old).pk}", state="sent", sent_at=old)
    assert outbox.forget_old() == 1
    assert set(Message.objects.all()) == set(kept)


def test_rows_hold_neither_text_nor_address():
    names = {field.name for field in Message._meta.get_fields()}
    assert not names & {"subject", "body", "text", "to", "email", "mobile", "address", "name"}
