"""The rows the coach view is made of: one prepared query each for a whole group, whatever its size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, Max, OuterRef

from courses.models import (
    Attendance,
    CallRequest,
    CatchUp,
    EditionPart,
    Enrolment,
    Evening,
    GuidanceMeeting,
    InvitedAdult,
    ReadingEvent,
)
from courses.prepared import DAY, INTEGER, Prepared

if TYPE_CHECKING:
    from datetime import date

    from django.db.models import QuerySet


def _taking_part(group: int, today: date) -> QuerySet[Any]:
    return Enrolment.objects.current(today).filter(group=group)


def _adults(group: int, today: date) -> QuerySet[Any]:
    return _taking_part(group, today).values("adult")


def _finished(group: int, today: date, edition: int) -> QuerySet[Any]:
    """How many of the edition's parts each adult has read, by module; the last event for a part counts."""
    events = ReadingEvent.objects.filter(adult__in=_adults(group, today), block="").order_by()
    last = events.values("adult", "part__module", "part__key").annotate(last=Max("pk")).values("last")
    in_edition = EditionPart.objects.filter(
        edition=edition, module=OuterRef("part__module"), key=OuterRef("part__key")
    )
    standing = ReadingEvent.objects.filter(Exists(in_edition), pk__in=last, kind="read")
    return (
        standing.values("adult", "part__module")
        .annotate(parts=Count("pk"))
        .order_by()
        .values_list("adult", "part__module", "parts")
    )


PERSON = (
    *("adult_id", "adult__family_id", "adult__family__shielded", "adult__alias"),
    *("adult__user__first_name", "adult__user__mobile", "adult__user__email", "starts_on", "paused_on"),
)
GROUP_DAY: dict[str, int | date] = {"group": INTEGER, "today": DAY}
people_in = Prepared(
    lambda group, today: (
        _taking_part(group, today).order_by("adult__family", "adult__seat", "pk").values_list(*PERSON)
    ),
    **GROUP_DAY,
)
finished_in = Prepared(_finished, **GROUP_DAY, edition=INTEGER)
marks_in = Prepared(
    lambda group, today: (
        Attendance.objects.filter(adult__in=_adults(group, today))
        .order_by("evening__starts_at", "pk")
        .values_list("adult_id", "evening__module", "state")
    ),
    **GROUP_DAY,
)
catch_ups_in = Prepared(
    lambda group, today: (
        CatchUp.objects.filter(adult__in=_adults(group, today))
        .exclude(state="done")
        .order_by("evening__starts_at")
        .values_list(
            "pk", "adult_id", "evening__module", "state", "read_at", "call_at", "neighbour__starts_at"
        )
    ),
    **GROUP_DAY,
)
calls_in = Prepared(
    lambda group, today: CallRequest.objects.filter(
        adult__in=_adults(group, today), answered_at=None
    ).values_list("pk", "adult_id", "wished_on", "wished_time"),
    **GROUP_DAY,
)
guidance_in = Prepared(
    lambda group, today: (
        GuidanceMeeting.objects.filter(
            family__in=_taking_part(group, today).values("adult__family"), cancelled_at=None
        )
        .order_by("at")
        .values_list("family_id", "at")
    ),
    **GROUP_DAY,
)
evenings_in = Prepared(
    lambda group: (
        Evening.objects.filter(group=group)
        .order_by("starts_at", "pk")
        .values_list("pk", "module_id", "starts_at", "minutes", "place", "bring", "cancelled_at", "log__pk")
    ),
    group=INTEGER,
)
WAITING = ("invitation_id", "name", "alias", "invitation__shielded", "invitation__waiting", "expires_at")
invited_to = Prepared(
    lambda group: (
        InvitedAdult.objects.filter(invitation__group=group, invitation__withdrawn_at=None, used_at=None)
        .order_by("invitation__made_at", "invitation", "seat")
        .values_list(*WAITING)
    ),
    group=INTEGER,
)
