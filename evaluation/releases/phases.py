"""Pilot against implementation: the same change in two phases, of different people (Welch)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from evaluation.figures.disclosure import told_mean
from evaluation.figures.scales import Scored
from evaluation.figures.statistics.change import welch
from evaluation.figures.statistics.samples import Sample
from evaluation.figures.tables import paired, read
from evaluation.models import Release
from evaluation.releases import telling
from evaluation.releases.asked import baseline

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

    ``told`` are this phase's scales of the questionnaire as they are told. Two queries of the answers.
    """
    first = baseline(wave)
    pilot = Release.objects.filter(wave=wave, phase="pilot").first()
    if phase != "implementation" or first is None or each.pairs is None or pilot is None:
        return [], []
    then = {_name(row): row for row in pilot.snapshot["scales"]}
    now = {_name(row): row for row in told}
    slots, codes = len(each.definition.coded_items), (first.code, wave.code)
    before, after = (read(wave.study_id, code, "pilot", each.version.pk, slots) for code in codes)
    pairs = paired(before, after), each.pairs
    rows: tuple[Rows, Rows] = [], []
    for scale in each.definition.scales:
        about = telling.about(each.definition, scale)
        name = each.definition.key, each.definition.version, scale.key
        sides = [side.get(name) for side in (then, now)]
        figures = _difference(each.definition, scale, pairs) if all(map(_is_out, sides)) else None
        for place, figure in zip(rows, figures or ({"why": telling.FEW},) * 2, strict=True):
            place.append(about | figure)
    return rows


def _name(row: dict[str, Any]) -> tuple[str, int, str]:
    return row["instrument"], row["version"], row["scale"]


def _is_out(row: dict[str, Any] | None) -> bool:
    return row is not None and not row["why"] and "change" in row


def _difference(
    definition: Definition, scale: Scale, pairs: tuple[Pairs, Pairs]
) -> tuple[dict[str, Any], dict[str, Any]]:
    pilot, later = (Sample.of(_changes(definition, scale, each)) for each in pairs)
    difference = welch(pilot, later)
    told = {
        "why": "",
        "pilot": told_mean(pilot.mean),
        "implementation": told_mean(later.mean),
        "difference": told_mean(difference.mean),
        "interval": telling.told_interval(difference.interval),
    }
    return told, {"why": "", "difference": telling.plain(difference)}


def _changes(definition: Definition, scale: Scale, pairs: Pairs) -> NDArray[np.float64]:
    one, two = (Scored.of(definition, scale, each).scores for each in (pairs.before, pairs.after))
    changes = (two - one) * (-1 if scale.better == "low" else 1)
    return changes[~np.isnan(changes)]
