"""«Før din første kveld»: one page that says in words what is in place and what is left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses.preparing import has_led, preparation_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from courses.preparing import FirstGroup, Preparation, Training

OWN_STEPS = ("plan", "phone", "papers")  # what she ticks herself
COOKIE, KEPT = "forberedt", 120 * 86400  # seconds

Step = dict[str, Any]


def before_first(request: HttpRequest) -> HttpResponse:
    """The list, also after the first evening. Eight queries. Template: ``courses/before_first.html``."""
    found, ticked = preparation_of(request.user), _ticked(request)
    steps = [_login(found), _training(found.training), *_group_steps(found.group), *_own(found.group, ticked)]
    context = {
        "steps": steps,
        "done": sum(step["done"] for step in steps),
        "evening": found.group.next_evening if found.group else None,
        "has_led": has_led(request.user),
    }
    return render(request, "courses/before_first.html", context)


def tick_before_first(request: HttpRequest, step: str) -> HttpResponse:
    """Ticks one of the three, or takes the tick away; it is kept on this device alone."""
    if step not in OWN_STEPS:
        raise Http404
    ticked = _ticked(request) ^ {step}
    response = redirect(reverse("evenings:before_first") + f"#{step}")
    response.set_cookie(
        COOKIE,
        ".".join(name for name in OWN_STEPS if name in ticked),
        max_age=KEPT,
        samesite="Lax",
        secure=not (settings.DEMO or settings.DEBUG),
        httponly=True,
    )
    return response


def _ticked(request: HttpRequest) -> set[str]:
    return set(request.COOKIES.get(COOKIE, "").split(".")) & set(OWN_STEPS)


def _step(key: str, title: str, text: str, done: bool, *links: tuple[str, str]) -> Step:
    return {"key": key, "title": title, "text": text, "done": done, "links": links, "own": key in OWN_STEPS}


def _login(found: Preparation) -> Step:
    if found.has_own_factor:
        text = _("Du har en passnøkkel eller en kode-app, så ingen andre kommer inn med postkassa di.")
    else:
        text = _("Lag en passnøkkel. Da kommer du inn med fingeren eller ansiktet, også når det haster.")
    link = (reverse("mfa_index"), _("Innlogging"))
    return _step("login", _("Trygg innlogging"), text, found.has_own_factor, link)


def _training(training: Training) -> Step:
    title = _("Ditt eget kurs")
    if training.there is None:
        text = _("Du står ikke i noen kursgruppe ennå. Spør prosjektlederen når neste kull begynner.")
        return _step("training", title, text, False)
    text = ngettext(
        "Du har vært med på %(there)s av %(n)s kveld.",
        "Du har vært med på %(there)s av %(n)s kvelder.",
        training.evenings,
    ) % {"there": training.there, "n": training.evenings}
    link = (reverse("courses:programme", args=[training.programme]), _("Kurset og øvingsoppgavene"))
    return _step("training", title, text, training.is_done, link)


def _group_steps(group: FirstGroup | None) -> list[Step]:
    """The group, its dates, its families: each with the way to where it is done."""
    if group is None:
        text = _("Lag gruppa med kommuner, plasser og datoer. Det tar noen minutter.")
        link = (reverse("evenings:new_group"), _("Lag gruppa"))
        return [_step("group", _("Gruppa di"), text, False, link)]
    made = _step(
        "group",
        _("Gruppa di"),
        group.name,
        True,
        (reverse("evenings:group", args=[group.pk]), _("Se gruppa")),
    )
    dates = ngettext(
        "%(dated)s av %(n)s kveld har fått dato.", "%(dated)s av %(n)s kvelder har fått dato.", group.modules
    ) % {"dated": group.evenings, "n": group.modules}
    to_dates = (reverse("evenings:dates", args=[group.pk]), _("Datoene"))
    if group.invited:
        invited = ngettext(
            "%(n)s familie er invitert eller med.", "%(n)s familier er invitert eller med.", group.invited
        ) % {"n": group.invited}
    else:
        invited = _("Ingen er invitert ennå. En e-postadresse eller et mobilnummer er nok.")
    to_invite = (reverse("evenings:invite", args=[group.pk]), _("Inviter"))
    letter = (reverse("evenings:document_letter", args=[group.pk]), _("Brev til å skrive ut (Word)"))
    return [
        made,
        _step("dates", _("Datoene"), dates, group.has_all_dates, to_dates),
        _step("families", _("Familiene"), invited, group.invited > 0, to_invite, letter),
    ]


def _own(group: FirstGroup | None, ticked: set[str]) -> list[Step]:
    """What only she knows is done. Without an evening to come there is nothing to open yet."""
    evening = group.next_evening if group else None
    papers: list[tuple[str, str]] = []
    page: list[tuple[str, str]] = []
    sheet: list[tuple[str, str]] = []
    if group and evening:
        page = [(reverse("evenings:evening", args=[evening.pk]), _("Kveldssiden"))]
        sheet = [(reverse("evenings:document_run_sheet", args=[evening.pk]), _("Kveldsplanen (Word)"))]
        attendance = reverse("evenings:document_attendance", args=[evening.pk])
        papers = [
            (attendance, _("Oppmøteliste (Word)")),
            (f"{attendance}?navn=nei", _("Oppmøteliste uten navn (Word)")),
            (reverse("evenings:document_handouts", args=[evening.pk]), _("Ark til deltakerne (Word)")),
            (reverse("evenings:document_booklet", args=[group.pk]), _("Hefte for hele kurset (Word)")),
        ]
    words = {
        "plan": (
            _("Kveldsplanen er lest"),
            _("Les den en gang i ro. Merk deg hva som må skje, og hva du kutter først."),
            page + sheet,
        ),
        "phone": (
            _("«Ta med kvelden» er prøvd"),
            _(
                "Ta med kvelden på telefonen hjemme, slå av nettet og åpne den."
                " Da vet du at det virker i salen."
            ),
            page,
        ),
        "papers": (
            _("Utskriftene er klare"),
            _("Oppmøteliste, ark til deltakerne og kveldsplanen på papir, i tilfelle telefonen svikter."),
            papers,
        ),
    }
    return [_step(key, title, text, key in ticked, *links) for key, (title, text, links) in words.items()]
