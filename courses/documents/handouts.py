"""What a module's families get in the hand: its exercises, and what to try at home."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import translation
from django.utils.translation import gettext as _

from courses.documents.paper import Paper
from courses.documents.plan import say_language
from courses.documents.styles import KICKER, SMALL

if TYPE_CHECKING:
    from courses.documents.material import ModuleMaterial

LINES = 12  # to write on, below each sheet


def handouts(module: ModuleMaterial, edition: str, language: str) -> bytes:
    """One page for each exercise and home task; they can be handed out one by one."""
    with translation.override(language):
        title = _("Ark til kveld %(number)s: %(title)s") % {"number": module.number, "title": module.title}
        paper = Paper(title, language, footer=f"{_('Kveld')} {module.number} · {edition}")
        paper.title(title)
        for place, (exercise, written) in enumerate(module.exercises):
            with paper.written_in(written):
                paper.heading(exercise.title, new_page=place > 0)
                paper.text(exercise.kicker, KICKER)
            say_language(paper, written)
            with paper.written_in(written):
                paper.prose(exercise.blocks, 2)
            paper.lines(LINES)
        for place, task in enumerate(module.tasks, start=len(module.exercises)):
            with paper.written_in(task.language):
                paper.heading(task.title, new_page=place > 0)
            paper.text(_("Prøv hjemme"), KICKER)
            say_language(paper, task.language)
            with paper.written_in(task.language):
                paper.prose(task.blocks, 2)
            paper.text(_("Slik gikk det. Arket er ditt, og ingen samler det inn. Skriv uten navn."), SMALL)
            paper.lines(LINES)
        if not module.exercises and not module.tasks:
            paper.text(_("Denne kvelden har ingen ark i utgaven gruppa følger."))
        return paper.file()
