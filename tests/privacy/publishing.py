"""Everything told of some answers to a shape: as it is let out, and the same quickly, for many answers.

Most worlds differ from the true one in a row or two. The rows are read from the databases once, and other
answers put in their place in memory; what a wave and phase lets out is worked out again only where something
it read is another: the answers, or what was out before. What hangs on no answer (who was there, how evenings
were held) is looked up once. The true world is published both ways, and must be the same to the last byte.
"""

from __future__ import annotations

import contextlib
import json
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from unittest import mock

import numpy as np

from tests.privacy.shapes import EVENING, PHASES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evaluation.figures.tables import Answered
    from tests.privacy.shapes import Answers, Key
    from tests.privacy.worlds import World

Place = tuple[str, str]  # wave, phase
Told = tuple[str, str, Any, Any]  # phase, wave, snapshot, technical


def let_out(world: World, answers: Answers) -> str:
    """As it is: rows in the database, every release made after the other. Leaves no trace."""
    from django.db import transaction

    from evaluation.models import EveningVerdict
    from evaluation.releases import releasing
    from evaluation.releases.people import mark
    from evaluation.releases.working_out import work_out

    told: list[Told] = []
    with transaction.atomic(), transaction.atomic(using="answers"):
        _put(world, answers)
        evenings = [[n, _verdict(world, forms)] for n, forms in _forms(world, answers)]
        for n, snapshot in evenings:
            EveningVerdict.objects.create(occasion=world.evenings[n], snapshot=snapshot)
        for code, phase in world.shape.steps:
            _withdraw(world, (code, phase))
            snapshot, technical = work_out(world.waves[code], phase, slow=False)
            content = {"snapshot": snapshot, "technical": technical, "pictures": []}
            counted = mark(releasing.people_now(world.waves[code], phase))
            releasing.release(world.waves[code], phase, content | {"counted": counted})
            told.append((phase, code, snapshot, technical))
        transaction.set_rollback(True)
        transaction.set_rollback(True, using="answers")
    return _written(evenings, [_text(each) for each in told])


def _withdraw(world: World, step: Place) -> None:
    """Linked rows of those who have withdrawn when ``step`` is let out."""
    from evaluation.models import Response

    rows = [
        row.pk
        for (number, wave), row in world.rows.items()
        if wave != EVENING and world.shape.has_gone(number, step)
    ]
    if rows:
        Response.objects.filter(pk__in=rows).delete()


def _put(world: World, answers: Answers) -> None:
    from evaluation.answers.vectors import encode
    from evaluation.models import Response

    changed = []
    for key, row in world.rows.items():
        vector = encode(world.version.frozen, world.given(answers[key]))
        if vector != row.vector:
            changed.append(Response(pk=row.pk, vector=vector))
    Response.objects.bulk_update(changed, ["vector"])


def _forms(world: World, answers: Answers) -> list[tuple[int, tuple[tuple[int | None, ...], ...]]]:
    """The evening's forms of each group whose evening was counted."""
    return [
        (n, tuple(answers[person.number, EVENING] for person in world.there(EVENING, n)))
        for n in world.evenings
    ]


def _verdict(world: World, forms: tuple[tuple[int | None, ...], ...]) -> Any:
    from evaluation.figures.evening import verdict

    return verdict([(world.version.frozen, world.given(form)) for form in forms])


def _text(told: Told) -> str:
    return json.dumps(_rounded(told), sort_keys=True, ensure_ascii=False)


def _rounded(told: Any) -> Any:
    """Without the last few digits: they hang on the order of the rows, which is drawn, and nobody knows."""
    if isinstance(told, float):
        return float(f"{round(told, 12):.11g}") + 0.0
    if isinstance(told, dict):
        return {key: _rounded(each) for key, each in told.items()}
    return [_rounded(each) for each in told] if isinstance(told, (list, tuple)) else told


def _written(evenings: Any, releases: list[str]) -> str:
    told = json.dumps(evenings, sort_keys=True, ensure_ascii=False)
    return f'{{"evenings": {told}, "releases": [{", ".join(releases)}]}}'


