"""Other worlds of a shape are published faster: what is the same in each is worked out once."""

from __future__ import annotations

import contextlib
import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from unittest import mock

if TYPE_CHECKING:
    from collections.abc import Iterator


def _once(function: Any, key: Any) -> Any:
    """``function``, worked out once for each ``key`` of what it is given."""
    known: dict[Any, Any] = {}

    def once(*given: Any) -> Any:
        if (about := key(*given)) not in known:
            known[about] = function(*given)
        return known[about]

    return once


@contextlib.contextmanager
def remembering() -> Iterator[None]:
    """What is slow and the same in every world of a shape is worked out once: pure functions of few numbers,
    and what is told without looking at what anybody answered.
    """
    from evaluation.figures.statistics import change
    from evaluation.instruments.definition import Definition
    from evaluation.releases import asked, criteria, reach, scale_rows, working_out

    awaits, definition = asked.awaits, Definition.from_data
    departed = lru_cache(maxsize=None)(criteria.deviations)
    answered = _once(reach.answered_in, lambda wave, phase, _versions: (wave.pk, phase))
    counted = _once(reach._counted, lambda wave, n, people: (wave.pk, n, json.dumps(people)))
    left_out = _once(asked.left_out, lambda wave, phase, _everything: (wave.pk, phase))
    awaits_once = _once(awaits, lambda wave, each: (wave.pk, each.version.pk, each.pairs is None))

    with contextlib.ExitStack() as stack:

        def put(where: Any, name: str, instead: Any = None) -> None:
            instead = instead or lru_cache(maxsize=10_000)(getattr(where, name))
            stack.enter_context(mock.patch.object(where, name, instead))

        for where, name in (
            (change, "noncentral_interval"),
            (working_out, "editions"),
            (asked, "baseline"),
            (working_out, "counted_people"),
            (reach, "waves_up_to"),
            (reach, "told_flow"),
            (reach, "whole_flow"),
        ):
            put(where, name)
        put(reach, "answered_in", answered)
        put(reach, "_counted", counted)
        put(working_out, "left_out", left_out)
        put(scale_rows, "awaits", awaits_once)
        put(criteria, "deviations", lambda study, codes: departed(study, tuple(codes)))
        put(Definition, "from_data", _once(definition, json.dumps))
        put(working_out, "reaim", lambda *_all: ([], []))  # repeats a scale
        yield
