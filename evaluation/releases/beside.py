"""Two releases of one study tell the level before of almost the same people: what their difference says (R7).

Everybody's level before is told of the pairs of each wave. Who is among the one wave's pairs and not among
the other's is told of by the difference, so they must be nobody, or enough and not alike; else the later
wave's figure is not told.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from evaluation.figures.scales import Scored, are_alike
from evaluation.figures.scoring import LOWEST_ANSWER, rows_in_common
from evaluation.figures.tables import REGION, paired, population, read
from evaluation.models import Release
from evaluation.releases.as_released import is_change_as_released

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from evaluation.figures.tables import Answered, Pairs
    from evaluation.instruments.definition import Definition, Scale
    from evaluation.models import InstrumentVersion, Wave

    Values = Callable[[Answered], NDArray[np.float64]]  # of each person, NaN where she has none

NOBODY = -1  # the place of whoever is not among the pairs


@dataclass(frozen=True)
class Earlier:
    """Another wave of the same baseline and phase that is out: its pairs, and what was told of them.

    ``pairs`` are of the rows as they are now; ``told`` are the rows of the questionnaire's scales, by scale.
    """

    definition: Definition
    pairs: Pairs
    technical: dict[str, Any]

    @cached_property
    def told(self) -> dict[str, dict[str, Any]]:
        mine = self.definition.key, self.definition.version
        rows = self.technical["scales"]
        return {row["scale"]: row for row in rows if (row["instrument"], row["version"]) == mine}

    def tells_of(self, scale: str) -> bool:
        """Of how these people answered before: not where their level after was told alone."""
        row = self.told.get(scale)
        return row is not None and not row["why"] and not row.get("alone")

    def told_of_those_who_left(self, scale: str) -> bool:
        return scale in self.told and bool(self.told[scale].get("stayed_or_left"))

    def places(self, scale: str) -> set[int]:
        return {row["municipality"] for row in self.technical["sites"] if row["scale"] == scale}

    def is_as_released(self, scale: Scale) -> bool:
        """Whether what was told of the scale, if anything, was told of the rows that are there now."""
        return not self.tells_of(scale.key) or is_change_as_released(
            self.definition, scale, self.pairs, self.told[scale.key]
        )


def earlier(
    wave: Wave, first: Wave, phase: str, version: InstrumentVersion, before: Release | None = None
) -> Iterator[Earlier]:
    """Two queries of the answers database for each release that is out; of those that were so ``before``."""
    out = Release.objects.filter(study=wave.study_id, phase=phase, wave__audience=wave.audience)
    if before is not None:
        out = out.filter(pk__lt=before.pk)
    slots = len(version.frozen.coded_items)
    for other in out.exclude(wave=wave.pk).exclude(wave=first.pk).select_related("wave").order_by("pk"):
        codes = (first.code, other.wave.code)
        one, two = (read(wave.study_id, code, phase, version.pk, slots) for code in codes)
        found = Earlier(version.frozen, paired(one, two), other.technical)
        if (len(one) and len(two)) or any(not row["why"] for row in found.told.values()):
            yield found


def have_changed(scale: Scale, then: Sequence[Earlier]) -> bool:
    """Whether a release that is out told of the scale, and not of the rows that are there now: somebody has
    withdrawn hers, or was counted later. Nobody can say then who is in it and not in the next.
    """
    return not all(each.is_as_released(scale) for each in then)


def may_stand(definition: Definition, scale: Scale, now: Pairs, then: Sequence[Earlier]) -> bool:
    """Whether the level before of these pairs says nothing of a few beside what is out."""
    then = [each for each in then if each.tells_of(scale.key)]
    told_of_the_rest = any(each.told_of_those_who_left(scale.key) for each in then)
    return _apart(_scores(definition, scale), now, _placed(scale, then, set()), set(), rest=told_of_the_rest)


def may_show_sites(
    definition: Definition, scale: Scale, now: Pairs, then: Sequence[Earlier], shown: set[int]
) -> bool:
    """The same, with the municipalities that were told then and would be told now."""
    placed = _placed(scale, then, shown)
    return not shown or _apart(_scores(definition, scale), now, placed, shown, rest=False)


def item_may_stand(place: int, now: Pairs, then: Sequence[Earlier]) -> bool:
    """The same of the answers before to a single item, at ``place`` of the vector, in a file beside the file
    of what is out.
    """
    return _apart(lambda people: _answers(people, place), now, [(each.pairs, set()) for each in then], set())


def _scores(definition: Definition, scale: Scale) -> Values:
    return lambda people: Scored.of(definition, scale, people).scores


def _answers(people: Answered, place: int) -> NDArray[np.float64]:
    """NaN where there is none."""
    given = people.answers[:, place].astype(np.float64)
    return np.where(given > LOWEST_ANSWER, given, np.nan)


def _placed(scale: Scale, then: Sequence[Earlier], shown: set[int]) -> list[tuple[Pairs, set[int]]]:
    return [(each.pairs, each.places(scale.key) if shown else set()) for each in then]


def _apart(
    values_of: Values,
    now: Pairs,
    then: Sequence[tuple[Pairs, set[int]]],
    shown: set[int],
    *,
    rest: bool = False,
) -> bool:
    """Each way of being among the pairs, now and then, here and there, has nobody or enough in it."""
    if not then:
        return True
    for people in (now.before, now.left):
        values = values_of(people)
        valid = ~np.isnan(values)
        ways = [_places(people, now, shown), *(_places(people, pairs, places) for pairs, places in then)]
        among = np.column_stack(ways)[valid]
        values, homes = values[valid], people.households[valid]
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
