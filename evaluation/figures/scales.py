"""Everything that is worked out of one scale at one wave, in all decimals. What of it is told: telling.py.

Pairs are the population of every figure about change, and of the levels beside it; who answered before
and not after is a population of its own («hvem svarte bare før?»), told only where it is large enough.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from evaluation.figures.disclosure import HOUSEHOLD, Population
from evaluation.figures.scoring import Rule, complete_items, joint, scores
from evaluation.figures.statistics.change import Change, change, reliable_change, welch
from evaluation.figures.statistics.clusters import cluster_robust, intraclass, means_of, mixed
from evaluation.figures.statistics.proportions import ends
from evaluation.figures.statistics.ranks import signed_ranks
from evaluation.figures.statistics.reliability import alpha, omega, spearman_brown
from evaluation.figures.statistics.samples import SAME, Paired, Sample
from evaluation.figures.tables import UNKNOWN, population

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from evaluation.figures.scoring import Codes
    from evaluation.figures.statistics.change import Difference, Reliable
    from evaluation.figures.statistics.clusters import Clustered, Intraclass
    from evaluation.figures.statistics.proportions import Ends
    from evaluation.figures.statistics.ranks import SignedRanks
    from evaluation.figures.statistics.reliability import Reliability
    from evaluation.figures.tables import Answered, Pairs
    from evaluation.instruments.definition import Definition, Scale

NOBODY = Population(0, 0)
SOME = 200  # people who are looked at before all are


@dataclass(frozen=True)
class Level:
    """One scale at one wave. ``alike``: whether all, or all but one household, have the same score (of an
    ``after`` also the same change); disclosure control looks at it, and nobody else.
    """

    population: Population
    mean: float
    sd: float
    people: int  # who answered, of a change both times; those without a valid score are in no other figure
    prorated: int
    ends: Ends
    alike: bool
    alpha: Reliability | None = None
    spearman_brown: Reliability | None = None
    omega: Reliability | None = None


@dataclass(frozen=True)
class Moved:
    """From one wave to another: of those with a valid score at both."""

    population: Population
    before: Level
    after: Level
    change: Change
    ranks: SignedRanks | None
    reliable: Reliable | None = None
    may_have_cells: bool = False  # whether each of those three counts may be told, each in itself
    of_households: Change | None = None  # each household once; None where that tells on some
    # of groups; None where those of no group, a pool's, would be what is left of all, and may not be told of
    intraclass: Intraclass | None = None
    robust: Clustered | None = None
    mixed: Clustered | None = None
    stayed_or_left: Difference | None = None  # score before: those who left minus those who stayed
    left: Population = NOBODY


@dataclass(frozen=True)
class Scored:
    """One scale of some people: each one's code and score, NaN where too few items were answered."""

    rule: Rule
    scale: Scale
    found: Answered
    codes: Codes
    scores: NDArray[np.float64]

    @classmethod
    def of(cls, definition: Definition, scale: Scale, found: Answered) -> Scored:
        rule = Rule.of(definition, scale)
        codes = rule.codes(found.answers)
        return cls(rule, scale, found, codes, rule.worth(codes))

    @property
    def valid(self) -> NDArray[np.bool_]:
        return ~np.isnan(self.scores)

    def at(self, rows: NDArray[np.int64]) -> Scored:
        """Codes and scores of some; ``found`` stays whole."""
        return replace(self, codes=self.codes[rows], scores=self.scores[rows])


@dataclass(frozen=True)
class Both:
    """One scale of those with a valid score at both waves: place i of every column is one of them."""

    one: Scored
    two: Scored
    rows: NDArray[np.int64]  # their places among the pairs
    households: NDArray[np.int64]

    @classmethod
    def of(cls, definition: Definition, scale: Scale, pairs: Pairs) -> Both:
        one, two = (Scored.of(definition, scale, each) for each in (pairs.before, pairs.after))
        rows = np.flatnonzero(one.valid & two.valid)
        return cls(one.at(rows), two.at(rows), rows, pairs.before.households[rows])

    def part(self, chosen: NDArray[np.bool_]) -> Moved:
        """Of some of them: the core, which is all that may be told of a part of the people."""
        here = np.flatnonzero(chosen)
        return Both(self.one.at(here), self.two.at(here), self.rows[here], self.households[here]).core()

    def core(self) -> Moved:
        """Without what is made of single items, households and groups, and of those who left."""
        scale, homes = self.one.scale, self.households
        counted = joint(self.one.rule, self.one.codes, self.two.codes)
        before, after = (_bare_level(each, homes) for each in (self.one, self.two))
        together = are_alike(self.two.scores - self.one.scores, homes)
        return Moved(
            population=before.population,
            before=before,
            after=replace(after, alike=after.alike or together),
            change=change(counted, sign_of(scale)),
            ranks=signed_ranks(counted.differences(sign_of(scale))),
        )


def sign_of(scale: Scale) -> int:
    """Which way is better, so that plus is; up where neither is."""
    return -1 if scale.better == "low" else 1


