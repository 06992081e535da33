"""What a respondent can work out from everything that is published, when she knows her own household.

She knows who was asked what, who answered when, who lives with whom and where, and which questions each left
out; of answers only those of her household. Somebody's answer is derived when no other world fits: no other
answers, with hers as they are, of which the very same would be published. For every person, question and
household the auditor looks for such a world and shows it by publishing it: exact to the last byte, hidden
figures and their reasons among them. Where two people may change places the search is over; else a solver
looks among all answers that fit the linear figures. What it proves impossible is a leak; so is what nobody
can show.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from tests.privacy.solving import Puzzle, score
from tests.privacy.worlds import EVENING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from tests.privacy.worlds import Answers, Person, World

TRIES = 4  # other people whose answers of one wave are tried on somebody
SCORE = -1  # the question «what is her score?»


@dataclass(frozen=True)
class Target:
    person: int
    wave: str
    question: int  # place of the item, or SCORE


@dataclass
class Findings:
    """How each target was shown safe, and those that were not: (target, household, what the solver said)."""

    safe: Counter[str] = field(default_factory=Counter)
    leaks: list[tuple[Target, int, str]] = field(default_factory=list)
    published: int = 0


class Audit:
    """Of one world. ``found`` is filled by ``run``."""

    def __init__(self, world: World) -> None:
        self.world, self.shape = world, world.shape
        self.truth: Answers = dict(self.shape.answers)
        self.told = world.publish(self.truth)
        self.people = {person.number: person for person in self.shape.people}
        self.found = Findings(published=1)
        self.puzzle = Puzzle(self.shape, self.told, self._buckets())
        self._known: dict[Iterable[tuple[tuple[int, str], tuple[int | None, ...]]], bool] = {}
        self._alike: dict[tuple[int, str], int] = {}  # person, wave → who may change places
        self._seen: dict[Target, list[tuple[str, set[int]]]] = {}  # worlds shown, and whose homes they change
        self._said: dict[tuple[str, int, int], set[tuple[float | None, int]]] = {}

    def _buckets(self) -> dict[tuple[int, str], int]:
        return {key: row.bucket or 0 for key, row in self.world.rows.items()}

    def run(self) -> Findings:
        self._find_swaps()
        for target in self._targets():
            for home in self._others(target):
                how = self._shown(target, home)
                if how:
                    self.found.safe[how] += 1
                else:
                    self.found.leaks.append((target, home, self.puzzle.verdict))
        return self.found

    def _targets(self) -> Iterator[Target]:
        for number, wave in sorted(self.truth):
            for question in (SCORE, *range(self.shape.questions)):
                if self._value(Target(number, wave, question)) is not None:
                    yield Target(number, wave, question)

    def _others(self, target: Target) -> list[int]:
        """Households whose members look; none of the target's own. 0 is somebody who did not answer."""
        homes = {self.people[number].home for number, _wave in self.truth}
        return sorted((homes | {0}) - {self.people[target.person].home})

    def _value(self, target: Target, at: Answers | None = None) -> float | None:
        answers = (self.truth if at is None else at)[target.person, target.wave]
        return score(self.shape, answers) if target.question == SCORE else answers[target.question]

    # --- other worlds
    def _is_same(self, changed: Answers) -> bool:
        """Whether the world with these answers changed would be published as the true one was."""
        real = {key: value for key, value in changed.items() if value != self.truth[key]}
        key = frozenset(real.items())
        if key not in self._known:
            self._known[key] = not real or self.world.publish(self.truth | real) == self.told
            self.found.published += 1
        return self._known[key]

    def _swapped(self, one: int, other: int, waves: Collection[str]) -> Answers:
        changed: Answers = {}
        for wave in waves:
            if (one, wave) in self.truth and (other, wave) in self.truth:
                changed[one, wave], changed[other, wave] = self.truth[other, wave], self.truth[one, wave]
        return changed

    def _find_swaps(self) -> None:
        """Who may change places with whom, shown by publishing; and that all of them may at once."""
        for waves in (self.shape.waves, (EVENING,)):
            for members in self._classes(waves):
                for one, other in pairwise(members):
                    if not self._join(one, other, waves) and members[0] != one:
                        self._join(members[0], other, waves)
        everywhere = self._shuffled(random.Random(self.shape.seed))
        if not self._is_same(everywhere):  # then two by two does not prove what is said of more
            self._alike = {key: place for place, key in enumerate(sorted(self.truth))}

    def _classes(self, waves: Collection[str]) -> list[list[int]]:
        """People of whom the same is known: phase, when they answered, where they are counted, and homes."""
        found: dict[tuple[object, ...], list[int]] = defaultdict(list)
        buckets, mates = self._buckets(), Counter(person.home for person in self.shape.people)
        for person in self.shape.people:
            there = tuple(
                (wave, buckets[person.number, wave]) for wave in waves if (person.number, wave) in self.truth
            )
            for wave, _bucket in there:
                self._alike.setdefault((person.number, wave), person.number)
            if there:
                group = person.group if EVENING in waves else 0
                found[person.phase, there, group].append(person.number)
        for members in found.values():
            members.sort(key=lambda number: (mates[self.people[number].home], number))
        return list(found.values())

    def _join(self, one: int, other: int, waves: Collection[str]) -> bool:
        if self._is_same(self._swapped(one, other, waves)):
            self._unite(one, other, waves)
            return True
        both = [self._mate(each) for each in (one, other)]
        if None in both or self.people[one].home == self.people[other].home:
            return False
        first, second = (each for each in both if each is not None)
        changed = self._swapped(one, other, waves) | self._swapped(first.number, second.number, waves)
        if not self._is_same(changed):
            return False
        self._unite(one, other, waves)
        return True

    def _mate(self, number: int) -> Person | None:
        home = self.people[number].home
        return next((each for each in self.shape.people if each.home == home and each.number != number), None)

    def _unite(self, one: int, other: int, waves: Collection[str]) -> None:
        for wave in waves:
            if (one, wave) in self._alike and (other, wave) in self._alike:
                old, new = self._alike[other, wave], self._alike[one, wave]
                for key, place in self._alike.items():
                    if place == old and key[1] == wave:
                        self._alike[key] = new

    def _shuffled(self, chance: random.Random) -> Answers:
        """Everybody with a place of somebody like her, two by two at random; households move whole."""
        changed: Answers = {}
        for waves in (self.shape.waves, (EVENING,)):
            for members in self._classes(waves):
                for one, other in pairwise(chance.sample(members, len(members))):
                    swap = self._swapped(one, other, waves)
                    if swap and not set(swap) & set(changed) and self._is_same(swap):
                        changed |= swap
        return changed

    # --- one target
    def _shown(self, target: Target, home: int) -> str:
        """By what another answer was shown to be possible; nothing when it was not."""
        value, mine = self._value(target), self._alike[target.person, target.wave]
        said = self._said_by(target.wave, mine, target.question)
        if any(other not in (value, None) and there != home for other, there in said):
            return "changed places"
        seen = self._seen.setdefault(target, [])
        for how, touched in seen:
            if home not in touched:
                return how
        for how, world in self._worlds(target, home):
            if self._is_same(world):
                changed = {key[0] for key, answers in world.items() if answers != self.truth[key]}
                seen.append((how, {self.people[number].home for number in changed}))
                return how
        return ""

    def _said_by(self, wave: str, place: int, question: int) -> set[tuple[float | None, int]]:
        """What each who may have that place answered, and which household she is of."""
        key = (wave, place, question)
        if key not in self._said:
            self._said[key] = {
                (self._value(Target(number, wave, question)), self.people[number].home)
                for (number, at), other in self._alike.items()
                if at == wave and other == place
            }
        return self._said[key]

    def _worlds(self, target: Target, home: int) -> Iterator[tuple[str, Answers]]:
        """Other worlds in which the target's answer is another and the household's own are as they are."""
        key, value = (target.person, target.wave), self._value(target)
        asked = range(self.shape.items) if target.question == SCORE else [target.question]
        for step in (1, 2, 3, 4):
            given = list(self.truth[key])
            for place in asked:
                given[place] = (given[place] + step - 1) % 5 + 1 if given[place] else None
            yield "not told of", {key: tuple(given)}
        yield from (("changed a wave", world) for world in self._part_swaps(target, home))
        for turned in (lambda a: 6 - a, lambda a: a % 5 + 1, lambda a: 3):
            world = {
                other: tuple(a and turned(a) for a in answers)
                for other, answers in self.truth.items()
                if other[1] == target.wave and self.people[other[0]].home != home
            }
            if self._value(target, self.truth | world) != value:
                yield "all others", world
        yield from self._solved(target, home)

    def _solved(self, target: Target, home: int) -> Iterator[tuple[str, Answers]]:
        """What the solver finds: with everybody's score as it is, or as it is after two changed places."""
        asked = (target.person, target.wave, target.question, home)
        starts = [] if target.question == SCORE else [self.truth]
        starts += [self.truth | swap for swap in self._any_swaps(target, home)] if starts else []
        kept = [self._scores(start) for start in starts] + [self._apart(target, home)]
        for scores in kept:
            solved = self.puzzle.solve(*asked, scores=scores)
            if solved is not None:
                yield "solved, scores kept", solved
        solved = self.puzzle.solve(*asked)
        if solved is not None:
            yield "solved", solved

    def _scores(self, at: Answers) -> dict[tuple[int, str], float]:
        found = {key: score(self.shape, answers) for key, answers in at.items()}
        return {key: value for key, value in found.items() if value is not None}

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
        wave, score = target.wave, self._value(Target(target.person, target.wave, SCORE))
        mine, phase = self._alike[target.person, wave], self.people[target.person].phase
        others = {
            number: place != mine
            for (number, at), place in self._alike.items()
            if at == wave and self.people[number].home != home and self.people[number].phase == phase
        }
        found = []
        for number in sorted(others, key=lambda each: (others[each], each)):
            if self._value(Target(number, wave, SCORE)) not in (score, None):
                waves = (wave,) if others[number] or wave == EVENING else self.shape.waves
                found.append(self._swapped(target.person, number, waves))
        return found[:TRIES]

    def _part_swaps(self, target: Target, home: int) -> Iterator[Answers]:
        person, value, tried = self.people[target.person], self._value(target), 0
        for other in self.shape.people:
            key = (other.number, target.wave)
            if other.phase != person.phase or other.home == home or key not in self.truth or tried >= TRIES:
                continue
            if self._value(Target(*key, target.question)) not in (value, None):
                tried += 1
                yield self._swapped(person.number, other.number, (target.wave,))
                if target.wave != EVENING:
                    yield self._swapped(person.number, other.number, self.shape.waves)
