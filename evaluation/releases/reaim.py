"""RE-AIM: whom the programme reached, what changed, who took it up, how it was given, and whether it lasts.

Counts of groups, evenings and municipalities are no one's answers; how many families began is told in a band
and is exact for research alone. Effectiveness is «endring»: there is nobody to compare with.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from courses.models import Evening
from evaluation.figures.disclosure import ADULTS_FOR_MEAN, band
from evaluation.releases.occasions import groups_of

if TYPE_CHECKING:
    from evaluation.models import Study, Wave

HALF_A_YEAR = 150  # days after the course from which a change is told as lasting
Counts = dict[str, Any]
Rows = list[Counts]


def reaim(wave: Wave, phase: str, scales: Rows, modules: Rows, people: Counts) -> tuple[Rows, Rows]:
    """Told and whole. ``scales`` are as they are told, ``modules`` as in delivery.py, ``people`` as in
    people.py.
    """
    study, families, years = wave.study, people["families"], people["years"]
    change = _primary(study, scales)
    is_asked = _asks_the_primary(study, scales)
    is_late = wave.anchor == wave.Anchor.LAST_EVENING and wave.opens_after_days >= HALF_A_YEAR
    rows = [
        _row("effectiveness", "change", row=change, measured=is_asked),
        _row("adoption", "adoption", **people["places"]),
        _row("adoption", "leaders", **people["leaders"]),
        *_implementation(study, phase, modules, people),
        _row("maintenance", "maintenance", part=len(years)),
        _row(
            "maintenance",
            "later",
            row=change if is_late else None,
            measured=is_late and is_asked,
            wave=_name(wave),
        ),
    ]
    reached = _row("reach", "reach", of=people["new_homes"], years=years)
    told = reached | {"part": band(families) or None}
    whole = reached | {"part": families if families >= ADULTS_FOR_MEAN else None}
    return [told, *rows], [whole, *rows]


def _name(wave: Wave) -> dict[str, str]:
    return {"nb": wave.name_nb, "nn": wave.name_nn or wave.name_nb}


def _row(dimension: str, what: str, **more: Any) -> dict[str, Any]:
    return {"dimension": dimension, "what": what, "part": None, "of": None} | more


def _primary(study: Study, scales: Rows) -> dict[str, Any] | None:
    rows = (row for row in scales if f"{row['instrument']}.{row['scale']}" == study.primary_outcome)
    return next((row for row in rows if not row["why"] and "change" in row), None)


def _asks_the_primary(study: Study, scales: Rows) -> bool:
    """Whether the wave asks it, or anything where none is chosen: known of the questionnaires alone, and said
    whatever was answered.
    """
    asked = {f"{row['instrument']}.{row['scale']}" for row in scales}
    return study.primary_outcome in asked if study.primary_outcome else bool(asked)


def _implementation(study: Study, phase: str, modules: Rows, people: Counts) -> Rows:
    planned = Evening.objects.filter(group__in=groups_of(study, phase)).count()
    return [
        _row("implementation", "implementation", part=people["begun"]),
        _row("implementation", "evenings", part=sum(row["evenings"] for row in modules), of=planned),
        _row("implementation", "adherence", percent=people["adherence"]),
        _row(
            "implementation",
            "enough",
            percent=people["enough"],
            needed=people["needed"],
            planned=len(modules),
        ),
        _adaptations(modules),
    ]


def _adaptations(modules: Rows) -> Counts:
    """Evenings that were changed, of modules that may be told; ``everywhere`` when no evening is left out."""
    told = [row["adapted"] for row in modules if row["adapted"] is not None]
    given = [row for row in modules if row["evenings"] or row["logs"]]
    everywhere = all(row["adapted"] is not None and row["logs"] >= row["evenings"] for row in given)
    return _row("implementation", "adaptations", part=sum(told) if told else None, everywhere=everywhere)
