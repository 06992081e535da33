"""Everything that is worked out of one scale at one wave, in all decimals. What of it is told: telling.py.

Pairs are the population of every figure about change, and of the levels beside it; who answered before
and not after is a population of its own («hvem svarte bare før?»), told only where it is large enough.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from evaluation.figures.disclosure import Population
from evaluation.figures.scoring import Rule, complete_items, joint, scores
from evaluation.figures.statistics.change import Change, change, reliable_change, welch
from evaluation.figures.statistics.clusters import cluster_robust, intraclass, means_of, mixed
from evaluation.figures.statistics.proportions import ends
from evaluation.figures.statistics.ranks import signed_ranks
from evaluation.figures.statistics.reliability import alpha, omega, spearman_brown
from evaluation.figures.statistics.samples import Paired, Sample
from evaluation.figures.tables import population

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from evaluation.figures.statistics.change import Difference, Reliable
    from evaluation.figures.statistics.clusters import Clustered
    from evaluation.figures.statistics.proportions import Ends
    from evaluation.figures.statistics.ranks import SignedRanks
    from evaluation.figures.statistics.reliability import Reliability
    from evaluation.figures.tables import Answered, Pairs
    from evaluation.instruments.definition import Definition, Scale


@dataclass(frozen=True)
class Level:
    """One scale at one wave. ``totals`` and ``sizes`` are each household's sum of scores and its adults:
    disclosure control looks at them, and nobody else.
    """

    population: Population
    mean: float
    sd: float
    people: int  # who answered the questionnaire; those without a valid score are in no other figure
    prorated: int
    ends: Ends
    alpha: Reliability | None
    spearman_brown: Reliability | None
    omega: Reliability | None
    totals: NDArray[np.float64]
    sizes: NDArray[np.int64]


@dataclass(frozen=True)
class Moved:
    """From one wave to another: of those with a valid score at both."""

    population: Population
    before: Level
    after: Level
    change: Change
    ranks: SignedRanks | None
    reliable: Reliable | None
    of_households: Change  # the same, each household counted once
    intraclass: float | None  # of groups
    robust: Clustered | None
    mixed: Clustered | None
    stayed_or_left: Difference | None  # score before: those who left minus those who stayed
    left: Population


@dataclass(frozen=True)
class Scored:
    """One scale of some people: each one's code and score, NaN where too few items were answered."""

    rule: Rule
    scale: Scale
    found: Answered
    codes: NDArray[np.int64]
    scores: NDArray[np.float64]

    @classmethod
    def of(cls, definition: Definition, scale: Scale, found: Answered) -> Scored:
        rule = Rule.of(definition, scale)
        codes = rule.codes(found.answers)
        return cls(rule, scale, found, codes, rule.scores_of(np.arange(rule.width))[codes])

    @property
    def valid(self) -> NDArray[np.bool_]:
        return ~np.isnan(self.scores)


def level(scored: Scored, among: NDArray[np.bool_] | None = None, *, slow: bool = False) -> Level:
    """Of those with a valid score, or of those ``among`` them; ``slow`` adds omega, which is drawn often."""
    chosen = scored.valid if among is None else among
    told = scores(scored.rule, scored.codes if among is None else scored.codes[among])
    items = complete_items(scored.rule, scored.found.answers, chosen)
    homes = scored.found.households[chosen]
    sizes = np.bincount(homes)
    totals: NDArray[np.float64] = np.bincount(homes, weights=scored.scores[chosen]).astype(np.float64)
    return Level(
        population=Population(len(homes), int(np.count_nonzero(sizes))),
        mean=told.sample.mean,
        sd=told.sample.sd,
        people=told.people,
        prorated=told.prorated,
        ends=ends(told.sample, scored.scale.low, scored.scale.high),
        alpha=alpha(items),
        spearman_brown=spearman_brown(items),
        omega=omega(items) if slow else None,
        totals=totals[sizes > 0],
        sizes=sizes[sizes > 0],
    )


def moved(definition: Definition, scale: Scale, pairs: Pairs, *, slow: bool = False) -> Moved:
    """Change over the pairs, turned so that plus is better where the scale has a better end."""
    sign = -1 if scale.better == "low" else 1
    one, two = (Scored.of(definition, scale, each) for each in (pairs.before, pairs.after))
    both = one.valid & two.valid
    counted = joint(one.rule, one.codes[both], two.codes[both])
    before, after = level(one, both, slow=slow), level(two, both, slow=slow)
    first, second, homes = one.scores[both], two.scores[both], pairs.before.households[both]
    clusters = pairs.after.clusters[both]
    differences, grouped = sign * (second - first), clusters > 0
    left = Scored.of(definition, scale, pairs.left)
    gone = left.scores[left.valid]
    return Moved(
        population=before.population,
        before=before,
        after=after,
        change=change(counted, sign),
        ranks=signed_ranks(counted.differences(sign)),
        reliable=reliable_change(counted, before.alpha.value if before.alpha else math.nan, sign),
        of_households=change(_of_households(first, second, homes), sign),
        intraclass=intraclass(differences[grouped], clusters[grouped]),
        robust=cluster_robust(differences[grouped], clusters[grouped]),
        mixed=mixed(differences[grouped], clusters[grouped]) if slow else None,
        stayed_or_left=welch(counted.first, Sample.of(gone)) if len(gone) > 1 else None,
        left=population(pairs.left.households[left.valid]),
    )


def _of_households(
    first: NDArray[np.float64], second: NDArray[np.float64], homes: NDArray[np.int64]
) -> Paired:
    if not len(first):
        return Paired.of(first, second)
    return Paired.of(means_of(first, homes), means_of(second, homes))
