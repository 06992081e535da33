"""No number gives an answer away: not alone, not beside another, not to somebody who knows a household."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.figures.disclosure import (
    HOUSEHOLD,
    SHARE_STEP,
    Population,
    band,
    beside_the_top_coded,
    is_forced_among_any,
    shown_sites,
    told_mean,
    told_shares,
)
from evaluation.figures.evening import TOO_FEW, verdict
from evaluation.figures.scales import are_alike
from evaluation.figures.tables import UNKNOWN
from evaluation.instruments.definition import Choice, Definition, Item, Section, Words

FIVE = tuple(Choice(code, Words(str(code))) for code in range(1, 6))
EVENING = Definition(
    "kveld",
    Words("Kvelden"),
    "Egen.",
    "Egen.",
    "Ingen",
    (Section("s", Words("s")),),
    (Item("a", "agreement", Words("Traff"), "s", choices=FIVE),),
)
sites = st.dictionaries(
    st.sampled_from("ABCDEFGH"),
    st.builds(
        lambda families, couples: Population(families + min(couples, families), families),
        st.integers(0, 14),
        st.integers(0, 14),
    ),
    max_size=8,
)


@pytest.mark.parametrize(("adults", "families"), [(4, 4), (8, 3), (0, 0)])
def test_means_need_five_adults_of_four_families(adults: int, families: int) -> None:
    assert not Population(adults, families).may_have_mean
    assert Population(5, 4).may_have_mean


@pytest.mark.parametrize(("adults", "families"), [(9, 9), (10, 5)])
def test_shares_need_ten_adults_of_six_families(adults: int, families: int) -> None:
    assert not Population(adults, families).may_have_shares
    assert Population(10, 6).may_have_shares


def test_how_many_is_told_in_bands_and_below_five_not_at_all() -> None:
    assert [band(n) for n in (0, 4, 5, 9, 10, 19, 20, 500)] == [
        "",
        "",
        "5–9",
        "5–9",
        "10–19",
        "10–19",
        "20+",
        "20+",
    ]


@given(sites)
def test_the_hidden_sites_of_a_margin_are_never_too_few_to_be_told_of(found: dict[str, Population]) -> None:
    shown = shown_sites(found)
    hidden = [found[site] for site in found if site not in shown and not found[site].is_nobody]
    together = sum(hidden, Population(0, 0))
    assert all(found[site].may_have_mean for site in shown)
    if shown and hidden:
        assert len(hidden) > 1
        assert together.may_have_mean


@given(st.lists(st.integers(1, 5), min_size=5, max_size=9))
@settings(max_examples=150)
def test_whoever_knows_one_or_two_answers_cannot_work_out_another_from_a_mean(answers: list[int]) -> None:
    """The attacker tries every set of answers that fits the told mean and what she knows."""
    counts = {code: answers.count(code) for code in range(1, 6) if code in answers}
    if is_forced_among_any(counts, 1, 5):
        return  # not told
    told, people = told_mean(sum(answers) / len(answers)), len(answers)
    for known in range(HOUSEHOLD + 1):
        for mine in set(itertools.combinations(sorted(answers), known)):
            others = people - known
            possible = {
                each
                for total in range(others, 5 * others + 1)
                if told_mean((total + sum(mine)) / people) == told
                for each in _answers_of(total, others)
            }
            assert len(possible) > 1


def _answers_of(total: int, people: int) -> set[int]:
    """What one of them may have answered when they answered ``total`` together."""
    return {each for each in range(1, 6) if people - 1 <= total - each <= 5 * (people - 1)}


HOMES = np.array([1, 1, 2, 2, 3, 3, 4])


@pytest.mark.parametrize("apart", [[], [0], [2, 3], [6]])
def test_scores_are_alike_when_all_but_one_household_have_the_same(apart: list[int]) -> None:
    """At whichever place of the scale: whoever lives in that household would know all the others'."""
    scores = np.full(7, 3.0)
    scores[apart] = 4.5
    assert are_alike(scores, HOMES)


