"""How many forms of one evening a device has sent, remembered by the device alone.

The cookie holds a number and our seal on it, goes back to the address of that evening's form and nowhere
else, and is gone when the form closes. There is no id in it and no time: all who have sent one have the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse
from django.utils import timezone

from evaluation.answers.sealing import drawn_id

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from evaluation.models import Occasion

MOST = 2  # two adults who share a telephone
COOKIE = "kveld"


def sent_from(request: HttpRequest, occasion: Occasion) -> int:
    try:
        return int(_signer(occasion).unsign(request.COOKIES.get(COOKIE, "")))
    except (BadSignature, ValueError):
        return 0


def count_one_more(request: HttpRequest, response: HttpResponse, occasion: Occasion) -> None:
    left = occasion.closes_at - timezone.now()
    response.set_cookie(
        COOKIE,
        _signer(occasion).sign(str(sent_from(request, occasion) + 1)),
        max_age=max(int(left.total_seconds()), 60),
        path=reverse("answers:evening_form", args=[occasion.nonce]),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _signer(occasion: Occasion) -> Signer:
    """By a series that is another where a restore lost what was sent: then the count begins anew."""
    return Signer(salt=f"egs.evening.sent.{occasion.nonce}.{occasion.series}")


def new_sheet(occasion: Occasion) -> str:
    """A drawn number that a form carries, sealed: sent twice, the second changes nothing.

    It is known to the page alone until it is sent, and says of the answers only which box they are in,
    until that is emptied.
    """
    return _sheets(occasion).sign(str(drawn_id()))


def sheet_in(mark: str, occasion: Occasion) -> int | None:
    """The number, if we made it for this evening."""
    try:
        return int(_sheets(occasion).unsign(mark))
    except (BadSignature, ValueError):
        return None


def _sheets(occasion: Occasion) -> Signer:
    return Signer(salt=f"egs.evening.sheet.{occasion.nonce}")
