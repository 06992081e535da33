"""Other worlds that may have been published as the true one was, the cheap ones first."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import combinations, product
from typing import TYPE_CHECKING

from tests.privacy.moving import rounds, shifted, skipped_otherwise
from tests.privacy.shapes import EVENING, score
from tests.privacy.solving import CODES, Puzzle

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from tests.privacy.shapes import Answers, Person, Shape

MANY = 8_000  # of two swaps at once: most fall by their sums
SWAPS = 12  # other people whose place is tried
TRIES = 4  # other people whose answers of one wave are tried on somebody
SCORE = -1  # the question «what is her score?»


@dataclass(frozen=True)
class Target:
    person: int
    wave: str
    question: int  # place of the item, or SCORE


class Candidates:
    """Of one shape. ``_alike`` says who may change places, by person and wave."""

    told: str
    puzzle: Puzzle

    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        self.truth: Answers = dict(shape.answers)
        self.people = {person.number: person for person in shape.people}
        self.effort = 1  # more for what is not found at once
        self._alike: dict[tuple[int, str], int] = {}

    def value(self, target: Target, at: Answers | None = None) -> float | None:
        answers = (self.truth if at is None else at)[target.person, target.wave]
        return score(self.shape, answers) if target.question == SCORE else answers[target.question]

    def swapped(self, one: int, other: int, waves: Collection[str]) -> Answers:
        changed: Answers = {}
        for wave in waves:
            if (one, wave) in self.truth and (other, wave) in self.truth:
                changed[one, wave], changed[other, wave] = self.truth[other, wave], self.truth[one, wave]
        return changed

    def _worlds(self, target: Target, home: int) -> Iterator[tuple[str, Answers]]:
        """Other worlds in which the target's answer is another and the household's own are as they are."""
        key = (target.person, target.wave)
        asked = range(self.shape.items) if target.question == SCORE else [target.question]
        for step in (1, 2, 3, 4):
            given = list(self.truth[key])
            for place in asked:
                before = given[place]
                given[place] = before and (before + step - 1) % 5 + 1
            yield "not told of", {key: tuple(given)}
        swaps = self._by_parts(self._part_swaps(target, home))
        yield from (("changed a wave", world) for world in swaps)
        value, homes = self.value(target), list(self._by_parts(self._homes_changed(target, home)))
        changed = [world for world in homes if self.value(target, self.truth | world) != value]
        yield from (("homes changed places", world) for world in changed)
        yield from (("same score", world) for world in shifted(self, target, home, homes))
        yield from (("all others", world) for world in self._turned(target, home))
        yield from (("hidden otherwise", world) for world in self._hidden_otherwise(target, home))
        yield from (("all the same", world) for world in self._the_same(target, home))
        yield from (("skipped another", world) for world in skipped_otherwise(self, target, home))
        yield from (("three places", world) for world in rounds(self, target, home))
        yield from self._solved(target, home)
        yield from (("two swaps", world) for world in self._by_parts(self._two_swaps(target, home)))

    def _by_parts(self, worlds: Iterator[Answers]) -> Iterator[Answers]:
        """Each as it is, and with only the scale's items changed, and only the others."""
        end = self.shape.items
        for world in worlds:
            yield world
            if self.shape.alone:
                yield {key: said[:end] + self.truth[key][end:] for key, said in world.items()}
                yield {key: self.truth[key][:end] + said[end:] for key, said in world.items()}

    def _homes_changed(self, target: Target, home: int) -> Iterator[Answers]:
        """She and whoever she lives with have the places of two who live together."""
        waves = (EVENING,) if target.wave == EVENING else self.shape.waves
        mate = self._mate(target.person)
        for other in self.shape.people:
            theirs, key = self._mate(other.number), (other.number, target.wave)
            if home != other.home and key in self.truth and mate and theirs and mate != other:
                swap = self.swapped(target.person, other.number, waves)
                yield swap | self.swapped(mate.number, theirs.number, waves)

    def _mate(self, number: int) -> Person | None:
        home = self.people[number].home
        return next((each for each in self.shape.people if each.home == home and each.number != number), None)

    def _the_same(self, target: Target, home: int) -> Iterator[Answers]:
        """All others, or those of her phase, with one score, of the scale or a part of it: what is hidden
        because all are alike.
        """
        phase = self.people[target.person].phase
        others = [n for n, wave in self.truth if wave == target.wave and self.people[n].home != home]
        wholes = [tuple(range(self.shape.items)), *(self.shape.split if self.shape.parts else ())]
        for there in (others, [n for n in others if self.people[n].phase == phase]):
            for code, part in product(CODES, wholes):
                keys = [(n, target.wave) for n in there]
                world = {key: self._all_at(code, self.truth[key], part) for key in keys}
                if self.value(target, self.truth | world) != self.value(target):
                    yield world

    def _all_at(
        self, code: int, given: tuple[int | None, ...], part: tuple[int, ...]
    ) -> tuple[int | None, ...]:
        """``part`` of the scale's items such that its score is ``code``; the others as they are."""
        turned = self.shape.turned
        return tuple(
            said and (6 - code if n < turned else code) if n in part else said for n, said in enumerate(given)
        )

    def _two_swaps(self, target: Target, home: int) -> Iterator[Answers]:
        """She takes another's place, and two others change places at one wave so that sums add up."""
        if target.wave == EVENING:
            return
        phase, value = self.people[target.person].phase, self.value(target)
        there = [n for n, each in self.people.items() if each.home != home and each.phase == phase]
        pairs = list(combinations([n for n in there if n != target.person], 2))
        tried = 0
        for other in there:
            key = (other, target.wave)
            if key not in self.truth or self.value(Target(*key, target.question)) in (value, None):
                continue
            for waves in self.ways(target.wave):
                swap = self.swapped(target.person, other, waves)
                for wave, (one, two) in product(self.shape.waves, pairs):
                    again = self._swapped_in(self.truth | swap, one, two, wave)
                    tried += 1
                    if tried > MANY * self.effort:
                        return
                    if again:
                        yield swap | again

    def _swapped_in(self, world: Answers, one: int, other: int, wave: str) -> Answers:
        if (one, wave) not in world or (other, wave) not in world:
            return {}
        mine, theirs = world[one, wave], world[other, wave]
        blanks = [[said is None for said in each] for each in (mine, theirs)]
        return {(one, wave): theirs, (other, wave): mine} if mine != theirs and blanks[0] == blanks[1] else {}

    def _turned(self, target: Target, home: int) -> Iterator[Answers]:
        """All others, or all who came and went as she did, with answers turned about."""
        there = [n for n, wave in self.truth if wave == target.wave and self.people[n].home != home]
        groups = [there]
        for wave in (wave for wave in self.shape.waves if wave != target.wave != EVENING):
            came = (target.person, wave) in self.truth
            groups.append([n for n in there if ((n, wave) in self.truth) == came])
        for group in groups:
            for turn in (lambda a: 6 - a, lambda a: a % 5 + 1, lambda _a: 3):
                world: Answers = {
                    (n, target.wave): tuple(a and turn(a) for a in self.truth[n, target.wave]) for n in group
                }
                if self.value(target, self.truth | world) != self.value(target):
                    yield world

    def _hidden_otherwise(self, target: Target, home: int) -> Iterator[Answers]:
        """What is hidden because all were alike at one wave may be hidden because they were so at another."""
        phase, key = self.people[target.person].phase, (target.person, target.wave)
        others = [wave for wave in self.shape.waves if wave != target.wave]
        for waves in (others, *([wave] for wave in others)) if '"alike"' in self.told else ():
            there = [
                each
                for each in self.truth
                if each[1] in waves
                and self.people[each[0]].home != home
                and self.people[each[0]].phase == phase
            ]
            usual = {
                wave: Counter(self.truth[each] for each in there if each[1] == wave).most_common(1)
                for wave in waves
            }
            alike: Answers = {each: usual[each[1]][0][0] for each in there if each[1] in usual}
            for code in CODES:
                yield alike | {key: tuple(given and code for given in self.truth[key])}

    def _solved(self, target: Target, home: int) -> Iterator[tuple[str, Answers]]:
        """What the solver finds: with everybody's score as it is, or as it is after two changed places."""
        asked = (target.person, target.wave, target.question, home)
        starts = [] if target.question == SCORE else [self.truth]
        swaps = self._any_swaps(target, home)
        starts += [self.truth | swap for swap in swaps] if starts else []
        kept = [(self._scores(start), start) for start in starts] + [(self._apart(target, home), None)]
        kept += [(self._moved_alike(swap), None) for swap in self._whole_swaps(target, home)]
        for scores, parts in kept:
            solved = self.puzzle.solve(*asked, scores=scores, parts=parts)
            if solved is not None:
                yield "solved, scores kept", solved
        solved = self.puzzle.solve(*asked)
        if solved is not None:
            yield "solved", solved

    def _scores(self, at: Answers) -> dict[tuple[int, str], float]:
        found = {key: score(self.shape, answers) for key, answers in at.items()}
        return {key: value for key, value in found.items() if value is not None}

    def _moved_alike(self, swap: Answers) -> dict[tuple[int, str], float]:
        """With the swapped scores, and each one's change since the first wave as it was."""
        first = self.shape.waves[0]
        true, scores = self._scores(self.truth), self._scores(self.truth | swap)
        moved = {
            key[0]: scores[key] - true[key]
            for key in swap
            if key in scores and key in true and key[1] == first
        }
        for number, wave in scores:
            if (number, wave) not in swap and wave != EVENING:
                scores[number, wave] += moved.get(number, 0.0)
        return scores

    def _apart(self, target: Target, home: int) -> dict[tuple[int, str], float]:
        """All others with the score that is hers, and she with another: where all but one home are alike."""
        scores, phase = self._scores(self.truth), self.people[target.person].phase
        mine = scores.pop((target.person, target.wave), None)
        for number, wave in scores:
            person = self.people[number]
            if mine and wave == target.wave and person.phase == phase and person.home != home:
                scores[number, wave] = mine
        return scores

    def _any_swaps(self, target: Target, home: int) -> list[Answers]:
        """Others of another score, whose place she takes: those it is shown of first."""
        wave, score = target.wave, self.value(Target(target.person, target.wave, SCORE))
        mine, phase = self._alike[target.person, wave], self.people[target.person].phase
        others = {
            number: place != mine
            for (number, at), place in self._alike.items()
            if at == wave and self.people[number].home != home and self.people[number].phase == phase
        }
        found = []
        for number in sorted(
            others, key=lambda each: (others[each], self._unlike(target.person, each), each)
        ):
            if self.value(Target(number, wave, SCORE)) not in (score, None):
                waves = (wave,) if others[number] or wave == EVENING else self.shape.waves
                found.append(self.swapped(target.person, number, waves))
        return found[: TRIES * self.effort]

    def _whole_swaps(self, target: Target, home: int) -> list[Answers]:
        """At one wave, and at all where both were."""
        if target.wave == EVENING:
            return []
        others = {key[0] for swap in self._any_swaps(target, home) for key in swap} - {target.person}
        ways = ((target.wave,), self.shape.waves)
        return [self.swapped(target.person, each, waves) for each in sorted(others) for waves in ways]

    def _unlike(self, one: int, other: int) -> int:
        """At how many waves just one of them was there."""
        return sum(((one, wave) in self.truth) != ((other, wave) in self.truth) for wave in self.shape.waves)

    def _part_swaps(self, target: Target, home: int) -> Iterator[Answers]:
        person, value, tried = self.people[target.person], self.value(target), 0
        for other in self.shape.people:
            key = (other.number, target.wave)
            if (
                other.phase != person.phase
                or other.home == home
                or key not in self.truth
                or tried >= SWAPS * self.effort
            ):
                continue
            if self.value(Target(*key, target.question)) not in (value, None):
                tried += 1
                for waves in self.ways(target.wave):
                    yield self.swapped(person.number, other.number, waves)

    def ways(self, wave: str) -> list[tuple[str, ...]]:
        """At which waves two may change places, that one among them; all of them last."""
        others = [] if wave == EVENING else [each for each in self.shape.waves if each != wave]
        return [(wave, *more) for many in range(len(others) + 1) for more in combinations(others, many)]
