"""What a phone may keep, and what it sends when the network is back. Offline keeps no person (design §4.15).

The reader's own marks wait on the phone under a tag that tells nothing about who she is; attendance that
waits is locked with a key that only a login gives back.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import Http404
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from courses import reading
from courses.models import ReadingEvent

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from courses.editions import PartWords
    from courses.models import Adult, Evening, User

TAG_LENGTH = 24  # hex digits: 96 bits


@dataclass(frozen=True)
class Tap:
    """«Lest» or «prøvd», or one of them taken back, as it waited on the phone."""

    client_id: uuid.UUID
    owner: str  # the tag of whoever tapped
    programme: str
    module: str
    part: str
    kind: str  # ReadingEvent.Kind
    block: str  # the home task; empty for «lest»
    revision: int | None  # of the text on the phone; None: not told
    happened_at: datetime  # aware, never later than now


@dataclass(frozen=True)
class Outcome:
    """What became of a tap: «stored», «known» (it was here already), «refused», and then why, or «other».

    «other»: it belongs to somebody else on the same phone, and waits there until she logs in.
    """

    client_id: uuid.UUID
    status: str
    why: str = ""


def owner_tags(user: User) -> list[str]:
    """What the phone knows a person by: no name, and of no use elsewhere. The newest first.

    One for each secret key in use, so that what waits on a phone outlives a change of key.
    """
    return [_mac("egs.offline.owner", user.username, secret)[:TAG_LENGTH] for secret in _secrets()]


def queue_keys(user: User, evening: Evening) -> list[str]:
    """Keys (64 hex digits, newest first) for attendance that waits on the phone.

    Made from the login and the evening, never from the code on the phone: whoever guesses the code gains
    nothing here, and after a lost code or an expired list the marks can still be sent.
    """
    whose = f"{user.username}/{evening.pk}"
    return [_mac("egs.offline.queue", whose, secret) for secret in _secrets()]


def _secrets() -> list[str]:
    return [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]


def _mac(salt: str, value: str, secret: str) -> str:
    return salted_hmac(salt, value, secret=secret, algorithm="sha256").hexdigest()


@transaction.atomic
def store(user: User, taps: Sequence[Tap]) -> list[Outcome]:
    """Stores what waited on a phone; one outcome each, in their order. A tap sent twice is one row.

    Another person's tap is left alone, and one on a part that is not in her edition is refused.
    """
    tags = owner_tags(user)
    return [_store(user, tap, tags) for tap in taps]


def _store(user: User, tap: Tap, tags: list[str]) -> Outcome:
    if not any(constant_time_compare(tap.owner, tag) for tag in tags):
        return Outcome(tap.client_id, "other")
    try:
        reader = reading.reader_of(user, tap.programme)
        part = reading.module_of(reader, tap.module, get_language()).by_key.get(tap.part)
    except Http404:
        reader, part = None, None
    if reader is None or reader.adult is None or part is None:
        return Outcome(tap.client_id, "refused", _("Denne delen er ikke lenger med i kurset ditt."))
    if bool(tap.block) != (tap.kind in ("tried", "untried")):
        return Outcome(tap.client_id, "refused", _("Vi kjenner ikke dette merket."))
    if tap.block and tap.block not in part.slots("home_task"):
        return Outcome(tap.client_id, "refused", _("Denne oppgaven er ikke lenger med i kurset ditt."))
    return _record(reader.adult, part, tap)


def _record(adult: Adult, part: PartWords, tap: Tap) -> Outcome:
    """The event under its own id, or under one that follows from it when another tap has used that.

    A page shown again by «back» hands out its id twice. The second id is always the same, so that a
    retry finds it.
    """
    what = {"adult": adult, "part_id": part.pk, "kind": tap.kind, "block": tap.block}
    told = {"revision": tap.revision or part.revision, "happened_at": tap.happened_at}
    following = uuid.uuid5(tap.client_id, f"{adult.pk} {part.pk} {tap.kind} {tap.block}")
    for client_id in (tap.client_id, following):
        try:
            with transaction.atomic():
                ReadingEvent.objects.create(**what, **told, client_id=client_id)
        except IntegrityError:
            if ReadingEvent.objects.filter(client_id=client_id, **what).exists():
                return Outcome(tap.client_id, "known")
        else:
            return Outcome(tap.client_id, "stored")
    return Outcome(tap.client_id, "refused", _("Vi kjenner ikke dette merket."))
