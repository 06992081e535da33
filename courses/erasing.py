"""Erasure: a person leaves, and what the service held about her goes with her.

What the municipality must keep of her (attendance, kursbevis) is written to files for its archive before
(``courses/archiving.py``); what she answered without name stays, and nobody can find it.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import DO_NOTHING, ForeignObjectRel, Q
from django.dispatch import Signal

from courses.keys import key
from courses.ledger import add_mark, marks
from courses.models import Erasure, FamilyInvitation, Invitation, InvitedAdult, Message, NoteKey, User

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from courses.models import Adult

erased_again = Signal()  # ``user``: before somebody the ledger names is erased from a restored database


def mark_of(user: User) -> str:
    """What the ledger keeps of a person: nothing anyone can turn back into her without the key.

    Of her random name and not her number: a restored database gives the same numbers to other people.
    """
    return hmac.new(key("ledger"), f"user {user.username}".encode(), hashlib.sha256).hexdigest()


class HoldsRoleError(Exception):
    """She works with the programme as well: the role is ended first, and somebody else takes it over."""


def erase(adult: Adult) -> Erasure:
    """Remove an adult everywhere, the key to her notes first, and log her out. Gives the ledger's row.

    A family without adults goes too. Raises HoldsRoleError while she has a role in force, and LedgerError
    when the ledger beside the key file cannot be written: then nothing is gone.
    """
    return erase_user(adult.user)


@transaction.atomic
def erase_user(user: User, *, may_hold_role: bool = False) -> Erasure:
    """The same of anybody who can log in. ``may_hold_role``: once more after a restore, whatever it held."""
    if not may_hold_role and user.roles.active().exists():
        raise HoldsRoleError
    adult = getattr(user, "adult", None)
    family = adult.family if adult else None
    addresses = {address for address in (user.email, user.mobile) if address}
    erasure, _made = Erasure.objects.get_or_create(mark=mark_of(user))
    if adult:
        NoteKey.objects.filter(adult=adult).delete()
        Message.objects.filter(thing=f"erasure:{adult.pk}").delete()
    _forget_invitations(user, adult)
    _forget_sessions(user, addresses)
    _let_go(user)
    user.delete()
    if family is not None and not family.adults.exists():
        family.delete()
    _forget_demo_mail(addresses)
    # last, and on the disk before the rows are gone: interrupted here, she is erased by the next replay
    add_mark(erasure.mark, erasure.erased_on)
    return erasure


def replay() -> int:
    """Erases everybody the ledger beside the key file names who is here (again). How many it were.

    For a restored database, before the site opens. Raises LedgerError and ImproperlyConfigured.
    """
    wanted, gone = marks(), 0
    if not wanted:
        return 0
    for user in User.objects.select_related("adult__family").order_by("pk"):
        if mark_of(user) in wanted:
            with transaction.atomic():
                erased_again.send(User, user=user)
                erase_user(user, may_hold_role=True)
            gone += 1
    known = set(Erasure.objects.values_list("mark", flat=True))
    Erasure.objects.bulk_create(
        Erasure(mark=mark, erased_on=day) for mark, day in wanted.items() if mark not in known
    )
    return gone


def _forget_invitations(user: User, adult: Adult | None) -> None:
    """The name and address a contact person wrote down, in every group; an invitation to nobody goes too."""
    hers = Q(adult=adult) if adult else Q(pk__in=[])
    if user.email:
        hers |= Q(email__iexact=user.email)
        Invitation.objects.filter(email__iexact=user.email).delete()
    if user.mobile:
        hers |= Q(mobile=user.mobile)
    rows = InvitedAdult.objects.filter(hers)
    invitations = list(rows.values_list("invitation", flat=True))
    rows.delete()
    FamilyInvitation.objects.filter(pk__in=invitations, adults=None).delete()


def _forget_sessions(user: User, addresses: set[str]) -> None:
    """Ends hers, also what waits for a code she asked for. Reads every session: rare."""
    hers = {address.lower() for address in addresses}
    gone = [
        session.pk
        for session in Session.objects.iterator()
        if any(
            str(value).lower() in hers or ("user" in name and str(value) == str(user.pk))
            for name, value in _values(session.get_decoded())
        )
    ]
    Session.objects.filter(pk__in=gone).delete()


def _values(kept: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Every single value in what a session keeps, however deep, with the name it has there."""
    if isinstance(kept, dict):
        for inner, value in kept.items():
            yield from _values(value, str(inner))
    elif isinstance(kept, list):
        for value in kept:
            yield from _values(value, name)
    else:
        yield name, kept


def _let_go(user: User) -> None:
    """Rows of other people's work that name her and that the database would leave as they are."""
    for relation in User._meta.get_fields(include_hidden=True):
        if isinstance(relation, ForeignObjectRel) and relation.on_delete is DO_NOTHING:
            rows = relation.related_model._base_manager.filter(**{relation.field.name: user.pk})
            rows.update(**{relation.field.name: None})


def _forget_demo_mail(addresses: set[str]) -> None:
    """The demo keeps what would have been sent as files: those to her go."""
    folder: Path = settings.MAILBOX_DIR
    if not settings.DEMO or not addresses or not folder.is_dir():
        return
    wanted = [address.lower().encode() for address in addresses]
    for file in folder.iterdir():
        if file.is_file() and any(address in file.read_bytes().lower() for address in wanted):
            file.unlink(missing_ok=True)
