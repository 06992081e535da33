"""How well the items of a scale hang together: alpha, omega, and two items."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from evaluation.figures.statistics.change import TAIL
from evaluation.figures.statistics.samples import Interval

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Items = NDArray[np.float64]  # people × items, turned, complete

FOR_OMEGA = 50  # people
NOTHING = 1e-12  # of a sum of squares: what is left of rounding
RESAMPLES = 1_000
EXACTLY, ROUGHLY = 20_000, 300  # rounds of EM: for the value, and for each of the resamples
LEAST_UNIQUE = 0.005  # of an item's variance: a model that explains all of an item is no model


@dataclass(frozen=True)
class Reliability:
    value: float
    interval: Interval | None
    n: int


def alpha(items: Items) -> Reliability | None:
    """Cronbach's: k/(k−1)·(1 − Σs²_item/s²_total), listwise; interval by Feldt (1965):
    1 − (1 − α)·F(.975 and .025; n − 1, (n − 1)(k − 1)). None below two items or three people, or no spread.
    """
    n, k = items.shape
    if k < 2 or n < 3:
        return None
    apart = items - items.mean(axis=0)
    total = float((apart.sum(axis=1) ** 2).sum())
    if total < NOTHING:
        return None
    value = k / (k - 1) * (1 - float((apart**2).sum()) / total)
    df = n - 1, (n - 1) * (k - 1)
    low = 1 - (1 - value) * float(special.fdtri(*df, 1 - TAIL))
    high = 1 - (1 - value) * float(special.fdtri(*df, TAIL))
    return Reliability(value, Interval(low, high), n)


def spearman_brown(items: Items) -> Reliability | None:
    """Two items: 2r/(1 + r). None unless there are two that vary."""
    n, k = items.shape
    if k != 2 or n < 3 or not items.var(axis=0).all():
        return None
    r = float(np.corrcoef(items[:, 0], items[:, 1])[0, 1])
    return Reliability(2 * r / (1 + r), None, n) if r > -1 else None


def omega(items: Items, seed: int = 0, resamples: int = RESAMPLES) -> Reliability | None:
    """McDonald's ω = (Σλ)²/((Σλ)² + Σψ) of one factor (maximum likelihood, of the covariances);
    interval: percentiles of a bootstrap. None below 50 people or three items, or without spread.
    """
    n, k = items.shape
    if n < FOR_OMEGA or k < 3 or not items.var(axis=0).all():
        return None
    value = float(_omegas(np.cov(items.T)[np.newaxis], EXACTLY)[0])
    draw = np.random.default_rng(seed)
    patterns, times = np.unique(items, axis=0, return_counts=True)  # far fewer than people
    apart = patterns - items.mean(axis=0)
    drawn = np.stack(
        [np.cov(apart.T, fweights=draw.multinomial(n, times / n)) for _round in range(resamples)]
    )
    spread = drawn[(np.diagonal(drawn, axis1=1, axis2=2) > 0).all(axis=1)]
    found = _omegas(spread, ROUGHLY)
    low, high = (float(np.quantile(found, share)) for share in (TAIL, 1 - TAIL))
    return Reliability(value, Interval(low, high), n)


def _omegas(covariances: NDArray[np.float64], rounds: int) -> NDArray[np.float64]:
    """Of many k × k covariances at once: the one-factor model by EM (Rubin & Thayer 1982)."""
    variances = np.diagonal(covariances, axis1=1, axis2=2)
    vectors = np.linalg.eigh(covariances)[1][:, :, -1]  # the first component, pointing one way
    vectors *= np.sign(vectors.sum(axis=1, keepdims=True) + 1e-300)
    loading = vectors * np.sqrt(variances) * 0.7
    unique = variances * 0.5
    for _round in range(rounds):
        weight = loading / unique
        weight /= 1 + (loading * weight).sum(axis=1, keepdims=True)  # of the items, for the factor's score
        shared = np.einsum("bij,bj->bi", covariances, weight)
        spread = 1 - (weight * loading).sum(axis=1) + (weight * shared).sum(axis=1)
        loading = shared / spread[:, np.newaxis]
        unique = np.maximum(variances - loading * shared, LEAST_UNIQUE * variances)
    common = loading.sum(axis=1) ** 2
    return common / (common + unique.sum(axis=1))
