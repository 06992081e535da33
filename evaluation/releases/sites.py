"""Change by municipality, where that tells on nobody: R1, R4, R7, R8. No ranking, no test between places."""

from __future__ import annotations

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
    from evaluation.figures.tables import Pairs
    from evaluation.instruments.definition import Definition, Scale
    from evaluation.releases.beside import Earlier


def told_sites(
    definition: Definition, scale: Scale, pairs: Pairs, then: Sequence[Earlier] = ()
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Each municipality that may stand beside the region's figure, told and whole.

    The place is the one at «after»; ``then`` is what other releases told of the same people before.
    """
    found = shown_parts(definition, scale, pairs, pairs.after.buckets)
    found.pop(REGION, None)
    if not may_show_sites(definition, scale, pairs, then, set(found)):
        found = {}
    names = dict(Municipality.objects.filter(pk__in=found).values_list("pk", "name"))
    told, whole = [], []
    for place in sorted(found, key=lambda pk: (names.get(pk, ""), pk)):
        about = {"municipality": place, "name": names.get(place, "")}
        told.append(telling.told_change(definition, scale, found[place]) | about)
        whole.append(telling.core_of_change(definition, scale, found[place]) | about)
    return told, whole


def shown_parts(
    definition: Definition, scale: Scale, pairs: Pairs, labels: NDArray[np.int64]
) -> dict[int, Moved]:
    """The parts of a population, by their label, that may be told beside the whole of it.

    What is left when the told are taken from the whole is told as well: it must be nobody, or itself such
    that it could be told of. ``REGION`` is a label like the others, of those who are in no part.
    """
    both = Both.of(definition, scale, pairs)
    labels = labels[both.rows]
    found = {int(part): both.part(labels == part) for part in np.unique(labels)}
    shown = {int(part) for part in shown_sites({str(part): each.population for part, each in found.items()})}
    told = {part for part in shown if not _hidden(scale, found[part])}
    rest = np.isin(labels, list(set(found) - told))
    if REGION in told:  # it is told by nothing but the others
        told.discard(REGION)
        rest |= labels == REGION
    others = both.part(rest)
    if others.population.adults and _hidden(scale, others):
        return {}
    return {part: found[part] for part in sorted(told)}


def _hidden(scale: Scale, part: Moved) -> bool:
    return bool(telling.hidden_because(scale, part.before, part.after))
