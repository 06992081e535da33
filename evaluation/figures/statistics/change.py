"""Change from before to after: mean, effect sizes and reliable change, with intervals of 95 %."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scipy import optimize, special

from evaluation.figures.statistics.samples import Interval

if TYPE_CHECKING:
    from evaluation.figures.statistics.samples import Paired, Sample, Summary

LEVEL = 0.95
TAIL = (1 - LEVEL) / 2
FEWEST = 6  # pairs, for an interval or a test (programme §2.3)
FOR_RELIABLE = 20  # people, for reliable change, and for a correlation of ranks
FAR = 5_000  # t from which the doubt of the mean is as nothing beside that of the spread
MANY = 1_000  # degrees of freedom from which the noncentral t is as good as normal
RELIABLE = float(special.ndtri(1 - TAIL))  # 1.96


@dataclass(frozen=True)
class Effects:
    """What needs six pairs and some spread. ``g_z`` is d_z with Hedges' correction; d_av and d_pre are None
    where nobody differed before.
    """

    interval: Interval  # of the mean change
    t: float
    p: float
    d_z: float
    d_z_interval: Interval
    g_z: float
    g_z_interval: Interval
    d_av: float | None
    d_av_interval: Interval | None
    d_pre: float | None


@dataclass(frozen=True)
class Change:
    """Mean change, in the scale's unit; ``effects`` is None below six pairs or when all moved alike."""

    n: int
    mean_before: float
    mean_after: float
    sd_before: float
    sd_after: float
    correlation: float
    mean: float
    sd: float
    effects: Effects | None


def change(pairs: Paired, sign: int = 1) -> Change:
    """Paired change. M ± t(.975, n−1)·SD/√n; d_z = M/SD, interval from the noncentral t;
    g_z = J·d_z; d_av = M/((SD_before + SD_after)/2) and d_pre = M/SD_before (Lakens 2013). The interval of
    d_av is that of d_z in its unit, the spreads taken as known: how often it covers is measured
    (``make coverage``). ``sign`` −1 turns it so that plus is better.
    """
    moved, first, second = pairs.differences(sign), pairs.first, pairs.second
    enough = pairs.n >= FEWEST and moved.variance > 0
    return Change(
        n=pairs.n,
        mean_before=first.mean,
        mean_after=second.mean,
        sd_before=first.sd,
        sd_after=second.sd,
        correlation=pairs.correlation,
        mean=moved.mean,
        sd=moved.sd,
        effects=_effects(pairs, moved) if enough else None,
    )


def _effects(pairs: Paired, moved: Sample) -> Effects:
    n, df = pairs.n, pairs.n - 1
    error = moved.sd / math.sqrt(n)
    t = moved.mean / error
    margin = spread_of(df) * error
    d_z, d_z_interval = t / math.sqrt(n), noncentral_interval(t, df).times(1 / math.sqrt(n))
    correction = hedges(df)
    average = (pairs.first.sd + pairs.second.sd) / 2
    to_average = moved.sd / average if average else None
    return Effects(
        interval=Interval(moved.mean - margin, moved.mean + margin),
        t=t,
        p=float(2 * special.stdtr(df, -abs(t))),
        d_z=d_z,
        d_z_interval=d_z_interval,
        g_z=correction * d_z,
        g_z_interval=d_z_interval.times(correction),
        d_av=d_z * to_average if to_average else None,
        d_av_interval=d_z_interval.times(to_average) if to_average else None,
        d_pre=moved.mean / pairs.first.sd if pairs.first.sd else None,
    )


def spread_of(df: float) -> float:
    """How many standard errors an interval by Student's t reaches to each side."""
    return float(special.stdtrit(df, 1 - TAIL))  # scipy.stats would ask a hundred times as long


def noncentral_interval(t: float, df: int) -> Interval:
    """The noncentralities of which t is the 97.5th and the 2.5th percentile (Cumming & Finch 2001).

    From a thousand degrees of freedom t ± 1.96·√(1 + t²/2df), which is the same to four figures. From a t of
    5 000, where nearly all moved alike, t·√(χ²/df) of the percentiles of χ²: the same to five figures, and
    no library has the noncentral t of much greater ones.
    """
    spread = math.sqrt(1 + t * t / (2 * df))
    low, high = t - RELIABLE * spread, t + RELIABLE * spread
    if df > MANY:
        return Interval(low, high)
    if abs(t) > FAR:
        at_ends = (math.sqrt(special.chdtri(df, share) / df) for share in (1 - TAIL, TAIL))
        return Interval(*sorted(t * each for each in at_ends))

    def found(share: float, near: float) -> float:
        def miss(ncp: float) -> float:
            return float(special.nctdtr(df, ncp, t)) - share

        reach = spread
        while miss(near - reach) < 0 or miss(near + reach) > 0:  # the share falls as the noncentrality grows
            reach *= 2
        return float(optimize.brentq(miss, near - reach, near + reach, xtol=1e-12, rtol=1e-13))

    return Interval(found(1 - TAIL, low), found(TAIL, high))


def hedges(df: int) -> float:
    """J = Γ(m/2) / (√(m/2)·Γ((m−1)/2)) (Hedges 1981)."""
    return float(math.exp(special.gammaln(df / 2) - special.gammaln((df - 1) / 2)) / math.sqrt(df / 2))


@dataclass(frozen=True)
class Reliable:
    """How many changed by more than the scale's own unrest."""

    limit: float
    better: int
    same: int
    worse: int


def reliable_change(pairs: Paired, reliability: float, sign: int = 1) -> Reliable | None:
    """Jacobson & Truax (1991): more than 1.96·SD_before·√2·√(1−r). None below .70, or for fewer than 20."""
    if pairs.n < FOR_RELIABLE or math.isnan(reliability) or reliability < 0.70 or not pairs.first.variance:
        return None
    limit = RELIABLE * pairs.first.sd * math.sqrt(2) * math.sqrt(max(0.0, 1 - reliability))
    moved = pairs.differences(sign)
    better = int(moved.counts[moved.values > limit].sum())
    worse = int(moved.counts[moved.values < -limit].sum())
    return Reliable(limit, better, pairs.n - better - worse, worse)


@dataclass(frozen=True)
class Difference:
    """Two independent samples, second minus first."""

    mean: float
    interval: Interval | None
    p: float | None


def welch(first: Sample | Summary, second: Sample | Summary) -> Difference:
    """Welch's t for unequal variances, degrees of freedom by Satterthwaite. None where either has < 2."""
    mean = second.mean - first.mean
    if min(first.n, second.n) < 2 or not first.variance + second.variance:
        return Difference(mean, None, None)
    a, b = first.variance / first.n, second.variance / second.n
    df = (a + b) ** 2 / (a * a / (first.n - 1) + b * b / (second.n - 1))
    error = math.sqrt(a + b)
    margin = spread_of(df) * error
    p = float(2 * special.stdtr(df, -abs(mean) / error))
    return Difference(mean, Interval(mean - margin, mean + margin), p)
