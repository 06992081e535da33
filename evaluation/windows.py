"""From when to when a wave is open, counted from a group's evenings. Pure; by the clock on the wall."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, NamedTuple

from django.utils import timezone

from courses.outbox.rows import MORNING
from evaluation.models.studies import Wave

if TYPE_CHECKING:
    from collections.abc import Sequence

    from courses.models import Evening

IN_THE_ROOM = timedelta(minutes=20)  # an evening's last minutes: what is about it may be answered there
LAST_MINUTE = time(23, 59)


class Window(NamedTuple):
    opens_at: datetime
    closes_at: datetime


def of_group(wave: Wave, evenings: Sequence[Evening]) -> Window | None:
    """The window of a wave for a group with these evenings; None without any.

    Before the first evening it closes as that begins; elsewhere its last day is open to the end. What is
    asked right after the last evening opens while people still sit there.
    """
    if not evenings:
        return None
    if wave.anchor == Wave.Anchor.FIRST_EVENING:
        first = min(evenings, key=_begins)
        opens = _at(_day(first.starts_at) + timedelta(days=wave.opens_after_days), MORNING)
        return _window(wave, first.starts_at, opens, closes_with=first.starts_at)
    last = max(evenings, key=_begins)
    opens = _at(_day(last.starts_at) + timedelta(days=wave.opens_after_days), MORNING)
    if wave.opens_after_days == 0:
        opens = _ends(last) - IN_THE_ROOM
    return _window(wave, last.starts_at, opens)


def is_before_course(wave: Wave) -> bool:
    """Whether it asks before anybody can have begun."""
    return wave.anchor == Wave.Anchor.FIRST_EVENING and wave.opens_after_days <= 0


def of_evening(wave: Wave, evening: Evening) -> Window:
    """The window of the form after one evening: from its last minutes, as many whole days as it is open."""
    end = _ends(evening)
    return Window(end - IN_THE_ROOM, end + timedelta(days=wave.open_for_days))


def closed_before(day: date, window: Window) -> Window | None:
    """The window, closing with the day before at the latest; None when that leaves nothing of it."""
    closes = min(window.closes_at, _at(day - timedelta(days=1), LAST_MINUTE))
    return window._replace(closes_at=closes) if closes > window.opens_at else None


def _window(
    wave: Wave, anchor: datetime, opens: datetime, closes_with: datetime | None = None
) -> Window | None:
    last_day = _day(anchor) + timedelta(days=wave.opens_after_days + wave.open_for_days)
    closes = _at(last_day, LAST_MINUTE)
    if closes_with is not None and last_day == _day(anchor):
        closes = closes_with
    return Window(opens, closes) if closes > opens else None


def _begins(evening: Evening) -> datetime:
    return evening.starts_at


def _ends(evening: Evening) -> datetime:
    return evening.starts_at + timedelta(minutes=evening.minutes)


def _day(moment: datetime) -> date:
    return timezone.localdate(moment)


def _at(day: date, clock: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, clock))
