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
from evaluation.releases.waiting import WITH_PAIRS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from evaluation.figures.tables import Pairs
    from evaluation.instruments.definition import Definition, Scale
    from evaluation.models import Wave
    from evaluation.releases.asked import Asked

Row = dict[str, Any]
Rows = list[Row]
OTHER_VERSION, NOT_BOTH = "other-version", "not-both"  # why, beside those of telling.py


def pilot_and_implementation(wave: Wave, phase: str, each: Asked, told: Rows) -> tuple[Rows, Rows]:
    """With whichever phase is let out second: both changes are out, and their difference says no more of
    anybody. Nothing while the other has not been let out; only «why» where either was not told.

    ``told`` are this phase's scales of the questionnaire as they are told. The first is told of as it was let
    out, and not of its rows as they are now: whoever has withdrawn hers since would be the difference.
    """
    first = Release.objects.filter(wave=wave).exclude(phase=phase).first()
    if each.pairs is None or first is None:
        return [], []
    tables = (first.snapshot["scales"], first.technical["scales"], told)
    then, whole, now = ({_name(row): row for row in table} for table in tables)
    rows: tuple[Rows, Rows] = [], []
    for scale in each.definition.scales:
        about = telling.about(each.definition, scale)
        name = each.definition.key, each.definition.version, scale.key
        if why := why_not(then.get(name), now[name]):
            figures: tuple[Row, Row] = ({"why": why},) * 2
        else:
            mine = Sample.of(_changes(each.definition, scale, each.pairs))
            figures = _difference(phase, mine, then[name], whole[name]["change"])
        for place, figure in zip(rows, figures, strict=True):
            place.append(about | figure)
    return rows


def _name(row: Row) -> tuple[str, int, str]:
    return row["instrument"], row["version"], row["scale"]


def why_not(then: Row | None, now: Row) -> str:
    """Why two rows of a scale, as they were told in either phase, may not be compared, or ""."""
    return OTHER_VERSION if then is None else _is_without(then) or _is_without(now)


def _is_without(row: Row) -> str:
    """Why a phase's row has no change, or ""."""
    if row.get("alone"):
        return telling.BESIDE
    if row["why"] in ("", WITH_PAIRS):
        return "" if "change" in row else NOT_BOTH
    return str(row["why"])


def _difference(phase: str, mine: Sample, then: Row, whole: Row) -> tuple[Row, Row]:
    """``mine`` is of ``phase``; ``then`` is the other's row for everybody, ``whole`` its change for research.

    Later less pilot, whichever of them is ``mine``.
    """
    first = Summary(whole["n"], whole["mean"], whole["sd"])
    is_pilot = phase == "pilot"
    difference = welch(mine, first) if is_pilot else welch(first, mine)
    changes = (told_mean(mine.mean), then["change"])
    told = {
        "why": "",
        "pilot": changes[not is_pilot],
        "implementation": changes[is_pilot],
        "difference": told_mean(difference.mean),
        "interval": telling.told_interval(difference.interval),
    }
    return told, {"why": "", "difference": telling.plain(difference)}


def _changes(definition: Definition, scale: Scale, pairs: Pairs) -> NDArray[np.float64]:
    one, two = (Scored.of(definition, scale, each).scores for each in (pairs.before, pairs.after))
    changes = (two - one) * (-1 if scale.better == "low" else 1)
    return changes[~np.isnan(changes)]
