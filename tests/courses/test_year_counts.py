"""Small numbers of a municipality are hidden, and what is shown around them does not give them away."""

from __future__ import annotations

from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING

import pytest

from courses import year_counts
from courses.models import YearCount
from courses.year_counts import FEW, FIELDS, Column, region_counts, table, years_of
from tests.factories import MunicipalityFactory, RegionFactory

if TYPE_CHECKING:
    from courses.models import Region

NOBODY: frozenset[int] = frozenset()
Row = tuple[int, int, int]  # homes, new among them, moves


def column(*counts: int, own: frozenset[int] = NOBODY) -> Column:
    rows = [YearCount(municipality_id=place, foster_homes=count) for place, count in enumerate(counts)]
    return table(rows, own, complete=True)["foster_homes"]


def test_numbers_from_one_to_four_are_hidden_and_nought_and_five_are_not() -> None:
    assert column(0, 1, 4, 5, 30).cells == {0: 0, 1: None, 2: None, 3: 5, 4: 30}


def test_own_number_is_shown() -> None:
    assert column(3, 2, 4, own=frozenset({0})).cells == {0: 3, 1: None, 2: None}


def test_sum_is_shown_only_where_nothing_is_hidden() -> None:
    assert column(5, 0, 7).total == 12
    assert column(5, 3, 7).total is None
    assert column(5, 3, 3).total is None
    assert column(40, 3, own=frozenset({1})).total == 43


@lru_cache
def row_of(place: int, counts: Row) -> YearCount:
    return YearCount(municipality_id=place, **dict(zip(FIELDS, counts, strict=True)))


def look_of(counts: tuple[Row, ...], own: frozenset[int]) -> tuple[object, ...]:
    """All that somebody sees: the three columns with their sums, and a report's sums of the region."""
    rows = [row_of(place, row) for place, row in enumerate(counts)]
    seen = table(rows, own, complete=True)
    report = table(rows, NOBODY, complete=True)
    return tuple((*seen[name].cells.values(), seen[name].total, report[name].total) for name in FIELDS)


@pytest.mark.parametrize("own", [NOBODY, frozenset({0})])
@pytest.mark.parametrize(
    ("places", "few", "moves"),
    [(1, 4, range(7)), (2, 4, range(6)), (3, 2, range(4)), (4, 2, range(1))],  # all that take seconds
)
def test_nobody_who_knows_the_rule_can_work_out_a_hidden_number(
    places: int, few: int, moves: range, own: frozenset[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every table there is, new ones never above all: a hidden number may be any of the few."""
    monkeypatch.setattr(year_counts, "FEW", range(1, few + 1))
    rows = [(homes, new, moved) for homes in range(few + 2) for new in range(homes + 1) for moved in moves]
    alike: dict[object, list[tuple[Row, ...]]] = {}
    for counts in product(rows, repeat=places):
        alike.setdefault(look_of(counts, own), []).append(counts)
    looked = 0
    for tables in alike.values():
        shown = table([row_of(place, row) for place, row in enumerate(tables[0])], own, complete=True)
        for number, name in enumerate(FIELDS):
            for place, count in shown[name].cells.items():
                looked += count is None
                possible = {other[place][number] for other in tables}
                assert possible == (set(year_counts.FEW) if count is None else {count})
    assert looked > 10 or own


def test_shown_numbers_are_true() -> None:
    for counts in product(range(8), repeat=3):
        shown = column(*counts)
        assert all(count in (None, counts[place]) for place, count in shown.cells.items())
        assert shown.total in (None, sum(counts))
        assert not [count for count in shown.cells.values() if count in FEW]


@pytest.fixture
def region() -> Region:
    return RegionFactory()


def typed(region: Region, year: int, homes: int) -> YearCount:
    place = MunicipalityFactory(region=region)
    return YearCount.objects.create(
        municipality=place, year=year, foster_homes=homes, new_foster_homes=0, unplanned_moves=0
    )


@pytest.mark.django_db
def test_sum_waits_for_the_last_municipality_so_that_its_number_is_no_difference(region: Region) -> None:
    typed(region, 2025, 40), typed(region, 2025, 30)
    late = MunicipalityFactory(region=region)
    (year,) = years_of(region, NOBODY)
    assert year.missing == 1
    assert year.columns["foster_homes"].total is None
    assert region_counts(region, 2025) is None
    YearCount.objects.create(
        municipality=late, year=2025, foster_homes=7, new_foster_homes=0, unplanned_moves=0
    )
    (year,) = years_of(region, NOBODY)
    assert year.columns["foster_homes"].total == 77
    assert region_counts(region, 2025) == dict(zip(FIELDS, (77, 0, 0), strict=True))


@pytest.mark.django_db
def test_report_has_no_sum_that_would_tell_a_hidden_number(region: Region) -> None:
    typed(region, 2025, 40), typed(region, 2025, 3)
    assert region_counts(region, 2025) == dict(zip(FIELDS, (None, 0, 0), strict=True))


@pytest.mark.django_db
def test_region_of_one_municipality_has_no_small_sum(region: Region) -> None:
    typed(region, 2024, 3), typed(RegionFactory(), 2024, 40)
    assert region_counts(region, 2024) == dict(zip(FIELDS, (None, 0, 0), strict=True))


@pytest.mark.django_db
def test_another_regions_numbers_are_not_counted(region: Region) -> None:
    typed(region, 2025, 40), typed(RegionFactory(), 2025, 30)
    assert region_counts(region, 2025) == dict(zip(FIELDS, (40, 0, 0), strict=True))
