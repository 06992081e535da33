"""What a municipality's archive is to have of a person before she is erased: attendance and kursbevis.

Files, one pair for each adult (.csv for the archive's system, .docx for whoever reads), with her name: they
are the municipality's, and go on to its archive. Nothing private is in them.
"""

from __future__ import annotations

import csv
import io
import os
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _

from courses.certifying import hours_words
from courses.models import Adult, Attendance, Certificate

if TYPE_CHECKING:
    from pathlib import Path

    from courses.models import Edition


class ArchiveError(Exception):
    """The files could not be written; the message is a sentence."""


@dataclass(frozen=True)
class ArchiveRow:
    """One line: an evening with its mark, or a kursbevis."""

    what: str
    group: str
    edition: str
    day: str  # ISO
    said: str
    reference: str = ""


@dataclass(frozen=True)
class ArchiveFile:
    name: str
    municipality: str
    language: str
    rows: tuple[ArchiveRow, ...]


def archive_of(adult: Adult) -> ArchiveFile:
    """Everything the archive is to have of an adult, in her municipality's language. Two queries."""
    place = adult.family.municipality if adult.family else None
    language = place.written_language if place else "nb"
    with translation.override(language):
        rows = [*_attendance(adult), *_certificates(adult)]
    return ArchiveFile(adult.user.first_name, place.name if place else "", language, tuple(rows))


def _attendance(adult: Adult) -> list[ArchiveRow]:
    rows = Attendance.objects.filter(adult=adult).select_related(
        "evening__module", "evening__group__edition__programme"
    )
    return [
        ArchiveRow(
            _("Kurskveld %(number)s") % {"number": row.evening.module.number},
            row.evening.group.name,
            _edition(row.evening.group.edition),
            timezone.localdate(row.evening.starts_at).isoformat(),
            str(row.get_state_display()),
        )
        for row in rows.order_by("evening__starts_at", "pk")
    ]


def _certificates(adult: Adult) -> list[ArchiveRow]:
    rows = Certificate.objects.filter(adult=adult).select_related("group__edition__programme")
    return [
        ArchiveRow(
            _("Kursbevis"),
            row.group.name,
            _edition(row.group.edition),
            row.issued_on.isoformat(),
            _("%(evenings)s kvelder, %(hours)s")
            % {"evenings": row.evenings_there, "hours": hours_words(row.minutes)},
            row.code,
        )
        for row in rows.order_by("issued_on", "pk")
    ]


def _edition(edition: Edition) -> str:
    return f"{edition.programme.name} {edition.version}"


def has_something(adult: Adult) -> bool:
    """Whether the archive is to have anything of her. At most two queries."""
    return Attendance.objects.filter(adult=adult).exists() or Certificate.objects.filter(adult=adult).exists()


def write_archive(adult: Adult, folder: Path) -> list[Path]:
    """The two files, on the disk when this returns, readable by their owner alone; none when it has nothing.

    Their names tell nobody: the family's code and the day. Raises ArchiveError; then what was begun is gone.
    """
    if not has_something(adult):
        return []
    from courses.documents.archive import archive_file

    kept = archive_of(adult)
    code = adult.family.code if adult.family else adult.user.username
    stem = f"{code}-{adult.pk}-{timezone.localdate():%Y-%m-%d}"
    contents = {f"{stem}.csv": as_csv(kept), f"{stem}.docx": archive_file(kept)}
    written: list[Path] = []
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for name, content in contents.items():
            written.append(_write(folder / name, content))
    except OSError as error:
        for path in written:
            path.unlink(missing_ok=True)
        raise ArchiveError(
            f"Filene til arkivet kan ikke skrives i {folder} ({error.strerror}). Ingen er slettet."
        ) from error
    return written


def _write(path: Path, content: bytes) -> Path:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return path


def as_csv(kept: ArchiveFile) -> bytes:
    """UTF-8 with a mark and semicolons, as Norwegian spreadsheets read it; no cell is a formula."""
    with translation.override(kept.language):
        out = io.StringIO()
        writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
        writer.writerow(
            [_("Navn"), _("Kommune"), _("Hva"), _("Gruppe"), _("Utgave"), _("Dato"), _("Merket"), _("Kode")]
        )
        for row in kept.rows:
            cells = [kept.name, kept.municipality, row.what, row.group, row.edition, row.day, row.said]
            writer.writerow([_harmless(cell) for cell in (*cells, row.reference)])
    return out.getvalue().encode("utf-8-sig")


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r", "\n") else cell


def day_words(day: str) -> str:
    """«2026-11-22» → «22. november 2026», in the active language."""
    return str(formats.date_format(date.fromisoformat(day), "j. F Y"))
