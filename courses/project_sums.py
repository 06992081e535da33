"""The project's numbers as grouped queries: each is asked once for a whole page of places or of groups.

A page shows at most ``PER_PAGE`` rows, so every query has as many ids; what is not filled is 0, which is
no row's id.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, F, Min, OuterRef, Q, Value

from courses.access import in_force
from courses.held import were_held
from courses.models import (
    Attendance,
    CatchUp,
    CoreElementTick,
    Enrolment,
    Evening,
    EveningLog,
    FamilyInvitation,
    Group,
    MunicipalPhase,
    Programme,
)
from courses.prepared import DAY, INTEGER, MOMENT, Prepared
from courses.progress import COUNTS_AS_THERE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

PER_PAGE = 12
IDS = [f"id{place}" for place in range(PER_PAGE)]
MARKS: dict[str, Any] = dict.fromkeys(IDS, INTEGER)
Places = Group.municipalities.through


def ids_of(rows: Sequence[int]) -> dict[str, int]:
    """The values of ``IDS``. Raises ValueError for more rows than a page has."""
    if len(rows) > PER_PAGE:
        raise ValueError("More rows than a page shows.")
    return dict(zip(IDS, [*rows, *[0] * PER_PAGE], strict=False))


def _in(marks: dict[str, Any]) -> list[Any]:
    return [marks[name] for name in IDS]


def course_for(group: str = "group", *, training: bool = False) -> Q:
    """Rows of the families' groups, or of those where contact persons learn; never of both in one figure."""
    learning = Group.objects.filter(edition__programme__audience=Programme.Audience.CONTACT_PERSONS)
    among = Q(**{f"{group}__in": learning})  # those are few: the others are told by not being among them
    return among if training else ~among


def _evenings(now: Any, morning: Any, through: str = "") -> dict[str, Count]:
    """Held: over, not cancelled. Due: held before today, so a log should be there. Logged: of those."""
    held = were_held(now, through)
    due = Q(**{f"{through}cancelled_at": None, f"{through}starts_at__lt": morning})
    return {
        "held": Count(f"{through}pk", filter=held),
        "due": Count(f"{through}pk", filter=due),
        "logged": Count(f"{through}log", filter=due),
    }


evenings_of_places = Prepared(  # → (municipality, groups, held, due, logged)
    lambda now, morning, **ids: (
        Places.objects.filter(course_for(), municipality__in=_in(ids))
        .order_by()
        .values("municipality")
        .annotate(groups=Count("group", distinct=True), **_evenings(now, morning, "group__evenings__"))
        .values_list("municipality", "groups", "held", "due", "logged")
    ),
    **MARKS,
    now=MOMENT,
    morning=MOMENT,
)
evenings_of_groups = Prepared(  # → (group, held, due, logged)
    lambda now, morning, **ids: (
        Evening.objects.filter(group__in=_in(ids))
        .order_by()
        .values("group")
        .annotate(**_evenings(now, morning))
        .values_list("group", "held", "due", "logged")
    ),
    **MARKS,
    now=MOMENT,
    morning=MOMENT,
)
evenings_in_all = Prepared(  # → (1, held, due, logged)
    lambda now, morning: (
        Evening.objects.filter(course_for())
        .order_by()
        .values(one=Value(1))
        .annotate(**_evenings(now, morning))
        .values_list("one", "held", "due", "logged")
    ),
    now=MOMENT,
    morning=MOMENT,
)


def _marks_at_home() -> Any:
    """Marks without those of guests: a guest's evening is «made up» in her own group, and counts there."""
    as_guest = CatchUp.objects.filter(adult=OuterRef("adult"), neighbour=OuterRef("evening"))
    return Attendance.objects.exclude(Exists(as_guest)).order_by()


