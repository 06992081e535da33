"""Scores from vectors, by the frozen rule: whole columns at once, and as counts of the few values there are.

A score of one person is told by two small numbers, how many items were answered and their sum after
turning; so a scale has few possible scores, whatever the number of people. ``joint`` counts each pair of
before and after, and every statistic of change is exact from those counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from evaluation.figures.statistics.samples import Paired, Sample

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from evaluation.instruments.definition import Definition, Item, Scale

    Matrix = NDArray[np.int16]  # people × items, in the frozen order; codes below every answer: none
    Codes = NDArray[np.int64]

LOWEST_ANSWER = -32_000  # below it are the codes of evaluation/answers/vectors.py for «no answer»


def matrix(vectors: Iterable[bytes], items: int) -> Matrix:
    """Vectors as people × items."""
    rows = np.frombuffer(b"".join(vectors), dtype="<i2").reshape(-1, items)
    return np.asfortranarray(rows)  # a column lies together: scoring reads columns


@dataclass(frozen=True)
class Column:
    """One item of a scale: where it stands, and the least and greatest code, for turning."""

    place: int
    low: int
    high: int
    turned: bool


@dataclass(frozen=True)
class Rule:
    """A scale, ready for columns. Scores are in the scale's own unit, ``low`` to ``high``."""

    columns: tuple[Column, ...]
    min_answered: int
    is_sum: bool
    multiply: float

    @classmethod
    def of(cls, definition: Definition, scale: Scale) -> Rule:
        """Raises KeyError when an item of the scale is not among the coded ones."""
        places = {item.key: place for place, item in enumerate(definition.coded_items)}
        columns = tuple(
            Column(places[key], *_ends(definition.coded_items[places[key]]), key in scale.reversed)
            for key in scale.items
        )
        return cls(columns, scale.min_answered, scale.method == "sum", scale.multiply)

    @property
    def width(self) -> int:
        """How many different codes ``codes`` may give."""
        return (len(self.columns) + 1) * self._sums

    @property
    def _least(self) -> int:
        return min(column.low for column in self.columns)

    @property
    def _sums(self) -> int:
        return sum(column.high - self._least for column in self.columns) + 1

    def codes(self, answers: Matrix) -> Codes:
        """One small number per person: answered × sums + (sum of turned answers, each above the least)."""
        answered = np.zeros(len(answers), dtype=np.int64)
        total = np.zeros(len(answers), dtype=np.int64)
        for column in self.columns:
            values = answers[:, column.place]
            given = values > LOWEST_ANSWER
            turned = column.low + column.high - values if column.turned else values
            total += np.where(given, turned - self._least, 0)
            answered += given
        return answered * self._sums + total

    def scores_of(self, codes: Codes) -> NDArray[np.float64]:
        """What each code is worth; NaN where too few items were answered."""
        answered, total = np.divmod(codes, self._sums)
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = np.where(answered > 0, total / answered, np.nan) + self._least
        scores = mean * self.multiply * (len(self.columns) if self.is_sum else 1)
        return np.where(answered >= max(self.min_answered, 1), scores, np.nan)

    def prorated(self, codes: Codes) -> NDArray[np.bool_]:
        """Where the score stands although an item is missing."""
        answered = codes // self._sums
        return (answered >= self.min_answered) & (answered < len(self.columns))


@dataclass(frozen=True)
class Scores:
    """One scale at one occasion: the valid scores, and what became of the others."""

    sample: Sample
    people: int
    prorated: int

    @property
    def invalid(self) -> int:
        return self.people - self.sample.n


def scores(rule: Rule, codes: Codes) -> Scores:
    counts = np.bincount(codes, minlength=rule.width)
    present = np.flatnonzero(counts)
    values = rule.scores_of(present)
    valid = ~np.isnan(values)
    sample = Sample(values[valid], counts[present][valid])
    return Scores(sample, len(codes), int(counts[present][rule.prorated(present)].sum()))


def joint(rule: Rule, before: Codes, after: Codes) -> Paired:
    """Pairs of valid scores, counted; place i of both is the same person."""
    both = before * rule.width + after
    counts = np.bincount(both, minlength=1)
    present = np.flatnonzero(counts)
    first, second = rule.scores_of(present // rule.width), rule.scores_of(present % rule.width)
    valid = ~(np.isnan(first) | np.isnan(second))
    return Paired(first[valid], second[valid], counts[present][valid])


def complete_items(rule: Rule, answers: Matrix, among: NDArray[np.bool_]) -> NDArray[np.float64]:
    """The turned answers of those ``among`` who answered every item of the scale (listwise)."""
    whole = among.copy()
    for column in rule.columns:
        whole &= answers[:, column.place] > LOWEST_ANSWER
    items = np.empty((int(whole.sum()), len(rule.columns)), order="F")
    for place, column in enumerate(rule.columns):
        values = answers[:, column.place][whole]
        items[:, place] = column.low + column.high - values if column.turned else values
    return items


def rows_in_common(before: Sequence[bytes], after: Sequence[bytes]) -> tuple[Codes, Codes]:
    """Where the same pair id stands before and after. Ids are unique within each, and 16 bytes.

    They are matched by their first 64 random bits, which sort as numbers; the rest is compared after.
    """
    first, second = (np.frombuffer(b"".join(ids), dtype="<u8").reshape(-1, 2) for ids in (before, after))
    _same, left, right = np.intersect1d(first[:, 0], second[:, 0], assume_unique=True, return_indices=True)
    whole = first[left, 1] == second[right, 1]
    return left[whole], right[whole]


def _ends(item: Item) -> tuple[int, int]:
    if item.kind == "number":
        return item.low, item.high
    return min(item.codes), max(item.codes)
