"""A form on paper for somebody who would rather answer by hand: the contact person picks her, and prints."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from courses.auditing import Action, record_adults
from courses.coaching import group_led_by
from courses.views.documents import word_file
from evaluation import papers
from evaluation.instruments.frozen import questionnaires_of
from evaluation.models import IdentityMode

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from evaluation.models import Occasion

LANGUAGES = ("nb", "nn")
PRINTED = "printed_sheets"  # in the session: occasion → adults, or anybody
ANYBODY = ""


def group_papers(request: HttpRequest, group_id: int) -> HttpResponse:
    """What a group can be given on paper now. Template: ``evaluation/paper/group.html``."""
    group = group_led_by(request.user, group_id)
    context = {
        "group": group,
        "on_paper": papers.paper_occasions(request.user, group),
        "keys_them": papers.is_from_elsewhere(request.user, group),
    }
    return render(request, "evaluation/paper/group.html", context)


def paper(request: HttpRequest, occasion_id: int) -> HttpResponse:
    """Those who take part, each with a button; of an evening one button, for whoever wants a sheet. Nothing
    here says who has answered.

    Constant queries at any size. Template: ``evaluation/paper/people.html``.
    """
    occasion = _led(request, occasion_id)
    is_anonymous = occasion.identity == IdentityMode.ANONYMOUS
    printed = request.session.get(PRINTED, {}).get(str(occasion.pk), [])
    people = [] if is_anonymous else papers.people_of(occasion)
    context = {
        "title": papers.name_of(occasion, get_language() or "nb"),
        "group": occasion.group,
        "closes_at": occasion.closes_at,
        "occasion": occasion.pk,
        "is_anonymous": is_anonymous,
        "is_anew": bool(occasion.series_before) and not is_anonymous,
        "people": [person._asdict() | {"printed": str(person.adult) in printed} for person in people],
        "printed": ANYBODY in printed,
    }
    return render(request, "evaluation/paper/people.html", context)


def paper_sheet(request: HttpRequest, occasion_id: int) -> HttpResponse:
    """A sheet with a code of its own, in her language. Each has one: a second print is a second sheet."""
    occasion = _led(request, occasion_id)
    if occasion.identity == IdentityMode.ANONYMOUS:
        _remember(request, occasion, ANYBODY)
        return _sheet(occasion, papers.code_for_anybody(occasion), get_language() or "nb")
    person = papers.person_of(occasion, request.POST.get("adult", ""))
    if person is None:
        raise Http404
    if person.pk in papers.not_begun(occasion):
        said = _(
            "%(name)s har ikke begynt på kurset, og er ikke spurt ennå. Et ark nå ville ikke blitt talt med."
        )
        messages.error(request, said % {"name": person.shown_name})
        return redirect("answers:paper", occasion.pk)
    from evaluation.answers.sealing import FormClosedError

    try:
        code = papers.code_for(person, occasion)
    except FormClosedError:
        messages.error(request, _("Skjemaet er lukket. Det kan ikke skrives ut flere ark."))
        return redirect("evenings:group", occasion.group_id)
    _remember(request, occasion, str(person.pk))
    record_adults(request.user, Action.PRINTED, [person.pk])
    return _sheet(occasion, code, (person.user.language if person.user else get_language()) or "nb")


def _remember(request: HttpRequest, occasion: Occasion, adult: str) -> None:
    """Her own prints, for as long as she is logged in: of whom. Never when, nor with which code: the file in
    the list of downloads has a time, and the code in it."""
    printed = request.session.setdefault(PRINTED, {}).setdefault(str(occasion.pk), [])
    if adult not in printed:
        printed.append(adult)
    request.session.modified = True


def _sheet(occasion: Occasion, code: str, language: str) -> HttpResponse:
    """The file has a drawn name: of several sheets none takes another's place among the downloads, and
    none there tells its code."""
    from evaluation.documents.paper_form import paper_form

    language = language if language in LANGUAGES else LANGUAGES[0]
    asked = [each.definition for each in questionnaires_of(occasion.wave_id)]
    is_anonymous = occasion.identity == IdentityMode.ANONYMOUS
    with translation.override(language):
        title = papers.name_of(occasion, language)
        words = _evening_words(occasion) if is_anonymous else _words(occasion)
    name = f"skjema-{secrets.token_hex(4)}"
    return word_file(paper_form(title, asked, papers.spaced(code), words, language), name)


def _led(request: HttpRequest, occasion_id: int) -> Occasion:
    """Raises Http404 for what is not open, not for families, or of a group she does not lead."""
    found = papers.led_occasion(request.user, occasion_id)
    if found is None:
        raise Http404
    return found


def _words(occasion: Occasion) -> list[str]:
    """What stands first on the paper: what is promised, and how it is handed in."""
    study: Any = occasion.wave.study
    sentences = [
        _(
            "Svarene lagres uten navn. Systemet kobler svarene dine før og etter."
            " Nøkkelen som kan si hvilke som er dine, slettes %(day)s."
            " Den som fører inn arket, ser svarene, men ikke hvem du er."
        )
        % {"day": date_format(study.sunset_on, "j. F Y")},
        _("Skriv ikke navn på arket. Du kan hoppe over det du ikke vil svare på."),
        _handing_in(occasion),
        _("Svarer du på nettet også, teller svaret derfra. Har du sagt nei der, telles ikke arket."),
    ]
    if study.is_research:
        sentences.append(_("Svar til forskning telles bare fra den som har samtykket."))
    return sentences


def _evening_words(occasion: Occasion) -> list[str]:
    return [
        _(
            "Svarene er anonyme. De som leder kvelden, får se hvordan det gikk samlet, når minst åtte har"
            " svart, og ellers ikke. Det du skriver med egne ord, får de aldri se."
        ),
        _("Skriv ikke navn på arket. Du kan hoppe over det du ikke vil svare på."),
        _handing_in(occasion),
        _("Svar bare én gang, her eller på telefonen."),
    ]


def _handing_in(occasion: Occasion) -> str:
    closes = localtime(occasion.closes_at)
    return _(
        "Legg arket i konvolutten og lim den igjen. Noen utenfor kommunen din fører det inn, to ganger, og"
        " makulerer det. Det må være ført inn senest %(day)s kl. %(time)s."
    ) % {"day": date_format(closes, "j. F"), "time": date_format(closes, "H.i")}
