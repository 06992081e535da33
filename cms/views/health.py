"""GET /helse/: one entry per real part. 503 when one is down; 200 and «degraded» when messages wait too long.

Each process asks the parts at most every ten seconds: the page is open to all, and asking writes.
"""

from __future__ import annotations

import secrets
import threading
import time
from datetime import timedelta
from typing import TYPE_CHECKING

from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import connections
from django.http import JsonResponse

from courses.outbox.rows import dead, oldest_wait

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest


def _database(alias: str) -> None:
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()


def _cache() -> None:
    mark = secrets.token_hex(8)
    cache.set("helse", mark, 30)
    if cache.get("helse") is None:
        raise OSError("cache does not keep what it is given")


def _storage() -> None:
    storage = storages["default"]
    name = storage.save("helse/mark.txt", ContentFile(b"ok"))
    try:
        with storage.open(name) as stored:
            if stored.read() != b"ok":
                raise OSError("storage gives back something else")
    finally:
        storage.delete(name)


LATE = timedelta(minutes=15)  # a message that was due so long ago: nobody works, or the mail server is gone


class LateError(Exception):
    """It works, and is behind."""


def _outbox() -> None:
    if oldest_wait() > LATE:
        raise LateError


PARTS: dict[str, Callable[[], None]] = {
    "people": lambda: _database("default"),
    "answers": lambda: _database("answers"),
    "cache": _cache,
    "storage": _storage,
    "outbox": _outbox,
}


def _state_of(probe: Callable[[], None]) -> str:
    try:
        probe()
    except LateError:
        return "degraded"
    except Exception:  # whatever is wrong with a part, the page must say so
        return "down"
    return "ok"


FRESH = 10  # seconds
_asking = threading.Lock()
_kept: tuple[float, dict[str, str], int | None] = (0.0, {}, None)


def forget() -> None:
    """Asks again at the next request."""
    global _kept
    _kept = (0.0, {}, None)


def _states() -> tuple[dict[str, str], int | None]:
    """Each part's state, and how many messages did not arrive; one thread asks while the others wait."""
    global _kept
    with _asking:
        asked_at, states, lost = _kept
        if not states or time.monotonic() - asked_at >= FRESH:
            states = {name: _state_of(probe) for name, probe in PARTS.items()}
            lost = dead() if states["people"] == "ok" and states["outbox"] != "down" else None
            _kept = (time.monotonic(), states, lost)
        return states, lost


def health(request: HttpRequest) -> JsonResponse:
    """Asks each part for real. Says nothing of why: that is in the log of the part itself."""
    parts, lost = _states()
    status = next((state for state in ("down", "degraded") if state in parts.values()), "ok")
    response = JsonResponse(
        {"status": status, **parts, "dead_messages": lost}, status=503 if status == "down" else 200
    )
    response["Cache-Control"] = "no-store"
    return response
