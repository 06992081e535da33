"""What of the answers a release told of: the questionnaires, their scales, and whose rows. Reads the answers.

A file may hold only what was let out, and only those who were counted. What was told stands in the release;
that the rows are still the same is tried by working its main numbers out again. When somebody has withdrawn
her answers since, or a later group has been counted, they are not: then there is no file, because the
difference from the release would be those few people's answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from evaluation.figures.scales import are_alike
from evaluation.figures.scoring import LOWEST_ANSWER
from evaluation.figures.tables import population
from evaluation.releases import asked
from evaluation.releases.as_released import (
    are_spread_as_released,
    is_change_as_released,
    is_level_as_released,
)
from evaluation.releases.beside import item_may_stand
from evaluation.releases.exports.errors import NotExportedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from evaluation.figures.tables import Answered
    from evaluation.instruments.definition import Definition, Item, Scale
    from evaluation.models import Release
    from evaluation.releases.asked import Asked

NOTHING_TOLD = (
    "Det er ingen data å hente ut fra offentliggjøring {pk}: det er ingen svar, for få, de vises sammen med"
    " neste måling, eller de kunne sammen med en tidligere offentliggjøring røpet hva noen svarte."
)
ROWS_CHANGED = (
    "Svarene er ikke lenger de samme som da offentliggjøring {pk} ble laget: noen har trukket svarene sine,"
    " eller flere er talt opp. Derfor lages det ingen fil: forskjellen fra det som er offentliggjort, ville"
    " vist hva disse få svarte. Gjør slik: Bruk fila som ble hentet ut før. Finnes det ingen, hent ut neste"
    " offentliggjøring av studien, med en gang den er laget. Tallene i offentliggjøring {pk} gjelder"
    " fortsatt."
)


@dataclass(frozen=True)
class Questionnaire:
    """One that the release told of: the same people, row by row, at each of ``waves`` (its code → rows).

    ``scales`` are those with a number in the release; ``items`` (place in the vector and item) are what may
    stand beside them: not those of a scale that was hidden, nor one whose answers are alike.
    """

    definition: Definition
    version: int
    waves: dict[str, Answered]
    scales: tuple[Scale, ...]
    items: tuple[tuple[int, Item], ...]

    @property
    def people(self) -> Answered:
        """The rows of the release's own wave."""
        return list(self.waves.values())[-1]


def questionnaires(release: Release) -> list[Questionnaire]:
    """Those with something to export, in their order. Raises NotExportedError when nothing was told, or when
    the rows are no longer those that were counted.
    """
    told = list(_told(release))
    if not told:
        raise NotExportedError(NOTHING_TOLD.format(pk=release.pk))
    return told


def _has_both(row: dict[str, Any]) -> bool:
    """Where only the level after is told, rows would tell the one before."""
    return not row["why"] and not row.get("alone")


def _told(release: Release) -> Iterator[Questionnaire]:
    rows = {(row["instrument"], row["version"], row["scale"]): row for row in release.technical["scales"]}
    taken_up = {row["instrument"] for name in ("items", "look_back") for row in release.technical[name]}
    for each in asked.asked(release.wave, release.phase, release):
        definition = each.definition
        row_of = {
            scale.key: rows[definition.key, definition.version, scale.key] for scale in definition.scales
        }
        released = [scale for scale in definition.scales if _has_both(row_of[scale.key])]
        if not released and definition.key not in taken_up:
            continue
        are_same = all(_is_as_released(each, scale, row_of[scale.key]) for scale in released)
        if not are_same or not are_spread_as_released(definition, each.waves, release.technical):
            raise NotExportedError(ROWS_CHANGED.format(pk=release.pk))
        told = tuple(scale for scale in released if _rows_may_stand(each, scale))
        waves = _waves(release.wave.code, each, has_levels=bool(told))
        untold = [scale for scale in definition.scales if scale not in told]
        alike = [
            item.key
            for place, item in enumerate(definition.coded_items)
            if any(_are_alike(item, place, found) for found in waves.values())
        ]
        out = hidden(definition, untold, alike)
        items = tuple(_items(each, told, out | untold_items(release, definition), waves.values()))
        if told or items:
            yield Questionnaire(definition, each.version.pk, waves, told, items)


