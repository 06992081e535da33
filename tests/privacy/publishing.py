"""Everything told of some answers to a shape: as it is let out, and the same quickly, for many answers.

Most worlds differ from the true one in a row or two. The rows are read from the databases once, and other
answers put in their place in memory; what a wave and phase lets out is worked out again only where something
it read is another: the answers, or what was out before. What is of no answer (who was there, how evenings were
held) is looked up once. The true world is published both ways, and must be the same to the last byte.
"""

from __future__ import annotations

import contextlib
import json
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from unittest import mock

import numpy as np

from tests.privacy.worlds import EVENING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evaluation.figures.tables import Answered
    from tests.privacy.worlds import Answers, World

PHASES = ("pilot", "implementation")
Place = tuple[str, str]  # wave, phase
Content = bytes  # all vectors of a place, as they lie


class Publisher:
    """Of one world. ``publish`` may be called with any answers of those who answered."""

    def __init__(self, world: World) -> None:
        self.world, self.shape = world, world.shape
        self.bases: dict[Place, tuple[Answered, list[tuple[int, str]]]] = {}
        self._vectors: dict[tuple[int | None, ...], bytes] = {}
        self._contents: dict[Place, Content] = {}  # of the answers that are published now
        self._read: dict[Place, set[Place]] = {}  # what each release reads
        self._reading: set[Place] = set()
        self._modules: dict[Any, Any] = {}
        self._known: dict[Any, tuple[str, Any, Any]] = {}
        self._verdicts: dict[Any, Any] = {}
        self._steps = [
            (phase, code)
            for phase in PHASES
            for code in self.shape.waves
            if phase in self.shape.groups.values()
        ]

    def publish(self, answers: Answers) -> str:
        """All releases one after another, for all roles, and what contact persons see, as one text."""
        with self._in_memory(answers):
            evenings = self._evenings(answers)
            releases: list[tuple[str, Any, Any]] = []
            for phase, code in self._steps:
                releases.append(self._released(phase, code, releases, evenings))
        return _written(evenings, [text for text, _snapshot, _technical in releases])

    # --- what is read
    @contextlib.contextmanager
    def _in_memory(self, answers: Answers) -> Iterator[None]:
        from evaluation.releases import asked, beside, delivery, phases, verdicts

        self._contents = {}
        for place, (_base, keys) in self.bases.items():
            self._contents[place] = b"".join(self._vector(answers[key]) for key in keys)
        with contextlib.ExitStack() as stack:
            for where in (asked, beside, phases, verdicts):
                stack.enter_context(mock.patch.object(where, "read", self._answered))
            self._answers = answers
            real = delivery.modules
            stack.enter_context(
                mock.patch.object(delivery, "modules", lambda study, phase: self._held(real, study, phase))
            )
            yield

    def _vector(self, answers: tuple[int | None, ...]) -> bytes:
        from evaluation.answers.vectors import encode

        if answers not in self._vectors:
            self._vectors[answers] = encode(self.world.version.frozen, self.world.given(answers))
        return self._vectors[answers]

    def _answered(self, study: int, wave: str, phase: str, version: int, items: int) -> Answered:
        """As ``read``, of the answers that are published now."""
        from evaluation.figures.scoring import slots
        from evaluation.figures.tables import read
        from evaluation.models import Response

        place = (wave, phase)
        self._reading.add(place)
        if place not in self.bases:
            rows = Response.objects.filter(study=study, wave=wave, phase=phase, version=version).order_by()
            found = list(rows.values_list("pk", "vector"))
            owner = {row.pk: key for key, row in self.world.rows.items()}
            base, keys = read(study, wave, phase, version, items), [owner[pk] for pk, _vector in found]
            written = slots([np.frombuffer(b"".join(v for _pk, v in found), "<i2").reshape(-1, items)], items)
            assert np.array_equal(written, base.answers), "the rows came in another order"
            self.bases[place] = base, keys
            self._contents[place] = b"".join(self._vector(self._answers[key]) for key in keys)
        base, content = self.bases[place][0], self._contents[place]
        answers = slots([np.frombuffer(content, "<i2").reshape(-1, items)], items)
        return replace(base, answers=answers)

    def _held(self, real: Any, study: Any, phase: str) -> Any:
        """Modules: of the evenings' answers, and of what was told of them before."""
        from evaluation.models import Release

        out = Release.objects.filter(study=study, phase=phase).order_by("pk")
        told = json.dumps([each["modules"] for each in out.values_list("snapshot", flat=True)])
        key = (phase, self._contents.get((EVENING, phase)), told)
        if key not in self._modules or (EVENING, phase) not in self.bases:
            self._modules[phase, self._contents.get((EVENING, phase)), told] = real(study, phase)
            key = (phase, self._contents.get((EVENING, phase)), told)
            self._modules.setdefault(key, real(study, phase))
        self._reading.add((EVENING, phase))
        return json.loads(json.dumps(self._modules[key]))

    # --- what is told
    def _evenings(self, answers: Answers) -> list[Any]:
        told = []
        for n, forms in self.world.evening_forms(answers):
            key = (n, tuple(forms))
            if key not in self._verdicts:
                self._verdicts[key] = self.world.verdict_of(forms)
            told.append([n, self._verdicts[key]])
        return told

    def _released(
        self, phase: str, code: str, before: list[tuple[str, Any, Any]], evenings: list[Any]
    ) -> tuple[str, Any, Any]:
        step = (phase, code)
        # of an evening's verdict a release looks only at how many answered
        out = (tuple(text for text, _s, _t in before), tuple((n, verdict["n"]) for n, verdict in evenings))
        key = (step, self._content(step), out)
        if step in self._read and key in self._known:
            return self._known[key]
        self._reading = set()
        snapshot, technical = self.world.worked_out(phase, code, self._steps, before, evenings)
        seen = self._read.setdefault(step, set(self._reading))
        assert self._reading <= seen, "a release read what it did not read of other answers"
        text = json.dumps([phase, code, snapshot, technical], sort_keys=True, ensure_ascii=False)
        made = self._known[step, self._content(step), out] = (text, snapshot, technical)
        return made

    def _content(self, step: Place) -> Any:
        return tuple(self._contents.get(place) for place in sorted(self._read.get(step, ())))


def _written(evenings: list[Any], releases: list[str]) -> str:
    told = json.dumps(evenings, sort_keys=True, ensure_ascii=False)
    return f'{{"evenings": {told}, "releases": [{", ".join(releases)}]}}'


@contextlib.contextmanager
def remembering() -> Iterator[None]:
    """What is slow and the same in every world of a shape is worked out once: pure functions of few numbers,
    and what is told without looking at what anybody answered.
    """
    from evaluation.figures.statistics import change
    from evaluation.instruments.definition import Definition
    from evaluation.releases import asked, criteria, reach, working_out

    with contextlib.ExitStack() as stack:
        for where, name in (
            (change, "noncentral_interval"),
            (working_out, "editions"),
            (working_out, "awaits"),
            (asked, "baseline"),
            (criteria, "share_with_enough_evenings"),
            (reach, "_counted"),
            (reach, "told_flow"),
            (reach, "whole_flow"),
        ):
            known = lru_cache(maxsize=10_000)(getattr(where, name))
            stack.enter_context(mock.patch.object(where, name, known))
        stack.enter_context(mock.patch.object(working_out, "reaim", return_value=([], [])))  # repeats a scale
        yield
