"""From the rows of one wave and phase to everything that may be told of them. Reads the answers database.

Only a command, and ``work`` in the embedded default, run this; pages read what it stored. Nothing here
depends on the clock or on chance: the same rows give the same release, byte for byte.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from evaluation.figures.scales import Scored, level, moved
from evaluation.figures.tables import paired, population, read
from evaluation.models import IdentityMode, Release
from evaluation.releases import criteria, delivery, reach, telling
from evaluation.releases.items import told_items
from evaluation.releases.phases import pilot_and_implementation
from evaluation.releases.sites import told_sites

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evaluation.figures.tables import Answered, Pairs
    from evaluation.instruments.definition import Definition, Scale
    from evaluation.models import InstrumentVersion, Wave

FORMAT = 1  # of the snapshot: raised when a page that reads an older one must know
Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Asked:
    """One questionnaire of a wave, and what was answered to it; ``pairs`` where the same was asked before."""

    definition: Definition
    version: InstrumentVersion
    found: Answered
    pairs: Pairs | None
    before: int = 0  # how many answered it the first time

    @property
    def waves(self) -> dict[str, Answered]:
        """The rows that single items are told of: one population (R7)."""
        if self.pairs is None:
            return {"after": self.found}
        return {"before": self.pairs.before, "after": self.pairs.after}


def asked(wave: Wave, phase: str) -> Iterator[Asked]:
    """Each questionnaire of the wave. One or two queries of the answers database each."""
    first = baseline(wave)
    earlier = set(first.instruments.values_list("version", flat=True)) if first else set()
    for row in wave.instruments.select_related("version"):
        definition = row.version.frozen
        slots = len(definition.coded_items)
        found = read(wave.study_id, wave.code, phase, row.version_id, slots)
        if first and row.version_id in earlier:
            before = read(wave.study_id, first.code, phase, row.version_id, slots)
            yield Asked(definition, row.version, found, paired(before, found), len(before))
        else:
            yield Asked(definition, row.version, found, None)


def baseline(wave: Wave) -> Wave | None:
    """The first linked wave asked of the same people; None when this is it, or when nothing is linked."""
    if wave.identity != IdentityMode.LINKED:
        return None
    same = wave.study.waves.filter(identity=IdentityMode.LINKED, audience=wave.audience)
    first = same.order_by("order", "code").first()
    return first if first and first.pk != wave.pk else None


def work_out(wave: Wave, phase: str, *, slow: bool = True) -> tuple[dict[str, Any], dict[str, Any]]:
    """The snapshot for everybody and the technical one for research. ``slow`` has omega and mixed models."""
    everything = list(asked(wave, phase))
    told, whole = _scales(wave, phase, everything, slow=slow)
    items = [
        told_items(each.definition, each.waves)
        for each in everything
        if not _awaits(wave, each) and _may_stand_beside_earlier(wave, phase, each)
    ]
    people = _flow(wave, phase, everything)
    modules = delivery.modules(wave.study, phase)
    changes = list(delivery.changes_made(wave.study, phase))
    common = {
        "format": FORMAT,
        "study": _study(wave),
        "wave": {"code": wave.code, "nb": wave.name_nb, "nn": wave.name_nn or wave.name_nb},
        "phase": phase,
        "modules": modules,
        "changes": changes,
        "reaim": reach.reaim(wave.study, phase),
        "deviations": criteria.deviations(wave.study),
        "questionnaires": [_questionnaire(each.definition) for each in everything],
    }
    kept = 100 * people.kept.value if people.before >= telling.LEAST_FOR_SHARE else None
    lights = criteria.lights(wave.study, phase, told["scales"], kept, modules)
    snapshot = common | told | {"flow": reach.told_flow(people), "criteria": lights}
    technical = common | whole | {"flow": reach.whole_flow(people), "criteria": lights}
    for nth, place in enumerate((snapshot, technical)):
        place["items"] = [row for pair in items for row in pair[nth]]
    return snapshot, technical


def _scales(
    wave: Wave, phase: str, everything: list[Asked], *, slow: bool
) -> tuple[dict[str, Rows], dict[str, Rows]]:
    told: dict[str, Rows] = {"scales": [], "sites": [], "phases": []}
    whole: dict[str, Rows] = {"scales": [], "sites": [], "phases": []}
    for each in everything:
        for scale in each.definition.scales:
            for place, rows in zip((told, whole), _scale(wave, phase, each, scale, slow=slow), strict=True):
                place["scales"].append(rows)
            if each.pairs is None or told["scales"][-1]["why"] == telling.BESIDE:
                continue
            sites = told_sites(each.definition, scale, each.pairs)
            phases = pilot_and_implementation(wave, phase, each, scale)
            for nth, place in enumerate((told, whole)):
                place["sites"] += sites[nth]
                place["phases"] += phases[nth]
    return told, whole


def _scale(
    wave: Wave, phase: str, each: Asked, scale: Scale, *, slow: bool
) -> tuple[dict[str, Any], dict[str, Any]]:
    """As it is told and whole. A scale asked before is told as change; one that will be asked again not
    at all yet: its level would differ from that of the pairs by those few who answered once (R7).
    """
    if each.pairs is not None and not _may_stand_beside_earlier(wave, phase, each):
        unsaid = telling.about(each.definition, scale) | {"why": telling.BESIDE}
        return unsaid, unsaid
    if each.pairs is not None:
        change = moved(each.definition, scale, each.pairs, slow=slow)
        return (
            telling.told_change(each.definition, scale, change),
            telling.whole_change(each.definition, scale, change),
        )
    if _awaits(wave, each):
        waiting = telling.about(each.definition, scale) | {"why": telling.WITH_PAIRS}
        return waiting, waiting
    at = level(Scored.of(each.definition, scale, each.found), slow=slow)
    return telling.told_level(each.definition, scale, at), telling.whole_level(each.definition, scale, at)


def _may_stand_beside_earlier(wave: Wave, phase: str, each: Asked) -> bool:
    """Whether the pairs differ by nobody, or by enough, from those another release told of (R7).

    Both tell the level before; who is in the one and not in the other would be told by the difference.
    """
    first = baseline(wave)
    others = Release.objects.filter(study=wave.study_id, phase=phase).exclude(wave=wave.pk)
    for other in others.select_related("wave"):
        if first is None or each.pairs is None or baseline(other.wave) != first:
            continue
        slots = len(each.definition.coded_items)
        before, after = (
            read(wave.study_id, code, phase, each.version.pk, slots) for code in (first.code, other.wave.code)
        )
        then = paired(before, after).after
        if not all(_nobody_or_enough(*both) for both in ((then, each.pairs.after), (each.pairs.after, then))):
            return False
    return True


def _nobody_or_enough(these: Answered, others: Answered) -> bool:
    """Of those in ``these`` who are not among ``others``."""
    known = set(others.pair_ids)
    alone = [place for place, key in enumerate(these.pair_ids) if key not in known]
    found = population(these.households[np.array(alone, dtype=np.int64)])
    return found.is_nobody or found.may_have_mean


def _awaits(wave: Wave, each: Asked) -> bool:
    """Whether the same questionnaire is asked again, so that this wave is told with the pairs."""
    if wave.identity != IdentityMode.LINKED or each.pairs is not None:
        return False
    later = wave.study.waves.filter(identity=IdentityMode.LINKED, audience=wave.audience).exclude(pk=wave.pk)
    return bool(later.filter(order__gte=wave.order, instruments__version=each.version).exists())


def _flow(wave: Wave, phase: str, everything: list[Asked]) -> reach.Flow:
    answered = max((len(each.found) for each in everything), default=0)
    first = max(everything, key=lambda each: each.before, default=None)
    pairs = len(first.pairs.after) if first and first.pairs else 0
    return reach.flow(wave, phase, answered=answered, before=first.before if first else 0, pairs=pairs)


def _study(wave: Wave) -> dict[str, Any]:
    study = wave.study
    return {
        "key": study.key,
        "nb": study.name_nb,
        "nn": study.name_nn or study.name_nb,
        "primary_outcome": study.primary_outcome,
        "criteria_locked_on": study.criteria_locked_on and study.criteria_locked_on.isoformat(),
        "criteria_locked_by": study.criteria_locked_by,
    }


def _questionnaire(definition: Definition) -> dict[str, Any]:
    return {
        "key": definition.key,
        "version": definition.version,
        "title": telling.plain(definition.title),
        "licence": definition.licence,
        "source": definition.source,
        "translated_by": definition.translated_by,
        "items": len(definition.items),
    }
