"""When a wave is open, counted from the evenings by the clock on the wall."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.models import Evening
from evaluation import windows
from evaluation.models import Wave
from evaluation.reminding import APART, reminders

OSLO = ZoneInfo("Europe/Oslo")


def evening(*when: int) -> Evening:
    return Evening(starts_at=datetime(*when, tzinfo=OSLO), minutes=120)


def wave(anchor: str, after: int, days: int) -> Wave:
    return Wave(anchor=anchor, opens_after_days=after, open_for_days=days)


FIRST, LAST = evening(2026, 10, 15, 18), evening(2026, 12, 3, 18)


def test_before_the_first_evening_it_closes_as_that_begins():
    found = windows.of_group(wave("first-evening", -14, 14), [LAST, FIRST])
    assert found == (datetime(2026, 10, 1, 8, tzinfo=OSLO), FIRST.starts_at)


def test_it_may_close_some_days_after_the_first_evening():
    found = windows.of_group(wave("first-evening", -7, 10), [FIRST])
    assert found is not None
    assert found.closes_at == datetime(2026, 10, 18, 23, 59, tzinfo=OSLO)


def test_after_the_last_evening_it_opens_in_the_room_and_is_open_a_fortnight():
    found = windows.of_group(wave("last-evening", 0, 14), [FIRST, LAST])
    assert found == (
        datetime(2026, 12, 3, 19, 40, tzinfo=OSLO),
        datetime(2026, 12, 17, 23, 59, tzinfo=OSLO),
    )


def test_half_a_year_later_it_opens_in_the_morning_across_a_change_of_clocks():
    found = windows.of_group(wave("last-evening", 182, 21), [FIRST, LAST])
    assert found == (datetime(2027, 6, 3, 8, tzinfo=OSLO), datetime(2027, 6, 24, 23, 59, tzinfo=OSLO))


def test_evening_form_is_open_from_the_last_minutes_for_forty_eight_hours():
    found = windows.of_evening(wave("each-evening", 0, 2), FIRST)
    assert found == (datetime(2026, 10, 15, 19, 40, tzinfo=OSLO), datetime(2026, 10, 17, 20, tzinfo=OSLO))


def test_group_without_evenings_has_no_window():
    assert windows.of_group(wave("last-evening", 0, 14), []) is None


@given(
    anchor=st.sampled_from(["first-evening", "last-evening"]),
    after=st.integers(-60, 400),
    days=st.integers(1, 60),
    day=st.integers(0, 700),
    hour=st.integers(0, 23),
)
def test_window_is_never_backwards(anchor: str, after: int, days: int, day: int, hour: int):
    at = datetime(2026, 1, 1, hour, tzinfo=OSLO) + timedelta(days=day)
    found = windows.of_group(wave(anchor, after, days), [Evening(starts_at=at, minutes=135)])
    assert found is None or found.opens_at < found.closes_at


@given(hours=st.integers(0, 24 * 60), start=st.integers(0, 24 * 365))
def test_at_most_two_reminders_apart_and_before_it_closes_never_at_night(hours: int, start: int):
    asked = datetime(2026, 1, 1, 8, tzinfo=OSLO) + timedelta(hours=start)
    closes = asked + timedelta(hours=hours)
    found = reminders(asked, closes)
    assert len(found) <= 2
    moments = [asked, *(at for _step, at in found)]
    assert all(later - earlier >= APART for earlier, later in itertools.pairwise(moments))
    assert all(at < closes and 8 <= at.astimezone(OSLO).hour < 21 for _step, at in found)


@pytest.mark.parametrize(("days", "steps"), [(14, 2), (5, 1), (2, 0)])
def test_short_forms_are_reminded_of_less(days: int, steps: int):
    asked = datetime(2026, 10, 1, 8, tzinfo=OSLO)
    assert len(reminders(asked, asked + timedelta(days=days))) == steps
