"""Into a group, out of it, and between groups. What a person has read and tried hangs on the adult: no change
here touches it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from courses import messaging
from courses.families import adult_of
from courses.families import part_family as part_family
from courses.gatherings import give_seats_back
from courses.models import CatchUp, Enrolment, FamilyInvitation, Group, InvitedAdult
from courses.seats import INVITATION_LIVES, fill_seats, locked, not_ended, renew, tell
from courses.seats import seats_left as seats_left
from courses.welcoming import is_hers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from courses.models import Adult, Municipality, User


class AlreadyInvitedError(Exception):
    """``seats`` are the adults (1 or 2) who are invited to this group already, or take part in it."""

    def __init__(self, seats: list[int]) -> None:
        super().__init__(seats)
        self.seats = seats


class NotOpenError(Exception):
    """The invitation is used, withdrawn, expired, waiting, or somebody else's."""


class FullGroupError(Exception):
    """There is no seat left in the group."""


@dataclass(frozen=True)
class AdultToInvite:
    """One adult as the contact person wrote her down; the addresses are normal, and at least one is set."""

    name: str
    email: str | None = None
    mobile: str | None = None
    alias: str = ""


# --- inviting
@transaction.atomic
def invite_family(
    *,
    group: Group,
    municipality: Municipality,
    adults: Sequence[AdultToInvite],
    shielded: bool = False,
    by: User | None,
) -> FamilyInvitation:
    """Invites one or two adults together, or puts them on the waiting list together when there is no room.

    Raises AlreadyInvitedError.
    """
    group = locked(group)
    fill_seats(group)  # who waits goes first
    known = addresses_in(group)
    here = [seat for seat, adult in enumerate(adults, start=1) if {adult.email, adult.mobile} & known]
    if here:
        raise AlreadyInvitedError(here)
    waits = seats_left(group) < len(adults)
    invitation = FamilyInvitation.objects.create(
        group=group, municipality=municipality, shielded=shielded, by=by, waiting=waits
    )
    expires_at = timezone.now() + INVITATION_LIVES
    ways = [
        {"name": adult.name, "alias": adult.alias, "email": adult.email, "mobile": adult.mobile}
        for adult in adults
    ]
    invited = [
        InvitedAdult.objects.create(invitation=invitation, seat=seat, expires_at=expires_at, **way)
        for seat, way in enumerate(ways, start=1)
    ]
    tell(invitation, invited)
    return invitation


def addresses_in(group: Group) -> set[str]:
    """Every address that is invited to a group or takes part in it, in small letters. Two queries."""
    invited = InvitedAdult.objects.filter(
        Q(invitation__waiting=True) | Q(expires_at__gt=timezone.now()),
        invitation__group=group,
        invitation__withdrawn_at=None,
        used_at=None,
    ).values_list("email", "mobile")
    taking = Enrolment.objects.filter(not_ended(), group=group)
    here = taking.values_list("adult__user__email", "adult__user__mobile")
    return {way.lower() for row in [*invited, *here] for way in row if way}


@transaction.atomic
def resend(invited: InvitedAdult) -> InvitedAdult:
    """The same link once more, with its time counted from now; the waiting list when its seat is gone.

    Of a couple, whoever else's link has expired gets hers again too.

    Raises NotOpenError when it is used or withdrawn, and while it waits.
    """
    group = locked(invited.invitation.group)
    invited = InvitedAdult.objects.select_related("invitation").get(pk=invited.pk)
    invitation, now = invited.invitation, timezone.now()
    if invited.used_at or invitation.withdrawn_at or invitation.waiting:
        raise NotOpenError
    again = [invited]
    if invited.expires_at <= now:
        # a couple gets two seats or none, and two links
        again += invitation.adults.filter(used_at=None, expires_at__lte=now).exclude(pk=invited.pk)
        invitation.waiting = seats_left(group) < len(again)
        invitation.save(update_fields=["waiting"])
    renew(again)
    tell(invitation, again)
    return invited


@transaction.atomic
def withdraw(invitation: FamilyInvitation) -> bool:
    """Ends the links that are not used, and gives the seats on. False when nothing was left to withdraw."""
    group = locked(invitation.group)
    standing = FamilyInvitation.objects.standing().filter(pk=invitation.pk)
    if not InvitedAdult.objects.filter(invitation__in=standing, used_at=None).exists():
        return False
    standing.update(withdrawn_at=timezone.now())
    fill_seats(group)
    return True


