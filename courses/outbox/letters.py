"""What a message says, and whether it is still wanted: decided when it is sent, from the rows as they are.

Mail may be seen by anybody in the house: no letter tells what the course is about, where it is, who else
takes part, or anything of a child. Text messages keep to the letters of GSM, so that one is one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _

from courses.models import Channel, Message
from courses.outbox.rows import LEFT

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from courses.models import InvitedAdult, User

MAIL, SMS = str(Channel.MAIL), str(Channel.SMS)
ALWAYS = (Message.Kind.CHANGE, Message.Kind.FORM)  # what «færre beskjeder» still gets


class NotWantedError(Exception):
    """The message is not to be sent; ``why`` is a code of WHY in courses/outbox/message_words.py."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class NotYetError(Exception):
    """What it is about has moved: it is to be sent later."""

    def __init__(self, at: datetime) -> None:
        super().__init__(at)
        self.at = at


@dataclass(frozen=True)
class Words:
    """What one letter says, in the reader's language."""

    subject: str
    sentences: tuple[str, ...]
    path: str = ""  # where to read more: a path of ours, or a whole address
    calendar: bytes = b""  # an .ics
    text: str = ""  # for a text message, when it is not the first sentence


@dataclass(frozen=True)
class Letter:
    """Ready to go, to one recipient."""

    channel: str
    address: str
    subject: str
    body: str
    calendar: bytes


def compose(message: Message, now: datetime) -> Letter:
    """The letter of a message. Raises NotWantedError, NotYetError. About ten queries."""
    recipient: User | InvitedAdult = message.user or message.invited
    with translation.override(language_of(message)):
        words = words_of(message, now)
        channel, address = _way_to(message, recipient)
        return Letter(channel, address, words.subject, _body(channel, recipient, words), words.calendar)


def words_of(message: Message, now: datetime) -> Words:
    """What it says, in the active language, without name and address. Raises as ``compose``."""
    from courses.outbox.letter_words import COMPOSERS

    if message.user and not message.user.is_active:
        raise NotWantedError(LEFT)
    if message.user and message.user.fewer_messages and not _goes_anyway(message):
        raise NotWantedError("fewer")
    thing, _colon, pk = message.thing.partition(":")
    composer: Callable[[Message, int, datetime], Words] = COMPOSERS[thing]
    return composer(message, int(pk), now)


def language_of(message: Message) -> str:
    """The written language of whoever it is to; for the invited that of her municipality."""
    if message.invited:
        return str(message.invited.invitation.municipality.written_language)
    return str(message.user.language) if message.user else settings.LANGUAGE_CODE


def _way_to(message: Message, recipient: User | InvitedAdult) -> tuple[str, str]:
    """The channel she chose, or the other when she has no address there. Raises NotWantedError."""
    mobile = recipient.mobile if settings.SMS_BACKEND else None
    prefers_text = getattr(recipient, "channel", MAIL) == SMS
    mail_first = bool(recipient.email) and not (prefers_text and mobile)
    if message.step.endswith("-sms"):
        if not mobile or not mail_first:  # the mail's twin has gone that way already
            raise NotWantedError("once-is-enough")
        return SMS, mobile
    if mail_first:
        return MAIL, str(recipient.email)
    if not mobile:
        raise NotWantedError("no-way")
    return SMS, mobile


def _goes_anyway(message: Message) -> bool:
    """Somebody waits for a call, or she herself for a seat: that is nothing to have fewer of."""
    if message.thing.startswith("call:") or message.step.startswith("seat"):
        return True
    return message.kind in ALWAYS


def _body(channel: str, recipient: User | InvitedAdult, words: Words) -> str:
    link = words.path if words.path.startswith("http") else address_of(words.path)
    if channel == SMS:
        return f"En god start: {words.text or words.sentences[0]} {link}".strip()
    context = {
        "name": getattr(recipient, "first_name", None) or getattr(recipient, "name", ""),
        "sentences": words.sentences,
        "link": link,
        "choices": "" if hasattr(recipient, "invitation") else address_of(reverse("evenings:my_messages")),
    }
    text = render_to_string("courses/email/letter_message.txt", context).strip()
    return re.sub(r"\n{3,}", "\n\n", text) + "\n"


def words_of_talk(message: Message, at: datetime | None, now: datetime, page: str) -> Words:
    """The time her contact person has set for a talk; of the newest time alone. Raises NotWantedError."""
    if at is None or message.step != f"talk-{int(at.timestamp())}":
        raise NotWantedError("superseded")
    if at <= now:
        raise NotWantedError("over")
    when = {"what": _("Avtale"), "at": day_and_time(at)}
    return Words(_("%(what)s %(at)s") % when, (_("Du har en avtale %(at)s.") % when,), page)


def address_of(path: str) -> str:
    return f"{settings.SITE_URL}{path}" if path else ""


def day_and_time(at: datetime) -> str:
    """«torsdag 3. desember kl. 18.00», in the active language."""
    local = timezone.localtime(at)
    day, time = formats.date_format(local, "l j. F"), formats.date_format(local, "H.i")
    return _("%(day)s kl. %(time)s") % {"day": day, "time": time}
