"""Min side: the one next thing first, then the evening, the modules, and what others see."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from cms.views.start import start
from courses import reading
from courses.course import course_of
from courses.models import Adult, Assignment, User
from courses.prepared import DAY, INTEGER, Prepared
from courses.progress import Part, Reading

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from courses.course import ModuleView
    from courses.progress import CourseProgress
    from courses.reading import Reader

READING_WORDS = {
    Reading.NOT_STARTED: gettext_lazy("ikke begynt"),
    Reading.UNDER_WAY: gettext_lazy("i gang"),
    Reading.DONE: gettext_lazy("lest"),
}


def min_side(request: HttpRequest) -> HttpResponse:
    """A family's own page, or for staff what exists for them. At most 14 queries, whatever the size.

    Template: ``cms/min_side.html`` for an adult with a course, else ``cms/start.html``.
    """
    try:
        reader = reading.reader_of(request.user)
    except Http404:
        return start(request)
    views, course = course_of(reader, get_language())
    group = reader.enrolment.group  # type: ignore[union-attr]  # an enrolment was just found
    context = {
        "adult": {"name": reader.adult.name},  # type: ignore[union-attr]
        "family_names": _other_adults(reader),
        "group": {"name": group.name},
        "next_thing": next_thing(reader, views, course),
        "evening": _evening_card(views),
        "modules": [_tile(reader, view) for view in views],
        "contact_persons": _contact_persons(reader),
        "seen_by_contact_person": _seen(request.user, reader, views),
        "offer_passkey": not request.user.passkey_declined and not _has_passkey(request.user),
        "completion_words": _completion_words(course),
    }
    return render(request, "cms/min_side.html", context)


def decline_passkey(request: HttpRequest) -> HttpResponse:
    """«Ikke nå»: the offer does not come back by itself."""
    User.objects.filter(pk=request.user.pk).update(passkey_declined=True)
    return redirect("cms:min_side")


passkeys_of = Prepared(
    lambda user: Authenticator.objects.filter(user=user, type="webauthn").values_list("pk")[:1], user=INTEGER
)
other_adults = Prepared(
    lambda family, adult: (
        Adult.objects.filter(family=family).exclude(pk=adult).order_by("seat").values_list("user__first_name")
    ),
    family=INTEGER,
    adult=INTEGER,
)
contact_persons = Prepared(
    lambda group, today: (
        Assignment.objects.current(today)
        .filter(group=group)
        .order_by("pk")
        .values_list("user__first_name", "user__mobile")
    ),
    group=INTEGER,
    today=DAY,
)


def _has_passkey(user: User) -> bool:
    return bool(passkeys_of(user=user.pk))


def _other_adults(reader: Reader) -> list[str]:
    """The first names of one's own family; nobody else's can be asked for."""
    adult = reader.adult
    if adult is None or adult.family_id is None:
        return []
    return [name for (name,) in other_adults(family=adult.family_id, adult=adult.pk)]


def _contact_persons(reader: Reader) -> list[dict[str, Any]]:
    rows = contact_persons(group=reader.enrolment.group_id, today=timezone.localdate())  # type: ignore[union-attr]
    return [{"name": name, "phone": _spaced(mobile), "example": settings.DEMO} for name, mobile in rows]


def _spaced(mobile: str | None) -> str:
    """«+4740000001» as people write it: «400 00 001»."""
    if not mobile:
        return ""
    local = mobile.removeprefix("+47")
    return f"{local[:3]} {local[3:5]} {local[5:]}" if len(local) == 8 else mobile


def _next_evening(views: list[ModuleView]) -> ModuleView | None:
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


def _evening_card(views: list[ModuleView]) -> dict[str, Any] | None:
    view = _next_evening(views)
    if view is None or view.evening is None:
        return None
    return {
        "number": view.progress.number,
        "title": view.words.title,
        "starts_at": view.evening.starts_at,
        "place": view.evening.place,
        "bring": view.evening.bring,
        "minutes_left": view.progress.minutes_left,
    }


def next_thing(reader: Reader, views: list[ModuleView], course: CourseProgress) -> dict[str, str] | None:
    """The one thing to do now: what was begun, what comes before the next evening, or what was missed."""
    days, today = reader.edition.programme.opens_days_before, timezone.localdate()
    coming = _next_evening(views)
    readable = [view for view in views if view.progress.is_open(days, today) and view.progress.minutes_left]
    begun = [view for view in readable if view.progress.reading is Reading.UNDER_WAY]
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
            "text": _("Alt du har lest og skrevet, står her så lenge du vil."),
            "url": reverse("courses:module", args=[last.module.programme.slug, last.module.slug]),
            "button": _("Se tilbake på siste modul"),
        }
    return None


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


def _tile(reader: Reader, view: ModuleView) -> dict[str, Any]:
    module = view.words.module
    return {
        "number": module.number,
        "title": view.words.title,
        "url": reverse("courses:module", args=[module.programme.slug, module.slug]),
        "hue": module.hue,
        "illustration": module.illustration,
        "state_words": state_words(view, reader.edition.programme.opens_days_before),
        "done": view.progress.is_done,
    }


def _seen(user: User, reader: Reader, views: list[ModuleView]) -> list[tuple[str, str]]:
    """Everything the contact person's pages can show about this adult, with today's values."""
    there = [view.words.title for view in views if view.progress.was_there]
    read = ", ".join(f"{view.progress.number}: {READING_WORDS[view.progress.reading]}" for view in views)
    family = reader.adult.family if reader.adult else None
    rows = [
        (_("Navn"), reader.adult.shown_name if reader.adult else ""),
        (_("E-post eller mobil"), user.email or _spaced(user.mobile)),
        (_("Gruppe"), str(reader.enrolment.group) if reader.enrolment else ""),
        (_("Kvelder du var med på"), ", ".join(there) or _("ingen ennå")),
        (_("Lesing, modul for modul"), read),
    ]
    if family and family.shielded:
        rows.append((_("Skjerming"), _("Du står ikke på noen liste som andre familier kan se.")))
    return rows


def _completion_words(course: CourseProgress) -> str:
    """The rule in a sentence, and how far it has come."""
    obligatory = [str(module.number) for module in course.modules if module.obligatory]
    numbers = {"needed": course.evenings_required, "all": len(course.modules)}
    if len(obligatory) in (0, len(course.modules)):
        rule = _("Kurset er fullført når du har vært med på %(needed)s av %(all)s kvelder.") % numbers
    else:
        rule = _(
            "Kurset er fullført når du har vært med på %(needed)s av %(all)s kvelder,"
            " kveld %(obligatory)s medregnet."
        ) % (numbers | {"obligatory": _(" og ").join(obligatory)})
    so_far = ngettext("Så langt: %(n)s kveld", "Så langt: %(n)s kvelder", course.evenings_there) % {
        "n": course.evenings_there
    }
    if course.made_up:
        so_far += ngettext(
            ", og %(n)s av dem tok du igjen", ", og %(n)s av dem tok du igjen", course.made_up
        ) % {"n": course.made_up}
    return f"{rule} {so_far}."
