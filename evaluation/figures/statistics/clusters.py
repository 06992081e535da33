"""People are not independent: two adults share a home, twelve share a group."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import optimize, special

from evaluation.figures.statistics.change import TAIL, spread_of
from evaluation.figures.statistics.samples import SAME, Interval, varies

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Values = NDArray[np.float64]
    Groups = NDArray[np.int64]  # small numbers, some of which may be nobody's

POWERS = range(-15, 62, 2)  # of e: how many times as much groups vary as their people, where those do at all
ENOUGH_GROUPS = 10  # for a model of them; fewer tell too little of how groups differ


@dataclass(frozen=True)
class Clustered:
    mean: float
    interval: Interval
    groups: int


def means_of(values: Values, groups: Groups) -> Values:
    """The mean of each group: one value a household, for the sensitivity run."""
    sizes = np.bincount(groups)
    present = sizes > 0
    return np.bincount(groups, weights=values)[present] / sizes[present]


@dataclass(frozen=True)
class Intraclass:
    value: float
    interval: Interval | None  # None where nobody of a group differs


def intraclass(values: Values, groups: Groups) -> Intraclass | None:
    """ICC(1) from one-way analysis of variance, (MSB − MSW)/(MSB + (n₀ − 1)·MSW) with Donner's n₀; interval
    by the F distribution (Shrout & Fleiss 1979), exact where groups are of one size.

    None unless there are two groups, one of them with two people, and some spread.
    """
    counts = np.bincount(groups)
    sizes = counts[counts > 0]
    g, n = len(sizes), len(values)
    if g < 2 or n <= g or not varies(values):
        return None
    means = np.bincount(groups, weights=values) / np.maximum(counts, 1)
    between = float((counts * (means - values.mean()) ** 2).sum()) / (g - 1)
    within = _squares(values - means[groups]) / (n - g)
    typical = (n - float((sizes**2).sum()) / n) / (g - 1)
    whole = between + (typical - 1) * within
    return Intraclass((between - within) / whole, _around(between, within, typical, (g - 1, n - g)))


def _around(between: float, within: float, typical: float, df: tuple[int, int]) -> Interval | None:
    if not within:
        return None
    ratio = between / within
    ends = (ratio / float(special.fdtri(*df, share)) for share in (1 - TAIL, TAIL))
    low, high = ((end - 1) / (end + typical - 1) for end in ends)
    return Interval(low, high)


def cluster_robust(values: Values, groups: Groups) -> Clustered | None:
    """The mean with an interval that lets groups differ: CR1 sandwich, t with G − 1 degrees of freedom
    (Cameron & Miller 2015). None below ten groups.
    """
    g, n = int(np.count_nonzero(np.bincount(groups))), len(values)
    if g < ENOUGH_GROUPS:
        return None
    mean = float(values.mean())
    sums = np.bincount(groups, weights=values - mean)
    variance = float((sums**2).sum()) / n**2 * (g / (g - 1))
    margin = spread_of(g - 1) * math.sqrt(variance)
    return Clustered(mean, Interval(mean - margin, mean + margin), g)


def mixed(values: Values, groups: Groups) -> Clustered | None:
    """The mean from a model with a random level for each group: restricted likelihood, of which only the
    ratio of the two variances must be searched for (Pinheiro & Bates 2000, ch. 2); t with G − 1 degrees
    of freedom, exact where groups are of one size. None below ten groups, or without spread.

    Where nobody of a group differs each group is one value: what the model comes to, whose likelihood then
    has no end.
    """
    _names, places, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    g, n = len(sizes), len(values)
    if g < ENOUGH_GROUPS or not varies(values):
        return None
    means = means_of(values, places)
    within = _squares(values - means[places])

    def fitted(ratio: float) -> tuple[float, float, float]:
        """−2 log likelihood, mean and squared standard error where groups vary ``ratio`` times as much."""
        weights = sizes / (1 + sizes * ratio)
        mean = float((weights * means).sum() / weights.sum())
        squares = within + float((weights * (means - mean) ** 2).sum())
        fit = (n - 1) * math.log(squares) + float(np.log1p(sizes * ratio).sum() + math.log(weights.sum()))
        return fit, mean, squares / (n - 1) / float(weights.sum())

    if within:
        found = _lowest(lambda power: fitted(math.exp(power))[0])
        _fit, mean, variance = min(fitted(0.0), fitted(math.exp(found)))
    else:
        mean, variance = float(means.mean()), float(means.var(ddof=1)) / g
    margin = spread_of(g - 1) * math.sqrt(variance)
    return Clustered(mean, Interval(mean - margin, mean + margin), g)


def _lowest(of: Callable[[float], float]) -> float:
    """Where it is lowest among ``POWERS``: by the step first, so that a narrow valley is not passed by."""
    near = min(POWERS, key=of)
    found = optimize.minimize_scalar(
        of, bounds=(near - 2, near + 2), method="bounded", options={"xatol": 1e-10}
    )
    return float(found.x)


def _squares(apart: Values) -> float:
    """Their sum; nought where nothing is left but rounding."""
    return float((apart**2).sum()) if float(np.abs(apart).max()) > SAME else 0.0
