"""Change by municipality, where that tells on nobody: R1, R4 and R8. No ranking, no test between places."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from courses.models import Municipality
from evaluation.figures.disclosure import ROUNDING, Population, shown_sites
from evaluation.figures.scales import moved
from evaluation.figures.tables import REGION, Pairs
from evaluation.releases import telling

if TYPE_CHECKING:
    from evaluation.figures.tables import Answered
    from evaluation.instruments.definition import Definition, Scale


def told_sites(
    definition: Definition, scale: Scale, pairs: Pairs
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Each municipality that may stand beside the region's figure, told and whole.

    The place is the one at «after». The rest of the region, which anybody can subtract, must itself be a
    population that could be told of, and not one that answered alike; else no place is told.
    """
    found = {place: moved(definition, scale, _at(pairs, place)) for place in _places(pairs)}
    sizes = {str(place): change.population for place, change in found.items()}
    shown = {int(place) for place in shown_sites(sizes) if int(place) != REGION}
    if not _may_stand(definition, scale, pairs, shown):
        shown = set()
    names = dict(Municipality.objects.filter(pk__in=shown).values_list("pk", "name"))
    told, whole = [], []
    for place in sorted(shown, key=lambda pk: names.get(pk, "")):
        about = {"municipality": place, "name": names.get(place, "")}
        told.append(telling.told_change(definition, scale, found[place]) | about)
        whole.append(telling.whole_change(definition, scale, found[place]) | about)
    return told, whole


def _may_stand(definition: Definition, scale: Scale, pairs: Pairs, shown: set[int]) -> bool:
    rest = [place for place in _places(pairs) if place not in shown]
    if not rest or not shown:
        return bool(shown)
    others = moved(definition, scale, _where(pairs, np.isin(pairs.after.buckets, rest)))
    if others.population == Population(0, 0):
        return True
    rounding = ROUNDING * len(pairs.after) / max(1, others.population.adults)  # of a difference of two sums
    return not telling.hidden_because(scale, others.before, others.after, rounding=rounding)


def _places(pairs: Pairs) -> list[int]:
    return [int(place) for place in np.unique(pairs.after.buckets)]


def _at(pairs: Pairs, place: int) -> Pairs:
    return _where(pairs, pairs.after.buckets == place)


def _where(pairs: Pairs, chosen: Any) -> Pairs:
    rows = np.flatnonzero(chosen)
    return Pairs(pairs.before.rows(rows), pairs.after.rows(rows), _nobody(pairs.left))


def _nobody(answered: Answered) -> Answered:
    return answered.rows(np.zeros(0, dtype=np.int64))