def level(scored: Scored, *, slow: bool = False) -> Level:
    """Of those with a valid score; ``slow`` adds omega, which is drawn often."""
    rows = np.flatnonzero(scored.valid)
    bare = _bare_level(scored.at(rows), scored.found.households[rows], len(scored.codes))
    return _with_items(bare, scored, rows, slow=slow)


def _bare_level(scored: Scored, homes: NDArray[np.int64], people: int | None = None) -> Level:
    """``scored`` of those with a valid score; ``people`` with those without one."""
    told = scores(scored.rule, scored.codes)
    return Level(
        population=population(homes),
        mean=told.sample.mean,
        sd=told.sample.sd,
        people=told.people if people is None else people,
        prorated=told.prorated,
        ends=ends(told.sample, scored.scale.low, scored.scale.high),
        alike=are_alike(scored.scores, homes),
    )


def _with_items(bare: Level, scored: Scored, rows: NDArray[np.int64], *, slow: bool) -> Level:
    """What the single items of those at ``rows`` say besides."""
    items = complete_items(scored.rule, scored.found.answers, rows)
    return replace(
        bare,
        alpha=alpha(items),
        spearman_brown=spearman_brown(items),
        omega=omega(items) if slow else None,
    )


def moved(definition: Definition, scale: Scale, pairs: Pairs, *, slow: bool = False) -> Moved:
    """Change over the pairs, turned so that plus is better where the scale has a better end."""
    both, sign = Both.of(definition, scale, pairs), sign_of(scale)
    core, homes, clusters = both.core(), both.households, pairs.groups[both.rows]
    first, second = both.one.scores, both.two.scores
    answered = len(pairs.before)
    before = _with_items(replace(core.before, people=answered), both.one, both.rows, slow=slow)
    counted = joint(both.one.rule, both.one.codes, both.two.codes)
    grouped = clusters > 0
    if not _may_be_left(first, second, homes, ~grouped):
        grouped = np.zeros_like(grouped)
    differences, clusters = sign * (second - first)[grouped], clusters[grouped]
    reliable = reliable_change(counted, before.alpha.value if before.alpha else math.nan, sign)
    left = Scored.of(definition, scale, pairs.left)
    gone, gone_homes = left.scores[left.valid], pairs.left.households[left.valid]
    stay_out = len(gone) < 2 or are_alike(gone, gone_homes)
    return replace(
        core,
        before=before,
        after=_with_items(replace(core.after, people=answered), both.two, both.rows, slow=slow),
        reliable=reliable,
        may_have_cells=reliable is not None and _may_have_cells(second - first, reliable.limit, homes),
        of_households=_of_households(first, second, homes, sign),
        intraclass=intraclass(differences, clusters),
        robust=cluster_robust(differences, clusters),
        mixed=mixed(differences, clusters) if slow else None,
        stayed_or_left=None if stay_out else welch(counted.first, Sample.of(gone)),
        left=population(gone_homes),
    )


def are_alike(values: NDArray[np.float64], homes: NDArray[np.int64]) -> bool:
    """Whether all are equal, or all but those of one household: whoever lives there would know the others'.

    The value that all but one household have is that of the first person, or of the first who does not live
    with her; where homes are not known, one of three is outside any home. Some who are not alike are enough
    to know that all are not.
    """
    if len(values) > SOME and not are_alike(values[:SOME], homes[:SOME]):
        return False
    unknown = homes == UNKNOWN
    elsewhere = np.flatnonzero((homes != homes[:1]) | unknown)[: HOUSEHOLD + 1 if unknown.any() else 1]
    for value in (*values[:1], *values[elsewhere]):
        others = homes[abs(values - value) > SAME]
        if not len(others) or others.min() == others.max() != UNKNOWN or population(others).families == 1:
            return True
    return not len(values)


def _may_have_cells(moved: NDArray[np.float64], limit: float, homes: NDArray[np.int64]) -> bool:
    """Whether those who moved up by more than ``limit``, down, and the others may each be told of."""
    cells = moved > limit, moved < -limit, abs(moved) <= limit
    return all(population(homes[cell]).may_have_mean for cell in cells)


def _may_be_left(
    first: NDArray[np.float64], second: NDArray[np.float64], homes: NDArray[np.int64], part: NDArray[np.bool_]
) -> bool:
    """Whether the people of ``part`` may be what is left of all when the others are told of: they are nobody,
    or could be told of themselves.
    """
    if not part.any():
        return True
    columns = (each[part] for each in (first, second, second - first))
    enough = population(homes[part]).may_have_mean
    return enough and not any(are_alike(column, homes[part]) for column in columns)


def _of_households(
    first: NDArray[np.float64], second: NDArray[np.float64], homes: NDArray[np.int64], sign: int
) -> Change | None:
    """Beside the mean of all people it tells those who answer alone from those who are two: None unless
    each of these may be told of, or is nobody.
    """
    if not homes.all():  # UNKNOWN is among them
        return None
    alone = np.bincount(homes)[homes] == 1 if len(homes) else np.ones(0, dtype=bool)
    if not len(first) or not all(_may_be_left(first, second, homes, part) for part in (alone, ~alone)):
        return None
    return change(Paired.of(means_of(first, homes), means_of(second, homes)), sign)
