"""What may stand in the research file of a question that is in no scale (rule R9). Pure.

Her age, or whether she is kin of the child, somebody may know of a participant who never saw her answers: so
nobody may be alone with it on a row that has her scores as well. Every value of such a column, «not answered»
among them, is that of five adults of four families at least, at each wave by itself.

A number is first made coarser, where not every number was given by so many: neighbours together, from the
lowest, as few as are a crowd at every wave, and all possible numbers are in one of these. What is still too
few is left empty, as attendance is (coarsening.py). That holds for each answer by itself: of several together
the file does not promise it, and the codebook says so.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from evaluation.figures.scoring import LOWEST_ANSWER
from evaluation.instruments.definition import Words
from evaluation.releases.exports.coarsening import are_enough, told_apart
from evaluation.releases.exports.columns import EMPTY

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from numpy.typing import NDArray

    from evaluation.instruments.definition import Item
    from evaluation.releases.exports.columns import Column

    Whole = NDArray[np.signedinteger[Any]]
    Homes = NDArray[np.int64]
    Wave = tuple[Whole, Homes]  # of each person her answer, and a number for her household

Bands = list[tuple[int, int]]  # the lowest and the highest number of each, by rising order
TOGETHER = Words(
    "Tall er slått sammen til grupper på minst fem voksne; det laveste i gruppa står.",
    "Tal er slegne saman til grupper på minst fem vaksne; det lågaste i gruppa står.",
)
LEFT_EMPTY = Words(
    "Tom: svar som færre enn fem voksne i fire familier ga.",
    "Tom: svar som færre enn fem vaksne i fire familiar gav.",
)


def told_values(values: Whole, homes: Homes) -> set[int]:
    """Which may stand; the rest of them, with those of whom nothing stands, is a crowd too, or nobody."""
    parts = _by_value(values, homes)
    return told_apart(parts, parts.pop(EMPTY, []))


def of_crowds(
    columns: Sequence[Column], bands: Bands | None, homes: Homes, here: NDArray[np.bool_]
) -> list[Column]:
    """What may stand of an item at one wave: its column, or one for each choice. ``bands`` are its numbers'.

    ``here`` are those who are among the people of the questionnaire: of the others nothing stands.
    """
    if bands is None:
        return []
    told = (_without_the_few(_coarser(column, bands), homes, here) for column in columns)
    return [column for column in told if column is not None]


def bands_of(item: Item, waves: Sequence[Wave]) -> Bands | None:
    """Of a number, as it was answered: none where every number was given by enough, so that they stand as
    they are. None where there would be but one.
    """
    given = [(values[values > LOWEST_ANSWER], homes[values > LOWEST_ANSWER]) for values, homes in waves]
    if all(are_enough(homes) for wave in given for homes in _by_value(*wave).values()):
        return []
    return banded(item.low, item.high, given)


def banded(low: int, high: int, waves: Sequence[Wave]) -> Bands | None:
    """The numbers ``low`` to ``high`` in bands. None where there would be but one. All values are answers."""
    met = [_by_value(*wave) for wave in waves]
    bands: Bands = []
    start, people = low, [list[int]() for _wave in waves]
    for number in sorted({value for found in met for value in found}):
        for mine, found in zip(people, met, strict=True):
            mine += found.get(number, [])
        if all(map(are_enough, people)):
            bands.append((start, number))
            start, people = number + 1, [list[int]() for _wave in waves]
    if bands:  # whoever is above the last are in it
        bands[-1] = (bands[-1][0], high)
    return bands if len(bands) > 1 else None


def _coarser(column: Column, bands: Bands) -> Column:
    """``column`` of a number with the lowest number of its band for each answer."""
    if not bands:
        return column
    starts, values = np.array([low for low, _high in bands]), np.asarray(column.values)
    lowest = starts[np.searchsorted(starts, values, side="right") - 1]
    none = np.isin(values, [EMPTY, *(code for code, _why in column.missing)])
    told = [str(low) if low == high else f"{low} til {high}" for low, high in bands]
    return replace(
        column,
        values=np.where(none, values, lowest).astype(np.int32),
        measure="ordinal",
        choices=tuple((low, Words(words, words)) for (low, _high), words in zip(bands, told, strict=True)),
        note=TOGETHER,
    )


def _without_the_few(column: Column, homes: Homes, here: NDArray[np.bool_]) -> Column | None:
    """With nothing where few gave the answer; None where no answer is left."""
    values = np.asarray(column.values)
    told = told_values(values[here], homes[here])
    if told <= {code for code, _why in column.missing}:
        return None
    kept = np.isin(values, list(told))
    if (kept | (values == EMPTY)).all():
        return column
    note = Words(f"{column.note.nb} {LEFT_EMPTY.nb}".strip(), f"{column.note.nn} {LEFT_EMPTY.nn}".strip())
    return replace(column, values=np.where(kept, values, EMPTY).astype(np.int32), note=note)


def _by_value(values: Whole, homes: Homes) -> dict[int, list[int]]:
    """The households of those with each value."""
    order = np.argsort(values, kind="stable")
    found, starts = np.unique(values[order], return_index=True)
    parts = np.split(homes[order], starts[1:])
    return {int(value): part.tolist() for value, part in zip(found, parts, strict=True)}
