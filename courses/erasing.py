"""Erasure: an adult leaves, and what the service held about her goes with her."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q

from courses.keys import key
from courses.models import Erasure, FamilyInvitation, Invitation, InvitedAdult, NoteKey
from courses.sessions import end_sessions

if TYPE_CHECKING:
    from courses.models import Adult, User


def mark_of(user: User) -> str:
    """What the ledger keeps of a person: nothing anyone can turn back into her without the key.

    Of her random name and not her number: a restored database gives the same numbers to other people.
    """
    return hmac.new(key("ledger"), f"user {user.username}".encode(), hashlib.sha256).hexdigest()


class HoldsRoleError(Exception):
    """She works with the programme as well: the role is ended first, and somebody else takes it over."""


@transaction.atomic
def erase(adult: Adult) -> Erasure:
    """Remove an adult everywhere, the key to her notes first, and log her out. Gives the ledger's row.

    A family without adults goes too. Raises HoldsRoleError while she has a role in force.

    A backup taken before today holds her, and its ledger does not: the mark must be kept outside the
    databases too (``manage.py erase`` prints it). After a restore, whoever has one of the kept marks
    (``mark_of``) is erased again; nothing does that by itself.
    """
    user, family = adult.user, adult.family
    if user.roles.active().exists():
        raise HoldsRoleError
    erasure, _made = Erasure.objects.get_or_create(mark=mark_of(user))
    NoteKey.objects.filter(adult=adult).delete()
    if user.email:
        Invitation.objects.filter(email__iexact=user.email).delete()
    _forget_invitations(adult)
    end_sessions(user)
    user.delete()
    if family is not None and not family.adults.exists():
        family.delete()
    return erasure


def _forget_invitations(adult: Adult) -> None:
    """The name and address a contact person wrote down, in every group; an invitation to nobody goes too."""
    user = adult.user
    hers = Q(adult=adult)
    if user.email:
        hers |= Q(email__iexact=user.email)
    if user.mobile:
        hers |= Q(mobile=user.mobile)
    rows = InvitedAdult.objects.filter(hers)
    invitations = list(rows.values_list("invitation", flat=True))
    rows.delete()
    FamilyInvitation.objects.filter(pk__in=invitations, adults=None).delete()