def _rows_may_stand(each: Asked, scale: Scale) -> bool:
    """Whether the answers before to each item of the scale may stand beside the file of what is out. Those
    of people without a valid score too: the scale's own figures, which were told, say nothing of them.
    """
    if each.pairs is None or not each.earlier:
        return True
    places = [place for place, item in enumerate(each.definition.coded_items) if item.key in scale.items]
    return all(item_may_stand(place, each.pairs, each.earlier) for place in places)


def _waves(code: str, each: Asked, *, has_levels: bool) -> dict[str, Answered]:
    """Where the level before is not told, beside what is out, the answers before are not in the file."""
    if each.pairs is None or each.first is None:
        return {code: each.found}
    if each.earlier and not has_levels:
        return {code: each.pairs.after}
    return {each.first.code: each.pairs.before, code: each.pairs.after}


def hidden(definition: Definition, untold: Iterable[Scale], alike: Iterable[str] = ()) -> set[str]:
    """Items from which a hidden scale, or one of ``alike``, could be worked out: these, and, where a told
    scale shares one of them, all of that scale's, since its score and the others would give the shared one.
    """
    out = {*alike, *(key for scale in untold for key in scale.items)}
    while True:
        touched = {key for scale in definition.scales if out & set(scale.items) for key in scale.items}
        if touched <= out:
            return out
        out |= touched


def untold_items(release: Release, definition: Definition) -> set[str]:
    """Items of no scale whose answers the release does not tell: too few, alike, or «de fleste» alone."""
    of_scales = {key for scale in definition.scales for key in scale.items}
    rows = (*release.technical["items"], *release.technical["look_back"])
    mine = (row for row in rows if row["instrument"] == definition.key and row["item"] not in of_scales)
    return {row["item"] for row in mine if row["why"] or not _is_spread(row["counts"])}


def _is_spread(counts: dict[str, list[int]] | list[int]) -> bool:
    """Whether it is told at every wave how many gave each answer."""
    return all(counts.values()) if isinstance(counts, dict) else bool(counts)


def _items(
    each: Asked, told: tuple[Scale, ...], out: set[str], waves: Iterable[Answered]
) -> Iterator[tuple[int, Item]]:
    """Items of told scales, and those of no scale that enough have answered at each wave, and that say
    nothing of a few beside the file of what is out. Which of the latter's answers may stand: background.py.
    """
    of_scales, waves = {key for scale in told for key in scale.items}, list(waves)
    for place, item in enumerate(each.definition.coded_items):
        if item.key in out:
            continue
        if item.key in of_scales or (
            all(_are_enough(found, place) for found in waves)
            and (each.pairs is None or len(waves) == 1 or item_may_stand(place, each.pairs, each.earlier))
        ):
            yield place, item


def _are_enough(found: Answered, place: int) -> bool:
    return population(found.households[_given(found, place)]).may_have_shares


def _given(found: Answered, place: int) -> NDArray[np.bool_]:
    return found.answers[:, place] > LOWEST_ANSWER


def _are_alike(item: Item, place: int, found: Answered) -> bool:
    """Whether all who answered, or all but one household, gave the same: of «several», in any of its choices,
    since each is a column.
    """
    given = _given(found, place)
    if not given.any():
        return False
    answers, homes = found.answers[given, place], found.households[given]
    columns = (
        [answers >> nth & 1 for nth in range(len(item.choices))] if item.kind == "several" else [answers]
    )
    return any(are_alike(column.astype(np.float64), homes) for column in columns)


def _is_as_released(each: Asked, scale: Scale, row: dict[str, Any]) -> bool:
    """Whether n, means and spread of one scale are those of the release."""
    if each.pairs is None:
        return is_level_as_released(each.definition, scale, each.found, row)
    return is_change_as_released(each.definition, scale, each.pairs, row)
