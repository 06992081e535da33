"""A person's own notes as plain text, for her own download and for nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from courses.models import Note
from courses.notes import kept_notes

if TYPE_CHECKING:
    from courses.models import Adult


def notes_in_plain(adult: Adult) -> list[dict[str, str]]:
    """Each note with where it stands; an empty text where it does not open now. One query for each part."""
    places = (
        Note.objects.filter(adult=adult)
        .order_by("module__number", "part_key")
        .values_list("module", "module__number", "part_key")
        .distinct()
    )
    return [
        {
            "where": _("Modul %(number)s, %(part)s") % {"number": number, "part": part_key},
            "question": block,
            "text": kept.text or "",
        }
        for module, number, part_key in places
        for block, kept in kept_notes(adult, module, part_key).items()
    ]
