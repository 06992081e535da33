"""What the run sheet and the booklet share: the minute plan, core elements, materials, home tasks."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses.documents.paper import Column, Paper, Text
from courses.documents.prose import Run
from courses.documents.styles import SMALL

if TYPE_CHECKING:
    from collections.abc import Iterable

    from courses.documents.material import ModuleMaterial, Point

BOX = "☐"  # for a pen


def say_language(paper: Paper, language: str) -> None:
    """Where what follows is not in the paper's language, a line says so first."""
    if language != paper.language:
        words = _("Dette er ikke skrevet på nynorsk ennå. Her står det på bokmål.")
        paper.text(words, SMALL).paragraph_format.keep_with_next = True


def minutes_words(minutes: int) -> str:
    return ngettext("%(n)s minutt", "%(n)s minutter", minutes) % {"n": minutes}


def plan_table(paper: Paper, module: ModuleMaterial, begins: datetime | None = None) -> None:
    """The minute plan: with the clock when an evening's beginning is known, else minutes from the start."""
    columns = [
        Column(_("Klokka") if begins else _("Fra start"), 17),
        Column(_("Min"), 12),
        Column(_("Hva og hvordan"), 94),
        Column(_("Spørsmål og materiell"), 47),
    ]
    rows, gone, language = [], 0, module.plan_language
    for point in module.points:
        rows.append(
            (_when(begins, gone), str(point.minutes), _what(point, language), _beside(point, language))
        )
        gone += point.minutes
    paper.table(columns, rows)


def _when(begins: datetime | None, minutes: int) -> str:
    if begins is None:
        return str(minutes)
    return timezone.localtime(begins + timedelta(minutes=minutes)).strftime("%H.%M")


def _what(point: Point, language: str) -> tuple[Text, ...]:
    texts: list[Text] = [[Run(point.title, bold=True, language=language)]]
    if point.cut_first:
        texts.append([Run(_("Kutt dette først"), bold=True, italic=True)])
    if point.core:
        texts.append([Run(_("Kjerneelement: "), bold=True), Run(point.core, language=language)])
    if point.do:
        texts.append([Run(point.do, language=language)])
    if point.if_hard:
        label = Run(_("Hvis det tar av: "), italic=True)
        texts.append([label, Run(point.if_hard, italic=True, language=language)])
    return tuple(texts)


def _beside(point: Point, language: str) -> tuple[Text, ...]:
    texts: list[Text] = [[Run(question, language=language)] for question in point.ask]
    if point.material:
        texts.append([Run(_("Materiell: "), bold=True), Run(point.material, language=language)])
    return tuple(texts) or ("",)


def cuts(paper: Paper, module: ModuleMaterial) -> None:
    """What to leave out first when time is short."""
    first = [point for point in module.points if point.cut_first]
    for point in first:
        title = Run(point.title, language=module.plan_language)
        paper.text([title, Run(f" – {minutes_words(point.minutes)}")], "List Bullet")
    if not first:
        paper.text(_("Ingenting i planen er merket. Hold pausen, og kort ned der praten går tregest."))


def core_table(paper: Paper, module: ModuleMaterial) -> None:
    """With boxes for a pen: what the log asks for afterwards."""
    columns = [Column(_("Kjerneelement"), 104)]
    columns += [Column(title, 22) for title in (_("Gjort"), _("Delvis"), _("Ikke gjort"))]
    rows = [([Run(core, language=module.plan_language)], BOX, BOX, BOX) for core in module.core_elements]
    paper.table(columns, rows)


def listed(paper: Paper, texts: Iterable[str], language: str, style: str = "List Bullet") -> None:
    """A list of what an edition says."""
    with paper.written_in(language):
        paper.texts(texts, style)


def home_tasks(paper: Paper, module: ModuleMaterial, level: int) -> None:
    for task in module.tasks:
        say_language(paper, task.language)
        with paper.written_in(task.language):
            paper.heading(task.title, level)
            paper.prose(task.blocks, 3)
