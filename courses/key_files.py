"""A file with keys outside the databases: one JSON object of names, readable by its owner alone.

Written whole or not at all, and flushed before anything is locked with what is in it.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import stat
from typing import TYPE_CHECKING

from django.core.exceptions import ImproperlyConfigured

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Stored = dict[str, str | list[str]]


def stored(path: Path) -> Stored:
    """Raises OSError, and ValueError for what is not an object of names."""
    found = json.loads(path.read_text(encoding="ascii"))
    if not isinstance(found, dict):
        raise ValueError("not an object")
    return found


def replace(path: Path, content: Stored, *, wipe: bool = False) -> None:
    """The whole new file or the whole old one, whatever happens meanwhile.

    ``wipe``: the old one is then filled with zeros, so that a key taken out is not left on the disk; what
    the disk, a snapshot or a copy elsewhere still holds cannot be reached from here. Whoever reads at the
    same moment must be kept out with ``held``.
    """
    beside = path.with_name(f"{path.name}.new")
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(content, file)
        file.flush()
        os.fsync(file.fileno())
    with _wiped(path) if wipe else contextlib.nullcontext():
        beside.replace(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(
                folder
            )  # else a power cut may bring the old name back, without the key that locks by then
        finally:
            os.close(folder)


@contextlib.contextmanager
def _wiped(path: Path) -> Iterator[None]:
    try:
        old = os.open(path, os.O_WRONLY)
    except FileNotFoundError:
        yield
        return
    try:
        yield
        os.pwrite(old, b"\0" * os.fstat(old).st_size, 0)
        os.fsync(old)
    finally:
        os.close(old)


@contextlib.contextmanager
def held(path: Path) -> Iterator[None]:
    """One process at a time reads, changes and replaces the file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = os.open(path.with_name(f"{path.name}.lock"), os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def version(path: Path, *, remedy: str) -> tuple[int, ...]:
    """Which version of the file lies there: one look. ``remedy`` is said when it is missing.

    Raises ImproperlyConfigured when it is missing, or when others than its owner may read it.
    """
    try:
        now = path.stat()
    except OSError as error:
        raise ImproperlyConfigured(f"Nøkkelfilen {path} mangler. {remedy}") from error
    if now.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise ImproperlyConfigured(f"Nøkkelfilen {path} kan leses av andre. Sett rettighetene til 600.")
    return now.st_mtime_ns, now.st_ino, now.st_size
