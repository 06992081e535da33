"""Text messages. ``SMS_BACKEND`` is «file» (one file for each message in ``MAILBOX_DIR``) or the dotted path
of a callable ``(to, text)``. Neither the number nor the text is ever logged.
"""

from __future__ import annotations

import secrets
import time
from email.message import EmailMessage
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.module_loading import import_string

if TYPE_CHECKING:
    from collections.abc import Callable


class TextNotSentError(Exception):
    """The message did not go out; the reason is in the sentence, the number is not."""


def send_text(to: str, text: str) -> None:
    """Sends ``text`` to a number like +4740000000. Raises TextNotSentError."""
    if not settings.SMS_BACKEND:
        raise TextNotSentError("SMS_BACKEND mangler: tekstmeldinger kan ikke sendes.")
    backend: Callable[[str, str], None] = (
        _to_file if settings.SMS_BACKEND == "file" else import_string(settings.SMS_BACKEND)
    )
    backend(to, text)


def _to_file(to: str, text: str) -> None:
    """Written as a mail is, so that the demo's mailbox can show both; readable by its owner alone."""
    message = EmailMessage()
    message["To"] = to
    message["Subject"] = "SMS"
    message.set_content(text, cte="8bit")
    settings.MAILBOX_DIR.mkdir(parents=True, exist_ok=True)
    path = settings.MAILBOX_DIR / f"{time.time_ns()}-{secrets.token_hex(4)}.sms.txt"
    path.touch(mode=0o600)
    path.write_bytes(message.as_bytes())
