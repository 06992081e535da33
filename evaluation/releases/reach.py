"""Who was asked, who answered, and whom the programme reached: flow, attrition and RE-AIM.

From participation and from the municipalities' own counts of the year; nothing here is an answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Sum

from courses.models import Enrolment, Evening, Group, Municipality, YearCount
from evaluation.figures.disclosure import Population, band
from evaluation.figures.statistics.proportions import share
from evaluation.models import Participation
from evaluation.releases.delivery import groups_of
from evaluation.releases.telling import FEW, plain

if TYPE_CHECKING:
    from evaluation.figures.statistics.proportions import Share
    from evaluation.models import Study, Wave

State = Participation.State


@dataclass(frozen=True)
class Flow:
    """Of one wave and phase: asked, answered, and of linked waves how many pairs there are."""

    asked: Population
    answered: int
    before: int  # who answered the first wave
    pairs: int

    @property
    def response(self) -> Share:
        return share(self.answered, self.asked.adults)

    @property
    def kept(self) -> Share:
        return share(self.pairs, self.before)


def flow(wave: Wave, phase: str, *, answered: int, before: int, pairs: int) -> Flow:
    """``answered``, ``before`` and ``pairs`` are rows of the answers database; the rest is participation."""
    rows = Participation.objects.filter(occasion__wave=wave, occasion__group__phase=phase)
    counted = rows.aggregate(
        adults=Count("user", distinct=True), families=Count("user__adult__family", distinct=True)
    )
    return Flow(Population(counted["adults"], counted["families"]), answered, before, pairs)


def told_flow(found: Flow) -> dict[str, Any]:
    """In bands and whole per cents; nothing where fewer than five were asked (participation may be told)."""
    if not found.asked.may_have_mean:
        return {"why": FEW}
    told: dict[str, Any] = {
        "why": "",
        "asked": band(found.asked.adults),
        "answered": band(found.answered) or "0–4",
        "response": "half" if found.response.value >= 0.5 else "less",
    }
    if found.before:
        told |= {"before": band(found.before) or "0–4", "pairs": band(found.pairs) or "0–4"}
    return told


def whole_flow(found: Flow) -> dict[str, Any]:
    if not found.asked.may_have_mean:
        return {"why": FEW}
    counts = {"asked": found.asked, "answered": found.answered, "before": found.before, "pairs": found.pairs}
    shares = (
        {"response": found.response, "kept": found.kept} if found.before else {"response": found.response}
    )
    return {"why": ""} | plain(counts | shares)


def reaim(study: Study, phase: str) -> list[dict[str, Any]]:
    """Reach, adoption, implementation and maintenance, as numbers with what they are numbers of.

    Reach is families who began by new foster homes of the same years, both of the region: the municipalities'
    own numbers are theirs (1–4 are hidden outside each). Effectiveness stands with the scales.
    """
    groups = groups_of(study, phase)
    families = _families(groups)
    years = sorted(
        {at.year for at in Evening.objects.filter(group__in=groups).values_list("starts_at", flat=True)}
    )
    places = Municipality.objects.filter(region=study.region_id)
    new = YearCount.objects.filter(municipality__in=places, year__in=years).aggregate(
        n=Sum("new_foster_homes")
    )["n"]
    part = places.filter(groups__in=groups).distinct().count()
    return [
        {"what": "reach", "part": _hidden(families), "of": new, "years": years},
        {"what": "adoption", "part": part, "of": places.count()},
        {"what": "implementation", "part": groups.count(), "of": None},
        {"what": "maintenance", "part": _cohorts(study, phase), "of": None},
    ]


def _families(groups: Any) -> int:
    enrolled = Enrolment.objects.filter(group__in=groups, adult__family__isnull=False)
    return int(enrolled.values("adult__family").distinct().count())


def _hidden(families: int) -> int | None:
    return families if families >= 5 else None


def _cohorts(study: Study, phase: str) -> int:
    """In how many years a group of the phase began."""
    first = Group.objects.filter(pk__in=groups_of(study, phase).values("pk")).values_list(
        "evenings__starts_at__year", flat=True
    )
    return len({year for year in first if year})
