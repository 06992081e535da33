"""The demo's door and mailbox. They exist in demo mode only (the access matrix says so)."""

from __future__ import annotations

import email
import time
from datetime import UTC, datetime
from email import policy
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth import login
from django.http import Http404
from django.shortcuts import redirect, render

from cms.demo import PERSONAS, persona_user

if TYPE_CHECKING:
    from pathlib import Path

    from django.http import HttpRequest, HttpResponse

NEWEST = 30  # mails shown
BETWEEN_MAILS = b"\n" + b"-" * 79 + b"\n"  # as django.core.mail.backends.filebased ends each message


def demo(request: HttpRequest) -> HttpResponse:
    return render(request, "cms/demo.html", {"personas": PERSONAS})


def demo_login(request: HttpRequest, persona: str) -> HttpResponse:
    """One button, one invented person. Stands in for the code, the passkey and the second factor."""
    user = persona_user(persona)
    if user is None:
        raise Http404
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    request.session["account_authentication_methods"] = [{"method": "demo", "at": time.time()}]
    request.session["account_authentication_methods_user"] = str(user.pk)  # so that a passkey can be tried
    return redirect("cms:min_side")


def mailbox(request: HttpRequest) -> HttpResponse:
    """The newest mails and text messages that would have been sent."""
    folder = settings.MAILBOX_DIR
    files = (
        sorted(folder.glob("*"), key=lambda file: file.stat().st_mtime, reverse=True)
        if folder.is_dir()
        else []
    )
    mails = [mail for file in files[:NEWEST] for mail in _mails_in(file)]
    return render(request, "cms/mailbox.html", {"mails": mails[:NEWEST]})


def _mails_in(file: Path) -> list[dict[str, Any]]:
    """The messages of one file, newest first: Django writes those of one connection after each other."""
    mails = []
    for written in file.read_bytes().split(BETWEEN_MAILS):
        if not written.strip():
            continue
        message = email.message_from_bytes(written, policy=policy.default)
        body = message.get_body(preferencelist=("plain",))
        mails.append(
            {
                "to": message["To"],
                "subject": message["Subject"],
                "date": datetime.fromtimestamp(file.stat().st_mtime, tz=UTC),
                "body": body.get_content().strip() if body else "",
            }
        )
    return mails[::-1]
