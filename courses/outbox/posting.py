"""Handing one mail to the mail server, and telling apart whose fault it was when it did not go.

One connection serves a round. It is thrown away after whatever looks odd: what half happened on it, a
dropped STARTTLS above all, must not decide how the next mail goes.
"""

from __future__ import annotations

import contextlib
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
TOO_MANY = 3  # failures in a row on connections that opened: the server is as good as gone


class PostDownError(Exception):
    """No mail goes now, whoever it is to: no connection, no encryption, no login, or no right to send."""


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
            raise self._refused(next(iter(error.recipients.values()))[0]) from None
        except smtplib.SMTPSenderRefused as error:
            raise self._down(error) from None
        except smtplib.SMTPResponseException as error:
            raise self._answered(error.smtp_code) from None
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

    def _refused(self, code: int) -> Exception:
        """Of the recipient alone: a full mailbox, or a server that wants to be asked twice."""
        if code == LEAVING or code >= 500:
            return self._answered(code)
        return NotDeliveredError(str(code))

    def _answered(self, code: int) -> Exception:
        """An answer of the server: 5xx is for good, 4xx is for now, 421 ends the connection."""
        if code >= 500:
            return RefusedError(str(code))
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
