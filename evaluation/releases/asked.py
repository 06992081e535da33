"""What a wave asked and the rows it got: per questionnaire, with pairs and what is out of the same people.

Reads the answers database: once for each questionnaire and wave, and never a row as an object.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from evaluation.figures.disclosure import band
from evaluation.figures.tables import paired, read
from evaluation.models import IdentityMode, Response
from evaluation.releases.beside import earlier
from evaluation.windows import is_before_course

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evaluation.figures.tables import Answered, Pairs
    from evaluation.instruments.definition import Definition
    from evaluation.models import InstrumentVersion, Release, Wave
    from evaluation.releases.beside import Earlier


@dataclass(frozen=True)
class Asked:
    """One questionnaire of a wave, and what was answered to it; ``pairs`` where the same was asked before."""

    definition: Definition
    version: InstrumentVersion
    found: Answered
    pairs: Pairs | None
    before: int = 0  # how many answered it the first time
    earlier: tuple[Earlier, ...] = ()  # what is out of the same people
    first: Wave | None = None  # the wave of «before», with ``pairs``

    @property
    def waves(self) -> dict[str, Answered]:
        """The rows that single items are told of: one population (R7); before, where that is not out."""
        if self.pairs is None:
            return {"after": self.found}
        if self.earlier:
            return {"after": self.pairs.after}
        return {"before": self.pairs.before, "after": self.pairs.after}


def asked(wave: Wave, phase: str, release: Release | None = None) -> Iterator[Asked]:
    """Each questionnaire of the wave. One or two queries of the answers database each, and two for each wave
    that is out; with ``release`` that was out before it.
    """
    for row in wave.instruments.select_related("version"):
        definition = row.version.frozen
        slots = len(definition.coded_items)
        found = read(wave.study_id, wave.code, phase, row.version_id, slots)
        if first := baseline(wave, row.version):
            before = read(wave.study_id, first.code, phase, row.version_id, slots)
            out = tuple(earlier(wave, first, phase, row.version, release))
            yield Asked(definition, row.version, found, paired(before, found), len(before), out, first)
        else:
            yield Asked(definition, row.version, found, None)


def baseline(wave: Wave, version: InstrumentVersion | None = None) -> Wave | None:
    """The first linked wave asked of the same people, or that asked them ``version``; None when this is it,
    or when nothing is linked.
    """
    if wave.identity != IdentityMode.LINKED:
        return None
    same = wave.study.waves.filter(identity=IdentityMode.LINKED, audience=wave.audience)
    if version is not None:
        same = same.filter(instruments__version=version)
    first = same.order_by("order", "code").first()
    return first if first and first.pk != wave.pk else None


def awaits(wave: Wave, each: Asked) -> bool:
    """Whether the same questionnaire is asked again, so that this wave is told with the pairs."""
    if wave.identity != IdentityMode.LINKED or each.pairs is not None:
        return False
    later = wave.study.waves.filter(identity=IdentityMode.LINKED, audience=wave.audience).exclude(pk=wave.pk)
    return bool(later.filter(order__gte=wave.order, instruments__version=each.version).exists())


def departures(wave: Wave, everything: list[Asked]) -> list[str]:
    """Codes of what departs from asking the same before and after; words.py has the sentences."""
    if wave.identity != IdentityMode.LINKED or any(each.pairs for each in everything):
        return []
    first = baseline(wave)
    if first is None:
        return [] if is_before_course(wave) else ["no-baseline"]
    same = set(first.instruments.values_list("version__instrument", flat=True))
    return ["other-version"] if any(each.version.instrument_id in same for each in everything) else []


def left_out(wave: Wave, phase: str, everything: list[Asked]) -> list[str]:
    """The code for answers to what the wave does not ask any more, with their band; none of fewer than five,
    as of nobody. One query.
    """
    told = [each.version.pk for each in everything]
    rows = Response.objects.filter(study=wave.study_id, wave=wave.code, phase=phase)
    many = band(rows.exclude(version__in=told).count())
    return [f"left-out:{many}"] if many else []
