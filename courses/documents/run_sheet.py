"""The run sheet of an evening, for the hand: when, what, what to ask, what to cut, whom to call."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _

from courses.documents.paper import Column, Paper
from courses.documents.plan import core_table, cuts, listed, minutes_words, plan_table, say_language
from courses.documents.styles import CHECKLIST

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from courses.documents.material import ModuleMaterial


@dataclass(frozen=True)
class Occasion:
    """An evening as paper may show it: never where it is."""

    number: int  # of the module in the edition
    starts_at: datetime
    minutes: int
    edition: str  # «utgave 1.0», and its mark when it has one

    @property
    def when(self) -> str:
        """«torsdag 26. november 2026 kl. 18.00–20.15», in the active language and Oslo time."""
        begins = timezone.localtime(self.starts_at)
        ends = timezone.localtime(self.starts_at + timedelta(minutes=self.minutes))
        day = formats.date_format(begins, "l j. F Y")
        return _("%(day)s kl. %(begins)s–%(ends)s") % {
            "day": day,
            "begins": f"{begins:%H.%M}",
            "ends": f"{ends:%H.%M}",
        }


@dataclass(frozen=True)
class Number:
    """A help number: whom one reaches, when to call, and how."""

    label: str
    number: str
    who: str


def run_sheet(occasion: Occasion, module: ModuleMaterial, numbers: Sequence[Number], language: str) -> bytes:
    with translation.override(language):
        title = _("Kveld %(number)s: %(title)s") % {"number": occasion.number, "title": module.title}
        paper = Paper(title, language, footer=f"{_('Kveldsplan')} {occasion.number} · {occasion.edition}")
        paper.title(title, occasion.when)
        _body(paper, occasion, module)
        if numbers:
            paper.heading(_("Hvis noen trenger hjelp nå"))
            columns = [Column(_("Nummer"), 34), Column(_("Hvem"), 56), Column(_("Når en ringer hit"), 80)]
            paper.table(columns, [(row.number, row.label, row.who) for row in numbers])
        return paper.file()


def _body(paper: Paper, occasion: Occasion, module: ModuleMaterial) -> None:
    if not module.points:
        paper.text(_("Denne kvelden har ingen plan i utgaven gruppa følger."))
        return
    say_language(paper, module.plan_language)
    paper.heading(_("Det som må skje"))
    core_table(paper, module)
    paper.heading(_("Kutt dette først"))
    cuts(paper, module)
    if module.materials:
        paper.heading(_("Ta med"))
        listed(paper, module.materials, module.plan_language, CHECKLIST)
    total = minutes_words(module.minutes)
    paper.heading(_("Kveldsplan, %(minutes)s") % {"minutes": total}, new_page=True)
    plan_table(paper, module, occasion.starts_at)
