"""Keys that live outside the databases: one JSON file, readable by its owner alone.

``{"notes": ["<base64 of 32 bytes>", "<an older one>"], "ledger": "<base64>"}``. A name may hold several
keys, newest first: the newest locks, all of them open. A new key waits as ``"notes next"`` until the file
has been copied: it opens, but locks nothing yet, so that nothing is lost with it. In demo mode what is
missing is made; elsewhere a file that is missing, or that others can read, stops the work that needs it. A
file that is put right is read again at once.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
import stat
from functools import lru_cache
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

if TYPE_CHECKING:
    from pathlib import Path

KEY_BYTES = 32
NAMES = ("notes", "ledger")
NEXT = " next"  # after a name: its key that waits to be copied

Stored = dict[str, str | list[str]]


def _fresh() -> str:
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode("ascii")


def _as_list(found: str | list[str]) -> list[str]:
    return [found] if isinstance(found, str) else found


def _stored(path: Path) -> Stored:
    """Raises ValueError for what is not an object of names."""
    found = json.loads(path.read_text(encoding="ascii"))
    if not isinstance(found, dict):
        raise ValueError("not an object")
    return found


def _replace(path: Path, stored: Stored) -> None:
    """The whole new file or the whole old one, whatever happens meanwhile."""
    beside = path.with_name(f"{path.name}.new")
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(stored, file)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # else a power cut may bring the old name back, without the key that locks by then
    finally:
        os.close(folder)


def make_key_file(path: Path) -> None:
    """A new file with fresh keys. Raises FileExistsError rather than writing over an old one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600, exist_ok=False)
    _replace(path, {"notes": [_fresh()], "ledger": _fresh()})


def add_missing(path: Path) -> list[str]:
    """Names that an older file lacks get a key; the others are left as they are. Returns the names."""
    stored = _stored(path)
    missing = [name for name in NAMES if name not in stored]
    if missing:
        _replace(path, stored | {name: _fresh() for name in missing})
    return missing


def add_next_key(path: Path, name: str) -> bool:
    """A new key that waits to be copied. False when one waits already."""
    stored = _stored(path)
    if name + NEXT in stored:
        return False
    _replace(path, stored | {name + NEXT: _fresh()})
    return True


def has_next_key(path: Path, name: str) -> bool:
    return name + NEXT in _stored(path)


def take_next_key(path: Path, name: str) -> bool:
    """Puts the waiting key in front of the others, which still open what they locked. False without one."""
    stored = _stored(path)
    if name + NEXT not in stored:
        return False
    waiting = _as_list(stored.pop(name + NEXT))
    _replace(path, stored | {name: [*waiting, *_as_list(stored[name])]})
    return True


def drop_older_keys(path: Path, name: str) -> int:
    """Leaves the newest key of a name alone. Returns how many went; what they locked is lost for good."""
    stored = _stored(path)
    newest, *older = _as_list(stored[name])
    _replace(path, stored | {name: [newest]})
    return len(older)


@lru_cache(maxsize=8)
def _read(path: Path, name: str, version: tuple[int, ...]) -> tuple[bytes, ...]:
    """The keys of a name in one version of the file; one that waits is the last."""
    try:
        stored = _stored(path)
        texts = _as_list(stored[name]) + _as_list(stored.get(name + NEXT, []))
        found = tuple(base64.b64decode(text, validate=True) for text in texts)
    except (KeyError, TypeError, ValueError) as error:
        raise ImproperlyConfigured(
            f"Nøkkelfilen {path} mangler nøkkelen «{name}». «manage.py keys make» legger til det som mangler."
        ) from error
    if not found or any(len(key) != KEY_BYTES for key in found):
        raise ImproperlyConfigured(f"Nøkkelen «{name}» i {path} har feil lengde.")
    return found


def keys(name: str) -> tuple[bytes, ...]:
    """32 bytes each, the one that locks first; one look at the file's date a call.

    Raises ImproperlyConfigured when the file is missing, open to others, or lacks the key.
    """
    path: Path = settings.KEY_FILE
    if settings.DEMO:
        _complete_demo_file(path)
    try:
        now = path.stat()
    except OSError as error:
        raise ImproperlyConfigured(
            f"Nøkkelfilen {path} mangler. Legg den på plass, eller lag den med «manage.py keys make»."
        ) from error
    if now.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise ImproperlyConfigured(f"Nøkkelfilen {path} kan leses av andre. Sett rettighetene til 600.")
    return _read(path, name, (now.st_mtime_ns, now.st_ino, now.st_size))


@lru_cache(maxsize=1)
def _completed(path: Path, version: int) -> None:
    add_missing(path)


def _complete_demo_file(path: Path) -> None:
    if not path.exists():
        make_key_file(path)
    try:
        _completed(path, path.stat().st_mtime_ns)
    except ValueError:
        return  # not ours to mend: reading it says what is wrong


def key(name: str) -> bytes:
    """The key of a name that locks. Raises ImproperlyConfigured as ``keys`` does."""
    return keys(name)[0]
