"""Change beside one's own word on how many evenings one was at: never a join with the attendance list.

The questionnaire has an item with the key ``ATTENDED`` and coarse answers. Who comes more may also want more:
the figure says how the two go together, not that the evenings did it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from evaluation.figures.disclosure import band, told_mean
from evaluation.figures.scales import Scored
from evaluation.figures.scoring import rows_in_common
from evaluation.figures.statistics.change import FOR_RELIABLE
from evaluation.figures.statistics.ranks import spearman
from evaluation.figures.tables import REGION, population
from evaluation.releases import telling
from evaluation.releases.sites import shown_parts
from evaluation.releases.telling import FEW

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from evaluation.figures.scales import Moved
    from evaluation.figures.tables import Pairs
    from evaluation.instruments.definition import Choice, Item, Scale
    from evaluation.releases.asked import Asked

Rows = list[dict[str, Any]]
ATTENDED = "oppmote"  # key of the item, in whichever questionnaire
NOT_KNOWN = ("vet ikke", "husker ikke", "usikker", "vil ikke svare", "ønsker ikke å svare")
SAME = "same"  # everybody gave the same answer
WORDS = ((0.1, "none"), (0.3, "weak"), (0.5, "some"))  # of a rank correlation: below, and what it is called


def dose(everything: list[Asked], primary: str, told: dict[str, Rows]) -> tuple[Rows, Rows]:
    """One row, told and whole, of the primary outcome's change; none where nothing such was asked or told.

    ``told`` are the scales and municipalities as they are told: of what is hidden there is no dose either.
    """
    question = next(((each, item) for each in everything for item in _items(each)), None)
    shown = {f"{row['instrument']}.{row['scale']}" for row in told["scales"] if _is_whole(row)}
    for each in everything:
        for scale in each.definition.scales:
            name = f"{each.definition.key}.{scale.key}"
            if question and each.pairs and name == primary and name in shown:
                places = {row["municipality"] for row in told["sites"] if row["scale"] == scale.key}
                return _row(each, scale, *question, places)
    return [], []


def _is_whole(row: dict[str, Any]) -> bool:
    return not row["why"] and "change" in row


def _items(each: Asked) -> list[Item]:
    return [item for item in each.definition.coded_items if item.key == ATTENDED and item.kind == "one"]


def _row(each: Asked, scale: Scale, of: Asked, item: Item, places: set[int]) -> tuple[Rows, Rows]:
    assert each.pairs is not None  # noqa: S101 - the caller has looked
    bands = _bands(each.pairs, of, item)
    change, homes = _changes(each, scale)
    both = (bands != REGION) & ~np.isnan(change)
    about = telling.about(each.definition, scale) | {"question": telling.plain(item.text)}
    codes = np.array([0, *item.codes])  # in whichever order they are listed
    found = spearman(codes[bands[both]].astype(np.float64), change[both])
    if found is None:
        few = both.sum() < FOR_RELIABLE or not population(homes[both]).may_have_shares
        hidden = [about | {"why": FEW if few else SAME}]
        return hidden, hidden
    interval = found.interval
    told = {"n": band(found.n), "rho": told_mean(found.rho), "words": _words(found.rho)}
    whole = {"n": found.n, "rho": round(found.rho, 2)}
    ends = [round(interval.low, 2), round(interval.high, 2)]
    shown = _shown(each, scale, bands, places)
    rows = [
        _band(item, nth, shown.get(nth + 1))
        for nth, choice in enumerate(item.choices)
        if not _knows_nothing(choice)
    ]
    return (
        [about | {"why": ""} | told | {"interval": telling.told_interval(interval), "bands": rows}],
        [about | {"why": ""} | whole | {"interval": ends, "bands": rows}],
    )


def _bands(pairs: Pairs, of: Asked, item: Item) -> NDArray[np.int64]:
    """For each pair the place of her answer, from 1; ``REGION`` where there is none, or «vet ikke»."""
    place = next(nth for nth, each in enumerate(of.definition.coded_items) if each.key == item.key)
    answers = of.found.answers[:, place]
    bands = np.full(len(pairs.after), REGION, dtype=np.int64)
    if not len(of.found.pair_ids) or not len(bands):
        return bands
    here, there = rows_in_common(pairs.after.pair_ids, of.found.pair_ids)
    given = answers[there]
    for number, choice in enumerate(item.choices, 1):
        if not _knows_nothing(choice):
            bands[here[given == choice.code]] = number
    return bands


def _knows_nothing(choice: Choice) -> bool:
    """«Vet ikke» is no number of evenings, whatever its code: often the highest of all."""
    return choice.code < 0 or choice.label.nb.strip().casefold().startswith(NOT_KNOWN)


def _changes(each: Asked, scale: Scale) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Each pair's change, turned so that plus is better, NaN where there is none; and her household."""
    assert each.pairs is not None  # noqa: S101
    sides = (each.pairs.before, each.pairs.after)
    one, two = (Scored.of(each.definition, scale, side).scores for side in sides)
    return (two - one) * (-1 if scale.better == "low" else 1), each.pairs.before.households


def _shown(each: Asked, scale: Scale, bands: NDArray[np.int64], places: set[int]) -> dict[int, Moved]:
    """The bands that may stand beside the whole, and beside the municipalities that are told: wherever the
    two cross there must be nobody, or enough (R7).
    """
    pairs = each.pairs
    assert pairs is not None  # noqa: S101
    shown = shown_parts(each.definition, scale, pairs, bands)
    change, homes = _changes(each, scale)
    valid = ~np.isnan(change)
    where = np.where(np.isin(pairs.after.buckets, list(places)), pairs.after.buckets, REGION)
    which = np.where(np.isin(bands, list(shown)), bands, REGION)
    cells = np.unique(np.column_stack([where, which])[valid], axis=0)
    for place, number in cells:
        here = valid & (where == place) & (which == number)
        if not population(homes[here]).may_have_mean:
            return {}
    return shown


def _band(item: Item, nth: int, found: Moved | None) -> dict[str, Any]:
    """One answer's change, the same for everybody: with levels it could be held against other releases."""
    about = {"label": telling.plain(item.choices[nth].label)}
    if found is None:
        return about | {"why": FEW}
    return about | {"why": "", "n": band(found.population.adults), "change": told_mean(found.change.mean)}


def _words(rho: float) -> str:
    return next((name for limit, name in WORDS if abs(rho) < limit), "strong")
