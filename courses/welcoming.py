"""An invited adult's link: what it is made of, whose it is, and what it is worth today.

The link is half of a secret that the database holds and a signature that it does not, so that a copy of the
database opens nothing. It never changes: a link in an older mail leads to the same button.
"""

from __future__ import annotations

from enum import StrEnum

from django.conf import settings
from django.core import signing
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from courses.models import InvitedAdult, User
from courses.reaching import user_with_email

SIGNER = signing.Signer(salt="courses.welcoming")
LONGEST = 120  # signs of a token; nothing longer is looked at


class Door(StrEnum):
    """What a link is worth: only an open one has a button."""

    OPEN = "open"
    USED = "used"
    WAITING = "waiting"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


def token_of(invited: InvitedAdult) -> str:
    return SIGNER.sign(invited.nonce)


def link_of(invited: InvitedAdult) -> str:
    """The whole address of the page with the button, as a mail or a QR code holds it."""
    return settings.SITE_URL + reverse("evenings:welcome", args=[token_of(invited)])


def find(token: str) -> InvitedAdult | None:
    """Whose a link is, open or not; None when we did not make it. One query, or none."""
    if len(token) > LONGEST:
        return None
    try:
        nonce = SIGNER.unsign(token)
    except signing.BadSignature:
        return None
    rows = InvitedAdult.objects.select_related("invitation__municipality")
    return rows.filter(nonce=nonce).first()


def door_of(invited: InvitedAdult) -> Door:
    """The same rule as ``InvitedAdultQuerySet.open``, with the reason. Reads the invitation."""
    if invited.used_at:
        return Door.USED
    if invited.invitation.withdrawn_at:
        return Door.WITHDRAWN
    if invited.invitation.waiting:
        return Door.WAITING
    return Door.OPEN if invited.expires_at > timezone.now() else Door.EXPIRED


def known_user(invited: InvitedAdult) -> User | None:
    """Whoever has the invited address already, active or not. One query."""
    if invited.email:
        return user_with_email(invited.email)
    return User.objects.filter(mobile=invited.mobile).first()


def user_at_door(invited: InvitedAdult) -> User:
    """The user at the invited address, made when there is none. The seat comes with the confirmed code."""
    if known := known_user(invited):
        return known
    way = {"email": invited.email} if invited.email else {"mobile": invited.mobile, "channel": "sms"}
    language = invited.invitation.municipality.written_language
    try:
        with transaction.atomic():
            made: User = User.objects.create_person(first_name=invited.name, language=language, **way)
            return made
    except IntegrityError:  # the same button in two tabs: the other tab was first
        again = known_user(invited)
        if again is None:
            raise
        return again


def is_hers(invited: InvitedAdult, user: User) -> bool:
    """Whether a user has the address that was invited."""
    if invited.email:
        return (user.email or "").lower() == invited.email.lower()
    return bool(user.mobile) and user.mobile == invited.mobile
