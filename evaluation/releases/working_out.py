"""From the rows of one wave and phase to everything that may be told of them. Reads the answers database.

Only a command, and ``work`` in the embedded default, run this; pages read what it stored. Nothing here
depends on the clock or on chance: the same rows give the same release, byte for byte.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from evaluation.figures.scales import Scored, level, moved
from evaluation.releases import criteria, delivery, reach, telling
from evaluation.releases.around import told_around
from evaluation.releases.asked import Asked, asked, awaits, departures
from evaluation.releases.beside import have_changed, may_stand
from evaluation.releases.dose import dose
from evaluation.releases.editions import editions
from evaluation.releases.items import told_items, waves_told_in_full
from evaluation.releases.people import counted_people
from evaluation.releases.phases import pilot_and_implementation
from evaluation.releases.reaim import reaim
from evaluation.releases.sites import told_sites
from evaluation.releases.waiting import WITH_PAIRS

if TYPE_CHECKING:
    from evaluation.instruments.definition import Definition, Scale
    from evaluation.models import Wave

FORMAT = 2  # of the snapshot: raised when a page that reads an older one must know
LOOK_BACK = "tilbake"  # key of the item that asks how it was before: a figure of its own, never mixed
Rows = list[dict[str, Any]]
Snapshot = dict[str, Any]


def work_out(
    wave: Wave, phase: str, *, slow: bool = True, people: Snapshot | None = None
) -> tuple[Snapshot, Snapshot]:
    """The snapshot for everybody and the technical one for research. ``slow`` has omega and mixed models.

    ``people`` are the counts of people.py; without them they are made here, by who may read people.
    """
    people = counted_people(wave, phase) if people is None else people
    everything = list(asked(wave, phase))
    told, whole = _scales(wave, phase, everything, slow=slow)
    _put_items(wave, everything, told, whole)
    doses = dose(everything, wave.study.primary_outcome, told)
    flow = _flow(wave, phase, everything, people)
    modules = delivery.with_people(delivery.modules(wave.study, phase), people["modules"])
    lights = criteria.lights(wave.study, told["scales"], flow, modules, people["enough"])
    reached = reaim(wave, phase, told["scales"], modules, people)
    flows = reach.told_flow(flow), reach.whole_flow(flow)
    common = {
        "format": FORMAT,
        "study": _study(wave),
        "wave": {"code": wave.code, "nb": wave.name_nb, "nn": wave.name_nn or wave.name_nb},
        "phase": phase,
        "modules": modules,
        "changes": people["changes"],
        "editions": editions(wave.study, phase),
        "deviations": criteria.deviations(wave.study, phase, _departures(wave, phase, everything)),
        "questionnaires": [_questionnaire(each.definition) for each in everything],
    }
    snapshot, technical = (
        common
        | part
        | {"flow": flows[nth], "criteria": lights[nth], "reaim": reached[nth], "dose": doses[nth]}
        for nth, part in enumerate((told, whole))
    )
    return telling.plain(snapshot), telling.plain(technical)


def _put_items(wave: Wave, everything: list[Asked], told: dict[str, Rows], whole: dict[str, Rows]) -> None:
    """Single items, «tenk tilbake» apart; scales lose what hangs on items that are not told in full."""
    pairs = [
        told_items(each.definition, each.waves, _hidden(each.definition, told["scales"]))
        for each in everything
        if not awaits(wave, each)
    ]
    for nth, place in enumerate((told, whole)):
        rows = [row for pair in pairs for row in pair[nth]]
        place["items"] = [row for row in rows if row["item"] != LOOK_BACK]
        place["look_back"] = [_looked_back(row) for row in rows if row["item"] == LOOK_BACK]
    full = _told_in_full(everything, told["items"])
    for nth, row in enumerate(whole["scales"]):
        waves = full[row["instrument"], row["scale"]]
        whole["scales"][nth] = telling.without_items(row, waves)
        if "before" not in waves and "spread" in told["scales"][nth]:  # its limit is made of alpha
            told["scales"][nth]["spread"] = {"why": telling.ALIKE}


def _looked_back(row: dict[str, Any]) -> dict[str, Any]:
    """Asked once: its only wave is this one."""
    return row | {name: row[name]["after"] for name in ("shares", "counts") if name in row}


def _hidden(definition: Definition, told: Rows) -> dict[str, str]:
    """Why scales of a questionnaire are not told, by their key."""
    return {row["scale"]: row["why"] for row in told if row["instrument"] == definition.key and row["why"]}


def _told_in_full(everything: list[Asked], items: Rows) -> dict[tuple[str, str], set[str]]:
    """By questionnaire and scale, the waves at which its every item is told with its shares."""
    return {
        (each.definition.key, scale.key): waves_told_in_full(
            scale, [row for row in items if row["instrument"] == each.definition.key]
        )
        for each in everything
        for scale in each.definition.scales
    }


def _scales(
    wave: Wave, phase: str, everything: list[Asked], *, slow: bool
) -> tuple[dict[str, Rows], dict[str, Rows]]:
    told: dict[str, Rows] = {"scales": [], "sites": [], "phases": []}
    whole: dict[str, Rows] = {"scales": [], "sites": [], "phases": []}
    for each in everything:
        rows = [_scale(wave, each, scale, slow=slow) for scale in each.definition.scales]
        sites = [
            told_sites(each.definition, scale, each.pairs, each.earlier)
            for scale, (row, _whole) in zip(each.definition.scales, rows, strict=True)
            if each.pairs is not None and row["why"] != telling.BESIDE and not row.get("alone")
        ]
        phases = pilot_and_implementation(wave, phase, each, [row for row, _whole in rows])
        for nth, place in enumerate((told, whole)):
            place["scales"] += [pair[nth] for pair in rows]
            place["sites"] += [row for pair in sites for row in pair[nth]]
            place["phases"] += phases[nth]
    return told, whole


def _scale(wave: Wave, each: Asked, scale: Scale, *, slow: bool) -> tuple[dict[str, Any], dict[str, Any]]:
    """As it is told and whole. A scale asked before is told as change; one that will be asked again not
    at all yet: its level would differ from that of the pairs by those few who answered once (R7).
    """
    if each.pairs is not None:
        return _change(each, scale, slow=slow)
    if awaits(wave, each):
        waiting = telling.about(each.definition, scale) | {"why": WITH_PAIRS}
        return waiting, waiting
    at = level(Scored.of(each.definition, scale, each.found), slow=slow)
    return telling.told_level(each.definition, scale, at), telling.whole_level(each.definition, scale, at)


def _change(each: Asked, scale: Scale, *, slow: bool) -> tuple[dict[str, Any], dict[str, Any]]:
    assert each.pairs is not None  # noqa: S101 - the caller has looked
    definition = each.definition
    unsaid = telling.about(definition, scale) | {"why": telling.BESIDE}
    if have_changed(scale, each.earlier):
        return unsaid, unsaid
    if not each.earlier or may_stand(definition, scale, each.pairs, each.earlier):
        found = moved(definition, scale, each.pairs, slow=slow)
        if each.earlier:  # who left before the one wave are almost those who left before the other
            found = replace(found, stayed_or_left=None)
        told = telling.told_change(definition, scale, found)
        return (
            told | ({} if told["why"] else told_around(scale, found, is_beside=bool(each.earlier))),
            telling.whole_change(definition, scale, found),
        )
    return telling.level_alone(
        definition, scale, level(Scored.of(definition, scale, each.pairs.after), slow=slow)
    )


def _flow(wave: Wave, phase: str, everything: list[Asked], people: Snapshot) -> reach.Flow:
    first = max(everything, key=lambda each: each.before, default=None)
    pairs = len(first.pairs.after) if first and first.pairs else 0
    before = first.before if first else 0
    return reach.flow(wave, phase, people["asked"], before=before, pairs=pairs)


def _departures(wave: Wave, phase: str, everything: list[Asked]) -> list[str]:
    return [*criteria.lost_answers(wave, phase), *departures(wave, everything)]


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
