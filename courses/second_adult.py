"""The other adult of a household, invited later: into the same family, at its free seat."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from courses.enrolling import AlreadyInvitedError, FullGroupError, addresses_in
from courses.models import Family, FamilyInvitation, InvitedAdult
from courses.seats import INVITATION_LIVES, fill_seats, locked, seats_left, tell
from courses.welcoming import Door, door_of

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from courses.enrolling import AdultToInvite
    from courses.models import Group, User


class NoSecondError(Exception):
    """There are two already, or nobody to join: the first has left, or her link is over."""


@transaction.atomic
def invite_beside(invitation: FamilyInvitation, adult: AdultToInvite, by: User | None) -> FamilyInvitation:
    """Beside whoever was invited alone, whether she has come in or not.

    Raises NoSecondError, AlreadyInvitedError, and FullGroupError when the first holds a link and the other
    would have to wait: a couple never waits by halves.
    """
    group = locked(invitation.group)
    invitation = FamilyInvitation.objects.select_related("family").get(pk=invitation.pk)
    there = list(invitation.adults.all())
    if len(there) != 1:
        raise NoSecondError
    there[0].invitation = invitation
    door = door_of(there[0])
    if door == Door.USED and invitation.family:
        return invite_into(invitation.family, group, adult, by)
    if door not in (Door.OPEN, Door.WAITING):
        raise NoSecondError
    fill_seats(group)  # who waits goes first, perhaps this very household
    invitation.refresh_from_db(fields=["waiting"])
    _refuse_known(group, adult)
    if not invitation.waiting and not seats_left(group):
        raise FullGroupError
    _add(invitation, 3 - there[0].seat, adult)
    return invitation


@transaction.atomic
def invite_into(family: Family, group: Group, adult: AdultToInvite, by: User | None) -> FamilyInvitation:
    """Into a family that takes part with one adult; on the waiting list when there is no seat.

    Raises NoSecondError, AlreadyInvitedError.
    """
    group = locked(group)
    family = Family.objects.select_for_update().get(pk=family.pk)
    if family.adults.count() != 1 or awaited(group, family).exists():
        raise NoSecondError
    fill_seats(group)  # who waits goes first
    _refuse_known(group, adult)
    invitation = FamilyInvitation.objects.create(
        group=group,
        municipality=family.municipality,
        shielded=family.shielded,
        family=family,
        by=by,
        waiting=not seats_left(group),
    )
    _add(invitation, 2, adult)
    return invitation


def awaited(group: Group, family: Family) -> QuerySet[InvitedAdult]:
    """Who is invited into a family already, with a link that lets in or on the waiting list."""
    return InvitedAdult.objects.filter(
        Q(invitation__waiting=True) | Q(expires_at__gt=timezone.now()),
        invitation__group=group,
        invitation__family=family,
        invitation__withdrawn_at=None,
        used_at=None,
    )


def _refuse_known(group: Group, adult: AdultToInvite) -> None:
    if {adult.email, adult.mobile} & addresses_in(group):
        raise AlreadyInvitedError([1])


def _add(invitation: FamilyInvitation, seat: int, adult: AdultToInvite) -> None:
    invited = InvitedAdult.objects.create(
        invitation=invitation,
        seat=seat,
        name=adult.name,
        alias=adult.alias,
        email=adult.email,
        mobile=adult.mobile,
        expires_at=timezone.now() + INVITATION_LIVES,
    )
    tell(invitation, [invited])