def test_scores_of_two_households_that_are_apart_are_not_alike() -> None:
    assert not are_alike(np.array([3.0, 4.0, 3.0, 2.0, 3.0, 3.0, 3.0]), HOMES)
    assert are_alike(np.zeros(0), np.zeros(0, dtype=np.int64))


@pytest.mark.parametrize("homes", [[UNKNOWN] * 6, [1, 1] + [UNKNOWN] * 4, [1, 2] + [UNKNOWN] * 4])
@pytest.mark.parametrize(
    "apart", [*itertools.combinations(range(6), 1), *itertools.combinations(range(6), 2)]
)
def test_where_homes_are_not_known_any_two_who_may_live_together_are_one(
    homes: list[int], apart: tuple[int, ...]
) -> None:
    scores = np.full(6, 3.0)
    scores[list(apart)] = [4.5, 2.0][: len(apart)]
    theirs = {homes[place] for place in apart}
    assert are_alike(scores, np.array(homes)) == (len(theirs) == 1 or UNKNOWN in theirs)


def test_three_whose_homes_are_not_known_are_no_home() -> None:
    assert not are_alike(np.array([4.0, 4.0, 4.0, 3.0, 3.0, 3.0]), np.full(6, UNKNOWN))


def test_shares_are_top_coded_where_nearly_all_gave_one_answer() -> None:
    told = told_shares([0, 1, 0, 0, 14])
    assert told
    assert told.mostly == 4
    assert told.percent == ()
    assert told_shares([3, 4, 5, 2, 1]) is not None
    for counts in ([0, 3, 9], [0, 2, 10], [0, 1, 11]):  # two who know their own must not know the others'
        told = told_shares(counts)
        assert told
        assert told.mostly == 2
    told = told_shares([0, 4, 8])
    assert told
    assert told.mostly is None
    assert told_shares([0, 0]) is None


def test_shares_of_an_item_are_told_in_steps_of_five() -> None:
    thirteen, twenty_six = told_shares([3, 4, 3, 2, 1]), told_shares([6, 8, 6, 4, 2])
    twenty = told_shares([5] * 4)
    assert thirteen
    assert thirteen.percent == (25, 30, 25, 15, 10)
    assert thirteen == twenty_six
    assert twenty
    assert twenty.percent == (25, 25, 25, 25)
    for one in range(20):
        told = told_shares([one, 7, 19 - one + 3, 5])
        assert told
        assert all(share % SHARE_STEP == 0 for share in told.percent)


@pytest.mark.parametrize("answers", range(8))
def test_an_evening_says_the_same_of_nobody_and_of_seven(answers: int) -> None:
    assert verdict([(EVENING, {"a": 1 + place % 5}) for place in range(answers)]) == TOO_FEW


def test_an_evening_tells_means_from_eight_and_shares_from_twelve() -> None:
    def of(people: int) -> dict[str, object]:
        found: dict[str, object] = verdict([(EVENING, {"a": 2 + place % 4}) for place in range(people)])[
            "items"
        ][0]
        return found

    assert of(8)["mean"] == 3.5
    assert "percent" not in of(11)
    assert of(12)["percent"] == [0, 25, 25, 25, 25]


@pytest.mark.parametrize(
    ("mostly", "beside"),
    [(set(), None), ({"b"}, "c"), ({"d"}, "a"), ({"b", "c"}, "d"), ({"a", "b", "c", "d"}, None)],
)
def test_an_item_beside_a_top_coded_one_is_not_told(mostly: set[str], beside: str | None) -> None:
    assert beside_the_top_coded("abcd", mostly) == beside


def test_an_evening_tells_no_mean_beside_de_fleste() -> None:
    """Ten of twelve said 4, and two know that they said 1: the mean would give the others' answers away."""
    (item,) = verdict([(EVENING, {"a": 4 if place else 1}) for place in range(12)])["items"]
    assert item["mostly"] == 3
    assert "mean" not in item


def test_an_evening_where_all_were_content_tells_no_mean() -> None:
    (item,) = verdict([(EVENING, {"a": 5}) for _person in range(9)])["items"]
    assert "mean" not in item
