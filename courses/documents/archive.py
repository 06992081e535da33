"""What a municipality's archive gets of a person who is erased: where she was, and her kursbevis."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import translation
from django.utils.translation import gettext as _

from courses.archiving import day_words
from courses.documents.paper import Column, Paper
from courses.documents.styles import SMALL

if TYPE_CHECKING:
    from courses.archiving import ArchiveFile


def archive_file(kept: ArchiveFile) -> bytes:
    """One adult's, on a page or two."""
    with translation.override(kept.language):
        title = _("Oppmøte og kursbevis")
        paper = Paper(title, kept.language, footer=title)
        paper.title(title, f"{kept.name}, {kept.municipality}" if kept.municipality else kept.name)
        columns = [
            Column(_("Hva"), 34),
            Column(_("Gruppe"), 36),
            Column(_("Utgave"), 30),
            Column(_("Dato"), 30),
            Column(_("Merket"), 40),
        ]
        rows = [
            (
                f"{row.what} {row.reference}".strip(),
                row.group,
                row.edition,
                day_words(row.day),
                row.said,
            )
            for row in kept.rows
        ]
        paper.table(columns, rows)
        paper.text(
            _("«Ikke merket» betyr at ingen har ført kvelden. Det er ikke det samme som borte."), SMALL
        )
        paper.text(_("Skrevet ut for kommunens arkiv da personen ble slettet fra «En god start»."), SMALL)
        return paper.file()
