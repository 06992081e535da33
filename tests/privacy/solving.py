"""Published numbers as constraints on answers, for a solver (HiGHS through scipy).

Every answer that the attacker does not know is five small unknowns, one for each thing that may have been
said, of which one is 1. Means, shares, «de fleste», municipalities and evenings are linear in these. What is
not (spread, effect sizes, alpha …) is left to whoever publishes the world that was found: a solver that finds
no world at all has proved that the answer can be worked out from the linear figures alone.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import optimize, sparse

from evaluation.figures.disclosure import SHARE_STEP
from tests.privacy.shapes import EVENING, score

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.privacy.shapes import Answers, Shape

CODES = (1, 2, 3, 4, 5)
SURE = 1e-6
ROUNDING = 0.05 + SURE
SECONDS = 5.0
INFEASIBLE = 2  # as scipy says it
Key = tuple[int, str]
Places = tuple[int, ...] | None  # of a scale's items in the questionnaire
Terms = dict[tuple[int, str, int, int], float]  # person, wave, item, code → how much it counts


@dataclass
class Bound:
    terms: Terms
    low: float
    high: float


class Puzzle:
    """Everything told of one shape. ``verdict`` is what the last ``solve`` came to."""

    def __init__(self, shape: Shape, told: str, buckets: dict[Key, int]) -> None:
        self.shape, self.buckets = shape, buckets
        self.truth: Answers = dict(shape.answers)
        self.phases = {person.number: person.phase for person in shape.people}
        self.homes = {person.number: person.home for person in shape.people}
        self.groups = {person.number: person.group for person in shape.people}
        self.told = json.loads(told)
        self.bounds = {wave: list(self._bounds(wave == EVENING)) for wave in (EVENING, "linked")}
        self.verdict = ""
        self.seconds = SECONDS  # for one search

    # --- what is published
    def _bounds(self, evening: bool) -> Iterator[Bound]:
        if evening:
            yield from self._of_evenings()
            return
        for phase, code, snapshot, technical in self.told["releases"]:
            for part, exact in ((snapshot, False), (technical, True)):
                for row in part["scales"]:
                    yield from self._of_scale(row, self.people(phase, code), code, exact=exact)
                for row in part["sites"]:
                    there = [
                        n for n in self.people(phase, code) if self.buckets[n, code] == row["municipality"]
                    ]
                    yield from self._of_scale(row, there, code, exact=exact)
            for row in snapshot["items"]:
                yield from self._of_item(row, self.people(phase, code), code)
            for row in technical["items"]:
                yield from self._of_counts(row, self.people(phase, code), code)

    def people(self, phase: str, code: str) -> list[int]:
        """The population: pairs where the wave follows another, else all who answered."""
        first = self.shape.waves[0]
        there = [
            n
            for (n, wave) in self.truth
            if wave == code and self.phases[n] == phase and not self.shape.has_gone(n, (code, phase))
        ]
        return there if code == first else [n for n in there if (n, first) in self.truth]

    def valid(self, people: list[int], waves: Iterable[str], places: Places = None) -> list[int]:
        """Those with a score at each."""
        return [n for n in people if all(self._score((n, wave), places) is not None for wave in waves)]

    def _of_scale(self, row: dict[str, Any], people: list[int], code: str, *, exact: bool) -> Iterator[Bound]:
        first, slack = self.shape.waves[0], SURE if exact else ROUNDING
        core = row.get("change")
        places = places_of(row)
        valid = self.valid(people, [code] if core is None else [first, code], places)
        if row["why"] or not valid:
            return
        means: dict[str, float | None] = {code: row.get("mean")}
        if isinstance(core, dict):
            means = {first: core.get("mean_before"), code: core.get("mean_after")}
            core = core["mean"]
        elif core is not None:
            means = {first: row.get("before"), code: row.get("after")}
        if core is not None:
            both = self._mean(valid, code, places)
            both |= {key: -count for key, count in self._mean(valid, first, places).items()}
            yield Bound(both, core - slack, core + slack)
        for wave, mean in means.items():
            if mean is not None:
                yield Bound(self._mean(valid, wave, places), mean - slack, mean + slack)

    def _of_item(self, row: dict[str, Any], people: list[int], code: str) -> Iterator[Bound]:
        if row["why"]:
            return
        place = int(row["item"][1:])
        for name, shares in row["shares"].items():
            wave = self.shape.waves[0] if name == "before" else code
            yield from self._shares([(n, wave) for n in people], place, shares)

    def _of_counts(self, row: dict[str, Any], people: list[int], code: str) -> Iterator[Bound]:
        """How many gave each answer, which research is told exactly, and everybody in rounded shares."""
        place = int(row["item"][1:])
        for name, counts in row.get("counts", {}).items():
            wave = self.shape.waves[0] if name == "before" else code
            there = [n for n in people if self.truth[n, wave][place] is not None]
            for answer, count in zip(CODES, counts, strict=False):
                yield Bound({(n, wave, place, answer): 1.0 for n in there}, count, count)

    def _shares(self, keys: list[Key], place: int, shares: dict[str, Any]) -> Iterator[Bound]:
        keys = [key for key in keys if self.truth[key][place] is not None]
        many = len(keys)
        if shares["mostly"] is not None:
            code = CODES[shares["mostly"]]
            least = min(many - 3, math.floor(0.9 * many) + 1)
            yield Bound({(*key, place, code): 1.0 for key in keys}, least, many)
            return
        rounded = SHARE_STEP / 2
        for code, share in zip(CODES, shares["percent"], strict=False):
            terms = {(*key, place, code): 1.0 for key in keys}
            yield Bound(terms, (share - rounded) / 100 * many - SURE, (share + rounded) / 100 * many + SURE)

    def _of_evenings(self) -> Iterator[Bound]:
        for group, verdict in self.told["evenings"]:
            keys = [key for key in self.truth if key[1] == EVENING and self.groups[key[0]] == group]
            for item in verdict["items"]:
                place = int(item["item"][1:])
                given = [key for key in keys if self.truth[key][place] is not None]
                if "mean" in item:
                    terms = {(*key, place, code): code / len(given) for key in given for code in CODES}
                    yield Bound(terms, item["mean"] - ROUNDING, item["mean"] + ROUNDING)
                if "percent" in item:
                    yield from self._shares(given, place, item)
        for phase, _code, snapshot, _technical in self.told["releases"]:
            for row in snapshot["modules"]:
                people = [n for n, wave in self.truth if wave == EVENING and self.phases[n] == phase]
                valid = [n for n in people if self._score((n, EVENING)) is not None]
                if not row["why"] and valid:
                    mean = self._mean(valid, EVENING)
                    yield Bound(mean, row["verdict"] - ROUNDING, row["verdict"] + ROUNDING)

    def _score(self, key: Key, places: Places = None) -> float | None:
        return score(self.shape, self.truth[key], places)

    def _mean(self, people: list[int], wave: str, places: Places = None) -> Terms:
        terms: Terms = {}
        for n in people:
            terms |= {key: part / len(people) for key, part in self._score_terms((n, wave), places).items()}
        return terms

    def _score_terms(self, key: Key, places: Places = None) -> Terms:
        asked = range(self.shape.items) if places is None else places
        given = [place for place in asked if self.truth[key][place] is not None]
        return {
            (*key, place, code): (6 - code if place < self.shape.turned else code) / len(given)
            for place in given
            for code in CODES
        }

    # --- other answers that fit
    def solve(
        self,
        person: int,
        wave: str,
        question: int,
        home: int,
        *,
        scores: dict[Key, float] | None = None,
        parts: Answers | None = None,
    ) -> Answers | None:
        """A world in which ``person`` answered otherwise, as near the true one as can be, or None.

        ``question`` below nought is her score. ``scores`` are what some people's scores must be: with all of
        them as they are, only what is told of single items can give the world away. ``parts`` are answers
        whose every part of the scale is to have the score it has there.
        """
        self.verdict = "derivable"  # until a world is found, or there was no time to find it
        said = self.truth[person, wave]
        if question < 0:
            terms, value = self._score_terms((person, wave)), self._score((person, wave)) or 0.0
            ways = [Bound(terms, -9, value - 0.01), Bound(terms, value + 0.01, 9)]
        else:
            ways = [Bound({(person, wave, question, said[question] or 0): 1.0}, 0, 0)]
        kind = EVENING if wave == EVENING else "linked"
        bounds = [*self.bounds[kind], *self._kept(kind, scores or {}), *self._parts_kept(kind, parts or {})]
        for way in ways:
            found = self._feasible([*bounds, way], home, kind)
            if found is not None:
                return found
        return None

    def _kept(self, kind: str, scores: dict[Key, float]) -> Iterable[Bound]:
        for key in self._keys(kind):
            if key in scores:
                yield Bound(self._score_terms(key), scores[key] - SURE, scores[key] + SURE)

    def _parts_kept(self, kind: str, at: Answers) -> Iterable[Bound]:
        for key in self._keys(kind):
            for places in self.shape.split if self.shape.parts and key in at else ():
                value = score(self.shape, at[key], places)
                if value is not None and self._score(key, places) is not None:
                    yield Bound(self._score_terms(key, places), value - SURE, value + SURE)

    def _keys(self, kind: str) -> list[Key]:
        return [key for key in sorted(self.truth) if (key[1] == EVENING) == (kind == EVENING)]

    def _feasible(self, bounds: list[Bound], home: int, kind: str) -> Answers | None:
        keys = self._keys(kind)
        free = [
            (*key, place, code)
            for key in keys
            for place, answer in enumerate(self.truth[key])
            if answer is not None
            for code in CODES
        ]
        column = {each: n for n, each in enumerate(free)}
        known = np.array([self.homes[each[0]] == home for each in free])
        true = np.array([float(self.truth[each[0], each[1]][each[2]] == each[3]) for each in free])
        rows = [*bounds, *_one_each(free)]
        matrix = sparse.lil_array((len(rows), len(free)))
        for n, bound in enumerate(rows):
            for key, part in bound.terms.items():
                matrix[n, column[key]] = part
        solved = optimize.milp(
            -true,  # as many as can be answered as they did
            integrality=np.ones(len(free)),
            bounds=optimize.Bounds(np.where(known, true, 0), np.where(known, true, 1)),
            constraints=optimize.LinearConstraint(
                matrix.tocsr(), [each.low for each in rows], [each.high for each in rows]
            ),
            options={"time_limit": self.seconds, "mip_rel_gap": 0.2},
        )
        if solved.status != INFEASIBLE:
            self.verdict = "not shown"
        return None if solved.x is None else self._read(solved.x, column, kind)

    def _read(self, found: Any, column: dict[tuple[int, str, int, int], int], kind: str) -> Answers:
        def said(key: Key, place: int) -> int:
            return max(CODES, key=lambda code: float(found[column[(*key, place, code)]]))

        return {
            key: tuple(
                None if answer is None else said(key, place) for place, answer in enumerate(self.truth[key])
            )
            for key in self._keys(kind)
        }


def places_of(row: dict[str, Any]) -> tuple[int, ...]:
    """Of the items of a scale that is told of."""
    return tuple(int(key[1:]) for key in row["keys"])


def _one_each(free: list[tuple[int, str, int, int]]) -> Iterator[Bound]:
    for start in range(0, len(free), len(CODES)):
        yield Bound(dict.fromkeys(free[start : start + len(CODES)], 1.0), 1, 1)
