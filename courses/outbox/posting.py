"""Handing one mail to the mail server, and telling apart whose fault it was when it did not go.

One connection serves a round. It is thrown away after whatever looks odd: what half happened on it, a
dropped STARTTLS above all, must not decide how the next mail goes.
"""

from __future__ import annotations

import contextlib
import re
import smtplib
from email.mime.base import MIMEBase
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

if TYPE_CHECKING:
    from types import TracebackType

    from django.core.mail.backends.base import BaseEmailBackend

    from courses.outbox.letters import Letter

LEAVING = 421  # the server closes the connection
NO_MAILBOX = 550  # to the recipient, unless the words say more
TOO_MANY = 3  # failures in a row on connections that opened: the server is as good as gone


class PostDownError(Exception):
    """No mail goes now, whoever it is to: no connection, no encryption, no login, or no right to send."""


class NotAllowedError(PostDownError):
    """The server's own rules say no (5.7.x): to everybody, as a relay that is denied, or to this one."""


class NotDeliveredError(Exception):
    """This mail did not go this time; another may."""


class RefusedError(Exception):
    """This mail will never be taken."""


class Post:
    """The way to the mail server during one round. ``is_down`` once it has failed for everybody."""

    def __init__(self) -> None:
        self.is_down = False
        self._failures = 0
        self._connection: BaseEmailBackend | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._drop()

    def send(self, letter: Letter, message_id: str) -> None:
        """Raises PostDownError, NotDeliveredError, RefusedError."""
        connection = self._opened()
        try:
            if connection.send_messages([mail_of(letter, message_id)]) != 1:
                raise NotDeliveredError("not sent")
        except smtplib.SMTPRecipientsRefused as error:
            code, words = next(iter(error.recipients.values()))
            raise self._refused(code, words) from None
        except smtplib.SMTPSenderRefused as error:
            raise self._down(error) from None
        except smtplib.SMTPResponseException as error:
            raise self._answered(error.smtp_code, error.smtp_error) from None
        except OSError as error:  # every other SMTPException is one: a line cut, a server that hangs
            raise self._broke(error) from None
        self._failures = 0

    def _opened(self) -> BaseEmailBackend:
        if self.is_down:
            raise PostDownError
        if self._connection is None:
            connection = get_connection()
            try:
                connection.open()
            except OSError as error:
                with contextlib.suppress(Exception):
                    connection.close()
                raise self._down(error) from None
            self._connection = connection
        return self._connection

    def _down(self, error: Exception) -> PostDownError:
        self._drop()
        self.is_down = True
        return PostDownError(type(error).__name__)

    def _refused(self, code: int, words: bytes | str) -> Exception:
        """Of the recipient alone: no such mailbox, a full one, or a server that wants to be asked twice."""
        if code == LEAVING or code >= 500:
            unsaid = code == NO_MAILBOX and not _status(words)
            return RefusedError(str(code)) if unsaid else self._answered(code, words)
        return NotDeliveredError(str(code))

    def _answered(self, code: int, words: bytes | str) -> Exception:
        """An answer of the server. Only a wrong address (5.1.x) is for good: all else may be put right."""
        status = _status(words)
        if status.startswith("5.1."):
            return RefusedError(str(code))
        if status.startswith("5.7."):
            self._down(smtplib.SMTPException())
            return NotAllowedError(str(code))
        return self._broke(smtplib.SMTPServerDisconnected(str(code)))

    def _broke(self, error: Exception) -> Exception:
        self._drop()
        self._failures += 1
        self.is_down = self._failures >= TOO_MANY
        return NotDeliveredError(type(error).__name__)

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(Exception):
                connection.close()


def _status(words: bytes | str) -> str:
    """The enhanced status code an answer begins with (RFC 3463), «5.1.1», or nothing."""
    text = words.decode("ascii", "replace") if isinstance(words, bytes) else words
    found = re.match(r"[245]\.\d{1,3}\.\d{1,3}\b", text)
    return found[0] if found else ""


def mail_of(letter: Letter, message_id: str) -> EmailMessage:
    """One recipient, one Message-ID, plain text, and the calendar file where there is one."""
    mail = EmailMessage(
        letter.subject,
        letter.body,
        settings.DEFAULT_FROM_EMAIL,
        [letter.address],
        headers={"Message-ID": message_id, "Auto-Submitted": "auto-generated"},
    )
    if letter.calendar:
        part = MIMEBase("text", "calendar", method="PUBLISH", charset="utf-8")
        part.set_payload(letter.calendar, "utf-8")
        part.add_header("Content-Disposition", "attachment", filename="kurs.ics")
        mail.attach(part)
    return mail
