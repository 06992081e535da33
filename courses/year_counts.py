"""The yearly numbers of the municipalities, with small ones hidden so that nobody can work them out.

A number from 1 to 4 is hidden outside its own municipality, and a column with a hidden number has no sum:
whatever else is shown, it may be any of the four (design §4.6, reliability §6.9 R4). ``table`` is pure, and
tried against every small table in its test.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from courses.models import Municipality, YearCount

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from courses.models import Region

FEW = range(1, 5)  # hidden outside the own municipality
FIELDS = ("foster_homes", "new_foster_homes", "unplanned_moves")


@dataclass(frozen=True)
class Column:
    """One count across the municipalities. None: hidden."""

    cells: dict[int, int | None]  # by municipality; those that have typed nothing are not here
    total: int | None


def table(rows: Sequence[YearCount], own: frozenset[int], *, complete: bool) -> dict[str, Column]:
    """The rows of a region's year, by field, as somebody of the municipalities ``own`` may see them.

    Without ``complete`` some municipality has not typed its numbers yet, and no sum is the region's.
    """
    return {
        name: _column({row.municipality_id: getattr(row, name) for row in rows}, own, complete=complete)
        for name in FIELDS
    }


def _column(counts: Mapping[int, int], own: frozenset[int], *, complete: bool) -> Column:
    cells = {place: None if count in FEW and place not in own else count for place, count in counts.items()}
    total = sum(counts.values()) if complete and None not in cells.values() else None
    return Column(cells, total)


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
    return [
        Year(year, table(rows, own, complete=len(rows) == places), places - len(rows))
        for year, rows in by_year.items()
    ]


def region_counts(region: Region, year: int) -> dict[str, int | None] | None:
    """The region's sums of a year: all that a report may show. None until every municipality has typed.

    A single sum is None where a municipality's number is hidden: whoever reads the report may have seen the
    others on the project's page. Two queries.
    """
    rows = list(YearCount.objects.filter(municipality__region=region, year=year))
    if len(rows) < Municipality.objects.filter(region=region).count():
        return None
    return {name: column.total for name, column in table(rows, frozenset(), complete=True).items()}
