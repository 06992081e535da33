"""Progression criteria: what was reached, against the limits that were locked before any answer was seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from evaluation.models import Criterion
from evaluation.releases.delivery import share_with_enough_evenings
from evaluation.releases.telling import FEW

if TYPE_CHECKING:
    from evaluation.models import Study

Measure = Criterion.Measure
UNITS = {Measure.OUTCOME: ""}


def lights(
    study: Study, phase: str, told: list[dict[str, Any]], pairs: float | None, modules: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Each criterion with its value and its light; «none», and why, where the value may not be told.

    ``told`` are the scales as they are told, ``pairs`` the share who answered before and after in per
    cent, ``modules`` as in delivery.py.
    """
    rows = []
    for criterion in study.criteria.all():
        value = _value(criterion, study, phase, told, pairs, modules)
        rows.append(
            {
                "measure": criterion.measure,
                "scale": criterion.scale,
                "green": criterion.green,
                "red": criterion.red,
                "value": None if value is None else round(value, 1),
                "light": light(value, criterion.green, criterion.red),
                "why": FEW if value is None else "",
            }
        )
    return rows


def light(value: float | None, green: float, red: float) -> str:
    if value is None:
        return "none"
    return "green" if value >= green else "red" if value < red else "yellow"


def deviations(study: Study) -> list[str]:
    """Codes of what departs from a plan locked beforehand; evaluation/releases/words.py has the sentences."""
    found = []
    if study.criteria_locked_on is None:
        found.append("not-locked")
    if not study.primary_outcome:
        found.append("no-primary-outcome")
    return found


def _value(
    criterion: Criterion,
    study: Study,
    phase: str,
    told: list[dict[str, Any]],
    pairs: float | None,
    modules: list[dict[str, Any]],
) -> float | None:
    if criterion.measure == Measure.ATTENDANCE:
        return share_with_enough_evenings(study, phase)
    if criterion.measure == Measure.PAIRS:
        return pairs
    if criterion.measure == Measure.ADHERENCE:
        shares = [row["adherence"] for row in modules if row["adherence"] is not None]
        return sum(shares) / len(shares) if shares else None
    for row in told:
        if f"{row['instrument']}.{row['scale']}" == criterion.scale and not row["why"]:
            return float(row["after"] if "after" in row else row["mean"])
    return None
