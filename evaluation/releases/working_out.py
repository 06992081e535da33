"""From the rows of one wave and phase to everything that may be told of them. Reads the answers database.

Only a command, and ``work`` in the embedded default, run this; pages read what it stored. Nothing here
depends on the clock or on chance: the same rows give the same release, byte for byte.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from evaluation.figures.scales import Scored, level, moved
from evaluation.figures.tables import paired, read
from evaluation.models import IdentityMode
from evaluation.releases import telling

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evaluation.figures.tables import Answered, Pairs
    from evaluation.instruments.definition import Definition
    from evaluation.models import InstrumentVersion, Wave

FORMAT = 1  # of the snapshot: raised when a page that reads an older one must know


@dataclass(frozen=True)
class Asked:
    """One questionnaire of a wave, and what was answered to it; ``pairs`` where the same was asked before."""

    definition: Definition
    version: InstrumentVersion
    found: Answered
    pairs: Pairs | None


def asked(wave: Wave, phase: str) -> Iterator[Asked]:
    """Each questionnaire of the wave. One or two queries of the answers database each."""
    first = baseline(wave)
    earlier = set(first.instruments.values_list("version", flat=True)) if first else set()
    for row in wave.instruments.select_related("version"):
        definition = row.version.frozen
        slots = len(definition.coded_items)
        found = read(wave.study_id, wave.code, phase, row.version_id, slots)
        pairs = None
        if first and row.version_id in earlier:
            pairs = paired(read(wave.study_id, first.code, phase, row.version_id, slots), found)
        yield Asked(definition, row.version, found, pairs)


def baseline(wave: Wave) -> Wave | None:
    """The first linked wave asked of the same people; None when this is it, or when nothing is linked."""
    if wave.identity != IdentityMode.LINKED:
        return None
    same = wave.study.waves.filter(identity=IdentityMode.LINKED, audience=wave.audience)
    first = same.order_by("order", "code").first()
    return first if first and first.pk != wave.pk else None


def scales(wave: Wave, phase: str, *, slow: bool = True) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Every scale of the wave, as it is told and whole. A scale asked before is told as change alone.

    Of a first wave that another is to be compared with no level is told here: its level is told with the
    pairs, or the two would differ by those few who answered once (R7).
    """
    told, whole = [], []
    awaits_pairs = wave.identity == IdentityMode.LINKED and baseline(wave) is None and _is_followed(wave)
    for each in asked(wave, phase):
        for scale in each.definition.scales:
            if each.pairs is not None:
                change = moved(each.definition, scale, each.pairs, slow=slow)
                told.append(telling.told_change(each.definition, scale, change))
                whole.append(telling.whole_change(each.definition, scale, change))
            elif awaits_pairs:
                waiting = telling.about(each.definition, scale) | {"why": telling.WITH_PAIRS}
                told.append(waiting)
                whole.append(waiting)
            else:
                at = level(Scored.of(each.definition, scale, each.found), slow=slow)
                told.append(telling.told_level(each.definition, scale, at))
                whole.append(telling.whole_level(each.definition, scale, at))
    return told, whole


def _is_followed(wave: Wave) -> bool:
    later = wave.study.waves.filter(identity=IdentityMode.LINKED, audience=wave.audience)
    versions = wave.instruments.values("version")
    return bool(later.exclude(pk=wave.pk).filter(instruments__version__in=versions).exists())
