"""RE-AIM: whom the programme reached, what changed, who took it up, how it was given, and whether it lasts.

Counts of groups, evenings and municipalities are no one's answers; how many families began is told in a band
and is exact for research alone. Effectiveness is «endring»: there is nobody to compare with.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Min, Sum
from django.utils import timezone

from courses.models import Assignment, Enrolment, Evening, Municipality, Role, YearCount
from evaluation.figures.disclosure import ADULTS_FOR_MEAN, band, told_percent
from evaluation.releases.delivery import evenings_of, groups_of, share_with_enough_evenings

if TYPE_CHECKING:
    from evaluation.models import Study, Wave

HALF_A_YEAR = 150  # days after the course from which a change is told as lasting
Rows = list[dict[str, Any]]


def reaim(wave: Wave, phase: str, scales: Rows, modules: Rows) -> tuple[Rows, Rows]:
    """Told and whole. ``scales`` are as they are told, ``modules`` as in delivery.py."""
    study = wave.study
    families = _families(study, phase)
    change = _primary(study, scales)
    is_late = wave.anchor == wave.Anchor.LAST_EVENING and wave.opens_after_days >= HALF_A_YEAR
    rows = [
        _row("effectiveness", "change", row=change),
        *_adoption(study, phase),
        *_implementation(study, phase, modules),
        _row("maintenance", "maintenance", part=len(_years(study, phase))),
        _row("maintenance", "later", row=change if is_late else None, wave=_name(wave)),
    ]
    reached = _row("reach", "reach", of=_new_homes(study, phase), years=_years(study, phase))
    told = reached | {"part": band(families) or None}
    whole = reached | {"part": families if families >= ADULTS_FOR_MEAN else None}
    return [told, *rows], [whole, *rows]


def _name(wave: Wave) -> dict[str, str]:
    return {"nb": wave.name_nb, "nn": wave.name_nn or wave.name_nb}


def _row(dimension: str, what: str, **more: Any) -> dict[str, Any]:
    return {"dimension": dimension, "what": what, "part": None, "of": None} | more


def _primary(study: Study, scales: Rows) -> dict[str, Any] | None:
    rows = (row for row in scales if f"{row['instrument']}.{row['scale']}" == study.primary_outcome)
    return next((row for row in rows if not row["why"] and "change" in row), None)


def _families(study: Study, phase: str) -> int:
    enrolled = Enrolment.objects.filter(group__in=groups_of(study, phase), adult__family__isnull=False)
    return int(enrolled.values("adult__family").distinct().count())


def _years(study: Study, phase: str) -> list[int]:
    """In which years a group of the phase began, by its first evening in Norway's time."""
    first = evenings_of(study, phase).order_by().values("group").annotate(at=Min("starts_at"))
    return sorted({timezone.localtime(at).year for at in first.values_list("at", flat=True)})


def _new_homes(study: Study, phase: str) -> int | None:
    """New foster homes of the region in the years groups began: the municipalities' own count."""
    places = Municipality.objects.filter(region=study.region_id)
    counts = YearCount.objects.filter(municipality__in=places, year__in=_years(study, phase))
    found: int | None = counts.aggregate(n=Sum("new_foster_homes"))["n"]
    return found


def _adoption(study: Study, phase: str) -> Rows:
    """Municipalities, and contact persons who led a group, of those the region has."""
    groups = groups_of(study, phase)
    places = Municipality.objects.filter(region=study.region_id)
    part = places.filter(groups__in=groups).distinct().count()
    role = Role.objects.filter(kind=Role.Kind.CONTACT_PERSON, municipality__in=places)
    led = Assignment.objects.filter(group__in=groups).values("user").distinct().count()
    able = role.values("user").distinct().count()
    return [
        _row("adoption", "adoption", part=part, of=places.count()),
        _row("adoption", "leaders", part=led, of=max(able, led)),
    ]


def _implementation(study: Study, phase: str, modules: Rows) -> Rows:
    planned = Evening.objects.filter(group__in=groups_of(study, phase)).count()
    held = evenings_of(study, phase).filter(attendances__isnull=False).order_by()
    shares = [row["adherence"] for row in modules if row["adherence"] is not None]
    adapted = [row["adapted"] for row in modules if row["adapted"] is not None]
    enough = share_with_enough_evenings(study, phase)
    return [
        _row("implementation", "implementation", part=held.values("group").distinct().count()),
        _row("implementation", "evenings", part=sum(row["evenings"] for row in modules), of=planned),
        _row(
            "implementation", "adherence", percent=told_percent(sum(shares) / len(shares)) if shares else None
        ),
        _row("implementation", "enough", percent=None if enough is None else told_percent(enough)),
        _row("implementation", "adaptations", part=sum(adapted) if adapted else None),
    ]
