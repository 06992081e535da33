"""Erasure: an adult leaves, and what the service held about her goes with her."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING

from django.db import transaction

from courses.keys import key
from courses.models import Erasure, Invitation, NoteKey
from courses.sessions import end_sessions

if TYPE_CHECKING:
    from courses.models import Adult, User


def mark_of(user: User) -> str:
    """What the ledger keeps of a person: nothing anyone can turn back into her without the key."""
    return hmac.new(key("notes"), f"user {user.pk}".encode(), hashlib.sha256).hexdigest()


@transaction.atomic
def erase(adult: Adult) -> None:
    """Remove an adult everywhere, the key to her notes first, and log her out.

    A family without adults goes too.

    The ledger's mark lets a restored backup be cleaned of her again.
    """
    user, family = adult.user, adult.family
    Erasure.objects.get_or_create(mark=mark_of(user))
    NoteKey.objects.filter(adult=adult).delete()
    if user.email:
        Invitation.objects.filter(email__iexact=user.email).delete()
    end_sessions(user)
    user.delete()
    if family is not None and not family.adults.exists():
        family.delete()
