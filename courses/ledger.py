"""The ledger of who has left, outside the databases: lines of a day and a mark, beside the key file.

A backup from before an erasure holds the person, and its own ledger does not hold the mark. This file lives
on when the databases are put back, and says who must be erased once more (``replay`` in
``courses/erasing.py``), and whose withdrawal from research must be heard once more (lines that end in
«withdrawn»; ``evaluation/answers/withdrawing.py``). Lines of a day and «unpaired» say when all answers were
parted (``evaluation/answers/unpaired.py``). It is only added to. A mark tells nothing without the key
«ledger», and two of one person do not look alike. With another key nobody would be found: so a line says
which key it is; `work` writes it in ledgers from before that was done.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings

from courses.keys import key

if TYPE_CHECKING:
    from pathlib import Path

LINE = re.compile(r"(\d{4}-\d\d-\d\d) ([0-9a-f]{64})( withdrawn)?")
UNPAIRED = re.compile(r"(\d{4}-\d\d-\d\d) unpaired")
WRITTEN_WITH = re.compile(r"key ([0-9a-f]{64})")


class LedgerError(Exception):
    """The file cannot be written or read; the message is a sentence."""


def ledger_file() -> Path:
    path: Path = settings.ERASURE_LEDGER
    return path


def add_mark(mark: str, day: date, *, withdrawn: bool = False) -> None:
    """One line, on the disk when this returns. Raises LedgerError, also where it is of another key."""
    _say_key()
    _add(f"{day.isoformat()} {mark}{' withdrawn' if withdrawn else ''}")


def add_unpaired(day: date) -> None:
    """The same of the day on which all answers were parted."""
    _add(f"{day.isoformat()} unpaired")


def note_key() -> None:
    """Says in a ledger with marks which key they were made with, where it was not said. Never by whoever
    puts a backup back: the key may be another there, and nobody would see it any more. Raises as above."""
    if has_marks():
        _say_key()


def _say_key() -> None:
    if not _require_key():
        _add(f"key {_key_mark()}")


def _add(line: str) -> None:
    path = ledger_file()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        is_new = not path.exists()
        handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            # a line of its own, also after one that a power cut left half
            os.write(handle, f"\n{line}\n".encode("ascii"))
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
    for day, mark, withdrawn in _marked():
        if not withdrawn:
            found.setdefault(mark, day)
    return found


def withdrawals() -> dict[str, list[str]]:
    """Mark → the days of its withdrawals, as text, one for each consent. Raises LedgerError."""
    found: dict[str, list[str]] = {}
    for day, mark, withdrawn in _marked():
        if withdrawn:
            found.setdefault(mark, []).append(day)
    return found


def unpaired_days() -> list[date]:
    """One for each time. Raises LedgerError."""
    return [date.fromisoformat(found[1]) for found in map(UNPAIRED.fullmatch, _lines()) if found]


def has_marks() -> bool:
    """Whether something is there that another key would not find. Raises LedgerError."""
    return any(map(LINE.fullmatch, _lines()))


def _marked() -> list[tuple[str, str, bool]]:
    _require_key()
    return [(found[1], found[2], bool(found[3])) for found in map(LINE.fullmatch, _lines()) if found]


def _require_key() -> bool:
    """Whether the ledger says which key it is written with. Raises LedgerError for another than ours, and
    ImproperlyConfigured without one."""
    written = {found[1] for found in map(WRITTEN_WITH.fullmatch, _lines()) if found}
    if written and written != {_key_mark()}:
        raise LedgerError(
            f"Slettelista {ledger_file()} er skrevet med en annen nøkkel «ledger» enn den i"
            f" {settings.KEY_FILE}, så ingen ville blitt funnet igjen. Legg den rette tilbake fra kopien av"
            " nøkkelfilen."
        )
    return bool(written)


def _key_mark() -> str:
    """Tells one key from another, and nothing of it."""
    return hmac.new(key("ledger"), b"which key this is", hashlib.sha256).hexdigest()


def _lines() -> list[str]:
    path = ledger_file()
    try:
        lines = path.read_text(encoding="ascii", errors="replace").splitlines() if path.exists() else []
    except OSError as error:
        raise LedgerError(f"Slettelista {path} kan ikke leses ({error.strerror}).") from error
    return [line.strip() for line in lines]
