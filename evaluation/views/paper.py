"""A form on paper for somebody who would rather answer by hand: the contact person picks her, and prints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from courses.views.documents import word_file
from evaluation import papers
from evaluation.instruments.frozen import questionnaires_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from evaluation.models import Occasion

LANGUAGES = ("nb", "nn")


def paper(request: HttpRequest, occasion_id: int) -> HttpResponse:
    """Those who take part, each with a button. Nothing here says who has answered.

    Four queries at any size. Template: ``evaluation/paper/people.html``.
    """
    occasion = _led(request, occasion_id)
    context = {
        "title": occasion.wave.name_in(get_language()),
        "group": occasion.group,
        "closes_at": occasion.closes_at,
        "occasion": occasion.pk,
        "people": papers.people_of(occasion),
    }
    return render(request, "evaluation/paper/people.html", context)


def paper_sheet(request: HttpRequest, occasion_id: int) -> HttpResponse:
    """A sheet with a code of its own, in her language. Each has one: a second print is a second sheet."""
    from evaluation.answers.sealing import FormClosedError
    from evaluation.documents.paper_form import paper_form

    occasion = _led(request, occasion_id)
    person = papers.person_of(occasion, request.POST.get("adult", ""))
    if person is None:
        raise Http404
    try:
        code = papers.code_for(person, occasion)
    except FormClosedError:
        messages.error(request, _("Skjemaet er lukket. Det kan ikke skrives ut flere ark."))
        return redirect("evenings:group", occasion.group_id)
    language = person.user.language if person.user else get_language()
    language = language if language in LANGUAGES else LANGUAGES[0]
    content = paper_form(
        occasion.wave.name_in(language),
        [each.definition for each in questionnaires_of(occasion.wave_id)],
        papers.spaced(code),
        _words(occasion, language),
        language,
    )
    return word_file(content, "skjema")


def _led(request: HttpRequest, occasion_id: int) -> Occasion:
    """Raises Http404 for what is not open, not for families, or of a group she does not lead."""
    found = papers.led_occasion(request.user, occasion_id)
    if found is None:
        raise Http404
    return found


def _words(occasion: Occasion, language: str) -> list[str]:
    """What stands first on the paper: the same promise as on the screen, and how it is handed in."""
    study: Any = occasion.wave.study
    with translation.override(language):
        last = date_format(localtime(occasion.closes_at), "j. F")
        sentences = [
            _(
                "Svarene lagres uten navn. Systemet kan koble før og etter til nøkkelen slettes %(day)s."
                " Ingen leder, kontaktperson eller kommune kan se hva du svarte."
            )
            % {"day": date_format(study.sunset_on, "j. F Y")},
            _("Skriv ikke navn på arket. Du kan hoppe over det du ikke vil svare på."),
            _(
                "Legg arket i konvolutten og lim den igjen. Noen utenfor kommunen din fører det inn, to"
                " ganger, og makulerer det. Det må være framme før %(day)s."
            )
            % {"day": last},
            _("Svarer du på nettet også, eller har du sagt nei der, er det det som gjelder."),
        ]
        if study.is_research:
            sentences.append(_("Svar til forskning telles bare fra den som har samtykket."))
        return sentences
