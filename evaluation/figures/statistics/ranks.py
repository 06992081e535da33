"""What needs no interval scale: Wilcoxon's signed ranks, Hodges and Lehmann's median, Spearman."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special, stats

from evaluation.figures.statistics.change import FEWEST, FOR_RELIABLE, RELIABLE, TAIL
from evaluation.figures.statistics.samples import Interval, Sample, varies

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

ZEROS = "wilcox"  # pairs without change are dropped before ranking; printed in the method appendix
FOR_MEDIAN = 20  # people: of fewer an end of the interval would be what one or two of them moved
PERMUTED = 13  # pairs up to whom ties and zeros are met by trying every sign, as scipy does in seconds
NEAR = 1e-9
FEW_DIFFERENT = 1_000  # differences of which all averages are written out
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
    reached = np.concatenate([[0.0], np.cumsum(counts)])  # of those who moved less than each value, and all
    upwards = moved.n - reached[np.searchsorted(values, -values, side="right")]
    downwards = reached[np.searchsorted(values, -values, side="left")]
    signs = upwards - downwards - np.sign(values)  # with all others
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

    Of few different differences, as answers in steps have, all averages are written out; of more they are
    looked for (``walsh_average``).
    """
    values, counts = moved.values, moved.counts.astype(np.int64)
    everybody = moved.n * (moved.n + 1) // 2
    at = (
        _written_out(values, counts)
        if len(values) <= FEW_DIFFERENT
        else lambda place: walsh_average(values, counts, place)
    )
    median = (at((everybody + 1) // 2) + at(everybody // 2 + 1)) / 2
    if moved.n < FOR_MEDIAN:
        return median, None
    out = _ranks_by_chance(moved.n)
    return median, Interval(at(out), at(everybody + 1 - out))


def _written_out(values: NDArray[np.float64], counts: NDArray[np.int64]) -> Callable[[int], float]:
    """Gives the average at a place, from 1. Takes room by the square of how many values there are."""
    i, j = np.triu_indices(len(values))
    averages = (values[i] + values[j]) / 2
    weights = np.where(i == j, counts[i] * (counts[i] + 1) // 2, counts[i] * counts[j])
    order = np.argsort(averages, kind="stable")
    averages, reached = averages[order], np.cumsum(weights[order])
    return lambda place: float(averages[np.searchsorted(reached, place)])


def walsh_average(values: NDArray[np.float64], counts: NDArray[np.int64], place: int) -> float:
    """The one at ``place``, from 1, of the averages of all pairs of people and of each with herself.

    ``values`` rise. Exact, in room by how many values there are: the span in which it lies is halved, and its
    ends moved to the averages next inside. Some sixty rounds at most, each as long as sorting the values.
    """
    reached = np.concatenate([[0], np.cumsum(counts)])
    low, high = float(values[0]), float(values[-1])
    while low < high:
        middle = (low + high) / 2 if (low + high) / 2 < high else low
        ends = _up_to(values, middle)
        alone = reached[np.searchsorted(values, middle, side="right")]
        if (counts @ reached[ends] + alone) // 2 >= place:
            some = np.flatnonzero(ends)
            high = float(((values[some] + values[ends[some] - 1]) / 2).max())
        else:
            others = np.flatnonzero(ends < len(values))
            low = float(((values[others] + values[ends[others]]) / 2).min())
    return low


def _up_to(values: NDArray[np.float64], most: float) -> NDArray[np.int64]:
    """With how many of ``values``, the lowest first, each has an average of at most ``most``."""
    ends = np.searchsorted(values, 2 * most - values, side="right")
    padded = np.concatenate([[-np.inf], values, [np.inf]])
    while True:  # once or twice: the subtraction was rounded, and the average is what counts
        too_many = (values + padded[ends]) / 2 > most
        too_few = (values + padded[ends + 1]) / 2 <= most
        if not (too_many | too_few).any():
            return ends
        ends = ends - too_many + too_few


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
