"""Change by municipality, where that tells on nobody: R1, R4, R7, R8. No ranking, no test between places."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from courses.models import Municipality
from evaluation.figures.disclosure import shown_sites
from evaluation.figures.scales import Both
from evaluation.figures.tables import REGION
from evaluation.releases import telling
from evaluation.releases.beside import may_show_sites

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from evaluation.figures.scales import Moved
    from evaluation.figures.sharing import Near
    from evaluation.figures.tables import Pairs
    from evaluation.instruments.definition import Definition, Scale
    from evaluation.releases.asked import Asked
    from evaluation.releases.beside import Earlier

Rows = list[dict[str, Any]]


def told_sites(near: Near, each: Asked, scales: Sequence[Scale]) -> tuple[Rows, Rows]:
    """Each municipality that may stand beside the region's figure, of each of ``scales``, told and whole.

    The place is the one at «after». Of a scale only those where whatever is ``near`` it may be told as well.
    """
    pairs = each.pairs
    if pairs is None:
        return [], []
    known: dict[str, Parts] = {}  # of those that share: the others' many rows are not kept
    shown: list[tuple[Scale, dict[int, Moved]]] = []
    for scale in scales:
        alone = len(near[scale.key]) == 1
        parts = [
            ({} if alone else known).setdefault(
                other.key, Parts(each.definition, other, pairs, pairs.after.buckets)
            )
            for other in near[scale.key]
        ]
        places = _shown_beside_others(parts, each.earlier)
        shown.append((scale, {place: parts[0].found[place] for place in places}))
    return _rows(each.definition, shown)


def _rows(definition: Definition, shown: list[tuple[Scale, dict[int, Moved]]]) -> tuple[Rows, Rows]:
    anywhere = {place for _scale, found in shown for place in found}
    names = dict(Municipality.objects.filter(pk__in=anywhere).values_list("pk", "name"))
    told, whole = [], []
    for scale, found in shown:
        for place in sorted(found, key=lambda pk: (names.get(pk, ""), pk)):
            about = {"municipality": place, "name": names.get(place, "")}
            told.append(telling.told_change(definition, scale, found[place]) | about)
            whole.append(telling.core_of_change(definition, scale, found[place]) | about)
    return told, whole


def _shown_beside_others(parts: Sequence[Parts], then: Sequence[Earlier]) -> set[int]:
    """Places where the first of ``parts`` may be told, and each that shares questions with it: there, of who
    is left of the whole, and beside what other releases told of the same people before.
    """
    shown = set.intersection(*(each.shown for each in parts))
    may_stand = all(
        (shown == each.shown or each.may_tell_the_rest_of(shown))
        and may_show_sites(each.definition, each.scale, each.pairs, then, shown)
        for each in parts
    )
    return shown if may_stand else set()


def shown_parts(
    definition: Definition, scale: Scale, pairs: Pairs, labels: NDArray[np.int64]
) -> dict[int, Moved]:
    """The parts of a population, by their label, that may be told of one scale beside the whole of it."""
    parts = Parts(definition, scale, pairs, labels)
    return {part: parts.found[part] for part in sorted(parts.shown)}


@dataclass(frozen=True)
class Parts:
    """One scale of the parts of a population. ``REGION`` is a label like the others, of those in no part."""

    definition: Definition
    scale: Scale
    pairs: Pairs
    labels: NDArray[np.int64]

    @cached_property
    def found(self) -> dict[int, Moved]:
        return {int(part): self._both.part(self._here == part) for part in np.unique(self._here)}

    @cached_property
    def shown(self) -> set[int]:
        """Those that may be told, when this scale is all that is told of these people."""
        enough = shown_sites({str(part): each.population for part, each in self.found.items()})
        told = {int(part) for part in enough if not self._hidden(self.found[int(part)])}
        told.discard(REGION)  # it is told by nothing but the others
        return told if self.may_tell_the_rest_of(told) else set()

    def may_tell_the_rest_of(self, told: set[int]) -> bool:
        """What is left when the told are taken from the whole is told as well: it must be nobody, or itself
        such that it could be told of.
        """
        rest = self._both.part(~np.isin(self._here, list(told)))
        return rest.population.is_nobody or not self._hidden(rest)

    @cached_property
    def _both(self) -> Both:
        return Both.of(self.definition, self.scale, self.pairs)

    @cached_property
    def _here(self) -> NDArray[np.int64]:
        return self.labels[self._both.rows]

    def _hidden(self, part: Moved) -> bool:
        return bool(telling.hidden_because(self.scale, part.before, part.after))
