"""Studies of chance for the auditor: who is there, what each answered, and in which order it is let out.

Most shapes are drawn such that something is told of them: where too few answer, or all alike, there is little
to look at.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from itertools import accumulate, pairwise

from evaluation.figures.disclosure import Population

WAVES = ("T0", "T1", "T2")
PHASES = ("pilot", "implementation")
EVENING = "kveld"
STYLES = ("spread", "spread", "high", "low", "middle", "one-apart", "home-apart", "moved-alike", "two-camps")
TELLING = 0.85  # of the shapes
DRAWS = 1000  # of one shape, until it is such

# person, wave → answers in the order of the questionnaire's items, None where she skipped one
Key = tuple[int, str]
Answers = dict[Key, tuple[int | None, ...]]


@dataclass(frozen=True)
class Person:
    number: int
    home: int
    group: int
    place: int  # municipality
    phase: str
    waves: tuple[str, ...]  # which forms she answered, the evening's among them


@dataclass
class Shape:
    """What is drawn before anybody answers."""

    seed: str
    places: int
    groups: dict[int, str]  # group → phase
    people: list[Person]
    waves: tuple[str, ...]
    items: int
    alone: int  # items in no scale
    turned: int  # of the scale's items
    parts: tuple[int, ...] = ()  # how many of the scale's items each of its parts has, from the first
    answers: Answers = field(default_factory=dict)
    order: tuple[str, ...] = ()  # in which waves are let out, where that is not as they come
    gone: dict[int, int] = field(default_factory=dict)  # who withdraws, and how many releases are out then

    @property
    def steps(self) -> list[tuple[str, str]]:
        """Each wave and phase that is let out, one after the other, the pilot first."""
        there = set(self.groups.values())
        return [(code, phase) for phase in PHASES for code in self.order or self.waves if phase in there]

    def has_gone(self, person: int, step: tuple[str, str]) -> bool:
        """Whether she had withdrawn when that was let out."""
        return self.gone.get(person, len(self.steps)) <= self.steps.index(step)

    @property
    def split(self) -> list[tuple[int, ...]]:
        """Places of the items of each part, and last of those in none."""
        ends = [0, *accumulate(self.parts), self.items]
        return [tuple(range(start, end)) for start, end in pairwise(ends) if start < end]

    @property
    def questions(self) -> int:
        return self.items + self.alone


def score(
    shape: Shape, answers: tuple[int | None, ...], places: tuple[int, ...] | None = None
) -> float | None:
    """The mean of a scale's items, where enough are answered: those at ``places``, or all."""
    places = tuple(range(shape.items)) if places is None else places
    given = [(place, answers[place]) for place in places]
    items = [6 - answer if place < shape.turned else answer for place, answer in given if answer is not None]
    return sum(items) / len(items) if len(items) >= max(1, len(places) - 1) else None


def drawn(seed: str, largest: int = 8) -> Shape:
    """``largest`` is how many households a group may have."""
    chance = random.Random(seed)
    is_good = _tells if chance.random() < TELLING else _is_answered
    shapes = (_drawn(seed, chance, largest) for _draw in range(DRAWS))
    return next(shape for shape in shapes if is_good(shape))


def _is_answered(shape: Shape) -> bool:
    """Whether somebody's first form will be counted."""
    return any(_counted(shape, shape.waves[0], phase) for phase in PHASES)


def _tells(shape: Shape) -> bool:
    """Whether, in some phase, enough will be counted before and after, and are not alike."""
    waves = shape.waves[:2]
    for phase in PHASES:
        there = [_counted(shape, wave, phase) for wave in waves]
        pairs = [person for person in there[0] if person in there[1]]
        said = [[score(shape, shape.answers[person.number, wave]) for wave in waves] for person in pairs]
        moved = [None if one is None or two is None else two - one for one, two in said]
        columns = [[each[0] for each in said], [each[1] for each in said], moved]
        if _are_enough(pairs) and not any(_are_alike(pairs, column) for column in columns):
            return True
    return False


