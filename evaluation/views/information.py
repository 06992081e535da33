"""The information letter of a study: read, acknowledged, in research agreed to, and taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from evaluation import informing, opening

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from evaluation.models import Study


def _study(request: HttpRequest, study: str) -> Study:
    """By its id, or its short name. Raises Http404 for one that has nothing to do with her."""
    rows = informing.studies_for(request.user)
    found = rows.filter(pk=int(study)) if study.isdecimal() and len(study) < 18 else rows.filter(key=study)
    row = found.first()
    if row is None:
        raise Http404
    return row


def information(request: HttpRequest, study: str) -> HttpResponse:
    """The letter in force, with «Jeg har lest dette»; posted, what she says to it. About ten queries.

    Template: ``evaluation/information/letter.html``.
    """
    found = _study(request, study)
    asked = request.POST.get("next", "") or request.GET.get("next", "")
    back = informing.way_back(asked, reverse("cms:min_side"))
    if request.method == "POST":
        return _answered(request, found, back)
    return _page(request, found, back)


def _page(request: HttpRequest, study: Study, back: str, status: int = 200) -> HttpResponse:
    letter = informing.letter_of(study)
    if letter is None:
        raise Http404
    nynorsk = get_language() == "nn"
    said = informing.standing(request.user, letter)
    context = {
        "study": study,
        "name": (nynorsk and study.name_nn) or study.name_nb,
        "letter": letter,
        "pieces": informing.pieces(letter.body_nn if nynorsk else letter.body_nb),
        "has_read": "information" in said,
        "has_agreed": "research" in said,
        "agreed_before": study.is_research and informing.has_agreed(request.user, study),
        "next": back,
    }
    return render(request, "evaluation/information/letter.html", context, status=status)


def _answered(request: HttpRequest, study: Study, back: str) -> HttpResponse:
    letter, agrees = informing.letter_of(study), request.POST.get("agrees") == "yes"
    if letter is None:
        raise Http404
    try:
        informing.acknowledge(request.user, letter, mark=request.POST.get("mark", ""), agrees=agrees)
    except informing.ChangedLetterError:
        messages.warning(request, _("Brevet er endret siden du åpnet det. Her er det nye."))
        return _page(request, study, back, status=409)
    if not study.is_research:
        messages.success(request, _("Takk. Du finner igjen brevet fra hvert skjema."))
        return redirect(back)
    if not agrees:
        messages.success(
            request, _("Det er greit. Du får ingen skjemaer som kan kobles, og alt annet er som før.")
        )
        return redirect("cms:min_side")
    opening.ask_latecomers(timezone.now(), study=study)
    messages.success(request, _("Takk, du er med. Du kan ombestemme deg når du vil."))
    return redirect(back)


def withdraw(request: HttpRequest, study: str) -> HttpResponse:
    """One tap, no reason asked."""
    found = _study(request, study)
    if informing.withdraw(request.user, found):
        messages.success(request, _("Samtykket er trukket. Du får ikke flere av disse skjemaene."))
    else:
        messages.warning(request, _("Du har ikke noe samtykke å trekke."))
    return redirect("answers:information", study)
