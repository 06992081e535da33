"""Whoever knows where a participant stands finds a crowd: five adults of four families in every class."""

from __future__ import annotations

from collections import Counter, defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.figures.disclosure import Population
from evaluation.releases.exports.coarsening import NOT_TOLD, Standing, coarsened

few = st.integers(0, 2)  # few enough that classes of all sizes come about
crowd = st.lists(st.tuples(few, few, few, st.integers(1, 2)), min_size=20, max_size=60)
households = crowd | st.lists(st.tuples(few, few, few, st.integers(1, 3)), max_size=12)


def people_of(homes: list[tuple[int, int, int, int]]) -> list[Standing]:
    """Evenings, place, group and adults of each household."""
    return [
        Standing(evenings, place, group, home)
        for home, (evenings, place, group, adults) in enumerate(homes, start=1)
        for _adult in range(adults)
    ]


def population(people: list[Standing], rows: list[int]) -> Population:
    return Population(len(rows), len({people[row].home for row in rows}))


def classes(told: list[Standing]) -> list[list[int]]:
    """The rows of each class: those who look alike, to whoever knows only where somebody stands."""
    sizes = Counter(who for who in told if who.home != NOT_TOLD)
    alike: defaultdict[tuple[int, ...], list[int]] = defaultdict(list)
    for row, who in enumerate(told):
        alike[*who[:-1], sizes[who]].append(row)  # of a home one sees how many it has here
    return list(alike.values())


@given(households)
def test_no_class_is_small(homes: list[tuple[int, int, int, int]]) -> None:
    people = people_of(homes)
    if not population(people, list(range(len(people)))).may_have_mean:
        with pytest.raises(ValueError, match="too few"):
            coarsened(people)
        return
    for rows in classes(coarsened(people)):
        assert population(people, rows).may_have_mean


@given(st.lists(st.tuples(few, few, few, st.integers(1, 20)), min_size=20, max_size=60))
def test_no_class_is_small_when_households_are_parted(rows: list[tuple[int, int, int, int]]) -> None:
    """Adults of one household in several groups and municipalities."""
    people = [Standing(*row) for row in rows]
    if population(people, list(range(len(people)))).may_have_mean:
        assert all(population(people, alike).may_have_mean for alike in classes(coarsened(people)))


@given(households)
def test_nothing_is_told_that_was_not_so(homes: list[tuple[int, int, int, int]]) -> None:
    people = people_of(homes)
    if not population(people, list(range(len(people)))).may_have_mean:
        return
    for told, known in zip(coarsened(people), people, strict=True):
        assert all(one in (NOT_TOLD, other) for one, other in zip(told, known, strict=True))


@given(households, st.randoms())
def test_the_order_of_the_rows_decides_nothing(homes: list[tuple[int, int, int, int]], draw: object) -> None:
    people = people_of(homes)
    if not population(people, list(range(len(people)))).may_have_mean:
        return
    order = list(range(len(people)))
    draw.shuffle(order)  # type: ignore[attr-defined]
    again = coarsened([people[place] for place in order])
    told = coarsened(people)
    assert again == [told[place] for place in order]


@given(households)
def test_what_is_large_enough_all_through_is_told_whole(homes: list[tuple[int, int, int, int]]) -> None:
    people = people_of(homes)
    alike = defaultdict(list)
    for row, who in enumerate(people):
        alike[who[:-1], homes[who.home - 1][3]].append(row)
    if people and all(population(people, rows).may_have_mean for rows in alike.values()):
        assert coarsened(people) == people


def test_a_small_municipality_takes_the_smallest_of_the_others_with_it() -> None:
    """Alone it would be what is left when the others are taken away."""
    people = people_of([(0, 1, 0, 1)] * 4 + [(0, 2, 0, 1)] * 6 + [(0, 3, 0, 1)] * 9)
    assert {told.place for told in coarsened(people)} == {0, 3}


def test_a_group_is_hidden_before_its_municipality() -> None:
    people = people_of([(0, 1, 1, 1)] * 4 + [(0, 1, 2, 1)] * 5 + [(0, 2, 3, 1)] * 5)
    assert {told[1:3] for told in coarsened(people)} == {(1, 0), (2, 3)}


def test_one_couple_among_single_adults_is_not_seen() -> None:
    people = people_of([(0, 1, 1, 2)] + [(0, 1, 1, 1)] * 8)
    assert {told.home for told in coarsened(people)} == {NOT_TOLD}


def test_who_came_seldom_is_found_in_no_group_and_no_municipality() -> None:
    """Everybody in a group knows who was seldom there: those few stand together, in the region alone."""
    people = people_of([(3, 1, 1, 1)] * 9 + [(3, 2, 2, 1)] * 9 + [(1, 1, 1, 1)] * 3 + [(1, 2, 2, 1)] * 3)
    assert {told[:3] for told in coarsened(people)} == {(3, 1, 1), (3, 2, 2), (1, 0, 0)}
