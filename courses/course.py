"""The whole course for one adult: every module of her edition, and how far she has come."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils import timezone

from courses.models import Attendance, EarlyOpening, EditionModule, PartText
from courses.progress import COUNTS_AS_THERE, CourseProgress, ModuleProgress, Part
from courses.reading import standing_events

if TYPE_CHECKING:
    from courses.models import Edition, Evening
    from courses.reading import Reader


@dataclass(frozen=True)
class ModuleView:
    """A module on Min side: its words and how far the adult has come."""

    text: EditionModule
    progress: ModuleProgress
    evening: Evening | None
    titles: dict[str, str]  # part key → title in the reader's language


@dataclass
class Contents:
    """A module in a reader's language: its words, and its parts by key in reading order."""

    text: EditionModule
    parts: dict[str, Part] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)


def course_of(reader: Reader, language: str) -> tuple[list[ModuleView], CourseProgress]:
    """Every module of the reader's edition with progress. Six queries at any size, two without an adult."""
    contents = _contents_of(reader.edition, language)
    evenings, marks = _evenings_of(reader)
    read, early = standing_events(reader.adult)["read"], _opened_early(reader)
    views = [
        ModuleView(
            found.text,
            ModuleProgress(
                number=found.text.module.number,
                obligatory=found.text.module.obligatory,
                parts=tuple(found.parts.values()),
                read=frozenset(key for key in found.parts if f"{module}/{key}" in read),
                evening_at=timezone.localtime(evenings[module].starts_at) if module in evenings else None,
                attendance=marks.get(module, "unknown"),
                opened_early=module in early,
            ),
            evenings.get(module),
            found.titles,
        )
        for module, found in contents.items()
    ]
    required = reader.edition.programme.evenings_required
    return views, CourseProgress([view.progress for view in views], required)


def _contents_of(edition: Edition, language: str) -> dict[int, Contents]:
    """The modules of an edition by id, in order; Bokmål where the language is missing. Two queries."""
    languages = {"nb", language}
    contents: dict[int, Contents] = {}
    for row in (
        EditionModule.objects.filter(edition=edition, language__in=languages)
        .select_related("module__programme")
        .defer("evening", "goals")
        .order_by("module__number", "language")  # «nn» after «nb», so that it stays
    ):
        contents[row.module_id] = Contents(row)
    for module, key, minutes, title in (
        PartText.objects.filter(part__edition=edition, language__in=languages)
        .order_by("part__position", "language")
        .values_list("part__module_id", "part__key", "part__minutes", "title")
    ):
        contents[module].parts[key] = Part(key, minutes)
        contents[module].titles[key] = title
    return contents


def _opened_early(reader: Reader) -> set[int]:
    if reader.adult is None:
        return set()
    return set(EarlyOpening.objects.filter(adult=reader.adult).values_list("module", flat=True))


def _evenings_of(reader: Reader) -> tuple[dict[int, Evening], dict[int, str]]:
    """Evenings of the reader's group by module, and the adult's marks by module. Two queries.

    Marks from a group she has left count; an evening she was at is not undone by another group's mark.
    """
    if reader.enrolment is None:
        return {}, {}
    evenings = {evening.module_id: evening for evening in reader.enrolment.group.evenings.all()}
    rows = Attendance.objects.filter(adult=reader.adult).order_by("evening__starts_at", "pk")
    marks: dict[int, str] = {}
    for module, state in rows.values_list("evening__module", "state"):
        if marks.get(module) not in COUNTS_AS_THERE and state != Attendance.State.UNKNOWN:
            marks[module] = state
    return evenings, marks
