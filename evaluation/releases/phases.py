"""Pilot against implementation: the same change in two phases, of different people (Welch)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from evaluation.figures.disclosure import told_mean
from evaluation.figures.scales import Scored, moved
from evaluation.figures.statistics.change import welch
from evaluation.figures.statistics.samples import Sample
from evaluation.figures.tables import paired, read
from evaluation.models import Release
from evaluation.releases import telling

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from evaluation.figures.tables import Pairs
    from evaluation.instruments.definition import Definition, Scale
    from evaluation.models import Wave
    from evaluation.releases.working_out import Asked

Told = list[dict[str, Any]]


def pilot_and_implementation(wave: Wave, phase: str, each: Asked, scale: Scale) -> tuple[Told, Told]:
    """With the release of the second phase: both changes are out, and their difference says no more of
    anybody. Nothing while the pilot has not been let out, or where either may not be told.
    """
    first = _first_wave(wave)
    if phase != "implementation" or first is None or each.pairs is None:
        return [], []
    if not Release.objects.filter(wave=wave, phase="pilot").exists():
        return [], []
    slots = len(each.definition.coded_items)
    before, after = (
        read(wave.study_id, code, "pilot", each.version.pk, slots) for code in (first.code, wave.code)
    )
    pilot = paired(before, after)
    sides = [moved(each.definition, scale, pairs) for pairs in (pilot, each.pairs)]
    about = telling.about(each.definition, scale)
    if any(telling.hidden_because(scale, side.before, side.after, rounding=0) for side in sides):
        return [about | {"why": telling.FEW}], [about | {"why": telling.FEW}]
    changes = [_changes(each.definition, scale, pairs) for pairs in (pilot, each.pairs)]
    difference = welch(*(Sample.of(change) for change in changes))
    told = {
        "why": "",
        "pilot": told_mean(sides[0].change.mean),
        "implementation": told_mean(sides[1].change.mean),
        "difference": told_mean(difference.mean),
        "interval": telling.told_interval(difference.interval),
    }
    whole = {"why": "", "difference": telling.plain(difference)}
    return [about | told], [about | whole]


def _first_wave(wave: Wave) -> Wave | None:
    from evaluation.releases.working_out import baseline

    return baseline(wave)


def _changes(definition: Definition, scale: Scale, pairs: Pairs) -> NDArray[np.float64]:
    one, two = (Scored.of(definition, scale, each).scores for each in (pairs.before, pairs.after))
    changes = (two - one) * (-1 if scale.better == "low" else 1)
    return changes[~np.isnan(changes)]
