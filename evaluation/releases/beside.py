"""Two releases of one study tell the level before of almost the same people: what their difference says (R7).

Everybody's level before is told of the pairs of each wave. Who is among the one wave's pairs and not among
the other's is told of by the difference, so they must be nobody, or enough and not alike; else the later
wave's figure is not told.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from evaluation.figures.scales import Both, Scored, are_alike
from evaluation.figures.scoring import LOWEST_ANSWER, rows_in_common
from evaluation.figures.tables import REGION, Pairs, paired, population, read
from evaluation.models import Release
from evaluation.releases.as_released import is_change_as_released

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from evaluation.figures.tables import Answered
    from evaluation.instruments.definition import Definition, Scale
    from evaluation.models import InstrumentVersion, Wave

    Values = Callable[[Answered], NDArray[np.float64]]  # of each person, NaN where she has none

NOBODY, LEFT = -1, -2  # the places of whoever is not among the pairs


@dataclass(frozen=True)
class Told:
    """Of whom a release tells how they answered before: pairs, by ``shown`` places, and those who left."""

    pairs: Pairs
    shown: set[int] = field(default_factory=set)
    left: Answered | None = None


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

    def _rows(self, scale: Scale) -> list[dict[str, Any]]:
        """Those that tell of it: its own; of what is no scale (sharing.py), of each that shares questions."""
        if scale.key in self.told:
            return [self.told[scale.key]]
        return [row for row in self.told.values() if not set(row["keys"]).isdisjoint(scale.items)]

    def tells_of(self, scale: Scale) -> bool:
        """Of how these people answered before: not where their level after was told alone."""
        return any(not row["why"] and not row.get("alone") for row in self._rows(scale))

    def told_of_those_who_left(self, scale: Scale) -> bool:
        return any(row.get("stayed_or_left") for row in self._rows(scale))

    def places(self, scale: Scale) -> set[int]:
        keys = {row["scale"] for row in self._rows(scale)}
        return {row["municipality"] for row in self.technical["sites"] if row["scale"] in keys}

    def is_as_released(self, scale: Scale) -> bool:
        """Whether what was told of the scale, if anything, was told of the rows that are there now."""
        row = self.told.get(scale.key)
        return (
            row is None
            or not self.tells_of(scale)
            or is_change_as_released(self.definition, scale, self.pairs, row)
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
    out = [
        Told(
            _counted(definition, scale, each.pairs),
            left=each.pairs.left if each.told_of_those_who_left(scale) else None,
        )
        for each in then
        if each.tells_of(scale)
    ]
    return _apart(_scores(definition, scale), now, Told(_counted(definition, scale, now)), out)


def may_show_sites(
    definition: Definition, scale: Scale, now: Pairs, then: Sequence[Earlier], shown: set[int]
) -> bool:
    """The same, with the municipalities that were told then and would be told now."""
    if not then or not shown:
        return True
    out = [Told(_counted(definition, scale, each.pairs), each.places(scale)) for each in then]
    return _apart(_scores(definition, scale), now, Told(_counted(definition, scale, now), shown), out)


def item_may_stand(place: int, now: Pairs, then: Sequence[Earlier]) -> bool:
    """The same of the answers before to a single item, at ``place`` of the vector, in a file beside the file
    of what is out.
    """
    out = [Told(each.pairs) for each in then]
    return _apart(lambda people: _answers(people, place), now, Told(now), out)


def _counted(definition: Definition, scale: Scale, pairs: Pairs) -> Pairs:
    """Those with a score at both: whoever left too much out at one is in no figure of the scale."""
    rows = Both.of(definition, scale, pairs).rows
    return Pairs(pairs.before.rows(rows), pairs.after.rows(rows), pairs.left)


def _scores(definition: Definition, scale: Scale) -> Values:
    return lambda people: Scored.of(definition, scale, people).scores


def _answers(people: Answered, place: int) -> NDArray[np.float64]:
    """NaN where there is none."""
    given = people.answers[:, place].astype(np.float64)
    return np.where(given > LOWEST_ANSWER, given, np.nan)


def _apart(values_of: Values, now: Pairs, here: Told, then: Sequence[Told]) -> bool:
    """Each way of being told of, now and then, has nobody or enough in it."""
    if not then:
        return True
    for people in (now.before, now.left):
        values = values_of(people)
        valid = ~np.isnan(values)
        among = np.column_stack([_places(people, each) for each in (here, *then)])[valid]
        values, homes = values[valid], people.households[valid]
        for way in np.unique(among, axis=0):
            if (way == NOBODY).all():
                continue
            alike = (among == way).all(axis=1)
            if not population(homes[alike]).may_have_mean or are_alike(values[alike], homes[alike]):
                return False
    return True


def _places(people: Answered, told: Told) -> NDArray[np.int64]:
    """Where each of ``people`` is told of: a shown place, the rest, among those who left, or nowhere."""
    after = told.pairs.after
    places = np.where(np.isin(after.buckets, list(told.shown)), after.buckets, REGION)
    found = np.full(len(people), NOBODY)
    mine, theirs = rows_in_common(people.pair_ids, after.pair_ids)
    found[mine] = places[theirs]
    if told.left is not None:
        found[rows_in_common(people.pair_ids, told.left.pair_ids)[0]] = LEFT
    return found
