"""What families said of the evenings: the mean of anonymous forms of each module, where it may be told.

A contact person has seen the mean of her own evening (rule R8); what is left of a module when one takes such
evenings away must be enough as well. What one release has told of a module, the next ones repeat.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np

from evaluation.figures.disclosure import ANSWERS_FOR_MEAN, HOUSEHOLD, told_mean
from evaluation.figures.scales import Scored
from evaluation.figures.statistics.samples import DECIMALS
from evaluation.figures.tables import read
from evaluation.models import EveningVerdict, IdentityMode, Occasion, Release
from evaluation.releases.telling import ALIKE, FEW

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from evaluation.instruments.definition import Scale
    from evaluation.models import InstrumentVersion, Study, Wave

KEPT = ("why", "verdict", "low", "high")


def verdicts(study: Study, phase: str) -> dict[str, dict[str, Any]]:
    """By module: the mean of the questionnaire's first scale, or why there is none. Reads answers."""
    told: dict[str, dict[str, Any]] = {}
    for wave in study.waves.filter(identity=IdentityMode.ANONYMOUS):
        for row in wave.instruments.select_related("version"):
            told |= dict(_of(wave, phase, row.version))
    return told | _told_before(study, phase)


def _of(wave: Wave, phase: str, version: InstrumentVersion) -> Iterator[tuple[str, dict[str, Any]]]:
    definition = version.frozen
    if not definition.scales:
        return
    scale = definition.scales[0]
    found = read(wave.study_id, wave.code, phase, version.pk, len(definition.coded_items))
    scored = Scored.of(definition, scale, found)
    names, places = np.unique(np.array(found.modules), return_inverse=True)
    alone, unfinished = _told_alone(wave.pk, phase), _unfinished(wave.pk, phase)
    for nth, module in enumerate(names.tolist()):
        here = places == nth
        scores = scored.scores[here & scored.valid]
        told_before = alone.get(module, 0)
        rest = len(scores) - told_before  # of those with a score, at least so many
        same = int(here.sum()) == told_before
        enough = len(scores) >= ANSWERS_FOR_MEAN and (same or rest >= ANSWERS_FOR_MEAN)
        yield module, _told(scale, scores) if enough and module not in unfinished else {"why": FEW}


def _told(scale: Scale, scores: NDArray[np.float64]) -> dict[str, Any]:
    """Nobody knows who is a couple: any one or two may know their own, and what the others are if alike."""
    mean = told_mean(float(scores.mean()))
    _values, counts = np.unique(scores.round(DECIMALS), return_counts=True)
    if mean in (scale.low, scale.high) or counts.max() >= len(scores) - HOUSEHOLD:
        return {"why": ALIKE}
    return {"why": "", "verdict": mean, "low": scale.low, "high": scale.high}


def _told_before(study: Study, phase: str) -> dict[str, dict[str, Any]]:
    """By module, what is out: told again with more evenings, it would be told of these alone."""
    names = dict(study.programme.modules.values_list("number", "slug"))
    out: dict[str, dict[str, Any]] = {}
    for snapshot in Release.objects.filter(study=study, phase=phase).values_list("snapshot", flat=True):
        for row in snapshot["modules"]:
            if not row["why"] and row["number"] in names:
                out[names[row["number"]]] = {key: row[key] for key in KEPT}
    return out


def _told_alone(wave: int, phase: str) -> dict[str, int]:
    """By module, how many answered evenings whose own verdict is out already: what is left must be enough."""
    out: dict[str, int] = defaultdict(int)
    shown = Occasion.objects.filter(wave=wave, group__phase=phase, verdict__in=_shown())
    for module, received in shown.values_list("evening__module__slug", "received"):
        out[module] += received
    return out


def _unfinished(wave: int, phase: str) -> set[str]:
    """Modules with an evening that is not counted yet: told now, it would be told of others next time."""
    rows = Occasion.objects.filter(wave=wave, group__phase=phase)
    waiting = rows.exclude(state__in=[Occasion.State.COUNTED, Occasion.State.DROPPED])
    return set(waiting.values_list("evening__module__slug", flat=True))


def _shown() -> Any:
    return EveningVerdict.objects.exclude(snapshot__n="")
