"""The one thing to do now on Min side, and the next evening it is seen from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses.days import tonight
from courses.held import has_ended
from courses.progress import Part, Reading

if TYPE_CHECKING:
    from courses.course import ModuleView
    from courses.editions import PartWords
    from courses.models import Evening
    from courses.progress import CourseProgress
    from courses.reading import Reader


def next_evening(views: list[ModuleView]) -> ModuleView | None:
    """The first module whose evening stands and has not ended."""
    standing = (view for view in views if view.evening and view.evening.cancelled_at is None)
    return next((view for view in standing if view.evening and not has_ended(view.evening)), None)


def next_thing(reader: Reader, views: list[ModuleView], course: CourseProgress) -> dict[str, str] | None:
    """The one thing to do now: what she was in the middle of, what the evening asks for, or what was missed.

    Where it is not the next evening's module that comes first, ``also_text`` and ``also_url`` lead there.
    """
    if reader.has_left:
        return _after_leaving(reader, views)
    days, today = reader.edition.programme.opens_days_before, timezone.localdate()
    coming = next_evening(views)
    readable = [view for view in views if view.progress.is_open(days, today) and view.progress.minutes_left]
    if not readable:
        if first := _opens_first(views, days):
            return _not_yet_open(first, days)
        return _nothing_to_read(views, coming, course)
    if not any(view.progress.parts_read for view in views):
        chosen = readable[0]
        return (
            _read_on(reader, chosen, coming)
            | _also(reader, chosen, coming, readable)
            | _welcome(reader, views)
        )
    chosen = _chosen(reader, coming, readable)
    return _read_on(reader, chosen, coming) | _also(reader, chosen, coming, readable)


def _opens_first(views: list[ModuleView], days: int) -> ModuleView | None:
    """For whoever is so early that nothing is open, and has neither read nor been anywhere."""
    if any(view.progress.parts_read or view.progress.was_there for view in views):
        return None
    today = timezone.localdate()
    waits = [view for view in views if view.evening and not view.progress.is_open(days, today)]
    return min(waits, key=lambda view: view.progress.opens_on(days) or today, default=None)


def _not_yet_open(view: ModuleView, days: int) -> dict[str, str]:
    module, opens = view.words.module, view.progress.opens_on(days)
    day = formats.date_format(opens, "j. F") if opens else ""
    return {
        "kicker": _("Velkommen"),
        "title": _("Modul %(number)s åpner %(day)s") % {"number": module.number, "day": day},
        "text": _("Du kan åpne den før, når det passer for deg."),
        "url": reverse("courses:module", args=[module.programme.slug, module.slug]),
        "button": _("Se modul %(number)s") % {"number": module.number},
    }


def _chosen(reader: Reader, coming: ModuleView | None, readable: list[ModuleView]) -> ModuleView:
    begun = [view for view in readable if view.progress.reading is Reading.UNDER_WAY]
    open_last = next((view for view in begun if _last_open(reader, view)), None)
    if open_last:
        return open_last
    return coming if coming in readable else (begun or readable)[0]


def _last_open(reader: Reader, view: ModuleView) -> PartWords | None:
    """The part of this module that she had before her last; None when that was in another module."""
    last = reader.enrolment.last_part_id if reader.enrolment else None
    return next((part for part in view.words.parts if part.pk == last), None)


def _welcome(reader: Reader, views: list[ModuleView]) -> dict[str, str]:
    """A family is welcomed until it has been at an evening; staff in training until theirs have begun."""
    been = any(view.progress.was_there for view in views)
    staff = reader.adult is not None and reader.adult.family is None
    begun = staff and any(view.evening and has_ended(view.evening) for view in views)
    return {"kicker": _("Begynn her") if been or begun else _("Velkommen. Begynn her")}


def _also(
    reader: Reader, chosen: ModuleView, coming: ModuleView | None, readable: list[ModuleView]
) -> dict[str, str]:
    """The way to what is left before the next evening, where something else comes first."""
    if coming is None or coming.evening is None or coming is chosen or coming not in readable:
        return {}
    if coming.evening.starts_at <= timezone.now():
        return {}  # nobody reads in order to be ready for what is under way
    today, said = tonight(coming.evening.starts_at), _("Før kvelden på %(day)s: %(minutes)s i «%(module)s»")
    if today:
        said = _("Før kurskvelden %(day)s: %(minutes)s i «%(module)s»")
    day = today or formats.date_format(timezone.localtime(coming.evening.starts_at), "l")
    return {
        "also_text": said % {"day": day, "minutes": _minutes(coming), "module": coming.words.title},
        "also_url": reverse("courses:module", args=[reader.edition.programme.slug, coming.words.module.slug]),
    }


def _before_evening(view: ModuleView, evening: Evening) -> str:
    """How much is left to read before it: what stands before the evening's own card on the day itself."""
    if today := tonight(evening.starts_at):
        return _("%(minutes)s igjen før kurskvelden %(day)s.") % {"minutes": _minutes(view), "day": today}
    day = formats.date_format(timezone.localtime(evening.starts_at), "l")
    return _("%(minutes)s igjen før kvelden på %(day)s.") % {"minutes": _minutes(view), "day": day}


def _minutes(view: ModuleView) -> str:
    left = view.progress.minutes_left
    return ngettext("%(n)s minutt", "%(n)s minutter", left) % {"n": left}


def _read_on(reader: Reader, view: ModuleView, coming: ModuleView | None) -> dict[str, str]:
    progress = view.progress
    part = progress.next_part()
    last = _last_open(reader, view)
    resumed = last if last and last.key not in progress.read else None
    if resumed is not None:
        part = Part(resumed.key, resumed.minutes)
    assert part is not None  # minutes are left, so a part is  # noqa: S101
    begun = bool(progress.parts_read) or resumed is not None
    if view is coming and view.evening and view.evening.starts_at > timezone.now():
        text = _before_evening(view, view.evening)
    else:
        text = _("%(minutes)s igjen av «%(module)s».") % {
            "minutes": _minutes(view),
            "module": view.words.title,
        }
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
        if tonight(coming.evening.starts_at):
            return None  # its own card says all of it
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
