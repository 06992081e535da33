"""Text messages. ``SMS_BACKEND`` is «file» (one file for each message in ``MAILBOX_DIR``), «link» (LINK
Mobility's REST interface, at ``SMS_URL``) or the dotted path of a callable ``(to, text)``. Neither the
number nor the text is ever logged.
"""

from __future__ import annotations

import base64
import json
import secrets
import time
import urllib.error
import urllib.request
from email.message import EmailMessage
from http import HTTPStatus
from http.client import HTTPException
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.module_loading import import_string

if TYPE_CHECKING:
    from collections.abc import Callable

TIMEOUT = 10  # seconds
LONGEST_ANSWER = 64 << 10  # bytes
# «resultCode», as LINK's «SMS REST API, MT and Delivery Reports» (1.18) has them: 1005 queued, 1000 with the
# operator already; 2100 to 2106 are about the number (unknown, blocked, of the wrong kind), 2107 only for now
TAKEN, NO_SUCH_NUMBER = (1005, 1000), range(2100, 2107)
LOOPBACK = ("127.0.0.1", "localhost", "::1")
# about us or about now, not about the number: no login, no right, too slow, too many
OURS = (
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.REQUEST_TIMEOUT,
    HTTPStatus.TOO_MANY_REQUESTS,
)


class TextNotSentError(Exception):
    """The message did not go out; the reason is in the sentence, the number is not."""


class NumberRefusedError(TextNotSentError):
    """The provider will never take this message."""


def send_text(to: str, text: str) -> None:
    """Sends ``text`` to a number like +4740000000. Raises TextNotSentError."""
    if not settings.SMS_BACKEND:
        raise TextNotSentError("SMS_BACKEND mangler: tekstmeldinger kan ikke sendes.")
    ours: dict[str, Callable[[str, str], None]] = {"file": _to_file, "link": _to_link}
    backend = ours.get(settings.SMS_BACKEND) or import_string(settings.SMS_BACKEND)
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


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A number and a text go to the address in the setting, and are not sent on elsewhere."""

    def redirect_request(self, *_args: Any, **_kwargs: Any) -> None:
        return None


def _to_link(to: str, text: str) -> None:
    """POST /sms/send with basic login; the answer's ``resultCode`` says whether it was queued."""
    asked = urllib.request.Request(  # noqa: S310 - the scheme is looked at in _provider
        f"{_provider()}/sms/send",
        data=json.dumps(
            {
                "source": settings.SMS_SENDER,
                "sourceTON": "MSISDN" if settings.SMS_SENDER.startswith("+") else "ALPHANUMERIC",
                "destination": to,
                "userData": text,
                "platformId": settings.SMS_PLATFORM_ID,
                "platformPartnerId": settings.SMS_PARTNER_ID,
                "useDeliveryReport": False,
            }
        ).encode(),
        headers={"Content-Type": "application/json", "Authorization": f"Basic {_login()}"},
    )
    try:
        with urllib.request.build_opener(_NoRedirect).open(asked, timeout=TIMEOUT) as answer:
            said = json.loads(answer.read(LONGEST_ANSWER))
    except urllib.error.HTTPError as error:
        error.close()
        if HTTPStatus.BAD_REQUEST <= error.code < HTTPStatus.INTERNAL_SERVER_ERROR and error.code not in OURS:
            raise NumberRefusedError(f"SMS-leverandøren svarte {error.code}.") from None
        raise TextNotSentError(f"SMS-leverandøren svarte {error.code}.") from None
    except (OSError, HTTPException, ValueError) as error:  # no answer, half of one, or none we can read
        raise TextNotSentError(f"SMS-leverandøren svarte ikke: {type(error).__name__}.") from None
    code = said.get("resultCode") if isinstance(said, dict) else None
    if code in NO_SUCH_NUMBER:
        raise NumberRefusedError(f"SMS-leverandøren svarte {code}.")
    if code not in TAKEN:
        raise TextNotSentError("SMS-leverandøren tok ikke imot meldingen.")


def _provider() -> str:
    """The address in the setting; without encryption only to this machine. Raises TextNotSentError."""
    address = urlsplit(settings.SMS_URL)
    if address.scheme != "https" and not (address.scheme == "http" and address.hostname in LOOPBACK):
        raise TextNotSentError("SMS_URL må begynne med https://.")
    return str(settings.SMS_URL).rstrip("/")


def _login() -> str:
    return base64.b64encode(f"{settings.SMS_USER}:{settings.SMS_PASSWORD}".encode()).decode()