class Publisher:
    """Of one world, after its closing: what is told of any answers of those who answered."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._vector = lru_cache(maxsize=None)(self._encoded)
        self._verdict = lru_cache(maxsize=None)(lambda forms: _verdict(world, forms))
        self._bases: dict[Place, tuple[Answered, list[Key]]] = {
            (code, phase): self._base(code, phase) for code in world.waves for phase in PHASES
        }
        self._now = self._bases  # less whoever has withdrawn before the release that is worked out
        self._contents: dict[Place, bytes] = {}  # of the answers that are published now, as they lie
        self._read: dict[Place, set[Place]] = {}  # what each release reads
        self._reading: set[Place] = set()
        self._true: list[str] | None = None  # what is told of the true answers, in its parts
        self._known: dict[Any, tuple[str, Told]] = {}
        self._out: Any = ()  # what was told before the release that is worked out now
        self._said: dict[Any, Any] = {}
        self._modules: dict[Any, Any] = {}

    def publish(self, answers: Answers) -> str:
        """All releases, for all roles, and what contact persons see, as one text."""
        evenings, *releases = self._told(answers)
        return f'{{"evenings": {evenings}, "releases": [{", ".join(releases)}]}}'

    def is_told(self, answers: Answers, true: Answers) -> bool:
        """Whether of ``answers`` the very same is published. Stops at the first difference."""
        return all(one == other for one, other in zip(self._told(answers), self._known_of(true), strict=True))

    def _known_of(self, true: Answers) -> list[str]:
        if self._true is None:
            self._true = list(self._told(true))
        return self._true

    def _told(self, answers: Answers) -> Iterator[str]:
        """What contact persons see, and each release after the other, as texts."""
        evenings = [[n, self._verdict(forms)] for n, forms in _forms(self.world, answers)]
        yield json.dumps(evenings, sort_keys=True, ensure_ascii=False)
        before: list[tuple[str, Told]] = []
        for step in self.world.shape.steps:
            with self._in_memory(answers, step):
                before.append(self._released(step, before, evenings))
            yield before[-1][0]

    # --- what is read
    def _base(self, code: str, phase: str) -> tuple[Answered, list[Key]]:
        """A place as ``read`` gives it, and whose each row is."""
        from evaluation.figures.tables import read
        from evaluation.models import Response

        version = self.world.version
        base = read(self.world.study.pk, code, phase, version.pk, self.world.shape.questions)
        rows = Response.objects.filter(study=self.world.study.pk, wave=code, phase=phase, version=version.pk)
        owners = {row.pk: key for key, row in self.world.rows.items()}
        keys = [owners[pk] for pk in rows.order_by().values_list("pk", flat=True)]
        content = b"".join(self._vector(self.world.shape.answers[key]) for key in keys)
        if not np.array_equal(base.answers, self._matrix(content)):
            raise AssertionError("the rows came in another order")
        return base, keys

    def _encoded(self, answers: tuple[int | None, ...]) -> bytes:
        from evaluation.answers.vectors import encode

        return encode(self.world.version.frozen, self.world.given(answers))

    def _matrix(self, content: bytes) -> Any:
        from evaluation.figures.scoring import slots

        items = self.world.shape.questions
        return slots([np.frombuffer(content, "<i2").reshape(-1, items)], items)

    @contextlib.contextmanager
    def _in_memory(self, answers: Answers, step: Place) -> Iterator[None]:
        from evaluation.releases import asked, beside, delivery, verdicts

        self._now = {place: self._left(place, step) for place in self._bases}
        for place, (_base, keys) in self._now.items():
            self._contents[place] = b"".join(self._vector(answers[key]) for key in keys)
        modules = delivery.modules
        with contextlib.ExitStack() as stack:
            for where in (asked, beside, verdicts):
                stack.enter_context(mock.patch.object(where, "read", self._answered))
            stack.enter_context(
                mock.patch.object(delivery, "modules", lambda study, phase: self._held(modules, study, phase))
            )
            yield

    def _left(self, place: Place, step: Place) -> tuple[Answered, list[Key]]:
        """The rows of those who have not withdrawn when ``step`` is let out."""
        base, keys = self._bases[place]
        left = [
            n for n, (number, wave) in enumerate(keys) if wave == EVENING or not self._has_gone(number, step)
        ]
        return (
            (base, keys)
            if len(left) == len(keys)
            else (base.rows(np.array(left, int)), [keys[n] for n in left])
        )

    def _has_gone(self, number: int, step: Place) -> bool:
        return self.world.shape.has_gone(number, step)

    def _answered(self, _study: int, wave: str, phase: str, _version: int, _items: int) -> Answered:
        """As ``read``, of the answers that are published now."""
        self._reading.add((wave, phase))
        return replace(self._now[wave, phase][0], answers=self._matrix(self._contents[wave, phase]))

    def _held(self, modules: Any, study: Any, phase: str) -> Any:
        """Modules hang on the evenings' answers only by what may be told of these."""
        from evaluation.releases import delivery
        from evaluation.releases.verdicts import verdicts

        self._reading.add((EVENING, phase))
        key = (phase, self._contents[EVENING, phase], self._out)
        if key not in self._said:
            self._said[key] = verdicts(study, phase)
        said = self._said[key]
        told = (phase, json.dumps(said, sort_keys=True))
        if told not in self._modules:
            with mock.patch.object(delivery, "verdicts", return_value=said):
                self._modules[told] = modules(study, phase)
        return self._modules[told]

    # --- what is told
    def _released(self, step: Place, before: list[tuple[str, Told]], evenings: Any) -> tuple[str, Told]:
        # of an evening's verdict a release looks only at whether it was told
        out = (tuple(text for text, _told in before), tuple((n, verdict["n"]) for n, verdict in evenings))
        if step in self._read and (known := self._known.get((step, self._content(step), out))):
            return known
        self._reading, self._out = set(), self._of_modules(out, before)
        told = self._worked_out(step, [each for _text, each in before], evenings)
        if not self._reading <= self._read.setdefault(step, self._reading):
            raise AssertionError(f"{step} read what it did not read of other answers")
        self._known[step, self._content(step), out] = made = (_text(told), told)
        return made

    def _of_modules(self, out: Any, before: list[tuple[str, Told]]) -> Any:
        return out[1], json.dumps([[told[0], told[2]["modules"]] for _text, told in before])

    def _content(self, step: Place) -> tuple[bytes, ...]:
        return tuple(self._contents[place] for place in sorted(self._read[step]))

    def _worked_out(self, step: Place, before: list[Told], evenings: Any) -> Told:
        from django.db import transaction

        from evaluation.models import EveningVerdict, Release
        from evaluation.releases.working_out import work_out

        code, phase = step
        at, waves = self.world.evenings, self.world.waves
        with transaction.atomic():
            EveningVerdict.objects.bulk_create(
                EveningVerdict(occasion=at[n], snapshot=v) for n, v in evenings
            )
            Release.objects.bulk_create(
                Release(study=self.world.study, wave=waves[wave], phase=of, snapshot=told, technical=whole)
                for of, wave, told, whole in before
            )
            snapshot, technical = work_out(waves[code], phase, slow=False)
            transaction.set_rollback(True)
        return phase, code, snapshot, technical
