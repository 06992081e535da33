"""The answers of one wave dealt out again among those who gave them, by the solver.

Then everything told of that wave alone is as it was, and what it has to do with other waves is linear in who
gets whose: sums of products with scores that stay, of all, of places and of households.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
from scipy import optimize

from tests.privacy.solving import CODES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from tests.privacy.candidates import Target
    from tests.privacy.shapes import Answers, Key
    from tests.privacy.sums import Invariants

Weighed = tuple[
    "dict[Key, float]", "NDArray[np.float64]"
]  # whose answers count how much, and what each is worth
DEALS = 12  # each nearest to the true world in another way
SECONDS = 3.0


class Dealer:
    """Of one shape. ``homes`` says where each lives."""

    def __init__(self, sums: Invariants, homes: dict[int, int]) -> None:
        self.sums, self.truth, self.homes = sums, sums.truth, homes

    def deals(
        self, target: Target, home: int, value: float | None, values: dict[Key, float | None]
    ) -> Iterator[Answers]:
        """``values`` are the answers that are asked about, by who gave them; ``value`` is hers."""
        keys = sorted(values)
        may = np.array([[self._may_have(one, other, home) for other in keys] for one in keys], bool)
        mine = keys.index((target.person, target.wave))
        may[mine] &= np.array([values[key] != value for key in keys])
        rows = self._rows(keys, target.wave)
        chance = np.random.default_rng(target.person)
        for _deal in range(DEALS):
            near = np.eye(len(keys)) + chance.random(may.shape)
            found = self._solved(near, may, rows)
            if found is None:
                return
            yield {
                key: self.truth[keys[place]] for key, place in zip(keys, found.argmax(axis=1), strict=True)
            }

    def _may_have(self, one: Key, other: Key, home: int) -> bool:
        blanks = [[said is None for said in self.truth[key]] for key in (one, other)]
        return one == other or (
            blanks[0] == blanks[1] and home not in (self.homes[one[0]], self.homes[other[0]])
        )

    def _rows(self, keys: list[Key], wave: str) -> list[NDArray[np.float64]]:
        """Of the sums that are told: what it counts that one has the answers of another."""
        place = {key: n for n, key in enumerate(keys)}
        found = []
        for weights, worth in (*self._of_scales(keys, wave), *self._of_items(keys)):
            row = np.zeros((len(keys), len(keys)))
            if all(key in place for key in weights):
                for key, weight in weights.items():
                    row[place[key]] = weight * worth
                found.append(row)
        return found

    def _of_scales(self, keys: list[Key], wave: str) -> Iterator[Weighed]:
        for columns, places, _sums in self.sums.told:
            scores = np.array([self.sums.score(self.truth[key], places) for key in keys], float)
            for mine in (column for column in columns if column[0][1] == wave):
                together = Counter(self.homes[key[0]] for key in mine)
                yield dict.fromkeys(mine, 1.0), scores
                yield dict.fromkeys(mine, 1.0), scores**2
                yield {key: 1 / together[self.homes[key[0]]] for key in mine}, scores
                for column in (column for column in columns if column is not mine):
                    theirs = [float(self.sums.score(self.truth[key], places)) for key in column]
                    yield dict(zip(mine, theirs, strict=True)), scores

    def _of_items(self, keys: list[Key]) -> Iterator[Weighed]:
        for given, item, _counts in self.sums.counted:
            for code in CODES:
                worth = np.array([float(self.truth[key][item] == code) for key in keys])
                yield dict.fromkeys(given, 1.0), worth

    def _solved(
        self, near: NDArray[np.float64], may: NDArray[np.bool_], rows: list[NDArray[np.float64]]
    ) -> NDArray[np.float64] | None:
        many = len(may)
        once = [np.zeros((many, many)) for _each in range(2 * many)]
        for n in range(many):
            once[n][n], once[many + n][:, n] = 1, 1
        matrix = np.array([each.ravel() for each in (*once, *rows)])
        true = np.array([1.0] * len(once) + [float(np.trace(row)) for row in rows])
        slack = np.array([0.0] * len(once) + [1e-6 * max(1.0, abs(np.trace(row))) for row in rows])
        solved = optimize.milp(
            -near.ravel(),
            integrality=np.ones(many * many),
            bounds=optimize.Bounds(0, may.ravel().astype(float)),
            constraints=optimize.LinearConstraint(matrix, true - slack, true + slack),
            options={"time_limit": SECONDS, "mip_rel_gap": 0.1},
        )
        return None if solved.x is None else solved.x.reshape(many, many)
