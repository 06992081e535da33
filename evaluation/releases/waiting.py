"""A first wave waits for the next: what it has to tell is told with the pairs."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from evaluation.models import IdentityMode, WaveInstrument

if TYPE_CHECKING:
    from collections.abc import Iterable

    from evaluation.models import Wave

WITH_PAIRS = "with-pairs"  # why, as telling.py has it; that loads numpy, and this is read by pages


def only_waits(snapshot: dict[str, Any]) -> bool:
    """Whether nothing of the answers is told yet, and some of it will be with the next wave."""
    rows = [row for name in ("scales", "items", "look_back") for row in snapshot[name]]
    return any(row["why"] == WITH_PAIRS for row in rows) and all(row["why"] for row in rows)


def that_wait(waves: Iterable[Wave]) -> set[int]:
    """Those of ``waves`` that will have nothing of their own to tell: all they ask is asked of the same
    people again, and was not before. ``waves`` are all of their studies. One query.
    """
    linked = [wave for wave in waves if wave.identity == IdentityMode.LINKED]
    asks: defaultdict[int, set[int]] = defaultdict(set)
    for wave, version in WaveInstrument.objects.filter(wave__in=linked).values_list("wave", "version"):
        asks[wave].add(version)
    found: set[int] = set()
    before: defaultdict[tuple[int, str], set[int]] = defaultdict(set)
    for wave in sorted(linked, key=lambda each: (each.order, each.code)):
        same = [each for each in linked if _people(each) == _people(wave) and each.order >= wave.order]
        again = {version for each in same if each.pk != wave.pk for version in asks[each.pk]}
        if asks[wave.pk] and asks[wave.pk] <= again - before[_people(wave)]:
            found.add(wave.pk)
        before[_people(wave)] |= asks[wave.pk]
    return found


def _people(wave: Wave) -> tuple[int, str]:
    return wave.study_id, wave.audience
