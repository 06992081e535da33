"""A scale of plain numbers has thousands of scores and changes: all is exact, in bounded memory."""

from __future__ import annotations

import json
import math
import tracemalloc
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.answers.vectors import NOT_ANSWERED
from evaluation.figures.scales import Scored
from evaluation.figures.scoring import Rule, joint, scores, slots
from evaluation.figures.statistics import ranks
from evaluation.figures.statistics.change import RELIABLE, change, noncentral_interval
from evaluation.figures.statistics.ranks import hodges_lehmann, rank_biserial_interval, signed_ranks
from evaluation.figures.statistics.samples import Paired, Sample
from evaluation.instruments.definition import LARGEST, Item, Scale, Words
from evaluation.releases import words
from evaluation.releases.reports import steering_report, technical_report
from tests.evaluation.people_rows import let_out
from tests.study_factories import definition

if TYPE_CHECKING:
    from django.test import Client

    from courses.models import User
    from evaluation.instruments.definition import Definition
    from tests.people import LogIn

BOUND = 200_000_000  # bytes


def of_numbers(items: int = 1) -> Definition:
    keys = tuple(f"kr{nth}" for nth in range(items))
    asked = [Item(key, "number", Words("Kr", "Kr"), "del", low=-LARGEST, high=LARGEST) for key in keys]
    return definition(asked, scales=(Scale("kr", Words("Kr", "Kr"), keys, -LARGEST, LARGEST, 1),))


def peak(work: object) -> int:
    """Bytes that ``work`` had at once."""
    assert callable(work)
    tracemalloc.start()
    work()
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most


# --- scores
@pytest.mark.parametrize("items", [1, 40])
def test_scores_and_pairs_take_room_by_the_people_and_not_by_the_possible_scores(items: int) -> None:
    draw, asked = np.random.default_rng(3), of_numbers(items)
    rule, scale = Rule.of(asked, asked.scales[0]), asked.scales[0]
    before, after = (
        slots([draw.integers(-LARGEST, LARGEST, (50, items)).astype("<i2")], items) for _ in "ab"
    )
    before[0, :] = NOT_ANSWERED

    def work() -> None:
        codes = rule.codes(before), rule.codes(after)
        found = joint(rule, *codes)
        assert found.n == 49
        assert sorted(found.after) == pytest.approx(sorted(after[1:].mean(axis=1)))
        assert scores(rule, codes[0]).sample.n == 49
        worth = rule.worth(codes[0])
        assert math.isnan(worth[0])
        assert worth[1:] == pytest.approx(before[1:].mean(axis=1))

    assert peak(work) < BOUND
    assert scale.key == "kr"


def test_a_scored_wave_of_numbers_is_bounded_too() -> None:
    from evaluation.figures.tables import Answered

    asked, nobody = of_numbers(40), np.zeros(0, dtype=np.uint64)
    people = np.arange(6)
    found = Answered(slots([np.ones((6, 40), dtype="<i2")], 40), nobody, people, people * 0, people * 0, ())
    assert peak(lambda: Scored.of(asked, asked.scales[0], found)) < BOUND


# --- effects
@pytest.mark.parametrize("df", [5, 7, 20, 100, 900])
@pytest.mark.parametrize("sign", [1, -1])
def test_where_nearly_all_moved_alike_the_interval_goes_on_as_before(df: int, sign: int) -> None:
    """On both sides of where the noncentral t gives way to its limit, in units of t."""
    low, high = (noncentral_interval(sign * t, df).times(1 / t) for t in (4_999.0, 5_001.0))
    assert (low.low, low.high) == pytest.approx((high.low, high.high), rel=1e-5)
    far = noncentral_interval(sign * 1e9, df).times(1e-9)
    assert (far.low, far.high) == pytest.approx((high.low, high.high), rel=1e-5)


def test_a_great_change_that_nearly_all_share_has_its_numbers() -> None:
    before = np.zeros(8)
    after = np.array([9_999.0] * 6 + [9_998.0, 10_000.0])
    effects = change(Paired.of(before, after)).effects
    assert effects
    assert effects.d_z_interval.low < effects.d_z < effects.d_z_interval.high
    assert all(map(math.isfinite, (effects.d_z_interval.low, effects.d_z_interval.high, effects.p)))


