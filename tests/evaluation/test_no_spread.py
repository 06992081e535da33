"""What does not vary has no variance, though its mean cannot be written exactly: thirds, and twelfths."""

from __future__ import annotations

import numpy as np
import pytest

from evaluation.figures.statistics.change import change, reliable_change, spread_of, welch
from evaluation.figures.statistics.clusters import intraclass, means_of, mixed
from evaluation.figures.statistics.ranks import spearman
from evaluation.figures.statistics.samples import Paired, Sample

STEPS = [1 / 3, 2 / 3, 1 / 12]
MANY = [6, 11, 25, 27, 30, 41]


def near(expected: float, within: float = 1e-6) -> object:
    return pytest.approx(expected, rel=within, abs=within)


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("people", MANY)
def test_equal_values_have_no_variance(step: float, people: int) -> None:
    single, counted = Sample.of(np.full(people, 3 + step)), Sample(np.full(1, 3 + step), np.array([people]))
    apart = Sample(np.full(people, 3 + step), np.ones(people, dtype=np.int64))
    assert [each.variance for each in (single, counted, apart)] == [0, 0, 0]


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("people", MANY)
def test_a_change_that_is_everybodys_has_no_interval(step: float, people: int) -> None:
    before = np.arange(people) % 9 / 3 + 1
    found = change(Paired.of(before, before + step))
    assert found.mean == near(step)
    assert (found.sd, found.effects) == (0, None)


@pytest.mark.parametrize("people", MANY)
def test_what_nobody_differed_in_before_has_no_correlation_nor_reliable_change(people: int) -> None:
    after = np.arange(people) % 9 / 3 + 1
    pairs = Paired.of(np.full(people, 2 / 3), after)
    assert np.isnan(pairs.correlation)
    assert reliable_change(pairs, 0.9) is None
    found = change(pairs)
    assert found.effects
    assert (found.effects.d_av is not None, found.effects.d_pre) == (True, None)


def test_two_phases_that_are_each_alike_are_not_tested() -> None:
    found = welch(Sample.of(np.full(27, 2 / 3)), Sample.of(np.full(25, 1 / 12)))
    assert (found.interval, found.p) == (None, None)


def test_groups_of_which_nobody_differs_have_nothing_in_common() -> None:
    groups = np.repeat(np.arange(12), 3)
    values = np.full(36, 0.1) + 0.2 - np.tile([0.0, 1e-16, 2e-16], 12)
    assert np.ptp(values) > 0
    assert intraclass(values, groups) is None
    assert mixed(values, groups) is None


def test_groups_that_differ_and_whose_people_do_not_are_one_value_each() -> None:
    """All of the variance is between them: no interval by F, and the model's is that of their means."""
    groups = np.repeat(np.arange(12), [3, 7, 5, 3, 9, 3, 6, 3, 3, 5, 3, 3])
    level = np.arange(12)[groups] / 3
    values = level + np.arange(len(groups)) % 3 * 1e-16
    found, fitted = intraclass(values, groups), mixed(values, groups)
    means = means_of(values, groups)
    assert found
    assert (found.value, found.interval) == (1, None)
    assert fitted
    assert fitted.mean == near(float(means.mean()))
    assert fitted.interval.high - fitted.mean == near(spread_of(11) * float(means.std(ddof=1)) / 12**0.5)


@pytest.mark.parametrize("noise", [1, 0.1, 0.01, 1e-3, 1e-4, 1e-6, 1e-8])
def test_a_model_of_groups_is_as_wide_however_little_people_within_them_differ(noise: float) -> None:
    """Of groups of one size the standard error is that of their means, whatever the likelihood finds."""
    draw = np.random.default_rng(7)
    groups = np.repeat(np.arange(12), 8)
    values = 2 * draw.normal(size=12)[groups] + noise * draw.normal(size=96)
    means = means_of(values, groups)
    found = mixed(values, groups)
    assert found
    assert found.interval.high - found.mean == near(spread_of(11) * float(means.std(ddof=1)) / 12**0.5)


@pytest.mark.parametrize("share", [0, 0.02, 0.3, 0.9, 0.9999])
def test_a_model_of_groups_of_any_size_is_the_likeliest_of_all_ratios(share: float) -> None:
    """By trying fifteen hundred ratios one after another, with the likelihood written out in matrices."""
    draw = np.random.default_rng(int(1_000 * share))
    groups = np.repeat(np.arange(13), draw.integers(1, 9, 13))
    values = share**0.5 * draw.normal(size=13)[groups] + (1 - share) ** 0.5 * draw.normal(size=len(groups))
    n, together = len(values), (groups[:, None] == groups).astype(float)

    def fitted(ratio: float) -> tuple[float, float]:
        """Minus two log restricted likelihood, variance profiled out; and the mean's standard error."""
        inverse = np.linalg.inv(np.eye(n) + ratio * together)
        weight = inverse.sum()
        apart = values - (inverse @ values).sum() / weight
        squares = float(apart @ inverse @ apart)
        logdet = np.linalg.slogdet(inverse)[1]
        return (n - 1) * np.log(squares) - logdet + np.log(weight), (squares / (n - 1) / weight) ** 0.5

    _fit, error = min(fitted(ratio) for ratio in (0.0, *np.geomspace(1e-4, 1e6, 1_500)))
    found = mixed(values, groups)
    assert found
    assert (found.interval.high - found.mean) / spread_of(12) == near(error, 1e-3)


def test_ranks_of_what_does_not_vary_correlate_with_nothing() -> None:
    noise = np.full(36, 0.1) + 0.2 - np.tile([0.0, 1e-16, 2e-16], 12)
    assert spearman(noise, np.arange(36.0)) is None
