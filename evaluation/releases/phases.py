"""Pilot against implementation: the same change in two phases, of different people (Welch)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from evaluation.figures.disclosure import told_mean
from evaluation.figures.scales import Scored
from evaluation.figures.statistics.change import welch
from evaluation.figures.statistics.samples import Sample, Summary
from evaluation.models import Release
from evaluation.releases import telling

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from evaluation.figures.tables import Pairs
    from evaluation.instruments.definition import Definition, Scale
    from evaluation.models import Wave
    from evaluation.releases.asked import Asked

Rows = list[dict[str, Any]]


def pilot_and_implementation(wave: Wave, phase: str, each: Asked, told: Rows) -> tuple[Rows, Rows]:
    """With the release of the second phase: both changes are out, and their difference says no more of
    anybody. Nothing while the pilot has not been let out; only «why» where either was not told.

    ``told`` are this phase's scales of the questionnaire as they are told. The pilot is told of as it was let
    out, and not of its rows as they are now: whoever has withdrawn hers since would be the difference.
    """
    pilot = Release.objects.filter(wave=wave, phase="pilot").first()
    if phase != "implementation" or each.pairs is None or pilot is None:
        return [], []
    tables = (pilot.snapshot["scales"], pilot.technical["scales"], told)
    then, whole, now = ({_name(row): row for row in table} for table in tables)
    rows: tuple[Rows, Rows] = [], []
    for scale in each.definition.scales:
        about = telling.about(each.definition, scale)
        name = each.definition.key, each.definition.version, scale.key
        figures = None
        if _is_out(then.get(name)) and _is_out(now.get(name)):
            later = Sample.of(_changes(each.definition, scale, each.pairs))
            figures = _difference(then[name], whole[name]["change"], later)
        for place, figure in zip(rows, figures or ({"why": telling.FEW},) * 2, strict=True):
            place.append(about | figure)
    return rows


def _name(row: dict[str, Any]) -> tuple[str, int, str]:
    return row["instrument"], row["version"], row["scale"]


def _is_out(row: dict[str, Any] | None) -> bool:
    return row is not None and not row["why"] and "change" in row


def _difference(
    pilot: dict[str, Any], whole: dict[str, Any], later: Sample
) -> tuple[dict[str, Any], dict[str, Any]]:
    """``pilot`` is the pilot's row for everybody, ``whole`` its change for research."""
    difference = welch(Summary(whole["n"], whole["mean"], whole["sd"]), later)
    told = {
        "why": "",
        "pilot": pilot["change"],
        "implementation": told_mean(later.mean),
        "difference": told_mean(difference.mean),
        "interval": telling.told_interval(difference.interval),
    }
    return told, {"why": "", "difference": telling.plain(difference)}


def _changes(definition: Definition, scale: Scale, pairs: Pairs) -> NDArray[np.float64]:
    one, two = (Scored.of(definition, scale, each).scores for each in (pairs.before, pairs.after))
    changes = (two - one) * (-1 if scale.better == "low" else 1)
    return changes[~np.isnan(changes)]
