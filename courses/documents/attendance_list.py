"""The attendance list for a pen: first names, or seat numbers alone. Never an address, never a telephone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import translation
from django.utils.translation import gettext as _

from courses.documents.paper import Column, Paper
from courses.documents.plan import BOX
from courses.documents.styles import SMALL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from courses.documents.run_sheet import Occasion

SPARE = 4  # empty rows: for whoever walks in, and for whoever paper does not name


def attendance_list(occasion: Occasion, names: Sequence[str] | None, seats: int, language: str) -> bytes:
    """``names`` None: so many numbered seats. A shielded family is not among the names on any paper."""
    with translation.override(language):
        title = _("Oppmøte, kveld %(number)s") % {"number": occasion.number}
        paper = Paper(title, language, footer=f"{title} · {occasion.edition}")
        paper.title(title, occasion.when)
        paper.text(
            _("Sett kryss. Er du usikker, så la feltet stå tomt: ikke merket er ikke det samme som borte.")
        )
        paper.text(_("De som leder kvelden, skal ikke stå på lista."))
        marks = [
            Column(_("Til stede"), 22),
            Column(_("En del av kvelden"), 28),
            Column(_("Meldte forfall"), 26),
        ]
        boxes = (BOX,) * len(marks)
        if names is None:
            columns = [Column(_("Plass"), 94), *marks]
            rows = [(str(number), *boxes) for number in range(1, seats + 1)]
        else:
            columns = [Column(_("Nr."), 14), Column(_("Fornavn"), 80), *marks]
            listed = [*names, *([""] * SPARE)]
            rows = [(str(number), name, *boxes) for number, name in enumerate(listed, start=1)]
        paper.table(columns, rows)
        paper.text(_("Talt i rommet: ______"))
        paper.text(_("Før kryssene inn på kveldssiden samme kveld, og makuler arket etterpå."), SMALL)
        return paper.file()
