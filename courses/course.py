"""The whole course for one adult: every module of her edition, and how far she has come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from courses.editions import words_of
from courses.models import Attendance, EarlyOpening, Evening
from courses.prepared import INTEGER, Prepared
from courses.progress import COUNTS_AS_THERE, CourseProgress, ModuleProgress, Part, Reading
from courses.reading import standing_events

if TYPE_CHECKING:
    from courses.editions import ModuleWords
    from courses.reading import Reader


@dataclass(frozen=True)
class ModuleView:
    """A module on Min side: its words and how far the adult has come."""

    words: ModuleWords
    progress: ModuleProgress
    evening: Evening | None


def course_of(reader: Reader, language: str) -> tuple[list[ModuleView], CourseProgress]:
    """Every module of the reader's edition with progress. Four queries at any size, none without an adult."""
    evenings, marks = _evenings_of(reader)
    read, early = standing_events(reader.adult)["read"], _opened_early(reader)
    views = []
    for words in words_of(reader.edition, language).values():
        module = words.module.pk
        evening = evenings.get(module)
        progress = ModuleProgress(
            number=words.module.number,
            obligatory=words.module.obligatory,
            parts=tuple(Part(part.key, part.minutes) for part in words.parts),
            read=frozenset(part.key for part in words.parts if f"{module}/{part.key}" in read),
            evening_at=timezone.localtime(evening.starts_at) if evening else None,
            attendance=marks.get(module, "unknown"),
            opened_early=module in early,
        )
        views.append(ModuleView(words, progress, evening))
    required = reader.edition.programme.evenings_required
    return views, CourseProgress([view.progress for view in views], required)


def state_words(view: ModuleView, days_before: int) -> str:
    """A module's state for its adult, in words: what is, never what is lacking."""
    progress, today = view.progress, timezone.localdate()
    attended = {
        "present": _("du var der"),
        "partly": _("du var der en del av kvelden"),
        "made-up": _("kvelden tok du igjen"),
    }.get(progress.attendance, "")
    if progress.reading is Reading.DONE:
        return f"{_('Lest')}, {attended}" if attended else _("Lest")
    if progress.parts_read:
        words = _("%(read)s av %(total)s deler · ca. %(minutes)s min igjen") % {
            "read": progress.parts_read,
            "total": len(progress.parts),
            "minutes": progress.minutes_left,
        }
        return f"{words} · {attended}" if attended else words
    if attended:
        return attended[0].upper() + attended[1:]
    opens = progress.opens_on(days_before)
    if opens and opens > today:
        return _("Åpner %(day)s, eller når du vil") % {"day": formats.date_format(opens, "j. F")}
    return _("Åpen · ca. %(minutes)s min") % {"minutes": progress.minutes_left}


opened_early = Prepared(
    lambda adult: EarlyOpening.objects.filter(adult=adult).values_list("module_id"), adult=INTEGER
)
EVENING = ("module_id", "starts_at", "minutes", "place", "bring", "cancelled_at")
evenings_of = Prepared(
    lambda group: Evening.objects.filter(group=group).order_by().values_list(*EVENING), group=INTEGER
)
marks_of = Prepared(
    lambda adult: (
        Attendance.objects.filter(adult=adult)
        .order_by("evening__starts_at", "pk")
        .values_list("evening__module", "state")
    ),
    adult=INTEGER,
)


def _opened_early(reader: Reader) -> set[int]:
    if reader.adult is None:
        return set()
    return {module for (module,) in opened_early(adult=reader.adult.pk)}


def _evenings_of(reader: Reader) -> tuple[dict[int, Evening], dict[int, str]]:
    """Evenings of the reader's group by module, and the adult's marks by module. Two queries.

    Marks from a group she has left count, but its evenings are no longer hers to know; an evening she was
    at is not undone by another group's mark.
    """
    if reader.enrolment is None:
        return {}, {}
    rows = [] if reader.has_left else evenings_of(group=reader.enrolment.group_id)
    found = [Evening(**dict(zip(EVENING, row, strict=True))) for row in rows]
    marks: dict[int, str] = {}
    for module, state in marks_of(adult=reader.enrolment.adult_id):
        if marks.get(module) not in COUNTS_AS_THERE and state != Attendance.State.UNKNOWN:
            marks[module] = state
    return {evening.module_id: evening for evening in found}, marks
