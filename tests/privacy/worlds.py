"""A shape in the databases: the rows that are left of it when all occasions are closed.

They go the way of a closing (buckets, pools, drawn clusters) into the answers database. Only the sealing in
between is left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.privacy.shapes import EVENING

if TYPE_CHECKING:
    from tests.privacy.shapes import Key, Person, Shape


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
        parts = self.shape.split[: len(self.shape.parts)]
        scales = []
        for n, places in enumerate([range(self.shape.items), *parts]):
            keys = tuple(items[place].key for place in places)
            turned = tuple(items[place].key for place in places if place < self.shape.turned)
            key = f"m{n}" if n else "trygg"
            fewest = max(1, len(keys) - 1)
            scales.append(Scale(key, Words(key, key), keys, 1, 5, min_answered=fewest, reversed=turned))
        return frozen_version(items=items, scales=tuple(scales))

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
