"""Invited people who never came in are forgotten: what was written down about them is deleted in time."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q
from django.db.models.functions import Lower
from django.utils import timezone

from courses.models import Evening, FamilyInvitation, Invitation, InvitedAdult, User
from courses.sessions import end_sessions

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

KEPT = timedelta(days=90)  # after the link was withdrawn or ended


def over_at_the_door(now: datetime) -> QuerySet[InvitedAdult]:
    """Invited adults who never came in, and whose link is long over."""
    over = now - KEPT
    withdrawn = Q(invitation__withdrawn_at__lt=over)
    expired = Q(invitation__withdrawn_at=None, invitation__waiting=False, expires_at__lt=over)
    return InvitedAdult.objects.filter(withdrawn | expired, used_at=None)


@transaction.atomic
def forget_invited(now: datetime | None = None) -> int:
    """Deletes invited adults whose link is long over, and users who only ever stood at the door. How many."""
    now = now or timezone.now()
    over = now - KEPT
    over_at_the_door(now).delete()
    FamilyInvitation.objects.filter(adults=None, made_at__lt=over).delete()
    gone = list(_never_in(over))
    for user in gone:
        end_sessions(user)
        user.delete()
    return len(gone)


def over_in_line(now: datetime) -> QuerySet[InvitedAdult]:
    """Who waits for a seat in a group that is long over."""
    held = Evening.objects.values("group").annotate(last=Max("starts_at"))
    groups = held.filter(last__lt=now - KEPT).values("group")
    return InvitedAdult.objects.filter(used_at=None, invitation__waiting=True, invitation__group__in=groups)


def forget_waiting(now: datetime) -> int:
    """Deletes them. How many rows."""
    rows = over_in_line(now)
    invitations = list(rows.values_list("invitation", flat=True))
    gone = rows.delete()[0]
    FamilyInvitation.objects.filter(pk__in=invitations, adults=None).delete()
    return int(gone)


def _never_in(over: datetime) -> QuerySet[User]:
    """Users without a place anywhere: no family, work or sign-up, and nothing that still invites them."""
    small = {"small": Lower("email")}
    invited = InvitedAdult.objects.annotate(**small)
    staff = Invitation.objects.annotate(**small).filter(small=OuterRef("small_email"))
    by_address = Q(small=OuterRef("small_email")) | Q(mobile=OuterRef("mobile"))
    rows = User.objects.annotate(small_email=Lower("email")).filter(
        adult=None,
        roles=None,
        assignments=None,
        groups=None,
        sign_ups=None,
        is_staff=False,
        is_superuser=False,
        date_joined__lt=over,
    )
    return rows.exclude(Exists(invited.filter(by_address))).exclude(Exists(staff))
