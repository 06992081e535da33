"""The one completion rule, computed from events and marks. Pure: no database, no clock of its own.

Module done = every part read and the evening held with the adult there (or made up). Course done =
enough evenings, the obligatory modules among them (design §4.3).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

COUNTS_AS_THERE = frozenset({"present", "partly", "made-up"})


class Reading(Enum):
    """How far an adult has come in a module's parts. Coarse on purpose: this is all others may see."""

    NOT_STARTED = "not-started"
    UNDER_WAY = "under-way"
    DONE = "done"


@dataclass(frozen=True)
class Part:
    key: str
    minutes: int  # reading time


@dataclass(frozen=True)
class ModuleProgress:
    """One module for one adult."""

    number: int  # from 1
    obligatory: bool
    parts: Sequence[Part]
    read: frozenset[str]  # keys of the parts read
    evening_at: datetime | None = None  # aware
    attendance: str = "unknown"  # Attendance.State
    opened_early: bool = False

    @property
    def reading(self) -> Reading:
        done = sum(part.key in self.read for part in self.parts)
        if done == 0:
            return Reading.NOT_STARTED
        return Reading.DONE if done == len(self.parts) else Reading.UNDER_WAY

    @property
    def parts_read(self) -> int:
        return sum(part.key in self.read for part in self.parts)

    @property
    def minutes_left(self) -> int:
        """Reading time of the parts not read, in minutes."""
        return sum(part.minutes for part in self.parts if part.key not in self.read)

    @property
    def was_there(self) -> bool:
        return self.attendance in COUNTS_AS_THERE

    @property
    def is_done(self) -> bool:
        return self.reading is Reading.DONE and self.was_there

    def opens_on(self, days_before: int) -> date | None:
        """The day the module opens by itself; None when it has no evening and so is open."""
        if self.evening_at is None or self.opened_early:
            return None
        return (self.evening_at - timedelta(days=days_before)).date()

    def is_open(self, days_before: int, today: date) -> bool:
        """Open from ``days_before`` the evening, when opened early, or once something in it is read."""
        opens = self.opens_on(days_before)
        return opens is None or opens <= today or bool(self.parts_read)

    def next_part(self) -> Part | None:
        return next((part for part in self.parts if part.key not in self.read), None)


@dataclass(frozen=True)
class CourseProgress:
    """A whole programme for one adult."""

    modules: Sequence[ModuleProgress]
    evenings_required: int
    made_up: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        made_up = sum(module.attendance == "made-up" for module in self.modules)
        object.__setattr__(self, "made_up", made_up)

    @property
    def evenings_there(self) -> int:
        """Evenings the adult was at, made-up ones included."""
        return sum(module.was_there for module in self.modules)

    @property
    def is_done(self) -> bool:
        obligatory = all(module.was_there for module in self.modules if module.obligatory)
        return bool(self.modules) and obligatory and self.evenings_there >= self.evenings_required


def last_state(events: Iterable[tuple[str, str]]) -> frozenset[str]:
    """What stands after (key, kind) events in order: «read» and «tried» add, their opposites remove."""
    standing = set()
    for key, kind in events:
        if kind in ("read", "tried"):
            standing.add(key)
        else:
            standing.discard(key)
    return frozenset(standing)
