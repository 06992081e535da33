"""Our intervals hold the truth as often as they promise, and what is printed of them was measured.

A small version of ``make coverage``: the first of the same studies, so that what comes out is the same each
time. The bounds are three standard errors from what must be.
"""

from __future__ import annotations

import json
import math

import pytest

from tests.benchmarks.coverage import OUT, Tried, _nynorsk, measured, on_families, own_models

TRIED = {each.name: each for each in (*own_models(), *on_families())}
KEPT = json.loads(OUT.read_text(encoding="utf-8"))
STUDIES = 300
EXACT = [name for name, each in TRIED.items() if each.exact]


@pytest.mark.parametrize("name", EXACT)
def test_an_interval_holds_under_the_model_it_is_made_for(name: str) -> None:
    assert 90 <= measured(TRIED[name], STUDIES)["coverage"] <= 99.5


@pytest.mark.parametrize("name", [name for name, each in TRIED.items() if not each.exact and not each.slow])
def test_every_other_interval_covers_as_is_printed(name: str) -> None:
    found, kept = measured(TRIED[name], 400), KEPT[name]
    assert abs(found["coverage"] - kept["coverage"]) <= 3 * math.hypot(found["error"], kept["error"]) < 6


def test_what_is_printed_is_of_two_thousand_studies_of_each() -> None:
    assert set(KEPT) == set(TRIED)
    for name, row in KEPT.items():
        assert row["studies"] + row["none"] >= (200 if TRIED[name].slow else 2_000)


def test_names_are_in_nynorsk_where_nynorsk_is_read() -> None:
    assert [row["name_nn"] for row in KEPT.values()] == [_nynorsk(name) for name in KEPT]
    assert not [row["name_nn"] for row in KEPT.values() if {"hvert", "gang"} & set(row["name_nn"].split())]


@pytest.mark.parametrize("name", EXACT)
def test_the_exact_ones_are_within_one_and_a_half_of_95(name: str) -> None:
    assert abs(KEPT[name]["coverage"] - 95) <= 1.5


def test_an_interval_that_is_too_narrow_is_found_out() -> None:
    """The test of the test: half of each interval."""
    from evaluation.figures.statistics.samples import Interval

    whole = TRIED["d_z"].study

    def half(draw):  # type: ignore[no-untyped-def]
        interval, truth = whole(draw)
        assert interval
        middle, reach = (interval.low + interval.high) / 2, (interval.high - interval.low) / 4
        return Interval(middle - reach, middle + reach), truth

    assert measured(Tried("d_z", "", 30, half), STUDIES)["coverage"] < 85
