"""Meetings beside the six evenings: made, moved, cancelled; signing up, waiting for a seat, who was there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from courses import messaging
from courses.access import active_roles, has_role, people_visible_to
from courses.models import Gathering, Municipality, SignUp
from courses.scheduling import InThePastError, refuse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet

    from courses.models import Adult, Group, User

PLACE = ("place", "video_link")


def managed_by(user: User) -> QuerySet[Gathering]:
    """What one may change: refreshers of groups one leads, and meetings in one's places.

    A contact person arranges theme evenings in her municipality; courses for staff are the project leader's.
    """
    rows: QuerySet[Gathering] = people_visible_to(
        Gathering.objects.all(), user, municipality="municipalities", group="group"
    )
    places = [role.municipality_id for role in active_roles(user) if role.kind == "contact-person"]
    own = Gathering.objects.filter(kind=Gathering.Kind.THEME_EVENING, municipalities__in=places)
    return Gathering.objects.filter(Q(pk__in=rows.values("pk")) | Q(pk__in=own.values("pk")))


def kinds_for(user: User) -> list[str]:
    """What one may make by itself; refreshers come with the group."""
    kinds = [Gathering.Kind.THEME_EVENING]
    if has_role(user, "project-leader"):
        kinds.append(Gathering.Kind.STAFF_COURSE)
    return [str(kind) for kind in kinds]


@transaction.atomic
def make(*, municipalities: Sequence[Municipality], **values: Any) -> Gathering:
    """A gathering with its own sign-up. Raises EveningError."""
    refuse(values["starts_at"], values["minutes"], [])
    gathering = Gathering.objects.create(**values)
    gathering.municipalities.set(municipalities)
    messaging.plan_gathering(gathering)
    return gathering


@transaction.atomic
def change(gathering: Gathering, values: dict[str, Any]) -> bool:
    """Other words, time, place or seats; false when nothing differs. New seats go to those who wait.

    Raises EveningError. A cancelled one comes back when it gets another date.
    """
    row = Gathering.objects.select_for_update().get(pk=gathering.pk)
    differs = {name for name, value in values.items() if getattr(row, name) != value}
    if not differs:
        return False
    if "starts_at" in differs:
        refuse(values["starts_at"], values["minutes"], [])
    was = row.starts_at
    for name, value in values.items():
        setattr(row, name, value)
    row.changed_at = timezone.now()
    row.sequence += 1
    if "starts_at" in differs:
        row.cancelled_at = None
    row.save()
    if row.cancelled_at:
        return True
    messaging.plan_gathering(row)
    if "starts_at" in differs:
        messaging.plan_gathering_change(row, "moved", was)
    elif differs & set(PLACE):
        messaging.plan_gathering_change(row, "place", was)
    _fill(row)
    return True


@transaction.atomic
def cancel(gathering: Gathering) -> None:
    """Cancels what has not been, and says so to those who signed up. Raises InThePastError."""
    row = Gathering.objects.select_for_update().get(pk=gathering.pk)
    if row.starts_at <= timezone.now():
        raise InThePastError(_("Samlingen har vært og kan ikke avlyses."))
    if row.cancelled_at is None:
        row.cancelled_at = row.changed_at = timezone.now()
        row.sequence += 1
        row.save(update_fields=["cancelled_at", "changed_at", "sequence"])
        messaging.plan_gathering_change(row, "cancelled")


# --- who comes
def is_open(gathering: Gathering) -> bool:
    """Whether one can still sign up or off."""
    return gathering.cancelled_at is None and gathering.starts_at > timezone.now()


@transaction.atomic
def sign_up(gathering: Gathering, user: User) -> SignUp:
    """A seat, or a place in the line when they are taken. The same again changes nothing.

    Raises InThePastError when it has begun or is cancelled.
    """
    row = Gathering.objects.select_for_update().get(pk=gathering.pk)
    if not is_open(row):
        raise InThePastError(_("Påmeldingen er stengt."))
    made, _new = SignUp.objects.get_or_create(
        gathering=row, user=user, defaults={"state": SignUp.State.WITHDRAWN}
    )
    if made.state == SignUp.State.WITHDRAWN:
        _fill(row)  # who waits goes first
        made.state = SignUp.State.SIGNED_UP if has_seat(row) else SignUp.State.WAITING
        made.made_at = timezone.now()
        made.save(update_fields=["state", "made_at"])
        messaging.plan_gathering(row)
    return made


@transaction.atomic
def sign_off(gathering: Gathering, user: User) -> None:
    """Gives the seat to the first who waits. Raises InThePastError when it has begun."""
    row = Gathering.objects.select_for_update().get(pk=gathering.pk)
    if not is_open(row):
        raise InThePastError(_("Påmeldingen er stengt."))
    SignUp.objects.filter(gathering=row, user=user).update(state=SignUp.State.WITHDRAWN)
    _fill(row)


@transaction.atomic
def give_seats_back(adult: Adult, group: Group) -> None:
    """Whoever leaves a group comes neither to its refreshers nor, without another group, to theme evenings.

    Her sign-ups are gone, not «no»: whoever comes back is asked again.
    """
    fitting = Q(gathering__group=group)
    if not adult.enrolments.current().filter(paused_on=None).exists():
        fitting |= Q(gathering__kind=Gathering.Kind.THEME_EVENING)
    rows = SignUp.objects.filter(fitting, user=adult.user_id, gathering__starts_at__gt=timezone.now())
    for pk in rows.exclude(state=SignUp.State.WITHDRAWN).order_by("gathering").values_list("gathering"):
        row = Gathering.objects.select_for_update().get(pk=pk[0])
        SignUp.objects.filter(gathering=row, user=adult.user_id).delete()
        if is_open(row):
            _fill(row)


def has_seat(gathering: Gathering) -> bool:
    """One query, none without a limit."""
    if gathering.seats is None:
        return True
    return gathering.sign_ups.filter(state=SignUp.State.SIGNED_UP).count() < gathering.seats


def _fill(gathering: Gathering) -> None:
    """Those who wait get the seats there are, in the order they came."""
    waiting = gathering.sign_ups.filter(state=SignUp.State.WAITING).order_by("made_at", "pk")
    if gathering.seats is not None:
        taken = gathering.sign_ups.filter(state=SignUp.State.SIGNED_UP).count()
        waiting = waiting[: max(gathering.seats - taken, 0)]
    for row in list(waiting):
        row.state = SignUp.State.SIGNED_UP
        row.save(update_fields=["state"])
        messaging.plan_seat(row)


@transaction.atomic
def mark(gathering: Gathering, there: dict[int, bool | None]) -> None:
    """Who was there, by sign-up; None takes a mark away: not marked is not absent. One query a mark."""
    for sign_up_id, was_there in there.items():
        SignUp.objects.filter(gathering=gathering, pk=sign_up_id).update(was_there=was_there)
