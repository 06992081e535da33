"""Whom the programme reached, and who took it up: of groups that have met.

A group whose evenings all were cancelled, or are still to come, has reached nobody: nor has its municipality
had a group, nor its leader led one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Min
from django.utils import timezone

from courses.held import were_held
from courses.models import Assignment, Enrolment, Municipality, Role
from courses.progress import COUNTS_AS_THERE
from courses.year_counts import region_counts
from evaluation.figures.disclosure import ADULTS_FOR_MEAN
from evaluation.releases.occasions import evenings_of

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from courses.models import Evening
    from evaluation.models import Study

Counts = dict[str, Any]


def reached(study: Study, groups: list[int]) -> Counts:
    """As JSON, for people.py. Some ten queries."""
    held = evenings_of(groups).filter(were_held(timezone.now())).order_by()
    met = list(held.values_list("group", flat=True).distinct())
    years = _years(held)
    return {
        "begun": _begun(held),
        "families": _families(met),
        "years": years,
        "new_homes": _new_homes(study, years),
        "places": _places(study, met),
        "leaders": _leaders(study, met),
    }


def _begun(held: QuerySet[Evening]) -> int:
    """Groups that have had somebody at an evening: a mark beforehand is none."""
    there = held.filter(attendances__state__in=COUNTS_AS_THERE)
    return int(there.values("group").distinct().count())


def _families(met: list[int]) -> int:
    """How many began; fewer than may be told are nobody."""
    enrolled = Enrolment.objects.filter(group__in=met, adult__family__isnull=False)
    found = int(enrolled.values("adult__family").distinct().count())
    return found if found >= ADULTS_FOR_MEAN else 0


def _years(held: QuerySet[Evening]) -> list[int]:
    """In which years a group of the phase began, by its first evening in Norway's time."""
    first = held.values("group").annotate(at=Min("starts_at"))
    return sorted({timezone.localtime(at).year for at in first.values_list("at", flat=True)})


def _new_homes(study: Study, years: list[int]) -> int | None:
    """New foster homes of the region in the years groups began; None unless every year may be told."""
    sums = [(region_counts(study.region, year) or {}).get("new_foster_homes") for year in years]
    told = [count for count in sums if count is not None]
    return sum(told) if told and len(told) == len(sums) else None


def _places(study: Study, met: list[int]) -> Counts:
    """Municipalities that have had a group, of those of the region."""
    places = Municipality.objects.filter(region=study.region_id)
    return {"part": places.filter(groups__in=met).distinct().count(), "of": places.count()}


def _leaders(study: Study, met: list[int]) -> Counts:
    """Contact persons who led a group, of those the region has."""
    places = Municipality.objects.filter(region=study.region_id)
    role = Role.objects.filter(kind=Role.Kind.CONTACT_PERSON, municipality__in=places)
    led = Assignment.objects.filter(group__in=met).values("user").distinct().count()
    able = role.values("user").distinct().count()
    return {"part": led, "of": max(able, led)}