# --- in
@transaction.atomic
def accept(*, invited_id: int, user: User) -> Enrolment:
    """Makes the invited person an adult of her family in the group, once. Raises NotOpenError.

    Whoever has been here before keeps her family, her alias and everything she has read. The same again, by
    a second tap, gives the same enrolment.
    """
    invited = InvitedAdult.objects.filter(pk=invited_id).select_related("invitation__group").first()
    if invited is None or not is_hers(invited, user):
        raise NotOpenError
    group = locked(invited.invitation.group)
    # read again: the other adult may have come in, and made the family, while this one waited
    invited = InvitedAdult.objects.filter(pk=invited_id).select_related("invitation").first()
    if invited is None:
        raise NotOpenError
    if invited.used_at and invited.adult and invited.adult.user_id == user.pk:
        again = Enrolment.objects.filter(not_ended(), adult=invited.adult, group=group).first()
        if again:
            return again
    if not InvitedAdult.objects.open().filter(pk=invited_id).exists():
        raise NotOpenError
    invited.used_at, invited.adult = timezone.now(), adult_of(user, invited)
    invited.save(update_fields=["used_at", "adult"])
    if not user.first_name:
        user.first_name = invited.name
        user.save(update_fields=["first_name"])
    return enrol(invited.adult, group)


def enrol(adult: Adult, group: Group) -> Enrolment:
    """The adult's enrolment in the group, made where there is none; a pause ends. Late? Catch-up."""
    enrolment = Enrolment.objects.filter(not_ended(), adult=adult, group=group).first()
    if enrolment is None:
        enrolment = Enrolment.objects.create(adult=adult, group=group)
    elif enrolment.paused_on or enrolment.ends_on:
        enrolment.paused_on = enrolment.ends_on = None
        enrolment.save(update_fields=["paused_on", "ends_on"])
    messaging.plan_enrolment(enrolment)
    _offer_what_was_held(enrolment)
    return enrolment


def _offer_what_was_held(enrolment: Enrolment) -> None:
    """Evenings the group held before she came, but for modules she has elsewhere. Shown, not mailed."""
    adult = enrolment.adult
    been = adult.attendances.filter(state__in=["present", "made-up"]).values("evening__module")
    offered = adult.catch_ups.values("evening__module")
    held = enrolment.group.evenings.filter(starts_at__lt=timezone.now(), cancelled_at=None)
    missed = held.exclude(module__in=been).exclude(module__in=offered)
    CatchUp.objects.bulk_create([CatchUp(adult=adult, evening=evening) for evening in missed])


# --- life happens
@transaction.atomic
def pause(enrolment: Enrolment) -> None:
    """Stops all messages at once and keeps the seat. No reason is asked."""
    Enrolment.objects.filter(pk=enrolment.pk, paused_on=None).update(paused_on=timezone.localdate())
    messaging.silence(enrolment.adult)
    enrolment.refresh_from_db(fields=["paused_on"])


@transaction.atomic
def resume(enrolment: Enrolment) -> None:
    """Back again: messages begin anew, from the next evening on."""
    enrolment.paused_on = None
    enrolment.save(update_fields=["paused_on"])
    messaging.plan_enrolment(enrolment)


@transaction.atomic
def leave(enrolment: Enrolment) -> None:
    """Ends it at once, stops all messages, and gives the seat on. She may still read alone."""
    _end(enrolment)
    messaging.silence(enrolment.adult)
    give_seats_back(enrolment.adult, enrolment.group)
    fill_seats(enrolment.group)


def _end(enrolment: Enrolment) -> None:
    """Ends an enrolment with yesterday; one that began today ends with today, since dates cannot say less."""
    locked(enrolment.group)
    today = timezone.localdate()
    enrolment.ends_on = max(today - timedelta(days=1), enrolment.starts_on)
    if enrolment.ends_on >= today:  # nothing is sent to her in the hours that are left
        enrolment.paused_on = enrolment.paused_on or today
    enrolment.save(update_fields=["ends_on", "paused_on"])
    CatchUp.objects.filter(adult=enrolment.adult_id, neighbour__starts_at__gt=timezone.now()).update(
        neighbour=None  # no seat with a neighbour's group either
    )


@transaction.atomic
def change_group(enrolment: Enrolment, group: Group) -> Enrolment:
    """Moves an adult to another group, keeping what she has read and where she was. Raises FullGroupError."""
    adult = enrolment.adult
    for place in sorted({enrolment.group_id, group.pk}):  # in one order, so that two moves never block
        Group.objects.select_for_update().get(pk=place)
    if enrolment.group_id == group.pk:
        return enrolment
    fill_seats(group)  # who waits goes first
    if not seats_left(group):
        raise FullGroupError
    _end(enrolment)
    messaging.silence(adult)
    moved = enrol(adult, group)
    give_seats_back(adult, enrolment.group)
    if group.edition_id == enrolment.group.edition_id:
        moved.last_part = enrolment.last_part
        moved.save(update_fields=["last_part"])
    fill_seats(enrolment.group)
    return moved
