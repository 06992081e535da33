"""What of the answers a release told of: the questionnaires, their scales, and whose rows. Reads the answers.

A file may hold only what was let out, and only those who were counted. What was told stands in the release;
that the rows are still the same is tried by working its main numbers out again. When somebody has withdrawn
her answers since, or a later group has been counted, they are not: then there is no file, because the
difference from the release would be those few people's answers.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from evaluation.figures.scales import Scored, level, moved
from evaluation.figures.scoring import LOWEST_ANSWER
from evaluation.figures.tables import population
from evaluation.releases import asked
from evaluation.releases.exports.errors import NotExportedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from evaluation.figures.tables import Answered
    from evaluation.instruments.definition import Definition, Item, Scale
    from evaluation.models import Release
    from evaluation.releases.asked import Asked

NOTHING_TOLD = (
    "Offentliggjøring {pk} viser ingen tall for noen skala eller noe spørsmål: det er ingen svar, for få,"
    " eller de vises sammen med neste måling. Da er det heller ingen data å hente ut."
)
ROWS_CHANGED = (
    "Svarene er ikke lenger de samme som da offentliggjøring {pk} ble laget: noen har trukket svarene sine,"
    " eller flere er talt opp. Forskjellen ville vist hva disse få svarte, så det lages ingen fil. Bruk"
    " en fil som ble hentet ut før."
)
NEAR = 1e-9  # relative; the numbers are worked out by the same code


@dataclass(frozen=True)
class Questionnaire:
    """One that the release told of: the same people, row by row, at each of ``waves`` (its code → rows).

    ``scales`` are those with a number in the release; ``items`` (place in the vector and item) are what may
    stand beside them: not those of a scale that was hidden.
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


def _has_levels(row: dict[str, Any]) -> bool:
    """Where only the change is told, rows would tell the levels."""
    return not row["why"] and not row.get("alone")


def _told(release: Release) -> Iterator[Questionnaire]:
    first = asked.baseline(release.wave)
    rows = {(row["instrument"], row["version"], row["scale"]): row for row in release.technical["scales"]}
    taken_up = {row["instrument"] for row in _single_items(release)}
    for each in asked.asked(release.wave, release.phase):
        definition = each.definition
        row_of = {
            scale.key: rows[definition.key, definition.version, scale.key] for scale in definition.scales
        }
        told = tuple(scale for scale in definition.scales if _has_levels(row_of[scale.key]))
        if not told and definition.key not in taken_up:
            continue
        waves = {release.wave.code: each.found}
        if each.pairs is not None and first is not None:
            waves = {first.code: each.pairs.before, release.wave.code: each.pairs.after}
        are_same = all(_is_as_released(each, scale, row_of[scale.key]) for scale in told)
        if not are_same or not _are_spread_as_released(each, release):
            raise NotExportedError(ROWS_CHANGED.format(pk=release.pk))
        out = hidden(definition, [scale for scale in definition.scales if scale not in told])
        items = tuple(_items(definition, told, out, waves.values()))
        if told or items:
            yield Questionnaire(definition, each.version.pk, waves, told, items)


def hidden(definition: Definition, untold: Iterable[Scale]) -> set[str]:
    """Items from which a hidden scale could be worked out: its own, and, where a told scale shares one of
    them, all of that scale's, since its score and the others would give the shared one.
    """
    out = {key for scale in untold for key in scale.items}
    while True:
        touched = {key for scale in definition.scales if out & set(scale.items) for key in scale.items}
        if touched <= out:
            return out
        out |= touched


def _items(
    definition: Definition, told: tuple[Scale, ...], out: set[str], waves: Iterable[Answered]
) -> Iterator[tuple[int, Item]]:
    """Items of told scales, and those of no scale that enough have answered at each wave."""
    of_scales, waves = {key for scale in told for key in scale.items}, list(waves)
    for place, item in enumerate(definition.coded_items):
        if item.key in out:
            continue
        if item.key in of_scales or all(_is_enough(found, place) for found in waves):
            yield place, item


def _is_enough(found: Answered, place: int) -> bool:
    given = found.answers[:, place] > LOWEST_ANSWER
    return population(found.households[given]).may_have_mean


def _is_as_released(each: Asked, scale: Scale, row: dict[str, Any]) -> bool:
    """Whether n, means and spread of one scale are those of the release."""
    if each.pairs is None:
        now = level(Scored.of(each.definition, scale, each.found))
        return _same(now.population, row["population"]) and _same(now, row, "people", "mean", "sd")
    moving = moved(each.definition, scale, each.pairs)
    return _same(moving.population, row["population"]) and _same(
        moving.change,
        row["change"],
        *("n", "mean_before", "mean_after", "sd_before", "sd_after", "mean", "sd", "correlation"),
    )


def _single_items(release: Release) -> list[dict[str, Any]]:
    return [*release.technical["items"], *release.technical["look_back"]]


def _are_spread_as_released(each: Asked, release: Release) -> bool:
    """Whether the counts of every item, where they were told, are those of the release."""
    columns = {item.key: (place, item.codes) for place, item in enumerate(each.definition.coded_items)}
    for row in _single_items(release):
        if row["instrument"] != each.definition.key or row["item"] not in columns:
            continue
        place, codes = columns[row["item"]]
        told = row.get("counts", {})
        for name, counts in (told if isinstance(told, dict) else {"after": told}).items():
            given = each.waves[name].answers[:, place]
            if counts and counts != [int((given == code).sum()) for code in codes]:
                return False
    return True


def _same(mine: object, released: dict[str, Any], *names: str) -> bool:
    """Whether the named numbers are equal, all of them without names. NaN is stored as nothing."""
    for name in names or released:
        one, other = getattr(mine, name), released[name]
        if not (math.isnan(one) if other is None else math.isclose(one, other, rel_tol=NEAR, abs_tol=NEAR)):
            return False
    return True
