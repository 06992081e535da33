"""How long a session lives, and how it is ended from outside."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils import timezone

from courses.access import active_roles

if TYPE_CHECKING:
    from django.http import HttpRequest

    from courses.models import User

WORKDAY = timedelta(hours=8)
REMEMBERED = timedelta(days=30)  # «Husk denne telefonen», for families only


def set_lifetime(request: HttpRequest, user: User) -> None:
    """Gives a new session its end, counted from the login and not from the last click. Reads the roles."""
    remember = request.session.pop("remember", False)
    lifetime = REMEMBERED if remember and not active_roles(user) else WORKDAY
    request.session.set_expiry(timezone.now() + lifetime)


def end_sessions(user: User, *, keep: str | None = None) -> int:
    """Logs a user out everywhere but in the session ``keep``. Reads every living session: rare and short."""
    living = Session.objects.filter(expire_date__gt=timezone.now()).exclude(session_key=keep or "")
    theirs = [
        session.pk for session in living.iterator() if session.get_decoded().get(SESSION_KEY) == str(user.pk)
    ]
    return Session.objects.filter(pk__in=theirs).delete()[0]
