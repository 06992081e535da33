"""From the rows of one wave and phase to everything that may be told of them. Reads the answers database.

Only a command, and ``work`` in the embedded default, run this; pages read what it stored. Nothing here
depends on the clock or on chance: the same rows give the same release, byte for byte.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from evaluation.models import Audience
from evaluation.releases import criteria, delivery, reach, telling
from evaluation.releases.asked import Asked, asked, departures, left_out
from evaluation.releases.dose import dose
from evaluation.releases.editions import editions
from evaluation.releases.items import told_items, waves_told_in_full
from evaluation.releases.people import counted_people
from evaluation.releases.phases import pilot_and_implementation
from evaluation.releases.reaim import reaim
from evaluation.releases.scale_rows import ScaleRows
from evaluation.releases.sites import told_sites

if TYPE_CHECKING:
    from evaluation.instruments.definition import Definition
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
    scales = [ScaleRows(wave, each, slow=slow) for each in everything]
    told, whole = scale_tables(wave, phase, scales)
    _put_items(scales, told, whole)
    doses = dose(everything, wave.study.primary_outcome, told)
    flow = _flow(wave, phase, everything, people)
    modules = delivery.with_people(delivery.modules(wave.study, phase), people["modules"])
    evenings = {"needed": people["needed"], "planned": len(modules)}
    lights = criteria.lights(
        wave.study, told["scales"], flow, people["adherence"], people["enough"], evenings
    )
    reached = reaim(wave, phase, told["scales"], modules, people)
    flows = reach.told_flow(flow), reach.whole_flow(flow)
    common = {
        "format": FORMAT,
        "study": _study(wave),
        "wave": {"code": wave.code, "nb": wave.name_nb, "nn": wave.name_nn or wave.name_nb},
        "phase": phase,
        "audience": wave.audience,
        "modules": modules,
        "changes": people["changes"],
        "editions": editions(wave.study, phase),
        "deviations": criteria.deviations(wave.study, _departures(wave, phase, everything)),
        "questionnaires": [_questionnaire(each.definition) for each in everything],
    }
    snapshot, technical = (
        common
        | part
        | {"flow": flows[nth], "criteria": lights[nth], "reaim": reached[nth], "dose": doses[nth]}
        for nth, part in enumerate((told, whole))
    )
    return telling.plain(snapshot), telling.plain(technical)


def _put_items(scales: list[ScaleRows], told: dict[str, Rows], whole: dict[str, Rows]) -> None:
    """Single items, «tenk tilbake» apart; scales lose what hangs on items that are not told in full."""
    pairs = [
        told_items(each.definition, each.each.waves, each.hidden_items) for each in scales if not each.awaits
    ]
    for nth, place in enumerate((told, whole)):
        rows = [row for pair in pairs for row in pair[nth]]
        place["items"] = [row for row in rows if row["item"] != LOOK_BACK]
        place["look_back"] = [_looked_back(row) for row in rows if row["item"] == LOOK_BACK]
    full = _told_in_full([each.definition for each in scales], told["items"])
    for nth, row in enumerate(whole["scales"]):
        waves = full[row["instrument"], row["scale"]]
        whole["scales"][nth] = telling.without_items(row, waves)
        if "before" not in waves and "spread" in told["scales"][nth]:  # its limit is made of alpha
            told["scales"][nth]["spread"] = {"why": telling.ALIKE}


def _looked_back(row: dict[str, Any]) -> dict[str, Any]:
    """Asked once: its only wave is this one."""
    return row | {name: row[name]["after"] for name in ("shares", "counts") if name in row}


def _told_in_full(asked: list[Definition], items: Rows) -> dict[tuple[str, str], set[str]]:
    """By questionnaire and scale, the waves at which its every item is told with its shares."""
    return {
        (each.key, scale.key): waves_told_in_full(
            scale, [row for row in items if row["instrument"] == each.key]
        )
        for each in asked
        for scale in each.scales
    }


def scale_tables(wave: Wave, phase: str, scales: list[ScaleRows]) -> tuple[dict[str, Rows], dict[str, Rows]]:
    """Scales of the region, of municipalities and of two phases, told and whole."""
    told: dict[str, Rows] = {"scales": [], "sites": [], "phases": []}
    whole: dict[str, Rows] = {"scales": [], "sites": [], "phases": []}
    for each in scales:
        sites = told_sites(each.near, each.each, each.with_change)
        phases = pilot_and_implementation(wave, phase, each.each, [row for row, _whole in each.rows])
        for nth, place in enumerate((told, whole)):
            place["scales"] += [pair[nth] for pair in each.rows]
            place["sites"] += sites[nth]
            place["phases"] += phases[nth]
    if wave.audience != Audience.ADULT:
        for row in told["scales"]:
            row.pop("households", None)  # staff are asked for themselves: no home is counted, nor too few
    return told, whole


def _flow(wave: Wave, phase: str, everything: list[Asked], people: Snapshot) -> reach.Flow:
    first = max(everything, key=lambda each: each.before, default=None)
    pairs = len(first.pairs.after) if first and first.pairs else 0
    before = first.before if first else 0
    return reach.flow(wave, phase, people["asked"], before=before, pairs=pairs)


def _departures(wave: Wave, phase: str, everything: list[Asked]) -> list[str]:
    used = {each.first.pk: each.first for each in everything if each.first} | {wave.pk: wave}
    dropped, lost = criteria.dropped_groups(used.values(), phase), criteria.lost_answers(wave, phase)
    return [*dropped, *lost, *left_out(wave, phase, everything), *departures(wave, everything)]


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