def _counted(shape: Shape, wave: str, phase: str) -> list[Person]:
    """Whose forms a closing will count: of each group alone, or of those together that are too few alone."""
    groups = [
        [p for p in shape.people if p.group == group and (p.number, wave) in shape.answers]
        for group, each in shape.groups.items()
        if each == phase
    ]
    alone = [person for there in groups if _are_enough(there) for person in there]
    pool = [person for there in groups if not _are_enough(there) for person in there]
    return alone + (pool if _are_enough(pool) else [])


def _are_enough(people: list[Person]) -> bool:
    return Population(len(people), len({person.home for person in people})).may_have_mean


def _are_alike(people: list[Person], values: list[float | None]) -> bool:
    """Whether those who are not as most live in one home, or there are none."""
    ((most, _many),) = Counter(values).most_common(1)
    others = {person.home for person, value in zip(people, values, strict=True) if value != most}
    return len(others) <= 1


def _drawn(seed: str, chance: random.Random, largest: int) -> Shape:
    items = chance.randint(1, 4)
    places, many = chance.randint(1, 4), chance.randint(1, 5)
    groups = {n: "implementation" if n and chance.random() < 0.3 else "pilot" for n in range(many)}
    waves = WAVES if chance.random() < 0.5 else WAVES[:2]
    shape = Shape(seed, places, groups, [], waves, items, chance.randint(0, 1), chance.randint(0, items // 2))
    stays, couples, comes = chance.choice((1.0, 0.9, 0.7)), chance.random(), chance.choice((1.0, 0.85))
    home = 0
    for group, phase in groups.items():
        for _household in range(chance.randint(1, largest)):
            home += 1
            place = chance.randrange(places) if chance.random() < 0.5 else group % places
            for _adult in range(1 + (chance.random() < couples)):
                answered = tuple(
                    wave for wave in waves if chance.random() < (comes if wave == "T0" else stays)
                )
                answered += (EVENING,) if chance.random() < 0.8 else ()
                shape.people.append(Person(len(shape.people), home, group, place, phase, answered))
    shape.parts = _parts(random.Random(f"parts of {seed}"), items)
    _answer(shape, chance)
    if len(waves) > 2 and chance.random() < 0.3:
        shape.order = (waves[0], waves[2], waves[1])
    if chance.random() < 0.3:
        shape.gone = {chance.choice(shape.people).number: chance.randrange(1, len(shape.steps))}
    return shape


def _parts(chance: random.Random, items: int) -> tuple[int, ...]:
    """None, or one or two that together are all of the scale or less."""
    if items < 2 or chance.random() < 0.5:
        return ()
    first = chance.randint(1, items - 1)
    return (first, chance.randint(1, items - first)) if chance.random() < 0.7 else (first,)


def _answer(shape: Shape, chance: random.Random) -> None:
    """Each questionnaire at each wave in one of the styles; ``skips`` is the share left out."""
    skips = chance.choice((0, 0, 0.04))
    for wave in (*shape.waves, EVENING):
        style = chance.choice(STYLES)
        apart = chance.choice(shape.people)
        for person in shape.people:
            if wave in person.waves:
                given = [_one(shape, style, person, apart, wave, chance) for _ in range(shape.questions)]
                shape.answers[person.number, wave] = tuple(
                    None if chance.random() < skips else answer for answer in given
                )


def _one(shape: Shape, style: str, person: Person, apart: Person, wave: str, chance: random.Random) -> int:
    alone = (style == "one-apart" and person == apart) or (
        style == "home-apart" and person.home == apart.home
    )
    if style == "spread" or alone:
        return chance.randint(1, 5)
    if style == "moved-alike":
        return min(5, (person.number * 7 + 3) % 4 + 1 + WAVES.index(wave)) if wave in WAVES else 4
    if style == "two-camps":
        return 5 if person.group % 2 else 1
    usual = {"high": 5, "low": 1, "middle": 3}.get(style, 5)
    return usual if style in ("one-apart", "home-apart") or chance.random() < 0.93 else chance.randint(1, 5)
