"""Progression criteria: what was reached, against the limits that were locked before any answer was seen."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from django.db.models import Q, Sum

from evaluation.figures.disclosure import band, told_percent
from evaluation.models import Criterion, Occasion
from evaluation.releases.occasions import occasions_of
from evaluation.releases.telling import FEW

if TYPE_CHECKING:
    from collections.abc import Iterable

    from evaluation.models import Study, Wave
    from evaluation.releases.reach import Flow

Measure = Criterion.Measure
NO_EVENINGS: Mapping[str, int] = MappingProxyType({})
Rows = list[dict[str, Any]]


def lights(
    study: Study,
    scales: Rows,
    flow: Flow,
    adherence: float | None,
    enough: float | None,
    evenings: Mapping[str, int] = NO_EVENINGS,
) -> tuple[Rows, Rows]:
    """Each criterion with its value and its light; «none», and why, where neither may be told.

    Told and whole, with one light: that of the value as it is told, so that nobody reads «80 %, gult» of a
    limit of 80. The light stands alone where the flow has a band and no per cent. ``scales`` are as they are
    told, ``adherence`` and ``enough`` (the share there at enough evenings) as in people.py; ``evenings`` are
    how many are ``needed`` for enough, and ``planned``.
    """
    told, whole = [], []
    for criterion in study.criteria.all():
        row = _row_of(criterion, scales)
        exact = _value(criterion, row, flow, adherence, enough)
        value = None if exact is None else _told(criterion, exact)
        better = row["better"] if row else _way(criterion)
        about = {
            "measure": criterion.measure,
            "scale": criterion.scale,
            "title": row["title"] if row else None,
            "green": criterion.green,
            "red": criterion.red,
            "better": better,
            "light": light(value, criterion.green, criterion.red, better),
            "why": FEW if value is None else "",
            **(evenings if criterion.measure == Measure.ATTENDANCE else {}),
        }
        told.append(about | {"value": flow.kept_told if criterion.measure == Measure.PAIRS else value})
        whole.append(about | {"value": exact})
    return told, whole


def light(value: float | None, green: float, red: float, better: str = "high") -> str:
    """Green from the one limit on, red beyond the other: downwards where low is good."""
    if value is None:
        return "none"
    if better == "low":
        value, green, red = -value, -green, -red
    return "green" if value >= green else "red" if value < red else "yellow"


def deviations(study: Study, codes: list[str]) -> list[str]:
    """Codes of what departs from a plan locked beforehand; evaluation/releases/words.py has the sentences.

    ``codes`` are those of the waves whose answers are used (working_out.py).
    """
    found = []
    if study.criteria_locked_on is None:
        found.append("not-locked")
    if not study.primary_outcome:
        found.append("no-primary-outcome")
    return [*found, *codes]


def dropped_groups(waves: Iterable[Wave], phase: str) -> list[str]:
    """The code for a group of these waves that had too few answers, or none. A query a wave and more, as
    ``occasions_of``.
    """
    few = Q(state=Occasion.State.DROPPED, given_up_on=None, group__isnull=False)
    return ["dropped"] if any(occasions_of(wave, phase).filter(few).exists() for wave in waves) else []


def lost_answers(wave: Wave, phase: str) -> list[str]:
    """The code for answers of the wave itself whose key is lost: their band, or none. A query, and one for
    each occasion without a group."""
    lost = occasions_of(wave, phase).aggregate(n=Sum("lost_answers"))["n"]
    return [f"lost:{band(lost)}"] if lost else []


def _way(criterion: Criterion) -> str:
    """Of a scale that the wave does not ask: its limits say which end is good (criteria_forms.py)."""
    return "low" if criterion.green < criterion.red else "high"


def _told(criterion: Criterion, exact: float) -> float:
    """A whole per cent, a half upwards; a mean has been rounded already."""
    return exact if criterion.measure == Measure.OUTCOME else float(told_percent(exact))


def _row_of(criterion: Criterion, scales: Rows) -> dict[str, Any] | None:
    if criterion.measure != Measure.OUTCOME:
        return None
    rows = (row for row in scales if f"{row['instrument']}.{row['scale']}" == criterion.scale)
    return next(rows, None)


def _value(
    criterion: Criterion,
    row: dict[str, Any] | None,
    flow: Flow,
    adherence: float | None,
    enough: float | None,
) -> float | None:
    if criterion.measure == Measure.ATTENDANCE:
        return enough
    if criterion.measure == Measure.PAIRS:
        return flow.kept_percent
    if criterion.measure == Measure.ADHERENCE:
        return adherence
    if row is None or row["why"]:
        return None
    level = row.get("after", row.get("mean"))
    return None if level is None else float(level)
