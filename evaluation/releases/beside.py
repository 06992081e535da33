"""Two releases of one study tell the level before of almost the same people: what their difference says (R7).

Everybody's level before is told of the pairs of each wave. Who is among the one wave's pairs and not among
the other's is told of by the difference, so they must be nobody, or enough and not alike; else the later
wave's figure is not told.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from evaluation.figures.scales import Scored, are_alike
from evaluation.figures.scoring import rows_in_common
from evaluation.figures.tables import REGION, paired, population, read
from evaluation.models import Release

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from evaluation.figures.tables import Answered, Pairs
    from evaluation.instruments.definition import Definition, Scale
    from evaluation.models import InstrumentVersion, Wave

NOBODY = -1  # the place of whoever is not among the pairs


@dataclass(frozen=True)
class Earlier:
    """Another wave of the same baseline and phase that is out: its pairs, and what was told of them."""

    pairs: Pairs
    technical: dict[str, Any]

    def tells_of(self, scale: str) -> bool:
        return any(row["scale"] == scale and not row["why"] for row in self.technical["scales"])

    def told_of_those_who_left(self, scale: str) -> bool:
        rows = self.technical["scales"]
        return any(row["scale"] == scale and row.get("stayed_or_left") for row in rows)

    def places(self, scale: str) -> set[int]:
        return {row["municipality"] for row in self.technical["sites"] if row["scale"] == scale}


def earlier(wave: Wave, first: Wave, phase: str, version: InstrumentVersion) -> Iterator[Earlier]:
    """Two queries of the answers database for each release that is out."""
    out = Release.objects.filter(study=wave.study_id, phase=phase, wave__audience=wave.audience)
    slots = len(version.frozen.coded_items)
    for other in out.exclude(wave=wave.pk).exclude(wave=first.pk).select_related("wave").order_by("pk"):
        codes = (first.code, other.wave.code)
        before, after = (read(wave.study_id, code, phase, version.pk, slots) for code in codes)
        if len(before) and len(after):
            yield Earlier(paired(before, after), other.technical)


def may_stand(definition: Definition, scale: Scale, now: Pairs, then: Sequence[Earlier]) -> bool:
    """Whether the level before of these pairs says nothing of a few beside what is out."""
    then = [each for each in then if each.tells_of(scale.key)]
    told_of_the_rest = any(each.told_of_those_who_left(scale.key) for each in then)
    return _apart(definition, scale, now, then, set(), rest=told_of_the_rest)


def may_show_sites(
    definition: Definition, scale: Scale, now: Pairs, then: Sequence[Earlier], shown: set[int]
) -> bool:
    """The same, with the municipalities that were told then and would be told now."""
    return not shown or _apart(definition, scale, now, then, shown, rest=False)


def _apart(
    definition: Definition,
    scale: Scale,
    now: Pairs,
    then: Sequence[Earlier],
    shown: set[int],
    *,
    rest: bool,
) -> bool:
    """Each way of being among the pairs, now and then, here and there, has nobody or enough in it."""
    if not then:
        return True
    for people in (now.before, now.left):
        scored = Scored.of(definition, scale, people)
        ways = [_places(people, now, shown)]
        ways += [_places(people, each.pairs, each.places(scale.key) if shown else set()) for each in then]
        among = np.column_stack(ways)[scored.valid]
        values, homes = scored.scores[scored.valid], people.households[scored.valid]
        for way in np.unique(among, axis=0):
            if not rest and (way == NOBODY).all():
                continue
            here = (among == way).all(axis=1)
            if not population(homes[here]).may_have_mean or are_alike(values[here], homes[here]):
                return False
    return True


def _places(people: Answered, pairs: Pairs, shown: set[int]) -> NDArray[np.int64]:
    """Where each of ``people`` is told of among ``pairs``: a shown place, the rest, or nowhere."""
    places = np.where(np.isin(pairs.after.buckets, list(shown)), pairs.after.buckets, REGION)
    found = np.full(len(people), NOBODY)
    mine, theirs = rows_in_common(people.pair_ids, pairs.after.pair_ids)
    found[mine] = places[theirs]
    return found
