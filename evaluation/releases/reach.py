"""Who was asked, and who answered: response and attrition, wave by wave. Nothing here is what was answered.

Each number is of people. A form after each evening has many rows of one person: it is left out, and said so.
Below five who answered, nothing depends on how many they were (R10).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.db.models import Count

from evaluation.figures.disclosure import ADULTS_FOR_MEAN, FOR_PERCENT, Population, band, told_percent
from evaluation.figures.statistics.proportions import share
from evaluation.models import InstrumentVersion, Response, Wave
from evaluation.releases.people import alike, may_be_told, waves_up_to
from evaluation.releases.telling import FEW, LEAST_FOR_SHARE, plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evaluation.figures.statistics.proportions import Share

UNASKED = "unasked"  # answers without anybody asked: a rehearsal
TOO_FEW = "0–4"


@dataclass(frozen=True)
class Counted:
    """Of one wave and phase: how many were asked, and how many answered."""

    wave: Wave
    asked: Population
    answered: int

    @property
    def response(self) -> Share:
        return share(self.answered, self.asked.adults)


@dataclass(frozen=True)
class Flow:
    """From the first wave to this one, and of linked waves how many pairs there are."""

    waves: tuple[Counted, ...]
    before: int = 0  # who answered the first wave
    pairs: int = 0
    evenings: bool = False  # whether they are also asked after each evening, which is not among ``waves``

    @property
    def now(self) -> Counted:
        return self.waves[-1]

    @property
    def kept(self) -> Share:
        return share(self.pairs, self.before)

    @property
    def kept_percent(self) -> float | None:
        """For a criterion's light; None where too few were there before, or are pairs."""
        enough = self.before >= LEAST_FOR_SHARE and self.pairs >= ADULTS_FOR_MEAN
        return 100 * self.kept.value if enough else None

    @property
    def kept_told(self) -> int | None:
        kept = self.kept_percent
        return told_percent(kept) if kept is not None and self.before >= FOR_PERCENT else None


def flow(wave: Wave, phase: str, asked: Mapping[str, Mapping[str, int]], *, before: int, pairs: int) -> Flow:
    """``asked``: adults and families by the wave's code, as people.py counts. One query a wave, and three."""
    waves = waves_up_to(wave)
    versions = dict(InstrumentVersion.objects.values_list("pk", "instrument"))
    counted = (_counted(each, answered_in(each, phase, versions), asked.get(each.code, {})) for each in waves)
    evenings = alike(wave).filter(anchor=Wave.Anchor.EACH_EVENING).exists()
    return Flow(tuple(counted), before, pairs, evenings)


def answered_in(wave: Wave, phase: str, versions: Mapping[int, int]) -> int:
    """How many answered any of it: the versions of one questionnaire are other people, two questionnaires
    the same. ``versions``: whose version it is. Not of a form after each evening. One query.
    """
    answers = Response.objects.filter(study=wave.study_id, wave=wave.code, phase=phase).order_by()
    each: Counter[int] = Counter()
    for version, answered in answers.values_list("version").annotate(n=Count("pk")):
        each[versions.get(version, -version)] += answered
    return max(each.values(), default=0)


def _counted(wave: Wave, answered: int, asked: Mapping[str, int]) -> Counted:
    """Whoever has answered was asked, also when nobody can count her any more."""
    found = Population(**({"adults": 0, "families": 0} | dict(asked)))
    if may_be_told(wave, found):
        found = replace(found, adults=max(found.adults, answered))
    return Counted(wave, found, answered)


def told_flow(found: Flow) -> dict[str, Any]:
    """In bands, and whole per cents from twenty; participation may be told, from five who were asked."""
    told = _told(found.now)
    if told["why"] == FEW:
        return told
    if found.before:
        told |= {"before": band(found.before) or TOO_FEW, "pairs": band(found.pairs) or TOO_FEW}
        told["kept_percent"] = found.kept_told
    if found.evenings:
        told["evenings"] = "left out"
    return told | {"waves": [_named(each) | _told(each) for each in found.waves]}


def _told(each: Counted) -> dict[str, Any]:
    answered = band(each.answered) or TOO_FEW
    if not each.asked.adults and each.answered >= ADULTS_FOR_MEAN:
        return {"why": UNASKED, "answered": answered}
    if not may_be_told(each.wave, each.asked):
        return {"why": FEW}
    certain = each.asked.adults >= FOR_PERCENT and each.answered >= ADULTS_FOR_MEAN
    return {
        "why": "",
        "asked": band(each.asked.adults),
        "answered": answered,
        "percent": told_percent(100 * each.response.value) if certain else None,
    }


def _named(each: Counted) -> dict[str, str]:
    wave = each.wave
    return {"code": wave.code, "nb": wave.name_nb, "nn": wave.name_nn or wave.name_nb}


def whole_flow(found: Flow) -> dict[str, Any]:
    whole = _whole(found.now)
    if whole["why"] == FEW:
        return whole
    if min(found.before, found.pairs) >= ADULTS_FOR_MEAN:
        whole |= plain({"before": found.before, "pairs": found.pairs, "kept": found.kept})
    return whole | {"waves": [_named(each) | _whole(each) for each in found.waves]}


def _whole(each: Counted) -> dict[str, Any]:
    why = _told(each)["why"]
    if why == FEW or each.answered < ADULTS_FOR_MEAN:
        return {"why": FEW}
    counts: dict[str, Any] = {"answered": each.answered}
    if not why:
        counts |= {"asked": each.asked, "response": each.response}
    return {"why": why} | plain(counts)
