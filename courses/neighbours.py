"""A seat at a neighbouring group's evening, for whoever missed the same module in her own group."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Count, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.dispatch import Signal
from django.utils import timezone

from courses import messaging
from courses.models import CatchUp, Enrolment, Evening, Group, InvitedAdult
from courses.seats import not_ended

if TYPE_CHECKING:
    from django.db.models import Model

SHOWN = 6
DONE = CatchUp.State.DONE
# ``catch_ups``, a queryset: before their seats, in which somebody may have sat, are no longer known
losing_seats = Signal()


class SeatTakenError(Exception):
    """The evening is full, over, moved away, or not one she may go to."""


def neighbours_of(catch_up: CatchUp) -> QuerySet[Evening]:
    """Coming evenings with the same module and a free seat, in other groups of the region. One query.

    Each has ``left``, the seats left when the group's own adults, those with an open link, and the
    guests of that evening are counted.
    """
    own = Enrolment.objects.filter(not_ended(), adult=catch_up.adult_id).values("group")
    region = Group.objects.filter(pk=catch_up.evening.group_id).values("municipalities__region")
    near = Group.objects.filter(municipalities__region__in=region)
    taken = _count(Enrolment.objects.filter(not_ended(), group=OuterRef("group")), "group", "adult")
    kept = _count(
        InvitedAdult.objects.open().filter(invitation__group=OuterRef("group")), "invitation__group", "pk"
    )
    guests = _count(CatchUp.objects.filter(neighbour=OuterRef("pk")), "neighbour", "adult")
    coming = Evening.objects.filter(
        module=catch_up.evening.module_id,
        starts_at__gt=timezone.now(),
        cancelled_at=None,
        group__in=near.values("pk"),
    ).exclude(group__in=own)
    seats = coming.annotate(left=F("group__seats") - taken - kept - guests)
    return seats.filter(left__gt=0).order_by("starts_at", "pk")


def _count(rows: QuerySet[Model], by: str, what: str) -> Coalesce:
    """How many different ``what`` there are among ``rows``, as a column; 0 where there is none."""
    counted = rows.order_by().values(by).annotate(n=Count(what, distinct=True)).values("n")
    return Coalesce(Subquery(counted), 0)


@transaction.atomic
def take_seat(catch_up: CatchUp, evening: int) -> None:
    """Books a seat, in place of one she has. Raises SeatTakenError."""
    list(Group.objects.select_for_update().filter(evenings=evening))  # the last seat goes to one
    if catch_up.neighbour_id == evening:
        return
    if not neighbours_of(catch_up).filter(pk=evening).exists():
        raise SeatTakenError
    rows = CatchUp.objects.filter(pk=catch_up.pk).exclude(state=DONE)
    losing_seats.send(CatchUp, catch_ups=rows)
    if not rows.update(neighbour=evening, state=CatchUp.State.UNDER_WAY):
        raise SeatTakenError
    catch_up.refresh_from_db()
    messaging.plan_evening(Evening.objects.get(pk=evening))  # its guests are reminded too


def give_up_seat(catch_up: CatchUp) -> None:
    """Frees the seat, as long as the evening has not begun."""
    rows = CatchUp.objects.filter(pk=catch_up.pk, neighbour__starts_at__gt=timezone.now())
    untouched = catch_up.read_at is None and catch_up.call_at is None
    state = CatchUp.State.OFFERED if untouched else CatchUp.State.UNDER_WAY
    rows.exclude(state=DONE).update(neighbour=None, state=state)
