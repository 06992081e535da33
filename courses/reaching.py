"""How a person is reached: one field that takes an e-mail address or a mobile number, and who is there."""

from __future__ import annotations

import logging
import re
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from courses.models import User

if TYPE_CHECKING:
    from collections.abc import Callable

logger = logging.getLogger(__name__)

INTERNATIONAL = re.compile(r"\+[1-9][0-9]{5,14}")


def normal_mobile(text: str) -> str:
    """«400 00 000», «0047 40000000» and «+47 40 00 00 00» are all +4740000000. Raises ValidationError."""
    number = re.sub(r"[\s().\-]", "", text)
    if re.fullmatch(r"[0-9]{8}", number):  # also one that begins with 00: with a country it is longer
        number = f"+47{number}"
    elif number.startswith("00"):
        number = f"+{number[2:]}"
    elif re.fullmatch(r"47[0-9]{8}", number):
        number = f"+{number}"
    if not INTERNATIONAL.fullmatch(number):
        raise ValidationError(_("Skriv en e-postadresse eller et mobilnummer."), code="unreachable")
    return number


def normal_address(text: str) -> str:
    """An e-mail address in small letters, or a mobile number with its country. Raises ValidationError."""
    text = text.strip()
    if "@" not in text:
        return normal_mobile(text)
    validate_email(text)
    return text.lower()


def user_with_email(email: str) -> User | None:
    """The user with an e-mail address, in whatever letters, active or not. One query, by index."""
    return User.objects.alias(small_email=Lower("email")).filter(small_email=email.lower()).first()


def user_at(address: str) -> User | None:
    """The active user at a normal address; None when there is none. One query, by index."""
    if "@" in address:
        user = user_with_email(address)
        return user if user and user.is_active else None
    return User.objects.filter(mobile=address, is_active=True).first()


@cache
def _sender() -> ThreadPoolExecutor:
    """Made at the first use, so that each web process has its own."""
    return ThreadPoolExecutor(max_workers=4, thread_name_prefix="sender")


def _send(message: Callable[[], object]) -> None:
    try:
        message()
    except Exception as error:  # whatever the provider raises must not take the thread with it
        logger.error("A message was not sent: %s", type(error).__name__)


def hand_over(message: Callable[[], object]) -> None:
    """Sends without making the person wait: a slow mail server must not tell who has an account."""
    if settings.SEND_IN_BACKGROUND:
        _sender().submit(_send, message)
    else:
        message()
