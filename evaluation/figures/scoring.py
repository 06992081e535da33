"""Scores from vectors, by the frozen rule: whole columns at once, and as counts of the few values there are.

A score of one person is told by two small numbers, how many items were answered and their sum after
turning; so a scale has few possible scores, whatever the number of people. ``joint`` counts each pair of
before and after, and every statistic of change is exact from those counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from evaluation.figures.statistics.samples import Paired, Sample

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from evaluation.instruments.definition import Definition, Item, Scale

    Matrix = NDArray[np.int16]  # people × items, in the frozen order; codes below every answer: none
    Codes = NDArray[np.signedinteger[Any]]
    Places = NDArray[np.int64]
    Ids = NDArray[np.uint64]  # of each person 64 bits by a key

MOST_SHORT = 2**15 - 1  # codes that two bytes hold
MOST_COUNTED = 2**20  # possible codes up to which each has a place of its own, however few people there are
LOWEST_ANSWER = -32_000  # below it are the codes of evaluation/answers/vectors.py for «no answer»


def slots(chunks: Sequence[Matrix], items: int) -> Matrix:
    """Rows that came in chunks, with each column lying together: scoring reads columns."""
    rows = np.empty((sum(map(len, chunks)), items), dtype=np.int16, order="F")
    start = 0
    for chunk in chunks:
        rows[start : start + len(chunk)] = chunk
        start += len(chunk)
    return rows


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
        items = definition.coded_items
        places = {item.key: place for place, item in enumerate(items)}
        columns = tuple(
            Column(places[key], *_ends(items[places[key]]), key in scale.reversed) for key in scale.items
        )
        return cls(columns, scale.min_answered, scale.method == "sum", scale.multiply)

    @cached_property
    def width(self) -> int:
        """How many different codes ``codes`` may give."""
        return (len(self.columns) + 1) * self._sums

    @cached_property
    def _least(self) -> int:
        return min(column.low for column in self.columns)

    @cached_property
    def _sums(self) -> int:
        return sum(column.high - self._least for column in self.columns) + 1

    def codes(self, answers: Matrix) -> Codes:
        """One small number per person: answered × sums + (sum of turned answers, each above the least)."""
        kind = np.int16 if self.width <= MOST_SHORT else np.int64
        code: Codes = np.zeros(len(answers), dtype=kind)
        for column in self.columns:
            values: Codes = answers[:, column.place].astype(kind, copy=False)
            steps = column.low + column.high - self._least - values if column.turned else values - self._least
            code += np.where(values > LOWEST_ANSWER, steps + self._sums, 0)
        return code

    def scores_of(self, codes: Codes) -> NDArray[np.float64]:
        """What each code is worth; NaN where too few items were answered."""
        answered, total = np.divmod(codes.astype(np.int64), self._sums)
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = np.where(answered > 0, total / answered, np.nan) + self._least
        scores = mean * self.multiply * (len(self.columns) if self.is_sum else 1)
        return np.where(answered >= max(self.min_answered, 1), scores, np.nan)

    def worth(self, codes: Codes) -> NDArray[np.float64]:
        """The score of each person. Each possible code is worked out once, or, where they are many, each of
        these.
        """
        if self.width > MOST_COUNTED:
            return self.scores_of(codes)
        return self.scores_of(np.arange(self.width))[codes]

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
    present, counts = _counted(codes, rule.width)
    values = rule.scores_of(present)
    valid = ~np.isnan(values)
    sample = Sample(values[valid], counts[valid])
    return Scores(sample, len(codes), int(counts[rule.prorated(present)].sum()))


def joint(rule: Rule, before: Codes, after: Codes) -> Paired:
    """Pairs of valid scores, counted; place i of both is the same person."""
    present, counts = _counted(before.astype(np.int64) * rule.width + after, rule.width**2)
    first, second = rule.scores_of(present // rule.width), rule.scores_of(present % rule.width)
    valid = ~(np.isnan(first) | np.isnan(second))
    return Paired(first[valid], second[valid], counts[valid])


def _counted(codes: Codes, width: int) -> tuple[Places, Places]:
    """Each code that is there, by rising order, and how many have it. Where there may be very many more than
    people, they are sorted, and no place is kept for what nobody has.
    """
    if width > max(MOST_COUNTED, 16 * len(codes)):
        present, counts = np.unique(codes, return_counts=True)
        return present.astype(np.int64), counts.astype(np.int64)
    all_counts = np.bincount(codes, minlength=1)
    present = np.flatnonzero(all_counts)
    return present, all_counts[present]


def complete_items(rule: Rule, answers: Matrix, among: Places) -> NDArray[np.float64]:
    """The turned answers of those ``among`` who answered every item of the scale (listwise)."""
    columns = [answers[:, column.place][among] for column in rule.columns]
    whole = np.ones(len(among), dtype=bool)
    for values in columns:
        whole &= values > LOWEST_ANSWER
    items = np.empty((int(whole.sum()), len(columns)), order="F")
    for place, (column, values) in enumerate(zip(rule.columns, columns, strict=True)):
        items[:, place] = column.low + column.high - values[whole] if column.turned else values[whole]
    return items


def rows_in_common(before: Ids, after: Ids) -> tuple[Places, Places]:
    """Where the same pair id stands before and after. Ids are unique within each."""
    _same, left, right = np.intersect1d(before, after, assume_unique=True, return_indices=True)
    return left, right


def _ends(item: Item) -> tuple[int, int]:
    if item.kind == "number":
        return item.low, item.high
    return min(item.codes), max(item.codes)