# --- ranks
def all_averages(values: np.ndarray, counts: np.ndarray) -> np.ndarray:
    people = np.repeat(values, counts)
    first, second = np.triu_indices(len(people))
    return np.sort((people[first] + people[second]) / 2)


steps = st.integers(-30, 30).map(lambda n: n / 3) | st.floats(-1e4, 1e4).map(lambda x: round(x, 12) + 0.0)
changes = st.dictionaries(steps, st.integers(1, 4), min_size=1, max_size=25)


@given(changes, st.data())
def test_the_middle_of_very_many_averages_is_the_one_among_all_of_them(
    moved: dict[float, int], data: st.DataObject
) -> None:
    values = np.array(sorted(moved))
    counts = np.array([moved[value] for value in values])
    everything = all_averages(values, counts)
    place = data.draw(st.integers(1, len(everything)))
    assert ranks.walsh_average(values, counts, place) == everything[place - 1]


@given(changes)
def test_by_either_way_the_same_median_and_interval(moved: dict[float, int]) -> None:
    sample = Sample(np.array(sorted(moved)), np.array([moved[value] for value in sorted(moved)]))
    with pytest.MonkeyPatch.context() as patch:
        one = hodges_lehmann(sample)
        patch.setattr(ranks, "FEW_DIFFERENT", 0)
        assert hodges_lehmann(sample) == one


@given(changes)
def test_the_error_of_rank_biserial_is_that_of_all_pairs_of_people(moved: dict[float, int]) -> None:
    """As it is defined: of each person, the mean sign of what she and each other moved together."""
    sample = Sample(np.array(sorted(moved)), np.array([moved[value] for value in sorted(moved)]))
    if sample.n < 2:
        return
    people = sample.expanded()
    together = np.sign(people[:, np.newaxis] + people)
    each = (together.sum(axis=1) - np.sign(people)) / (len(people) - 1)
    reach = RELIABLE * 2 * each.std(ddof=1) / math.sqrt(len(people)) / (1 - 0.25)
    found = rank_biserial_interval(0.5, sample)
    assert found.low == pytest.approx(math.tanh(math.atanh(0.5) - reach), abs=1e-12)


def test_twenty_thousand_different_changes_are_ranked_in_bounded_memory() -> None:
    moved = Sample.of(np.round(np.random.default_rng(5).normal(200, 4_000, 20_000), 6))
    assert peak(lambda: signed_ranks(moved)) < BOUND
    found = signed_ranks(moved)
    assert found
    assert found.median_interval
    assert found.median_interval.low < found.median < found.median_interval.high


# --- a release
@pytest.mark.django_db(databases=["default", "answers"])
@pytest.mark.parametrize("shape", ["all over", "nearly alike"])
def test_a_release_of_such_a_scale_comes_out_everywhere(
    logged_in: LogIn, project_leader: User, shape: str
) -> None:
    draw = np.random.default_rng(4)
    first = draw.integers(0, 9_000, 20)
    second = (
        draw.integers(0, LARGEST, 20) if shape == "all over" else first + 9_999 + np.eye(20, dtype=int)[3]
    )
    second[0] -= shape != "all over"
    item = Item("kr", "number", Words("Kroner", "Kroner"), "del", low=0, high=LARGEST)
    scale = Scale("kr", Words("Kroner", "Kroner"), ("kr",), 0, LARGEST, 1)
    made = let_out([item], (scale,), {"T0": first[:, None], "T1": second[:, None]})
    assert made.technical["scales"][0]["why"] == ""
    told = json.dumps([made.snapshot, made.technical])
    assert "NaN" not in told
    assert "Infinity" not in told
    client: Client = logged_in(project_leader)
    own_page = f"skalaer/{words.slug(made.snapshot['scales'][0])}/"
    for page in ("", "skalaer/", own_page, "metode/"):
        assert client.get(f"/resultater/{made.pk}/{page}").status_code == 200
    for written in (steering_report, technical_report):
        assert written(made, "nb")[:2] == b"PK"
