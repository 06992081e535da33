"""What needs no interval scale: Wilcoxon's signed ranks, Hodges and Lehmann's median, Spearman."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy import special, stats

from evaluation.figures.statistics.change import FEWEST, FOR_RELIABLE, RELIABLE, TAIL
from evaluation.figures.statistics.samples import Interval, Sample, varies

if TYPE_CHECKING:
    from numpy.typing import NDArray

ZEROS = "wilcox"  # pairs without change are dropped before ranking; printed in the method appendix
FOR_MEDIAN = 20  # people: of fewer an end of the interval would be what one or two of them moved
PERMUTED = 13  # pairs up to whom ties and zeros are met by trying every sign, as scipy does in seconds
NEAR = 1e-9
EXACT = 50  # people up to whom scipy's own choice between exact, permuted and normal is used


@dataclass(frozen=True)
class SignedRanks:
    """W is the smaller rank sum; ``rank_biserial`` is (W⁺ − W⁻)/(W⁺ + W⁻) (Kerby 2014)."""

    w: float
    p: float
    rank_biserial: float
    median: float  # Hodges–Lehmann
    zeros: int
    rank_biserial_interval: Interval
    median_interval: Interval | None  # None below twenty pairs


def signed_ranks(moved: Sample) -> SignedRanks | None:
    """Wilcoxon's test of differences already rounded. None below six pairs, or when nothing has moved."""
    moved = moved.merged
    nonzero = moved.values != 0
    zeros = moved.n - int(moved.counts[nonzero].sum())
    if moved.n < FEWEST or zeros == moved.n:
        return None
    plus, minus, ties = _rank_sums(moved.values[nonzero], moved.counts[nonzero])
    n = moved.n - zeros
    if moved.n <= PERMUTED:
        p = _by_all_signs(moved.values[nonzero], moved.counts[nonzero], plus)
    elif n <= EXACT:
        p = float(stats.wilcoxon(moved.expanded(), zero_method=ZEROS, method="auto").pvalue)
    else:
        spread = math.sqrt(n * (n + 1) * (2 * n + 1) / 24 - ties / 48)
        p = float(2 * special.ndtr(-abs(plus - n * (n + 1) / 4) / spread)) if spread else 1.0
    biserial = (plus - minus) / (plus + minus)
    median, interval = hodges_lehmann(moved)
    return SignedRanks(
        min(plus, minus),
        p,
        biserial,
        median,
        zeros,
        rank_biserial_interval(biserial, Sample(moved.values[nonzero], moved.counts[nonzero])),
        interval,
    )


def rank_biserial_interval(found: float, moved: Sample) -> Interval:
    """``found`` ± 1.96 standard errors on Fisher's z scale. ``moved`` has no zeros, each value once.

    The error is that of a mean over all pairs of people, of the sign of what two moved together (Hoeffding
    1948). The more usual one, of ranks when nothing has moved, covered 91 % of normal changes, and this 95 %.
    """
    values, counts = moved.values, moved.counts.astype(np.float64)
    if abs(found) >= 1 or moved.n < 2:
        return Interval(found, found)
    signs = np.sign(values[:, np.newaxis] + values) @ counts - np.sign(values)  # with all others
    error = 2 * Sample(signs / (moved.n - 1), moved.counts).sd / math.sqrt(moved.n)
    reach = RELIABLE * error / (1 - found * found)
    return Interval(math.tanh(math.atanh(found) - reach), math.tanh(math.atanh(found) + reach))


def _by_all_signs(values: NDArray[np.float64], counts: NDArray[np.int64], plus: float) -> float:
    """Two-sided: how often the positive ranks sum to as much, when both signs are as likely."""
    ranks = stats.rankdata(np.abs(np.repeat(values, counts)))
    sums = (np.arange(2 ** len(ranks))[:, None] >> np.arange(len(ranks)) & 1) @ ranks
    return min(1.0, 2 * min(float((sums <= plus + NEAR).mean()), float((sums >= plus - NEAR).mean())))


def _rank_sums(values: NDArray[np.float64], counts: NDArray[np.int64]) -> tuple[float, float, float]:
    """W⁺, W⁻ and Σ(t³ − t) over the ties, from counted differences."""
    sizes, places = np.unique(np.abs(values), return_inverse=True)
    tied = np.bincount(places, weights=counts, minlength=len(sizes))
    rank = np.cumsum(tied) - (tied - 1) / 2  # the middle rank of each size
    held = rank[places] * counts
    return float(held[values > 0].sum()), float(held[values < 0].sum()), float((tied**3 - tied).sum())


def hodges_lehmann(moved: Sample) -> tuple[float, Interval | None]:
    """The median of all Walsh averages (x_i + x_j)/2, i ≤ j, zeros among them (Hodges & Lehmann 1963), and
    the averages that stand as far from its ends as chance moves the signed ranks (Bauer 1972).

    As long as the square of how many different differences there are: few, of answers in steps.
    """
    values, counts = moved.values, moved.counts.astype(np.float64)
    i, j = np.triu_indices(len(values))
    averages = (values[i] + values[j]) / 2
    weights = np.where(i == j, counts[i] * (counts[i] + 1) / 2, counts[i] * counts[j])
    order = np.argsort(averages, kind="stable")
    averages, reached = averages[order], np.cumsum(weights[order])

    def at(place: float, side: Literal["left", "right"] = "left") -> float:
        return float(averages[np.searchsorted(reached, place, side=side)])

    median = (at(reached[-1] / 2) + at(reached[-1] / 2, "right")) / 2
    if moved.n < FOR_MEDIAN:
        return median, None
    out = _ranks_by_chance(moved.n)
    return median, Interval(at(out), at(reached[-1] + 1 - out))


def _ranks_by_chance(n: int) -> int:
    """The 2.5th percentile of the sum of positive ranks among ``n`` when nothing has moved."""
    if n > EXACT:
        return math.ceil(n * (n + 1) / 4 - RELIABLE * math.sqrt(n * (n + 1) * (2 * n + 1) / 24))
    ways = np.ones(1)
    for rank in range(1, n + 1):  # each rank is positive or not
        ways = np.convolve(ways, [1.0, *[0.0] * (rank - 1), 1.0])
    return int(np.searchsorted(ways.cumsum() / 2.0**n, TAIL))


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
    if n < FOR_RELIABLE or not (varies(first) and varies(second)):
        return None
    rho = float(stats.spearmanr(first, second).statistic)
    if abs(rho) >= 1:
        return Correlation(rho, Interval(rho, rho), n)
    z, error = math.atanh(rho), math.sqrt((1 + rho * rho / 2) / (n - 3))
    return Correlation(rho, Interval(math.tanh(z - RELIABLE * error), math.tanh(z + RELIABLE * error)), n)
