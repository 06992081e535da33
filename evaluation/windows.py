"""From when to when a wave is open, counted from a group's evenings. Pure; by the clock on the wall.

An evening that is cancelled may get a new date. While the last one has none, what is asked after it waits:
for three weeks from the day it was to be, or until the study's last day. If no date has come by then it
opens, counted from the last evening that stands, so that «etter» is not lost. A new date moves it with it.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, NamedTuple

from django.utils import timezone

from courses.outbox.rows import MORNING
from evaluation.models.studies import Wave

if TYPE_CHECKING:
    from collections.abc import Sequence

    from courses.models import Evening
    from evaluation.models import Study

IN_THE_ROOM = timedelta(minutes=20)  # an evening's last minutes: what is about it may be answered there
LAST_MINUTE = time(23, 59)
PATIENCE = timedelta(days=21)  # for the new date of an evening, from the day that it was to be


class Window(NamedTuple):
    opens_at: datetime
    closes_at: datetime


def of_group(wave: Wave, evenings: Sequence[Evening]) -> Window | None:
    """The window of a wave for a group with these evenings, cancelled ones among them; None if none stands.

    Before the first evening that stands it closes as that begins; elsewhere its last day is open to the end.
    What is asked right after the last evening opens while people still sit there; while that one is
    ``awaited``, no earlier than the day it is given up, and as long as ever.
    """
    standing = _standing(evenings)
    if not standing:
        return None
    after = timedelta(days=wave.opens_after_days)
    if wave.anchor == Wave.Anchor.FIRST_EVENING:
        first = min(standing, key=_begins)
        day = _day(first.starts_at)
        return _window(wave, day, _at(day + after, MORNING), closes_with=first.starts_at)
    last = max(standing, key=_begins)
    day = _day(last.starts_at)
    if (missing := awaited(evenings)) and (earliest := given_up_on(wave.study, missing)) > day + after:
        return _window(wave, earliest - after, _at(earliest, MORNING))
    return _window(wave, day, _at(day + after, MORNING) if after else _ends(last) - IN_THE_ROOM)


def awaited(evenings: Sequence[Evening]) -> Evening | None:
    """The evening that was to be the last, and is cancelled without a new date; None where the last stands,
    or none does. The last by its date, or by its module: another may have moved past it.
    Reads the modules where one is cancelled."""
    standing, cancelled = _standing(evenings), [each for each in evenings if each.cancelled_at is not None]
    if not standing or not cancelled:
        return None
    last, module = max(map(_begins, standing)), max(each.module.number for each in standing)
    coming = [each for each in cancelled if each.starts_at > last or each.module.number > module]
    return max(coming, key=_begins, default=None)


def given_up_on(study: Study, evening: Evening) -> date:
    """From this day on a new date for a cancelled evening is waited for no more."""
    return min(_day(evening.starts_at) + PATIENCE, study.ends_on)


def held_open(wave: Wave, evenings: Sequence[Evening]) -> Window | None:
    """How long a form from before the first evening stays open, if it is, when every evening has been
    cancelled: no new date is waited for longer. None where one stands, and of all other waves."""
    if not evenings or _standing(evenings) or not is_before_course(wave):
        return None
    first = min(evenings, key=_begins)
    opens = _at(_day(first.starts_at) + timedelta(days=wave.opens_after_days), MORNING)
    closes = _at(given_up_on(wave.study, first), LAST_MINUTE)
    return Window(opens, closes) if closes > opens else None


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


def _window(wave: Wave, anchor: date, opens: datetime, closes_with: datetime | None = None) -> Window | None:
    last_day = anchor + timedelta(days=wave.opens_after_days + wave.open_for_days)
    closes = _at(last_day, LAST_MINUTE)
    if closes_with is not None and last_day == anchor:
        closes = closes_with
    return Window(opens, closes) if closes > opens else None


def _standing(evenings: Sequence[Evening]) -> list[Evening]:
    return [each for each in evenings if each.cancelled_at is None]


def _begins(evening: Evening) -> datetime:
    return evening.starts_at


def _ends(evening: Evening) -> datetime:
    return evening.starts_at + timedelta(minutes=evening.minutes)


def _day(moment: datetime) -> date:
    return timezone.localdate(moment)


def _at(day: date, clock: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, clock))
