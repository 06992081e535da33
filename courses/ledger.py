"""The ledger of who has left, outside the databases: lines of a day and a mark, beside the key file.

A backup from before an erasure holds the person, and its own ledger does not hold the mark. This file lives
on when the databases are put back, and says who must be erased once more (``replay`` in
``courses/erasing.py``), and whose withdrawal from research must be heard once more (lines that end in
«withdrawn»; ``evaluation/answers/withdrawing.py``). It is only added to. A mark tells nothing without the
key «ledger», and two of one person do not look alike.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

LINE = re.compile(r"(\d{4}-\d\d-\d\d) ([0-9a-f]{64})( withdrawn)?")


class LedgerError(Exception):
    """The file cannot be written or read; the message is a sentence."""


def ledger_file() -> Path:
    path: Path = settings.ERASURE_LEDGER
    return path


def add_mark(mark: str, day: date, *, withdrawn: bool = False) -> None:
    """One line, on the disk when this returns. Raises LedgerError."""
    path = ledger_file()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        is_new = not path.exists()
        handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            # a line of its own, also after one that a power cut left half
            line = f"\n{day.isoformat()} {mark}{' withdrawn' if withdrawn else ''}\n"
            os.write(handle, line.encode("ascii"))
            os.fsync(handle)
        finally:
            os.close(handle)
        if is_new:
            _sync_folder(path.parent)
    except OSError as error:
        raise LedgerError(
            f"Slettelista {path} kan ikke skrives ({error.strerror}). Ingen er slettet: rett det først."
        ) from error


def ensure_file() -> None:
    """An empty ledger where there is none, so that a missing one always means that it was not brought along.

    Raises OSError.
    """
    path = ledger_file()
    if not path.exists():  # whoever backs up need not be able to write what is there
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def marks() -> dict[str, str]:
    """Of the erased: mark → the day it was written, as text; its first line counts. Raises LedgerError."""
    found: dict[str, str] = {}
    for day, mark, withdrawn in _lines():
        if not withdrawn:
            found.setdefault(mark, day)
    return found


def withdrawals() -> dict[str, list[str]]:
    """Mark → the days of its withdrawals, as text, one for each consent. Raises LedgerError."""
    found: dict[str, list[str]] = {}
    for day, mark, withdrawn in _lines():
        if withdrawn:
            found.setdefault(mark, []).append(day)
    return found


def _lines() -> Iterator[tuple[str, str, bool]]:
    path = ledger_file()
    try:
        lines = path.read_text(encoding="ascii", errors="replace").splitlines() if path.exists() else []
    except OSError as error:
        raise LedgerError(f"Slettelista {path} kan ikke leses ({error.strerror}).") from error
    for line in lines:
        if match := LINE.fullmatch(line.strip()):
            yield match[1], match[2], bool(match[3])
