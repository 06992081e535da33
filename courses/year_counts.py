"""The yearly numbers of the municipalities, with small ones hidden so that nobody can work them out.

A number from 1 to 4 is hidden outside its own municipality. Where the sum of the region would give it
away, a second number is hidden too, or the sum (design §4.6, reliability §6.9 R4). The hiding itself is
``hide``: pure, and tried against every small table in its test.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from courses.models import Municipality, YearCount

if TYPE_CHECKING:
    from collections.abc import Mapping

    from courses.models import Region

FEW = range(1, 5)  # hidden outside the own municipality
FIELDS = ("foster_homes", "new_foster_homes", "unplanned_moves")


@dataclass(frozen=True)
class Column:
    """One count across the municipalities. None: hidden."""

    cells: dict[int, int | None]  # by municipality; those that have typed nothing are not here
    total: int | None


def hide(counts: Mapping[int, int], own: frozenset[int], *, complete: bool = True) -> Column:
    """The counts as somebody of the municipalities ``own`` may see them, and their sum.

    Without ``complete`` some municipality has not typed its number yet: the sum is then hidden, since the
    difference when it does would be that number.
    """
    hidden = {place for place, count in counts.items() if count in FEW and place not in own}
    total: int | None = sum(counts.values()) if complete else None
    if hidden and total is not None and _gives_away([counts[place] for place in hidden]):
        second = _second(counts, own | hidden)
        if second is None:
            total = None
        else:
            hidden.add(second)
    return Column({place: None if place in hidden else count for place, count in counts.items()}, total)


def _gives_away(hidden: list[int]) -> bool:
    """Whether the sum of the hidden numbers says what they are: one alone, or all least or all greatest."""
    return len(hidden) == 1 or sum(hidden) in (len(hidden) * FEW[0], len(hidden) * FEW[-1])


def _second(counts: Mapping[int, int], seen: frozenset[int] | set[int]) -> int | None:
    """The least of the other numbers that are not few; None when there is none."""
    others = [(count, place) for place, count in counts.items() if place not in seen and count > FEW[-1]]
    return min(others)[1] if others else None


@dataclass(frozen=True)
class Year:
    """A region's numbers for a year as one person may see them."""

    year: int
    columns: dict[str, Column]  # by field
    missing: int  # municipalities that have not typed theirs


def years_of(region: Region, own: frozenset[int]) -> list[Year]:
    """The years somebody has typed numbers for, the newest first. Two queries."""
    places = Municipality.objects.filter(region=region).count()
    by_year: dict[int, list[YearCount]] = {}
    for row in YearCount.objects.filter(municipality__region=region).order_by("-year", "municipality"):
        by_year.setdefault(row.year, []).append(row)
    return [_year(year, rows, places - len(rows), own) for year, rows in by_year.items()]


def _year(year: int, rows: list[YearCount], missing: int, own: frozenset[int]) -> Year:
    columns = {
        name: hide({row.municipality_id: getattr(row, name) for row in rows}, own, complete=not missing)
        for name in FIELDS
    }
    return Year(year, columns, missing)


def region_counts(region: Region, year: int) -> dict[str, int] | None:
    """The region's sums of a year: all that a report may show. None until every municipality has typed.

    Two queries.
    """
    rows = list(YearCount.objects.filter(municipality__region=region, year=year))
    if len(rows) < Municipality.objects.filter(region=region).count():
        return None
    return {name: sum(getattr(row, name) for row in rows) for name in FIELDS}
