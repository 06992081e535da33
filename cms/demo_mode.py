"""Demo mode (DEMO=1): production files and error pages on loopback, with invented people only.

It refuses to start where it could meet a real person: another address than loopback, another host
name, or a real database.
"""

from __future__ import annotations

import ipaddress
import secrets
import sys
from typing import TYPE_CHECKING

from django.core.exceptions import ImproperlyConfigured
from django.http import HttpResponseForbidden

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import environ
    from django.http import HttpRequest, HttpResponse

LOOPBACK_NAMES = {"127.0.0.1", "localhost"}


def is_loopback(host: str) -> bool:
    if host in LOOPBACK_NAMES or host.startswith("unix:"):
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def bound_addresses(argv: Sequence[str]) -> list[str]:
    """The hosts a server command was told to listen on: gunicorn's -b/--bind, runserver's argument."""
    hosts = []
    for word, following in zip(argv, [*argv[1:], ""], strict=True):
        if word in ("-b", "--bind"):
            hosts.append(following)
        elif word.startswith("--bind="):
            hosts.append(word.removeprefix("--bind="))
        elif word == "runserver" and ":" in following:
            hosts.append(following)
    return [host if host.startswith("unix:") else host.rsplit(":", 1)[0] for host in hosts]


def require_demo_surroundings(env: environ.Env) -> None:
    """Raises ImproperlyConfigured unless demo mode is shut in: loopback, two host names, no real database."""
    if env.str("DATABASE_URL", default=""):
        raise ImproperlyConfigured("DEMO=1 og DATABASE_URL hører ikke sammen: demoen har sin egen database.")
    if foreign := set(env.list("ALLOWED_HOSTS", default=[])) - LOOPBACK_NAMES:
        raise ImproperlyConfigured(f"DEMO=1 svarer bare på 127.0.0.1 og localhost, ikke {sorted(foreign)}.")
    if foreign := {host for host in bound_addresses(sys.argv) if not is_loopback(host)}:
        raise ImproperlyConfigured(f"DEMO=1 lytter bare på loopback, ikke {sorted(foreign)}.")


def demo_secret(path: Path) -> str:
    """A secret of this demo's own, kept beside its database, readable by its owner alone."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48), encoding="ascii")
    return path.read_text(encoding="ascii")


def loopback_only(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: refuses whoever reaches the demo from another machine, however it was started."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not is_loopback(request.META.get("REMOTE_ADDR") or "127.0.0.1"):
            return HttpResponseForbidden("Demoen svarer bare på denne maskinen.")
        return get_response(request)

    return middleware
