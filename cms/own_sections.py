"""One group of what is held about a person, and how days and moments are written there."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils import formats, timezone

if TYPE_CHECKING:
    from datetime import date, datetime

LONGEST_SHOWN = 30  # rows of a section on the page; the download has them all


@dataclass
class Section:
    """One group of what is held. ``rows`` are (what, value); ``links``, on the page alone, (words, url)."""

    key: str
    title: str
    rows: list[tuple[str, str]] = field(default_factory=list)
    empty: str = ""
    note: str = ""
    links: list[tuple[str, str]] = field(default_factory=list)

    @property
    def shown(self) -> list[tuple[str, str]]:
        return self.rows[:LONGEST_SHOWN]

    @property
    def more(self) -> int:
        return max(len(self.rows) - LONGEST_SHOWN, 0)


def day(when: date | datetime | None) -> str:
    if when is None:
        return ""
    return str(formats.date_format(timezone.localtime(when) if hasattr(when, "hour") else when, "j. F Y"))


def moment(when: datetime | None) -> str:
    return str(formats.date_format(timezone.localtime(when), "j. F Y H.i")) if when else ""
