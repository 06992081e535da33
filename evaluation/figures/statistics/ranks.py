"""What needs no interval scale: Wilcoxon's signed ranks, Hodges and Lehmann's median, Spearman."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

from evaluation.figures.statistics.change import FEWEST, RELIABLE
from evaluation.figures.statistics.samples import Interval

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from evaluation.figures.statistics.samples import Sample

ZEROS = "wilcox"  # pairs without change are dropped before ranking; printed in the method appendix
EXACT = 50  # people up to whom scipy's own choice between exact, permuted and normal is used


@dataclass(frozen=True)
class SignedRanks:
    """W is the smaller rank sum; ``rank_biserial`` is (W⁺ − W⁻)/(W⁺ + W⁻) (Kerby 2014)."""

    w: float
    p: float
    rank_biserial: float
    median: float  # Hodges–Lehmann
    zeros: int


def signed_ranks(moved: Sample) -> SignedRanks | None:
    """Wilcoxon's test of differences already rounded. None below six pairs, or when nothing has moved."""
    nonzero = moved.values != 0
    zeros = moved.n - int(moved.counts[nonzero].sum())
    if moved.n < FEWEST or zeros == moved.n:
        return None
    plus, minus, ties = _rank_sums(moved.values[nonzero], moved.counts[nonzero])
    n = moved.n - zeros
    if n <= EXACT:
        p = float(stats.wilcoxon(moved.expanded(), zero_method=ZEROS, method="auto").pvalue)
    else:
        spread = math.sqrt(n * (n + 1) * (2 * n + 1) / 24 - ties / 48)
        p = float(2 * stats.norm.sf(abs(plus - n * (n + 1) / 4) / spread)) if spread else 1.0
    biserial = (plus - minus) / (plus + minus)
    return SignedRanks(min(plus, minus), p, biserial, hodges_lehmann(moved), zeros)


def _rank_sums(values: NDArray[np.float64], counts: NDArray[np.int64]) -> tuple[float, float, float]:
    """W⁺, W⁻ and Σ(t³ − t) over the ties, from counted differences."""
    sizes, places = np.unique(np.abs(values), return_inverse=True)
    tied = np.bincount(places, weights=counts, minlength=len(sizes))
    rank = np.cumsum(tied) - (tied - 1) / 2  # the middle rank of each size
    held = rank[places] * counts
    return float(held[values > 0].sum()), float(held[values < 0].sum()), float((tied**3 - tied).sum())


def hodges_lehmann(moved: Sample) -> float:
    """The median of all Walsh averages (x_i + x_j)/2, i ≤ j, zeros among them (Hodges & Lehmann 1963)."""
    values, counts = moved.values, moved.counts.astype(np.float64)
    i, j = np.triu_indices(len(values))
    averages = (values[i] + values[j]) / 2
    weights = np.where(i == j, counts[i] * (counts[i] + 1) / 2, counts[i] * counts[j])
    order = np.argsort(averages, kind="stable")
    averages, reached = averages[order], np.cumsum(weights[order])
    half = reached[-1] / 2
    lower = averages[np.searchsorted(reached, half, side="left")]
    upper = averages[np.searchsorted(reached, half, side="right")]
    return float((lower + upper) / 2)


@dataclass(frozen=True)
class Correlation:
    rho: float
    interval: Interval
    n: int


def spearman(first: NDArray[np.float64], second: NDArray[np.float64]) -> Correlation | None:
    """Rank correlation; interval by Fisher's z with SE √((1 + ρ²/2)/(n − 3)) (Bonett & Wright 2000).

    None below 20 people, or where either does not vary.
    """
    n = len(first)
    if n < 20 or np.ptp(first) == 0 or np.ptp(second) == 0:
        return None
    rho = float(stats.spearmanr(first, second).statistic)
    if abs(rho) >= 1:
        return Correlation(rho, Interval(rho, rho), n)
    z, error = math.atanh(rho), math.sqrt((1 + rho * rho / 2) / (n - 3))
    return Correlation(rho, Interval(math.tanh(z - RELIABLE * error), math.tanh(z + RELIABLE * error)), n)
