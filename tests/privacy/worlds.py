"""Studies of chance for the auditor: who is there, what each answered, and the rows that are left of it.

The rows go the way of a closing (buckets, pools, drawn clusters) into the answers database. Only the sealing
in between is left out.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

WAVES = ("T0", "T1", "T2")
EVENING = "kveld"
STYLES = ("spread", "spread", "high", "low", "middle", "one-apart", "home-apart", "moved-alike", "two-camps")

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
    answers: Answers = field(default_factory=dict)

    @property
    def questions(self) -> int:
        return self.items + self.alone


def drawn(seed: str, largest: int = 8) -> Shape:
    """``largest`` is how many households a group may have."""
    chance = random.Random(seed)
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
    _answer(shape, chance)
    return shape


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


class World:
    """A shape in the databases, closed and counted; publishing.py says what is told of it."""

    def __init__(self, shape: Shape) -> None:
        from tests.factories import EditionFactory, GroupFactory, MunicipalityFactory, RegionFactory
        from tests.study_factories import evening_wave, study, wave

        self.shape = shape
        region = RegionFactory()
        self.study = study(region=region)
        self.places = [MunicipalityFactory(region=region) for _ in range(shape.places)]
        edition = EditionFactory(programme=self.study.programme)
        self.groups = {
            n: GroupFactory(edition=edition, phase=phase, municipalities=self.places)
            for n, phase in shape.groups.items()
        }
        self.version = self._version()
        self.waves = {
            code: wave(self.study, code=code, order=n, versions=[self.version])
            for n, code in enumerate(shape.waves)
        }
        self.waves[EVENING] = evening_wave(self.study, versions=[self.version], order=9)
        self.rows: dict[Key, Any] = {}
        self.evenings: dict[int, Any] = {}  # group → its evening's occasion, where it was counted
        self._criteria()
        self._close()

    def _version(self) -> Any:
        from evaluation.instruments.definition import Scale, Words
        from tests.study_factories import frozen_version, statement

        items = [statement(f"t{n:02}") for n in range(self.shape.questions)]
        keys = tuple(item.key for item in items[: self.shape.items])
        scale = Scale(
            "trygg", Words("Trygg", "Trygg"), keys, 1, 5, min_answered=max(1, len(keys) - 1),
            reversed=keys[: self.shape.turned],
        )  # fmt: skip
        return frozen_version(items=items, scales=(scale,))

    def _criteria(self) -> None:
        from evaluation.models import Criterion

        scale = f"{self.version.frozen.key}.trygg"
        for measure, of in (("outcome", scale), ("pairs", "")):
            Criterion.objects.create(study=self.study, measure=measure, scale=of, green=3.5, red=2.5)

    # --- closing
    def _close(self) -> None:
        from evaluation.answers import pairing
        from evaluation.answers.keys import make_pair_key
        from tests.factories import EveningFactory, ModuleFactory
        from tests.study_factories import occasion

        make_pair_key(self.study)
        module = ModuleFactory(programme=self.study.programme)
        self.salts = {person.number: pairing._drawn() for person in self.shape.people}
        self.homes = {person.home: pairing._drawn() for person in self.shape.people}
        for wave in self.waves.values():
            for phase in sorted(set(self.shape.groups.values())):
                occasions = []
                for group in (n for n, each in self.shape.groups.items() if each == phase):
                    of = {"wave": wave, "group": self.groups[group], "state": "planned"}
                    if wave.code == EVENING:
                        of["evening"] = EveningFactory(group=self.groups[group], module=module)
                    occasions.append((group, occasion(**of)))
                self._count(wave.code, occasions)

    def _count(self, code: str, occasions: list[tuple[int, Any]]) -> None:
        """As ``closing`` does: alone where they are enough, else in a pool, else not at all."""
        from evaluation.answers import pooling
        from evaluation.models import Occasion

        boxes = [(group, self._inbox(code, group, at)) for group, at in occasions]
        alone = [each for each in boxes if pooling.are_enough([each[1]])]
        pool = [each for each in boxes if each not in alone]
        batches = [[each] for each in alone]
        if pool and pooling.are_enough([box for _group, box in pool]):
            batches.append(pool)
        dropped = [] if len(batches) > len(alone) else pool
        for group, box in dropped:
            for person in self.there(code, group):
                del self.shape.answers[person.number, code]
            _now(box.occasion, state=Occasion.State.DROPPED)
        for batch in batches:
            self._write(code, batch)

    def there(self, code: str, group: int) -> list[Person]:
        return [p for p in self.shape.people if p.group == group and (p.number, code) in self.shape.answers]

    def _inbox(self, code: str, group: int, at: Any) -> Any:
        from evaluation.answers.inbox import Form, Inbox, Sheet

        sheets = []
        for person in self.there(code, group):
            linked = {} if code == EVENING else {
                "pair_salt": self.salts[person.number],
                "household_salt": self.homes[person.home],
                "municipality": self.places[person.place].pk,
            }  # fmt: skip
            given = self.given(self.shape.answers[person.number, code])
            sheets.append(Sheet((Form(self.version.pk, self.version.frozen, given),), **linked))
        return Inbox(at, sealed=len(sheets), sheets=sheets)

    def given(self, answers: tuple[int | None, ...]) -> dict[str, Any]:
        return {f"t{n:02}": answer for n, answer in enumerate(answers) if answer is not None}

    def _write(self, code: str, batch: list[tuple[int, Any]]) -> None:
        from evaluation.answers import rows
        from evaluation.models import Occasion, Response

        responses, _texts = rows.of([box for _group, box in batch])
        people = [person for group, _box in batch for person in self.there(code, group)]
        for person, row in zip(people, responses, strict=True):
            self.rows[person.number, code] = row
        Response.objects.bulk_create(sorted(responses, key=lambda row: row.pk))
        for group, box in batch:
            _now(box.occasion, state=Occasion.State.COUNTED, received=len(box.sheets))
            if code == EVENING:
                self.evenings[group] = box.occasion


def _now(occasion: Any, **fields: Any) -> None:
    type(occasion).objects.filter(pk=occasion.pk).update(public_key=bytes(32), **fields)