_MARKED = {  # the fields of projecting.Marks
    "there": Count("pk", filter=Q(state__in=sorted(COUNTS_AS_THERE - {"made-up"}))),
    "made_up": Count("pk", filter=Q(state="made-up")),
    "marked": Count("pk", filter=~Q(state="unknown")),
}
marks_of_places = Prepared(  # → (municipality of the family, there, made up, marked)
    lambda **ids: (
        _marks_at_home()
        .filter(course_for("evening__group"), adult__family__municipality__in=_in(ids))
        .values("adult__family__municipality")
        .annotate(**_MARKED)
        .values_list("adult__family__municipality", *_MARKED)
    ),
    **MARKS,
)
marks_of_groups = Prepared(  # → (group, there, made up, marked)
    lambda **ids: (
        _marks_at_home()
        .filter(evening__group__in=_in(ids))
        .values("evening__group")
        .annotate(**_MARKED)
        .values_list("evening__group", *_MARKED)
    ),
    **MARKS,
)
families_of_places = Prepared(  # → (municipality, families, adults) that take part today
    lambda today, **ids: (
        Enrolment.objects.filter(in_force(today), course_for(), adult__family__municipality__in=_in(ids))
        .order_by()
        .values("adult__family__municipality")
        .annotate(families=Count("adult__family", distinct=True), adults=Count("adult", distinct=True))
        .values_list("adult__family__municipality", "families", "adults")
    ),
    **MARKS,
    today=DAY,
)
families_of_groups = Prepared(  # → (group, families, adults) that take part today
    lambda today, **ids: (
        Enrolment.objects.filter(in_force(today), group__in=_in(ids))
        .order_by()
        .values("group")
        .annotate(families=Count("adult__family", distinct=True), adults=Count("adult", distinct=True))
        .values_list("group", "families", "adults")
    ),
    **MARKS,
    today=DAY,
)
groups_in_all = Prepared(  # → (1, groups)
    lambda: (
        Group.objects.filter(course_for("pk"))
        .order_by()
        .values(one=Value(1))
        .annotate(groups=Count("pk"))
        .values_list("one", "groups")
    )
)
families_in_all = Prepared(  # → (1, families) that take part today
    lambda today: (
        Enrolment.objects.filter(in_force(today), course_for())
        .order_by()
        .values(one=Value(1))
        .annotate(families=Count("adult__family", distinct=True))
        .values_list("one", "families")
    ),
    today=DAY,
)
invited_of_places = Prepared(  # → (municipality, invited, waiting): households that are not in yet
    lambda **ids: (
        FamilyInvitation.objects.filter(
            course_for(), municipality__in=_in(ids), withdrawn_at=None, family=None
        )
        .order_by()
        .values("municipality")
        .annotate(invited=Count("pk", filter=Q(waiting=False)), waiting_=Count("pk", filter=Q(waiting=True)))
        .values_list("municipality", "invited", "waiting_")
    ),
    **MARKS,
)
_TICKS = {
    "ticks": Count("pk"),
    "yes": Count("pk", filter=Q(done=CoreElementTick.Done.YES)),
    "partly": Count("pk", filter=Q(done=CoreElementTick.Done.PARTLY)),
}
ticks_of_places = Prepared(  # → (municipality, ticks, yes, partly)
    lambda **ids: (
        CoreElementTick.objects.filter(
            course_for("log__evening__group"), log__evening__group__municipalities__in=_in(ids)
        )
        .order_by()
        .values("log__evening__group__municipalities")
        .annotate(**_TICKS)
        .values_list("log__evening__group__municipalities", "ticks", "yes", "partly")
    ),
    **MARKS,
)
ticks_of_groups = Prepared(  # → (group, ticks, yes, partly)
    lambda **ids: (
        CoreElementTick.objects.filter(log__evening__group__in=_in(ids))
        .order_by()
        .values("log__evening__group")
        .annotate(**_TICKS)
        .values_list("log__evening__group", "ticks", "yes", "partly")
    ),
    **MARKS,
)
phases_of_places = Prepared(  # → (municipality, number, starts_on, ends_on, responsible)
    lambda **ids: (
        MunicipalPhase.objects.filter(municipality__in=_in(ids))
        .order_by()
        .values_list("municipality", "number", "starts_on", "ends_on", "responsible")
    ),
    **MARKS,
)
places_of_groups = Prepared(  # → (group, municipality, its name)
    lambda **ids: (
        Places.objects.filter(group__in=_in(ids))
        .order_by("municipality__name")
        .values_list("group", "municipality", "municipality__name")
    ),
    **MARKS,
)
open_wishes = Prepared(  # the oldest → (log, evening's start, module's number, group's name, who wrote)
    lambda: (
        EveningLog.objects.filter(wants_guidance=True, guidance_given_on=None)
        .order_by("written_at", "pk")
        .values_list(
            "pk", "evening__starts_at", "evening__module__number", "evening__group__name", "by__first_name"
        )[:PER_PAGE]
    )
)


def adherence(ticks: int, yes: int, partly: int) -> float | None:
    """How much of the plan was done, 0–1: (yes + ½ · partly) / all. None where nothing is logged."""
    return (yes + partly / 2) / ticks if ticks else None


def by_first(rows: Sequence[Sequence[Any]]) -> dict[int, Sequence[Any]]:
    """Rows by their first column, without it."""
    return {row[0]: row[1:] for row in rows}


def next_evenings(now: datetime, *, training: bool) -> Any:
    """Groups in the order they meet next, those that do not last. An unsliced queryset of values."""
    return (
        Group.objects.filter(course_for("pk", training=training))
        .annotate(
            next_at=Min(
                "evenings__starts_at",
                filter=Q(evenings__starts_at__gt=now, evenings__cancelled_at=None),
            )
        )
        .order_by(F("next_at").asc(nulls_last=True), "name", "pk")
        .values_list("pk", "name", "phase", "next_at")
    )


first_groups = Prepared(lambda now: next_evenings(now, training=False)[:PER_PAGE], now=MOMENT)
first_in_training = Prepared(lambda now: next_evenings(now, training=True)[:PER_PAGE], now=MOMENT)
