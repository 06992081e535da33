"""Studies whose truth is known, drawn anew each time: normal people, items, groups, and families who answer.

Each study gives what our own code says of it, an interval or None, and the truth it should hold.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from evaluation.figures.statistics.change import Effects, change, welch
from evaluation.figures.statistics.clusters import cluster_robust, intraclass, means_of, mixed
from evaluation.figures.statistics.proportions import share
from evaluation.figures.statistics.ranks import signed_ranks, spearman
from evaluation.figures.statistics.reliability import alpha, omega
from evaluation.figures.statistics.samples import Interval, Paired, Sample
from evaluation.synthetic import COUPLES, CUTS, FAMILIES_IN_GROUP, GROUP, HOME, NOISE, SELF, TRUTH

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

    Values = NDArray[np.float64]
    Numbers = NDArray[np.int64]

Found = tuple[Interval | None, float]
Study = Callable[["Generator"], Found]


# --- normal people: standard deviation 1 before and after, r = 0.5, so that of the change is 1 as well
MOVED = 0.4


def normal_pairs(draw: Generator, n: int) -> Paired:
    before = draw.normal(0, 1, n)
    return Paired.of(before, MOVED + 0.5 * before + draw.normal(0, math.sqrt(0.75), n))


def effect(which: Callable[[Effects], Interval | None], n: int, truth: float = MOVED) -> Study:
    def study(draw: Generator) -> Found:
        effects = change(normal_pairs(draw, n)).effects
        return (which(effects) if effects else None), truth

    return study


def rank_biserial(n: int) -> Study:
    """P(d₁ + d₂ > 0) − P(d₁ + d₂ < 0) of two people's changes."""
    truth = math.erf(MOVED)  # 2·Φ(√2·0.4) − 1

    def study(draw: Generator) -> Found:
        found = signed_ranks(normal_pairs(draw, n).differences())
        return (found.rank_biserial_interval if found else None), truth

    return study


def median(n: int) -> Study:
    def study(draw: Generator) -> Found:
        found = signed_ranks(normal_pairs(draw, n).differences())
        return (found.median_interval if found else None), MOVED

    return study


def unequal(draw: Generator) -> Found:
    """Twenty people and sixty, whose standard deviations are one and two."""
    first, second = draw.normal(0, 1, 20), draw.normal(0.3, 2, 60)
    return welch(Sample.of(first), Sample.of(second)).interval, 0.3


def correlated(draw: Generator) -> Found:
    """Of a normal pair the rank correlation is 6/π·arcsin(r/2)."""
    first = draw.normal(0, 1, 40)
    found = spearman(first, 0.3 * first + draw.normal(0, math.sqrt(0.91), 40))
    return (found.interval if found else None), 6 / math.pi * math.asin(0.15)


def counted(n: int, p: float) -> Study:
    return lambda draw: (share(int(draw.binomial(n, p)), n).interval, p)


# --- items
def parallel(draw: Generator) -> Found:
    """Five items, half of each of them the level: α = 5/6."""
    found = alpha(draw.normal(0, 1, (50, 1)) + draw.normal(0, 1, (50, 5)))
    return (found.interval if found else None), 5 / 6


def congeneric(draw: Generator) -> Found:
    loadings, noise = np.array([0.9, 0.8, 0.7, 0.6, 0.5]), 0.7
    items = draw.normal(0, 1, (100, 1)) * loadings + draw.normal(0, noise, (100, 5))
    found = omega(items, seed=int(draw.integers(2**31)))
    whole = float(loadings.sum() ** 2)
    return (found.interval if found else None), whole / (whole + 5 * noise**2)


# --- twelve groups of ten, a tenth of whose variance is the group's
GROUPS, IN_GROUP, SHARED = 12, 10, 0.1


def _grouped(draw: Generator) -> tuple[Values, Numbers]:
    groups = np.repeat(np.arange(GROUPS), IN_GROUP)
    levels = draw.normal(0, math.sqrt(SHARED), GROUPS)[groups]
    return MOVED + levels + draw.normal(0, math.sqrt(1 - SHARED), len(groups)), groups


def alike_in_groups(draw: Generator) -> Found:
    found = intraclass(*_grouped(draw))
    return (found.interval if found else None), SHARED


def robust(draw: Generator) -> Found:
    found = cluster_robust(*_grouped(draw))
    return (found.interval if found else None), MOVED


def fitted(draw: Generator) -> Found:
    found = mixed(*_grouped(draw))
    return (found.interval if found else None), MOVED


# --- families as they answer: five steps, homes of one or two, and groups whose evenings differ
FAMILIES, ITEMS = 72, 5
ALIKE = 0.5  # how much a home, or a group, moves together, of how much it stands together


@dataclass(frozen=True)
class Families:
    before: Numbers  # people × items
    after: Numbers
    homes: Numbers

    @property
    def pairs(self) -> Paired:
        return Paired.of(self.before.mean(axis=1), self.after.mean(axis=1))

    @property
    def of_homes(self) -> Paired:
        first, second = (means_of(each.mean(axis=1), self.homes) for each in (self.before, self.after))
        return Paired.of(first, second)

    @property
    def changes(self) -> Values:
        return self.after.mean(axis=1) - self.before.mean(axis=1)

    @property
    def groups(self) -> Numbers:
        return self.homes // FAMILIES_IN_GROUP


def families(draw: Generator, count: int = FAMILIES) -> Families:
    homes = np.repeat(np.arange(count), 1 + (draw.random(count) < COUPLES))
    groups = homes // FAMILIES_IN_GROUP

    def together() -> Values:
        of_homes = draw.normal(0, HOME**0.5, count)[homes]
        return of_homes + draw.normal(0, GROUP**0.5, count // FAMILIES_IN_GROUP + 1)[groups]

    level = together() + draw.normal(0, SELF**0.5, len(homes))
    before, after = (
        np.searchsorted(CUTS, each[:, None] + draw.normal(0, NOISE, (len(homes), ITEMS))) + 1
        for each in (level, level + TRUTH + ALIKE * together())
    )
    return Families(before, after, homes)


@dataclass(frozen=True)
class Truth:
    """Of very many families."""

    effects: Effects
    mean: float
    of_homes: float
    rank_biserial: float
    median: float
    alpha: float
    lowest: float  # share that answers 1 to the first item


@cache
def truth() -> Truth:
    many = families(np.random.default_rng(1), 240_000)
    effects, ranked = change(many.pairs).effects, signed_ranks(many.pairs.differences())
    whole = alpha(many.before.astype(float))
    assert effects
    assert ranked
    assert whole
    return Truth(
        effects,
        change(many.pairs).mean,
        change(many.of_homes).mean,
        ranked.rank_biserial,
        ranked.median,
        whole.value,
        float((many.before[:, 0] == 1).mean()),
    )


def of_families(found: Callable[[Families], Interval | None], true: Callable[[Truth], float | None]) -> Study:
    def study(draw: Generator) -> Found:
        value = true(truth())
        assert value is not None
        return found(families(draw)), value

    return study
