"""What other worlds must have in common with the true one, looked at before they are published.

Means, spreads and correlations are told to all digits, and how many gave each answer: a world in which the
sums that they are made of are others cannot be published as the true one was. Nothing is proved safe here.
"""

from __future__ import annotations

from functools import lru_cache
from math import lcm
from typing import TYPE_CHECKING, Any

from tests.privacy.shapes import score
from tests.privacy.solving import places_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.privacy.shapes import Answers, Key
    from tests.privacy.solving import Puzzle

PARTS = lcm(*range(1, 9))  # scores are counted in these, so that they are whole numbers
Sums = tuple[int, ...]


class Invariants:
    """Of one shape and what was told of it."""

    def __init__(self, puzzle: Puzzle) -> None:
        self.puzzle, self.shape, self.truth = puzzle, puzzle.shape, puzzle.truth
        self.score = lru_cache(maxsize=None)(self._scored)
        told = [(self._columns(*each), places_of(each[0])) for each in self._rows()]
        self.told = [
            (columns, places, self._sums(columns, places, self.truth))
            for columns, places in told
            if columns[0]
        ]
        counted = [(keys, place) for keys, place in self._items() if keys]
        self.counted = [(keys, place, self._counts(keys, place, self.truth)) for keys, place in counted]

    def may_be_told(self, answers: Answers) -> bool:
        """Whether every sum of ``answers``, which are all there are, is as it was."""
        return all(
            columns_are_true(columns, answers, self.truth) or self._sums(columns, places, answers) == sums
            for columns, places, sums in self.told
        ) and all(self._counts(keys, place, answers) == counts for keys, place, counts in self.counted)

    def _scored(self, answers: tuple[int | None, ...], places: tuple[int, ...] | None = None) -> int:
        return round(PARTS * (score(self.shape, answers, places) or 0))

    def _sums(self, columns: list[list[Key]], places: tuple[int, ...], answers: Answers) -> Sums:
        """The sums, and sums of squares, of each column, and of their products."""
        scores = [[self.score(answers[key], places) for key in column] for column in columns]
        firsts = [sum(each) for each in scores]
        products = [
            sum(a * b for a, b in zip(one, other, strict=True))
            for n, one in enumerate(scores)
            for other in scores[n:]
        ]
        return (*firsts, *products)

    def _counts(self, keys: list[Key], place: int, answers: Answers) -> list[int]:
        return sorted(answers[key][place] or 0 for key in keys)

    # --- what is told
    def _rows(self) -> Iterator[tuple[dict[str, Any], str, list[int]]]:
        """Each row of a scale that is told, its wave, and of whom."""
        for phase, code, _snapshot, technical in self.puzzle.told["releases"]:
            people = self.puzzle.people(phase, code)
            for row in technical["scales"]:
                yield row, code, people
            for row in technical["sites"]:
                there = [n for n in people if self.puzzle.buckets[n, code] == row["municipality"]]
                yield row, code, there

    def _columns(self, row: dict[str, Any], code: str, people: list[int]) -> list[list[Key]]:
        if row["why"]:
            return [[]]
        waves = [self.shape.waves[0], code] if "change" in row else [code]
        valid = self.puzzle.valid(people, waves, places_of(row))
        return [[(n, wave) for n in valid] for wave in waves]

    def _items(self) -> Iterator[tuple[list[Key], int]]:
        for phase, code, _snapshot, technical in self.puzzle.told["releases"]:
            people = self.puzzle.people(phase, code)
            for row in technical["items"]:
                for name, counts in row.get("counts", {}).items():
                    wave = self.shape.waves[0] if name == "before" else code
                    yield [(n, wave) for n in people] if counts else [], int(row["item"][1:])


def columns_are_true(columns: list[list[Key]], answers: Answers, truth: Answers) -> bool:
    return all(answers[key] is truth[key] for column in columns for key in column)
