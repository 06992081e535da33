"""Our statistics are R's, to 1e-9, and 1e-6 where a number is found by iterating.

The expected values are committed: tests/evaluation/expected/statistics.R made them of samples.json with
psych, effectsize and coin (their versions are in statistics.json).
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evaluation.answers.vectors import NOT_ANSWERED
from evaluation.figures.scoring import Rule, complete_items, scores
from evaluation.figures.statistics.change import change, reliable_change, spread_of, welch
from evaluation.figures.statistics.clusters import cluster_robust, intraclass, means_of, mixed
from evaluation.figures.statistics.proportions import ends, share
from evaluation.figures.statistics.ranks import signed_ranks, spearman
from evaluation.figures.statistics.reliability import alpha, omega, spearman_brown
from evaluation.figures.statistics.samples import Paired, Sample
from tests.study_factories import definition, statement

HERE = Path(__file__).parent / "expected"
SAMPLES: dict[str, Any] = json.loads((HERE / "samples.json").read_text(encoding="utf-8"))
EXPECTED: dict[str, Any] = json.loads((HERE / "statistics.json").read_text(encoding="utf-8"))
ITERATED = 1e-6


def near(expected: float, within: float = 1e-9) -> Any:
    return pytest.approx(expected, rel=within, abs=within)


def of(name: str) -> tuple[Paired, dict[str, float]]:
    sample = SAMPLES["paired"][name]
    return Paired.of(np.array(sample["before"]), np.array(sample["after"])), EXPECTED["paired"][name]


@pytest.mark.parametrize("name", SAMPLES["paired"])
def test_change_and_its_interval_are_those_of_t_test(name: str) -> None:
    pairs, expected = of(name)
    found = change(pairs)
    assert found.effects
    assert [found.n, found.mean, found.sd, found.correlation] == near(
        [expected["n"], expected["mean"], expected["sd"], expected["correlation"]]
    )
    told = [found.effects.t, found.effects.p, found.effects.interval.low, found.effects.interval.high]
    assert told == near([expected["t"], expected["p"], expected["low"], expected["high"]])


@pytest.mark.parametrize("name", SAMPLES["paired"])
def test_effect_sizes_are_those_of_effectsize_and_the_noncentral_t(name: str) -> None:
    pairs, expected = of(name)
    effects = change(pairs).effects
    assert effects
    assert effects.d_z == near(expected["d_z"])
    assert effects.g_z == near(expected["g_z"])
    around = [effects.d_z_interval.low, effects.d_z_interval.high]
    assert around == near([expected["d_z_low"], expected["d_z_high"]], ITERATED)


@pytest.mark.parametrize("name", SAMPLES["paired"])
def test_signed_ranks_are_those_of_coin_and_effectsize(name: str) -> None:
    pairs, expected = of(name)
    moved = pairs.differences()
    found = signed_ranks(moved)
    assert found
    n = moved.n - found.zeros
    assert found.w == near(min(expected["w_plus"], n * (n + 1) / 2 - expected["w_plus"]))
    assert found.rank_biserial == near(expected["rank_biserial"])
    assert found.median == near(expected["hodges_lehmann"])
    around = found.rank_biserial_interval
    assert [around.low, around.high] == near(
        [expected["rank_biserial_low"], expected["rank_biserial_high"]], ITERATED
    )
    if found.median_interval:
        middle = [found.median_interval.low, found.median_interval.high]
        assert middle == near([expected["median_low"], expected["median_high"]])
    else:
        assert moved.n < 20


@pytest.mark.parametrize("name", SAMPLES["paired"])
def test_the_p_of_signed_ranks_is_exact_where_it_can_be_and_else_normal(name: str) -> None:
    """Every sign up to thirteen people; no ties up to fifty; else by the normal distribution, with ties."""
    pairs, expected = of(name)
    found = signed_ranks(pairs.differences())
    assert found
    by_every_sign, without_ties = expected["every_sign_p"], expected["no_ties_p"]
    exact = by_every_sign if pairs.n <= 13 else without_ties
    assert (exact is None) is (name in {"ties", "worse", "nothing", "many"})
    assert found.p == near(expected["signed_p"] if exact is None else exact)


@pytest.mark.parametrize("name", SAMPLES["paired"])
def test_change_in_other_units_is_the_mean_over_the_spread_before_or_both_times(name: str) -> None:
    pairs, expected = of(name)
    effects = change(pairs).effects
    assert effects
    assert effects.d_av_interval
    assert [effects.d_av, effects.d_pre] == near([expected["d_av"], expected["d_pre"]])
    around = [effects.d_av_interval.low, effects.d_av_interval.high]
    assert around == near([expected["d_av_low"], expected["d_av_high"]], ITERATED)


@pytest.mark.parametrize("name", SAMPLES["paired"])
def test_reliable_change_is_more_than_jacobson_and_truax_limit(name: str) -> None:
    pairs, expected = of(name)
    found = reliable_change(pairs, 0.8)
    if pairs.n < 20:
        assert found is None
        return
    assert found
    assert found.limit == near(expected["limit"])
    same = pairs.n - expected["better"] - expected["worse"]
    assert (found.better, found.same, found.worse) == (expected["better"], same, expected["worse"])
    assert reliable_change(pairs, 0.69) is None


@pytest.mark.parametrize("name", SAMPLES["paired"])
def test_floor_and_ceiling_are_shares_at_the_ends_with_wilsons_interval(name: str) -> None:
    pairs, expected = of(name)
    found = ends(pairs.first, 2.5, 4)
    for told, end in ((found.lowest, "floor"), (found.highest, "ceiling")):
        assert told.interval
        assert told.count == expected[end]
        assert [told.interval.low, told.interval.high] == near(
            [expected[f"{end}_low"], expected[f"{end}_high"]]
        )
    assert found.has_floor is (expected["floor"] > 0.15 * pairs.n)
    assert found.has_ceiling is (expected["ceiling"] > 0.15 * pairs.n)


def test_scores_with_turned_items_and_missing_answers_are_those_of_psych() -> None:
    rows, expected = SAMPLES["holes"]["some"], EXPECTED["holes"]["some"]
    asked = definition([statement(key) for key in "abcd"])
    asked = replace(asked, scales=(replace(asked.scales[0], reversed=("b", "d"), min_answered=3),))
    answers = np.array([[NOT_ANSWERED if given is None else given for given in row] for row in rows])
    rule = Rule.of(asked, asked.scales[0])
    answers = np.asfortranarray(answers.astype(np.int16))
    codes = rule.codes(answers)
    found = rule.scores_of(codes)
    assert [None if np.isnan(score) else near(score) for score in found] == expected["scores"]
    assert None in expected["scores"]
    assert scores(rule, codes).prorated == expected["prorated"]
    whole = complete_items(rule, answers, np.arange(len(rows)))
    hangs = alpha(whole)
    assert hangs
    assert (len(whole), hangs.value) == (expected["whole"], near(expected["alpha"]))


@pytest.mark.parametrize("name", SAMPLES["scales"])
def test_alpha_and_feldts_interval_are_those_of_psych(name: str) -> None:
    found = alpha(np.array(SAMPLES["scales"][name], dtype=float))
    expected = EXPECTED["scales"][name]
    assert found
    assert found.interval
    assert found.value == near(expected["alpha"])
    assert [found.interval.low, found.interval.high] == near([expected["low"], expected["high"]])


@pytest.mark.parametrize("name", ["three", "twelve", "loose"])
def test_omega_is_that_of_factanal(name: str) -> None:
    found = omega(np.array(SAMPLES["scales"][name], dtype=float), resamples=50)
    assert found
    assert found.interval
    assert found.value == near(EXPECTED["scales"][name]["omega"], ITERATED)
    assert found.interval.low < found.value < found.interval.high


def test_two_items_are_spearman_and_browns() -> None:
    found = spearman_brown(np.array(SAMPLES["scales"]["two"], dtype=float))
    assert found
    assert found.value == near(EXPECTED["scales"]["two"]["two"])


@pytest.mark.parametrize("name", SAMPLES["shares"])
def test_shares_have_wilsons_interval(name: str) -> None:
    found = share(*SAMPLES["shares"][name])
    expected = EXPECTED["shares"][name]
    assert found.interval
    assert [found.interval.low, found.interval.high] == near([expected["low"], expected["high"]])


@pytest.mark.parametrize("name", SAMPLES["independent"])
def test_two_phases_are_compared_as_welch_did(name: str) -> None:
    sample, expected = SAMPLES["independent"][name], EXPECTED["independent"][name]
    found = welch(Sample.of(np.array(sample["first"])), Sample.of(np.array(sample["second"])))
    assert found.interval
    told = [found.mean, found.p, found.interval.low, found.interval.high]
    assert told == near([expected["mean"], expected["p"], expected["low"], expected["high"]])


def test_rank_correlation_is_spearmans_with_ties() -> None:
    sample = SAMPLES["ranks"]["bands"]
    found = spearman(np.array(sample["first"], dtype=float), np.array(sample["second"]))
    assert found
    expected = EXPECTED["ranks"]["bands"]
    told = [found.rho, found.interval.low, found.interval.high]
    assert told == near([expected["rho"], expected["low"], expected["high"]])


@pytest.mark.parametrize("name", SAMPLES["clusters"])
def test_people_of_a_group_resemble_each_other_as_much_as_aov_says(name: str) -> None:
    sample = SAMPLES["clusters"][name]
    found = intraclass(np.array(sample["values"]), np.array(sample["groups"]))
    expected = EXPECTED["clusters"][name]
    assert found
    assert found.interval
    assert [found.value, found.interval.low, found.interval.high] == near(
        [expected["icc"], expected["low"], expected["high"]]
    )
    if name == "apart":  # groups of one size: psych has the same, and two decimals fewer than we want
        assert [found.interval.low, found.interval.high] == near(
            [expected["psych_low"], expected["psych_high"]]
        )


def test_the_robust_interval_is_that_of_statsmodels() -> None:
    from statsmodels.regression.linear_model import OLS

    sample = SAMPLES["clusters"]["apart"]
    values, groups = np.array(sample["values"]), np.array(sample["groups"])
    fitted = OLS(values, np.ones(len(values))).fit(
        cov_type="cluster", cov_kwds={"groups": groups}, use_t=True
    )
    found = cluster_robust(values, groups)
    assert found
    assert [found.interval.low, found.interval.high] == near(fitted.conf_int()[0].tolist())


@pytest.mark.parametrize("name", ["apart", "unequal"])
def test_the_mixed_model_is_that_of_nlme(name: str) -> None:
    sample = SAMPLES["clusters"][name]
    found = mixed(np.array(sample["values"]), np.array(sample["groups"]))
    assert found
    assert found.mean == near(EXPECTED["mixed"][name]["mean"], ITERATED)
    error = (found.interval.high - found.mean) / spread_of(found.groups - 1)
    assert error == near(EXPECTED["mixed"][name]["error"], ITERATED)


def test_groups_of_one_size_that_are_alike_give_the_plain_interval_of_their_means() -> None:
    """The standard error is then that of the groups' means, whatever the likelihood finds."""
    draw = np.random.default_rng(7)
    groups = np.repeat(np.arange(12), 8)
    values = 2 * draw.normal(size=12)[groups] + draw.normal(size=96)
    means = means_of(values, groups)
    found = mixed(values, groups)
    assert found
    assert found.interval.high - found.mean == near(
        spread_of(11) * float(means.std(ddof=1)) / 12**0.5, ITERATED
    )


