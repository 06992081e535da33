"""Demo mode (DEMO=1): production files and error pages on loopback, with invented people only.

It refuses to start where it could meet a real person: another address than loopback, another host
name, or a real database.
"""

from __future__ import annotations

import ipaddress
import os
import re
import secrets
import shlex
import sys
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING

from django.core.exceptions import ImproperlyConfigured
from django.http import HttpResponseForbidden

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

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


def _gunicorn_binds(words: Sequence[str], extra: str) -> list[str]:
    """What gunicorn was told to listen on, by its own parser; the command line wins."""
    from gunicorn.config import Config

    parser = Config().parser()
    told = [parser.parse_known_args(args)[0].bind for args in (list(words), shlex.split(extra))]
    # neither: its default is every address when PORT is set, and a file of settings may say anything
    return told[0] or told[1] or ["0.0.0.0:0"]


def _binds(argv: Sequence[str], extra: str) -> list[str]:
    """«host:port» of a server command; nothing of any other command."""
    if "gunicorn" in Path(argv[0]).parts[-2:]:
        return _gunicorn_binds(argv[1:], extra)
    if "runserver" in argv:
        return [word for word in argv[argv.index("runserver") + 1 :] if re.search(r":\d+$", word)]
    return []


def bound_addresses(argv: Sequence[str], extra: str = "") -> list[str]:
    """The hosts a server command was told to listen on. ``extra`` is GUNICORN_CMD_ARGS."""
    binds = _binds(argv, extra)
    return [host if host.startswith("unix:") else host.rsplit(":", 1)[0] for host in binds]


def demo_address(env: environ.Env, kept: Path) -> str:
    """Where the demo answers. Its server writes the port down, so that a command run beside it knows it too.

    Before anything is written down, or where a command says PORT itself: that, or 8000.
    """
    binds = _binds(sys.argv, env.str("GUNICORN_CMD_ARGS", default=""))
    listens_on = next((found[1] for bind in binds if (found := re.search(r":([1-9]\d*)$", bind))), "")
    if listens_on:
        kept.write_text(listens_on, encoding="ascii")
    written = kept.read_text(encoding="ascii") if kept.exists() else ""
    return f"http://127.0.0.1:{listens_on or env.str('PORT', default=written or '8000')}"


def require_demo_surroundings(env: environ.Env) -> None:
    """Raises ImproperlyConfigured unless demo mode is shut in: loopback, two host names, no real database."""
    for name in ("DATABASE_URL", "ANSWERS_DATABASE_URL"):
        if env.str(name, default=""):
            raise ImproperlyConfigured(f"DEMO=1 og {name} hører ikke sammen: demoen har sin egen database.")
    if foreign := set(env.list("ALLOWED_HOSTS", default=[])) - LOOPBACK_NAMES:
        raise ImproperlyConfigured(f"DEMO=1 svarer bare på 127.0.0.1 og localhost, ikke {sorted(foreign)}.")
    hosts = bound_addresses(sys.argv, env.str("GUNICORN_CMD_ARGS", default=""))
    if foreign := {host for host in hosts if not is_loopback(host)}:
        raise ImproperlyConfigured(
            f"DEMO=1 lytter bare på loopback, ikke {sorted(foreign)}: bruk --bind 127.0.0.1:8000."
        )


def demo_secret(path: Path) -> str:
    """A secret of this demo's own, kept beside its database, readable by its owner alone.

    Processes that start at once share it: it gets its name when it is whole, and the first one stays.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile("w", encoding="ascii", dir=path.parent) as own:
            own.write(secrets.token_urlsafe(48))
            own.flush()
            with suppress(FileExistsError):
                os.link(own.name, path)
    return path.read_text(encoding="ascii")


def loopback_only(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: refuses whoever reaches the demo from another machine, however it was started."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not is_loopback(request.META.get("REMOTE_ADDR") or "127.0.0.1"):
            return HttpResponseForbidden("Demoen svarer bare på denne maskinen.")
        return get_response(request)

    return middleware
