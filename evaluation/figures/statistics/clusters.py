"""People are not independent: two adults share a home, twelve share a group."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

from evaluation.figures.statistics.change import TAIL
from evaluation.figures.statistics.samples import Interval

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Values = NDArray[np.float64]
    Groups = NDArray[np.int64]

ENOUGH_GROUPS = 10  # for a model of them; fewer tell too little of how groups differ


@dataclass(frozen=True)
class Clustered:
    mean: float
    interval: Interval
    groups: int


def means_of(values: Values, groups: Groups) -> Values:
    """The mean of each group, told by small numbers: one value a household, for the sensitivity run."""
    sizes = np.bincount(groups)
    present = sizes > 0
    return np.bincount(groups, weights=values)[present] / sizes[present]


def intraclass(values: Values, groups: Groups) -> float | None:
    """ICC(1) from one-way analysis of variance, (MSB − MSW)/(MSB + (n₀ − 1)·MSW) with Donner's n₀.

    None unless there are two groups, one of them with two people, and some spread.
    """
    _names, places = np.unique(groups, return_inverse=True)
    sizes = np.bincount(places)
    g, n = len(sizes), len(values)
    if g < 2 or n <= g:
        return None
    means = np.bincount(places, weights=values) / sizes
    between = float((sizes * (means - values.mean()) ** 2).sum()) / (g - 1)
    within = float(((values - means[places]) ** 2).sum()) / (n - g)
    typical = (n - float((sizes**2).sum()) / n) / (g - 1)
    whole = between + (typical - 1) * within
    return (between - within) / whole if whole else None


def cluster_robust(values: Values, groups: Groups) -> Clustered | None:
    """The mean with an interval that lets groups differ: CR1 sandwich, t with G − 1 degrees of freedom
    (Cameron & Miller 2015). None below ten groups.
    """
    _names, places = np.unique(groups, return_inverse=True)
    g, n = int(places.max(initial=-1)) + 1, len(values)
    if g < ENOUGH_GROUPS:
        return None
    mean = float(values.mean())
    sums = np.bincount(places, weights=values - mean)
    variance = float((sums**2).sum()) / n**2 * (g / (g - 1)) * ((n - 1) / (n - 1))
    margin = float(stats.t.ppf(1 - TAIL, g - 1)) * math.sqrt(variance)
    return Clustered(mean, Interval(mean - margin, mean + margin), g)


def mixed(values: Values, groups: Groups) -> Clustered | None:
    """The mean from a model with a random level for each group (REML). None below ten groups, or no fit."""
    from statsmodels.regression.mixed_linear_model import MixedLM

    found = len(np.unique(groups))
    if found < ENOUGH_GROUPS or not np.ptp(values):
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a boundary fit is told by the interval, not by a warning
        try:
            fitted = MixedLM(values, np.ones((len(values), 1)), groups=groups).fit(reml=True)
        except (ValueError, np.linalg.LinAlgError):
            return None
    low, high = (float(end) for end in fitted.conf_int(alpha=2 * TAIL)[0])
    return Clustered(float(fitted.fe_params[0]), Interval(low, high), found)
