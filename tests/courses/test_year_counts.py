"""Small numbers of a municipality are hidden, and what is shown around them does not give them away."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import pytest

from courses.models import YearCount
from courses.year_counts import FEW, FIELDS, hide, region_counts, years_of
from tests.factories import MunicipalityFactory, RegionFactory

if TYPE_CHECKING:
    from courses.models import Region

NOBODY: frozenset[int] = frozenset()


def hidden(counts: dict[int, int], own: frozenset[int] = NOBODY) -> set[int]:
    return {place for place, count in hide(counts, own).cells.items() if count is None}


def test_numbers_from_one_to_four_are_hidden_and_nought_and_five_are_not() -> None:
    assert hidden({0: 0, 1: 1, 2: 4, 3: 5, 4: 30}) == {1, 2}


def test_own_number_is_shown() -> None:
    assert hidden({0: 3, 1: 2, 2: 4}, own=frozenset({0})) == {1, 2}


def test_one_alone_takes_a_second_with_it() -> None:
    column = hide({0: 3, 1: 12, 2: 7}, NOBODY)
    assert column.cells == {0: None, 1: 12, 2: None}
    assert column.total == 22


def test_the_sum_goes_where_no_second_can() -> None:
    assert hide({0: 3, 1: 0, 2: 0}, NOBODY).total is None
    assert hide({0: 3, 1: 40}, frozenset({1})).total is None


@pytest.mark.parametrize("count", [1, 4])
def test_two_of_the_least_or_the_greatest_would_say_themselves(count: int) -> None:
    assert hidden({0: count, 1: count, 2: 9}) == {0, 1, 2}


@pytest.mark.parametrize("own", [NOBODY, frozenset({0})])
@pytest.mark.parametrize(("places", "most"), [(2, 12), (3, 10), (4, 8)])
def test_nobody_who_knows_the_rule_can_work_out_a_hidden_number(
    places: int, most: int, own: frozenset[int]
) -> None:
    """Every table there is: those that look alike must differ in each hidden number."""
    alike: dict[object, list[tuple[int, ...]]] = {}
    for counts in product(range(most + 1), repeat=places):
        column = hide(dict(enumerate(counts)), own)
        look = (tuple(column.cells.items()), column.total)
        alike.setdefault(look, []).append(counts)
    looked = 0
    for (cells, total), tables in alike.items():  # type: ignore[misc]
        if total is not None and total > most:
            continue  # its look-alikes may lie beyond the tables tried
        for place, count in cells:
            looked += count is None
            assert count is not None or len({table[place] for table in tables}) > 1
    assert looked > 10


def test_shown_numbers_are_true() -> None:
    for counts in product(range(8), repeat=3):
        column = hide(dict(enumerate(counts)), NOBODY)
        assert all(count in (None, counts[place]) for place, count in column.cells.items())
        assert column.total in (None, sum(counts))
        assert not [count for count in column.cells.values() if count in FEW]


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
        municipality=late, year=2025, foster_homes=3, new_foster_homes=0, unplanned_moves=0
    )
    (year,) = years_of(region, NOBODY)
    assert year.columns["foster_homes"].total == 73
    assert year.columns["foster_homes"].cells[late.pk] is None
    assert region_counts(region, 2025) == dict(zip(FIELDS, (73, 0, 0), strict=True))


@pytest.mark.django_db
def test_another_regions_numbers_are_not_counted(region: Region) -> None:
    typed(region, 2025, 40), typed(RegionFactory(), 2025, 30)
    assert region_counts(region, 2025) == dict(zip(FIELDS, (40, 0, 0), strict=True))