def test_a_household_counts_once() -> None:
    assert means_of(np.array([1.0, 3.0, 5.0]), np.array([4, 4, 0])).tolist() == [5.0, 2.0]


def test_counted_values_give_the_same_as_single_ones() -> None:
    sample = SAMPLES["paired"]["ties"]
    before, after = np.array(sample["before"]), np.array(sample["after"])
    cells, counts = np.unique(np.column_stack([before, after]), axis=0, return_counts=True)
    counted, single = Paired(cells[:, 0], cells[:, 1], counts), Paired.of(before, after)
    assert change(counted).mean == near(change(single).mean)
    assert signed_ranks(counted.differences()) == signed_ranks(single.differences())


def test_many_people_are_ranked_as_scipy_ranks_them() -> None:
    from scipy import stats

    pairs, _expected = of("many")
    moved = pairs.differences()
    found = signed_ranks(moved)
    expected = stats.wilcoxon(moved.expanded(), zero_method="wilcox", method="approx")
    assert found
    assert [found.w, found.p] == near([expected.statistic, expected.pvalue])


def test_above_a_thousand_pairs_the_interval_still_meets_the_noncentral_t() -> None:
    from scipy import optimize, stats

    from evaluation.figures.statistics.change import noncentral_interval

    t, df = 5.3, 1_001
    expected = optimize.brentq(lambda ncp: stats.nct.cdf(t, df, ncp) - 0.975, 0, 10)
    assert noncentral_interval(t, df).low == pytest.approx(expected, rel=1e-3)
