"""When an evening is under way and when it has been held: the same on every page, and in every figure."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Protocol

from django.db.models import DateTimeField, DurationField, ExpressionWrapper, F, IntegerField, Q, Value
from django.utils import timezone

if TYPE_CHECKING:
    from datetime import datetime

MINUTE = timedelta(minutes=1)


class Timed(Protocol):
    """An evening, or a row of one."""

    @property
    def starts_at(self) -> datetime: ...
    @property
    def minutes(self) -> int: ...
    @property
    def cancelled_at(self) -> datetime | None: ...


def ends_at(evening: Timed) -> datetime:
    return evening.starts_at + evening.minutes * MINUTE


def has_ended(evening: Timed, now: datetime | None = None) -> bool:
    return ends_at(evening) <= (now or timezone.now())


def was_held(evening: Timed, now: datetime | None = None) -> bool:
    """Over, and not cancelled."""
    return evening.cancelled_at is None and has_ended(evening, now)


def is_under_way(evening: Timed, now: datetime | None = None) -> bool:
    begun = evening.starts_at <= (now or timezone.now())
    return begun and evening.cancelled_at is None and not has_ended(evening, now)


def were_held(now: Any, through: str = "") -> Q:
    """``was_held`` in the database. By the minute only the last twelve hours: SQLite does that in Python, a
    row at a time, and no evening lasts longer (courses/forms/groups.py)."""
    minutes = ExpressionWrapper(F(f"{through}minutes"), IntegerField())
    lasts = ExpressionWrapper(minutes * Value(MINUTE, DurationField()), DurationField())
    long_ago, begun = (
        ExpressionWrapper(Value(now, DateTimeField()) - back, DateTimeField())
        for back in (Value(timedelta(hours=12), DurationField()), lasts)
    )
    lately = Q(**{f"{through}starts_at__lte": now}) & Q(**{f"{through}starts_at__lte": begun})
    return Q(**{f"{through}cancelled_at": None}) & (Q(**{f"{through}starts_at__lt": long_ago}) | lately)
