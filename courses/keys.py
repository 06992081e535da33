"""The keys of private notes, of the erasure ledger and of paired answers, outside the databases.

They lie in a file (``courses/key_files.py``): ``{"notes": ["<base64 of 32 bytes>", "<an older one>"],
"ledger": "<base64>", "pairs": "<base64>"}``. A name may hold several keys, newest first: the newest locks,
all of them open. A new key waits as ``"notes next"`` until the file has been copied: it opens, but locks
nothing yet, so that nothing is lost with it. In demo mode what is missing is made; elsewhere a file that is
missing, or that others can read, stops the work that needs it. A file put right is read again at once.
"""

from __future__ import annotations

import base64
import secrets
from functools import lru_cache
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from courses.key_files import replace, stored, version

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path

    from courses.key_files import Stored

KEY_BYTES = 32
NAMES = ("notes", "ledger", "pairs")
NEXT = " next"  # after a name: its key that waits to be copied
# by name: whether something is locked with its key, which another would not open. Other apps put theirs in
IN_USE: dict[str, Callable[[], bool]] = {}


def _fresh() -> str:
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode("ascii")


def _as_list(found: str | list[str]) -> list[str]:
    return [found] if isinstance(found, str) else found


def make_key_file(path: Path, *, without: Collection[str] = ()) -> None:
    """A new file with fresh keys. Raises FileExistsError rather than writing over an old one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600, exist_ok=False)
    fresh: Stored = {"notes": [_fresh()], "ledger": _fresh(), "pairs": _fresh()}
    replace(path, {name: key for name, key in fresh.items() if name not in without})


def add_missing(path: Path, *, without: Collection[str] = ()) -> list[str]:
    """Names that an older file lacks get a key; the others are left as they are. Returns the names."""
    content = stored(path)
    missing = [name for name in NAMES if name not in content and name not in without]
    if missing:
        replace(path, content | {name: _fresh() for name in missing})
    return missing


def add_next_key(path: Path, name: str) -> bool:
    """A new key that waits to be copied. False when one waits already."""
    content = stored(path)
    if name + NEXT in content:
        return False
    replace(path, content | {name + NEXT: _fresh()})
    return True


def has_next_key(path: Path, name: str) -> bool:
    return name + NEXT in stored(path)


def take_next_key(path: Path, name: str) -> bool:
    """Puts the waiting key in front of the others, which still open what they locked. False without one."""
    content = stored(path)
    if name + NEXT not in content:
        return False
    waiting = _as_list(content.pop(name + NEXT))
    replace(path, content | {name: [*waiting, *_as_list(content[name])]})
    return True


def drop_older_keys(path: Path, name: str) -> int:
    """Leaves the newest key of a name alone. Returns how many went; what they locked is lost for good."""
    content = stored(path)
    newest, *older = _as_list(content[name])
    replace(path, content | {name: [newest]})
    return len(older)


def destroy_key(path: Path, name: str) -> None:
    """Takes all keys of a name out of the file, for good. Whoever reads the file in that very moment is told
    that it cannot be read, once."""
    content = stored(path)
    replace(path, {each: key for each, key in content.items() if each not in {name, name + NEXT}}, wipe=True)


@lru_cache(maxsize=8)
def _read(path: Path, name: str, at: tuple[int, ...]) -> tuple[bytes, ...]:
    """The keys of a name in one version of the file; one that waits is the last."""
    try:
        content = stored(path)
        texts = _as_list(content[name]) + _as_list(content.get(name + NEXT, []))
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
    remedy = "Legg den på plass, eller lag den med «manage.py keys make»."
    return _read(path, name, version(path, remedy=remedy))


@lru_cache(maxsize=1)
def _completed(path: Path, changed_at: int) -> None:
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
