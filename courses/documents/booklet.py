"""The facilitator's booklet: every module of an edition, for whoever leads its evenings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import translation
from django.utils.translation import gettext as _

from courses.documents.paper import Paper
from courses.documents.plan import cuts, home_tasks, listed, minutes_words, plan_table, say_language
from courses.documents.styles import CHECKLIST, INGRESS, SMALL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from courses.documents.material import ModuleMaterial


def booklet(programme: str, edition: str, modules: Sequence[ModuleMaterial], language: str) -> bytes:
    with translation.override(language):
        title = _("Hefte for den som leder: %(programme)s") % {"programme": programme}
        paper = Paper(title, language, footer=f"{programme} · {edition}")
        paper.title(title, edition)
        paper.text(_("Heftet følger utgaven gruppa leser. Det handler om planen, ikke om deltakerne."))
        paper.text(
            _("Skriv ikke navn i heftet. Det du vil huske om en familie, hører ikke hjemme her."), SMALL
        )
        paper.text(_("Innhold"), "TOC Heading")
        paper.contents()
        for module in modules:
            _chapter(paper, module)
        return paper.file()


def _chapter(paper: Paper, module: ModuleMaterial) -> None:
    numbered = _("Kveld %(number)s: %(title)s") % {"number": module.number, "title": module.title}
    paper.heading(numbered, new_page=True)
    say_language(paper, module.language)
    if module.ingress:
        with paper.written_in(module.language):
            paper.text(module.ingress, INGRESS)
    if module.goals:
        paper.heading(_("Mål"), 2)
        listed(paper, module.goals, module.language)
    if module.points:
        _evening(paper, module)
    if module.tasks:
        paper.heading(_("Prøv hjemme"), 2)
        home_tasks(paper, module, 3)


def _evening(paper: Paper, module: ModuleMaterial) -> None:
    paper.heading(_("Kjerneelementer"), 2)
    say_language(paper, module.plan_language)
    listed(paper, module.core_elements, module.plan_language)
    if module.materials:
        paper.heading(_("Materiell"), 2)
        listed(paper, module.materials, module.plan_language, CHECKLIST)
    paper.heading(_("Kutt dette først"), 2)
    cuts(paper, module)
    paper.heading(_("Kveldsplan, %(minutes)s") % {"minutes": minutes_words(module.minutes)}, 2)
    plan_table(paper, module)
