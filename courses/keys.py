"""Keys that live outside the databases: one JSON file, readable by its owner alone.

``{"notes": "<base64 of 32 bytes>"}``. In demo mode the file is made when it is missing; elsewhere a
missing file or one that others can read stops the work that needs it.
"""

from __future__ import annotations

import base64
import json
import secrets
import stat
from functools import cache
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

if TYPE_CHECKING:
    from pathlib import Path

KEY_BYTES = 32


def make_key_file(path: Path) -> None:
    """A new file with fresh keys. Raises FileExistsError rather than writing over an old one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600, exist_ok=False)
    fresh = {"notes": base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode("ascii")}
    path.write_text(json.dumps(fresh), encoding="ascii")


@cache
def key(name: str) -> bytes:
    """32 bytes. Raises ImproperlyConfigured when the file is missing, open to others, or lacks the key."""
    path: Path = settings.KEY_FILE
    if settings.DEMO and not path.exists():
        make_key_file(path)
    if not path.exists():
        raise ImproperlyConfigured(f"Nøkkelfilen {path} mangler. Lag den med «manage.py keys make».")
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise ImproperlyConfigured(f"Nøkkelfilen {path} kan leses av andre. Sett rettighetene til 600.")
    try:
        found = base64.b64decode(json.loads(path.read_text(encoding="ascii"))[name])
    except (KeyError, ValueError) as error:
        raise ImproperlyConfigured(f"Nøkkelfilen {path} mangler nøkkelen «{name}».") from error
    if len(found) != KEY_BYTES:
        raise ImproperlyConfigured(f"Nøkkelen «{name}» i {path} har feil lengde.")
    return found
