"""The one thing to do now on Min side, and the next evening it is seen from."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses.progress import Part, Reading

if TYPE_CHECKING:
    from courses.course import ModuleView
    from courses.progress import CourseProgress
    from courses.reading import Reader


def next_evening(views: list[ModuleView]) -> ModuleView | None:
    """The first module whose evening has not ended."""
    now = timezone.now()
    return next(
        (
            view
            for view in views
            if view.evening and view.evening.starts_at + timedelta(minutes=view.evening.minutes) > now
        ),
        None,
    )


def next_thing(reader: Reader, views: list[ModuleView], course: CourseProgress) -> dict[str, str] | None:
    """The one thing to do now: what was begun, what comes before the next evening, or what was missed."""
    if reader.has_left:
        return _after_leaving(reader, views)
    days, today = reader.edition.programme.opens_days_before, timezone.localdate()
    coming = next_evening(views)
    readable = [view for view in views if view.progress.is_open(days, today) and view.progress.minutes_left]
    begun = [view for view in readable if view.progress.reading is Reading.UNDER_WAY]
    if readable and not any(view.progress.parts_read for view in views):
        return _read_on(reader, readable[0], coming) | {"kicker": _("Velkommen. Begynn her")}
    chosen = coming if coming in readable else next(iter(begun or readable), None)
    if chosen is None:
        return _nothing_to_read(views, coming, course)
    return _read_on(reader, chosen, coming)


def _read_on(reader: Reader, view: ModuleView, coming: ModuleView | None) -> dict[str, str]:
    progress = view.progress
    part = progress.next_part()
    last = reader.enrolment.last_part_id if reader.enrolment else None
    resumed = next((row for row in view.words.parts if row.pk == last and row.key not in progress.read), None)
    if resumed is not None:
        part = Part(resumed.key, resumed.minutes)
    assert part is not None  # minutes are left, so a part is  # noqa: S101
    begun = bool(progress.parts_read) or resumed is not None
    minutes = ngettext("%(n)s minutt", "%(n)s minutter", progress.minutes_left) % {"n": progress.minutes_left}
    if view is coming and view.evening:
        day = formats.date_format(timezone.localtime(view.evening.starts_at), "l")
        text = _("%(minutes)s igjen før kvelden på %(day)s.") % {"minutes": minutes, "day": day}
    else:
        text = _("%(minutes)s igjen av «%(module)s».") % {"minutes": minutes, "module": view.words.title}
    programme = reader.edition.programme.slug
    return {
        "kicker": _("Det neste for deg"),
        "title": view.words.by_key[part.key].title,
        "text": text,
        "url": reverse("courses:part", args=[programme, view.words.module.slug, part.key]),
        "button": _("Les videre") if begun else _("Begynn å lese"),
    }


def _nothing_to_read(
    views: list[ModuleView], coming: ModuleView | None, course: CourseProgress
) -> dict[str, str] | None:
    if coming and coming.evening:
        day = formats.date_format(timezone.localtime(coming.evening.starts_at), "l j. F")
        return {
            "kicker": _("Du er klar"),
            "title": _("Vi sees på kurskvelden"),
            "text": _("Du har lest det som er åpent. Neste kveld er %(day)s.") % {"day": day},
            "url": reverse(
                "courses:module", args=[coming.words.module.programme.slug, coming.words.module.slug]
            ),
            "button": _("Se hva kvelden handler om"),
        }
    if course.is_done and views:
        last = views[-1].words
        return {
            "kicker": _("Takk for følget"),
            "title": _("Du er gjennom hele kurset"),
            "text": _("Alt du har lest og skrevet, står her så lenge du har tilgang."),
            "url": reverse("courses:module", args=[last.module.programme.slug, last.module.slug]),
            "button": _("Se tilbake på siste modul"),
        }
    return None


def _after_leaving(reader: Reader, views: list[ModuleView]) -> dict[str, str] | None:
    """The course is over for her: what she has is still here."""
    if not views:
        return None
    last = reader.enrolment.last_part_id if reader.enrolment else None
    words = next((view.words for view in views if any(part.pk == last for part in view.words.parts)), None)
    module = (words or views[0].words).module
    return {
        "kicker": _("Kurset er over for deg"),
        "title": _("Du er ikke lenger med i gruppa"),
        "text": _("Alt du har lest og skrevet, står her så lenge du har tilgang."),
        "url": reverse("courses:module", args=[module.programme.slug, module.slug]),
        "button": _("Se tilbake på modul %(number)s") % {"number": module.number},
    }
