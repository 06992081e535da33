"""A first wave waits for the next: what it has to tell is told with the pairs."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from evaluation.models import IdentityMode, WaveInstrument

if TYPE_CHECKING:
    from collections.abc import Iterable

    from evaluation.models import Wave

WITH_PAIRS = "with-pairs"  # why, beside those of telling.py; that loads numpy, and this is read by pages


def only_waits(snapshot: dict[str, Any]) -> bool:
    """Whether nothing of the answers is told yet, and some of it will be with the next wave."""
    rows = [row for name in ("scales", "items", "look_back") for row in snapshot[name]]
    return any(row["why"] == WITH_PAIRS for row in rows) and all(row["why"] for row in rows)


def that_wait(waves: Iterable[Wave]) -> dict[int, list[set[int]]]:
    """Those of ``waves`` that will have nothing of their own to tell: all they ask is asked of the same
    people again, and was not before; with, for each questionnaire, the waves that ask it again. ``waves``
    are all of their studies. One query.
    """
    linked = [wave for wave in waves if wave.identity == IdentityMode.LINKED]
    asks: defaultdict[int, set[int]] = defaultdict(set)
    for wave, version in WaveInstrument.objects.filter(wave__in=linked).values_list("wave", "version"):
        asks[wave].add(version)
    found: dict[int, list[set[int]]] = {}
    before: defaultdict[tuple[int, str], set[int]] = defaultdict(set)
    for wave in sorted(linked, key=lambda each: (each.order, each.code)):
        same = [each.pk for each in linked if _people(each) == _people(wave) and each.order >= wave.order]
        again = [{pk for pk in same if pk != wave.pk and version in asks[pk]} for version in asks[wave.pk]]
        if again and all(again) and not asks[wave.pk] & before[_people(wave)]:
            found[wave.pk] = again
        before[_people(wave)] |= asks[wave.pk]
    return found


def is_told(again: list[set[int]] | None, phase: str, out: set[tuple[int, str]]) -> bool:
    """Whether a wave that waited has been told: each questionnaire with one of the waves (``again``, as
    ``that_wait`` has it) that ask it again. ``out`` are the (wave, phase) that have been let out.
    """
    return bool(again) and all(any((wave, phase) in out for wave in each) for each in again or ())


def _people(wave: Wave) -> tuple[int, str]:
    return wave.study_id, wave.audience
