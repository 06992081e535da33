"""What a respondent can work out from everything that is published, when she knows her own household.

She knows who was asked what, who answered when, who withdrew, and who lives with whom and where; of answers,
and of questions left out, only those of her household. The file of answers is not hers: it is given to the
research partner alone, under its own rules (R9). Somebody's answer is derived when no other world fits: no
other answers, with hers as they are, of which the very same would be published. For every person, question
and household the auditor looks for such a world and shows it by publishing it: exact to the last byte, hidden
figures and their reasons among them. Where two people may change places the search is over; else a solver
looks among all answers that fit the linear figures. What it proves impossible is a leak; so is what nobody
can show.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from itertools import chain, pairwise
from typing import TYPE_CHECKING

from tests.privacy.candidates import SCORE, Candidates, Target
from tests.privacy.dealing import Dealer
from tests.privacy.publishing import Publisher, let_out
from tests.privacy.shapes import EVENING
from tests.privacy.solving import SECONDS, Puzzle
from tests.privacy.sums import Invariants

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from tests.privacy.shapes import Answers
    from tests.privacy.worlds import World

HARD = 10  # answers of one shape that are looked for with more effort
MORE = 4  # times
ALIKE = 6  # people who seem to be alike that she changes places with


@dataclass
class Findings:
    """How each target was shown safe, and those that were not: (target, household, what the solver said)."""

    safe: Counter[str] = field(default_factory=Counter)
    leaks: list[tuple[Target, int, str]] = field(default_factory=list)
    published: int = 0


class Audit(Candidates):
    """Of one world. ``found`` is filled by ``run``; ``hard`` answers are looked for with more effort."""

    def __init__(self, world: World, hard: int = HARD) -> None:
        super().__init__(world.shape)
        self.hard = hard
        self.world = world
        self.publisher = Publisher(world)
        self.told = self.publisher.publish(self.truth)
        if self.told != let_out(world, self.truth):
            raise AssertionError("what is told quickly is not what is let out")
        self.found = Findings(published=1)
        self.puzzle = Puzzle(self.shape, self.told, self._buckets())
        self.sums = Invariants(self.puzzle)
        self.dealer = Dealer(self.sums, {number: each.home for number, each in self.people.items()})
        self._known: dict[Iterable[tuple[tuple[int, str], tuple[int | None, ...]]], bool] = {}
        self._seen: dict[Target, list[tuple[str, set[int]]]] = {}  # worlds shown, and whose homes they change

    def _buckets(self) -> dict[tuple[int, str], int]:
        return {key: row.bucket or 0 for key, row in self.world.rows.items()}

    def run(self, only: tuple[Target, int] | None = None) -> Findings:
        """``only``: what one household can work out of one answer."""
        self._find_swaps()
        for target in [only[0]] if only else self._targets():
            for home in [only[1]] if only else self._others(target):
                how = self._shown(target, home) or self._looked_harder(target, home)
                if how:
                    self.found.safe[how] += 1
                else:
                    self.found.leaks.append((target, home, self.puzzle.verdict))
        return self.found

    def _targets(self) -> Iterator[Target]:
        for number, wave in sorted(self.truth):
            for question in (SCORE, *range(self.shape.questions)):
                if self.value(Target(number, wave, question)) is not None:
                    yield Target(number, wave, question)

    def _others(self, target: Target) -> list[int]:
        """Households whose members look; none of the target's own. 0 is somebody who did not answer."""
        homes = {self.people[number].home for number, _wave in self.truth}
        return sorted((homes | {0}) - {self.people[target.person].home})

    # --- other worlds
    def _is_same(self, changed: Answers) -> bool:
        """Whether the world with these answers changed would be published as the true one was."""
        real = {key: value for key, value in changed.items() if value != self.truth[key]}
        key = frozenset(real.items())
        if key not in self._known:
            world = self.truth | real
            others = any(_blanks(real[each]) != _blanks(self.truth[each]) for each in real)
            self._known[key] = (others or self.sums.may_be_told(world)) and self._is_published(world)
        return self._known[key]

    def _is_published(self, world: Answers) -> bool:
        self.found.published += 1
        return self.publisher.is_told(world, self.truth)

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
                gone = self.shape.gone.get(person.number)
                found[person.phase, there, group, gone].append(person.number)
        for members in found.values():
            members.sort(key=lambda number: (mates[self.people[number].home], number))
        return list(found.values())

    def _join(self, one: int, other: int, waves: Collection[str]) -> bool:
        if self._is_same(self.swapped(one, other, waves)):
            self._unite(one, other, waves)
            return True
        both = [self._mate(each) for each in (one, other)]
        if None in both or self.people[one].home == self.people[other].home:
            return False
        first, second = (each for each in both if each is not None)
        changed = self.swapped(one, other, waves) | self.swapped(first.number, second.number, waves)
        if not self._is_same(changed):
            return False
        self._unite(one, other, waves)
        return True

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
                    swap = self.swapped(one, other, waves)
                    if swap and not set(swap) & set(changed) and self._is_same(swap):
                        changed |= swap
        return changed

    # --- one target
    def _shown(self, target: Target, home: int) -> str:
        """By what another answer was shown to be possible; nothing when it was not."""
        value = self.value(target)
        seen = self._seen.setdefault(target, [])
        for how, touched in seen:
            if home not in touched:
                return how
        worlds = chain(
            self._changed_places(target, home), self._worlds(target, home), self._dealt(target, home)
        )
        for how, world in worlds:
            if self.value(target, self.truth | world) != value and self._is_same(world):
                changed = {key[0] for key, answers in world.items() if answers != self.truth[key]}
                seen.append((how, {self.people[number].home for number in changed}))
                return how
        return ""

    def _dealt(self, target: Target, home: int) -> Iterator[tuple[str, Answers]]:
        """The answers of that wave given out again among those of the phase."""
        phase = self.people[target.person].phase
        values = {
            (number, wave): self.value(Target(number, wave, target.question))
            for number, wave in self.truth
            if wave == target.wave and self.people[number].phase == phase
        }
        deals = self.dealer.deals(target, home, self.value(target), values)
        yield from (("dealt out again", world) for world in deals if target.wave != EVENING)

    def _looked_harder(self, target: Target, home: int) -> str:
        """The same with more time and more tries, of the first few that are not found."""
        if len(self.found.leaks) >= self.hard:
            return ""
        self.effort, self.puzzle.seconds = MORE, MORE * SECONDS
        how = self._shown(target, home)
        self.effort, self.puzzle.seconds = 1, SECONDS
        return how and f"{how}, looked for longer"

    def _changed_places(self, target: Target, home: int) -> Iterator[tuple[str, Answers]]:
        """With somebody of another answer with whom she seems to be alike, and their homes with them."""
        value, mine = self.value(target), self._alike[target.person, target.wave]
        waves = (EVENING,) if target.wave == EVENING else self.shape.waves
        tried = 0
        for (number, wave), place in self._alike.items():
            said = self.value(Target(number, wave, target.question))
            if wave != target.wave or place != mine or said in (value, None) or tried >= ALIKE:
                continue
            if self.people[number].home != home:
                tried += 1
                yield "changed places", self.swapped(target.person, number, waves)
                both = [self._mate(each) for each in (target.person, number)]
                if None not in both and both[1].home != both[0].home:
                    one, other = (each.number for each in both)
                    yield (
                        "changed places",
                        self.swapped(target.person, number, waves) | self.swapped(one, other, waves),
                    )


def _blanks(answers: tuple[int | None, ...]) -> list[bool]:
    """Which questions she left out."""
    return [answer is None for answer in answers]
