"""Courses with everything a document is made of, and what a Word file holds when it is opened again."""

from __future__ import annotations

from datetime import datetime, timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from docx import Document
from docx.oxml.ns import qn

from courses import models
from tests import factories as made
from tests.editions import make_edition

if TYPE_CHECKING:
    from courses.models import Adult, Edition, Group

BEGINS = datetime(2026, 11, 12, 18, tzinfo=ZoneInfo("Europe/Oslo"))

PLAN: dict[str, Any] = {
    "minutes": 60,
    "plan": [
        {"minutes": 15, "title": "Innsjekk", "do": "Si velkommen.", "ask": ["Hvordan kom du hit?"],
         "material": "Kaffe", "core": "", "cut_first": False, "if_hard": ""},
        {"minutes": 30, "title": "Øvelse", "do": "Tegn kartet.", "ask": [], "material": "", "core": "kartet",
         "cut_first": False, "if_hard": "Ta en pause."},
        {"minutes": 15, "title": "Runde", "do": "", "ask": [], "material": "", "core": "", "cut_first": True,
         "if_hard": ""},
    ],
    "materials": ["Store ark", "Tusj"],
    "core_elements": [{"key": "kartet", "text": "Alle har tegnet et kart."}],
}  # fmt: skip
EXERCISE = (
    '<section class="card exercise"><p class="kicker">Øvelse · 5 minutter</p>'
    '<h2>Kartet</h2><div class="flow">'
    '<p>Tegn <strong>huset</strong>.</p><ol><li>Rom</li><li>Dør</li></ol><p>Les <a href="https://example.no/">mer</a>.'
    "</p></div></section>"
)
TASK = {
    "kind": "home_task",
    "id": "t1",
    "title": "Et måltid",
    "html": "<p>Spis sammen.</p><ul><li>En gang</li></ul>",
}


def course_group(modules: int = 6, edition: Edition | None = None, **wanted: Any) -> Group:
    """A group with an evening of 135 minutes for each module, every fourteenth day."""
    edition = edition or make_edition(modules=modules, parts=1, **wanted)
    group: Group = made.GroupFactory(edition=edition)
    for number, module in enumerate(edition.programme.modules.order_by("number")):
        made.EveningFactory(group=group, module=module, starts_at=BEGINS + timedelta(days=14 * number))
    return group


def attended(adult: Adult, group: Group, marks: str) -> None:
    """One mark for each evening in order; «-»: none."""
    for evening, state in zip(group.evenings.order_by("starts_at"), marks.split(), strict=True):
        if state != "-":
            made.AttendanceFactory(adult=adult, evening=evening, state=state)


def with_facilitators_layer(edition: Edition, languages: tuple[str, ...] = ("nb",)) -> None:
    """A plan in every module, and an exercise and a home task in every first part."""
    models.EditionModule.objects.filter(edition=edition).update(evening=PLAN, goals=["Du kan tegne et kart."])
    models.PartText.objects.filter(part__edition=edition, language__in=languages).update(
        segments=[{"kind": "html", "html": EXERCISE}, TASK], tasks=[{"id": "t1", "title": "Et måltid"}]
    )


def opened(content: bytes) -> Any:
    return Document(BytesIO(content))


def words_in(content: bytes) -> str:
    """Every word of a file, in order: paragraphs, cells and links, and the foot of the page."""
    document = opened(content)
    parts = [document.element.body, document.sections[0].footer._element]
    return "\n".join(
        "".join(node.text or "" for node in paragraph.iter(qn("w:t")))
        for part in parts
        for paragraph in part.iter(qn("w:p"))
    )
