"""Seats in a group, and the waiting list for them.

Whoever changes how many are free locks the group's row first, so that two who take the last seat at once do
not both get it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from courses import messaging
from courses.models import Enrolment, FamilyInvitation, Group, InvitedAdult

if TYPE_CHECKING:
    from collections.abc import Iterable

INVITATION_LIVES = timedelta(days=14)


def seats_left(group: Group) -> int:
    """Seats that are neither taken nor kept for somebody with an open link. Never below 0. Two queries."""
    taken = Enrolment.objects.filter(not_ended(), group=group).values("adult").distinct().count()
    kept = InvitedAdult.objects.open().filter(invitation__group=group).count()
    return max(group.seats - taken - kept, 0)


def not_ended() -> Q:
    """Enrolments that are in force today or begin later."""
    return Q(ends_on=None) | Q(ends_on__gte=timezone.localdate())


def locked(group: Group) -> Group:
    """The group as it is now, kept from others until the transaction ends."""
    return Group.objects.select_for_update().get(pk=group.pk)


def tell(invitation: FamilyInvitation, invited: Iterable[InvitedAdult]) -> None:
    """Plans what the invited are to hear: the link, or that they wait."""
    if invitation.waiting:
        messaging.plan_waiting(invitation)
        return
    for adult in invited:
        messaging.plan_invitation(adult)


def renew(invited: Iterable[InvitedAdult]) -> None:
    """The same links with their time counted from now, as a new issue: a new letter goes to each."""
    for adult in invited:
        adult.issue += 1
        adult.expires_at = timezone.now() + INVITATION_LIVES
        adult.save(update_fields=["issue", "expires_at"])


@transaction.atomic
def fill_seats(group: Group) -> list[FamilyInvitation]:
    """Gives free seats to those who wait: the first that fits, and a couple gets two or none."""
    group = locked(group)
    waiting = FamilyInvitation.objects.standing().filter(group=group, waiting=True)
    rows = list(waiting.prefetch_related("adults"))
    left, given = seats_left(group) if rows else 0, []
    for invitation in rows:
        adults = [adult for adult in invitation.adults.all() if not adult.used_at]
        if len(adults) > left:
            continue
        left -= len(adults)
        invitation.waiting = False
        invitation.save(update_fields=["waiting"])
        renew(adults)
        tell(invitation, adults)
        given.append(invitation)
    return given


def fill_all_seats() -> int:
    """Gives on the seats of links that have expired since last time. How many families got one."""
    waiting = FamilyInvitation.objects.standing().filter(waiting=True)
    groups = Group.objects.filter(pk__in=waiting.values("group"))
    return sum(len(fill_seats(group)) for group in groups)
