"""Min side: the one next thing first, then the evening, the modules, and what others see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.mfa.models import Authenticator
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from cms.next_thing import next_evening, next_thing
from cms.own_course import own_course
from cms.views.start import staff_links, start
from courses import reading
from courses.course import course_of, state_words
from courses.days import tonight
from courses.held import was_held
from courses.local import contact_persons, spaced
from courses.models import Adult, User
from courses.prepared import INTEGER, Prepared
from courses.progress import Reading
from evaluation.own_forms import OwnForms, own_forms

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
    own = own_course(reader, views)
    pausing = own is not None and own.paused_on is not None  # then nothing is asked of her, or promised
    context = {
        "adult": {"name": reader.adult.name},  # type: ignore[union-attr]
        "family_names": _other_adults(reader),
        "group": None if reader.has_left else {"name": group.name},
        "next_thing": None if pausing else next_thing(reader, views, course),
        "evening": None if pausing else _evening_card(views),
        "own": own,
        "forms": None if pausing else _forms(request.user, reader),
        "modules": [_tile(reader, view) for view in views],
        "contact_persons": contact_persons(reader),
        "seen_by_contact_person": _seen(request.user, reader, views) + own.seen() if own else [],
        "staff": staff_links(request.user),
        "offer_passkey": not (pausing or request.user.passkey_declined or _has_passkey(request.user)),
        "in_training": _in_training(reader),
        "completion_words": _completion_words(reader, views, course),
        "help_place": reader.place,
    }
    return render(request, "cms/min_side.html", context)


def _forms(user: User, reader: Reader) -> OwnForms:
    """Her questionnaires; of whoever has left only what she was asked before. At most two queries."""
    group = None if reader.has_left or reader.enrolment is None else reader.enrolment.group_id
    return own_forms(user, get_language() or "nb", group)


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


def _has_passkey(user: User) -> bool:
    return bool(passkeys_of(user=user.pk))


def _other_adults(reader: Reader) -> list[str]:
    """The first names of one's own family; nobody else's can be asked for."""
    adult = reader.adult
    if adult is None or adult.family_id is None:
        return []
    return [name for (name,) in other_adults(family=adult.family_id, adult=adult.pk)]


def _evening_card(views: list[ModuleView]) -> dict[str, Any] | None:
    view = next_evening(views)
    if view is None or view.evening is None:
        return None
    return {
        "number": view.progress.number,
        "title": view.words.title,
        "starts_at": view.evening.starts_at,
        "begun": view.evening.starts_at <= timezone.now(),
        "place": view.evening.place,
        "bring": view.evening.bring,
        "minutes_left": view.progress.minutes_left,
        "tonight": tonight(view.evening.starts_at),
        "url": _module_url(view),
        "button": _("Se hva kvelden handler om"),
    }


def _module_url(view: ModuleView) -> str:
    module = view.words.module
    return reverse("courses:module", args=[module.programme.slug, module.slug])


def _tile(reader: Reader, view: ModuleView) -> dict[str, Any]:
    module = view.words.module
    return {
        "number": module.number,
        "title": view.words.title,
        "url": _module_url(view),
        "hue": module.hue,
        "illustration": module.illustration,
        "state_words": state_words(view, reader.edition.programme.opens_days_before),
        "done": view.progress.is_done,
    }


def _in_training(reader: Reader) -> bool:
    """Whether it is staff who take the course: whoever leads it is then not «kontaktpersonen»."""
    return reader.adult is not None and reader.adult.family is None


def _evenings_seen(views: list[ModuleView]) -> str:
    """Where she was, and which evenings nobody has marked yet: not marked is not absent."""
    held = [view for view in views if view.evening and was_held(view.evening)]
    words = [view.words.title for view in views if view.progress.was_there]
    words += [
        _("kveld %(number)s er ikke ført ennå") % {"number": view.progress.number}
        for view in held
        if view.progress.attendance == "unknown"
    ]
    return ", ".join(words) or _("ingen ennå")


def _seen(user: User, reader: Reader, views: list[ModuleView]) -> list[tuple[str, str]]:
    """Everything the contact person's pages can show about this adult, with today's values."""
    read = ", ".join(f"{view.progress.number}: {READING_WORDS[view.progress.reading]}" for view in views)
    family = reader.adult.family if reader.adult else None
    shielded = family is not None and family.shielded
    reached = _("vises ikke for kontaktpersonen") if shielded else user.email or spaced(user.mobile)
    rows = [
        (_("Navn"), reader.adult.shown_name if reader.adult else ""),
        (_("E-post eller mobil"), reached),
        (_("Gruppe"), str(reader.enrolment.group) if reader.enrolment else ""),
        (_("Kvelder du var med på"), _evenings_seen(views)),
        (_("Lesing, modul for modul"), read),
    ]
    if shielded:
        rows.append((_("Skjerming"), _("Du står ikke på noen liste som andre familier kan se.")))
    return rows


def _completion_words(reader: Reader, views: list[ModuleView], course: CourseProgress) -> str:
    """The rule in a sentence, how far it has come, and what may be done about an evening held without her."""
    words = _rule_words(course)
    missed = [view for view in views if view.evening and was_held(view.evening)]
    if course.is_done or all(view.progress.was_there for view in missed):
        return words
    if _in_training(reader):
        return f"{words} {_('Kvelder du ikke var på, kan du ta igjen. Spør den som leder kurset.')}"
    return f"{words} {_('Kvelder du ikke var på, kan du ta igjen. Spør kontaktpersonen din.')}"


def _rule_words(course: CourseProgress) -> str:
    obligatory = [str(module.number) for module in course.modules if module.obligatory]
    numbers = {"needed": course.evenings_required, "all": len(course.modules)}
    if len(obligatory) in (0, len(course.modules)):
        rule = _("Kurset er fullført når du har vært med på %(needed)s av %(all)s kvelder.") % numbers
    else:
        rule = _(
            "Kurset er fullført når du har vært med på %(needed)s av %(all)s kvelder,"
            " kveld %(obligatory)s medregnet."
        ) % (numbers | {"obligatory": _(" og ").join(obligatory)})
    if not course.evenings_there:
        return rule
    so_far = ngettext("Så langt: %(n)s kveld", "Så langt: %(n)s kvelder", course.evenings_there) % {
        "n": course.evenings_there
    }
    if course.made_up:
        so_far += ngettext(
            ", og %(n)s av dem tok du igjen", ", og %(n)s av dem tok du igjen", course.made_up
        ) % {"n": course.made_up}
    return f"{rule} {so_far}."
