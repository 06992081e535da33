"""What a study is measured against, and the board of who has been asked and how many have answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from courses.projecting import reach_of
from evaluation import boards, setting_up
from evaluation import study_words as words
from evaluation.criteria_forms import CriteriaForm
from evaluation.guards import LockedError
from evaluation.models import InstrumentVersion, Study
from evaluation.views.studies import WRONG, in_words, led_or_404

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


def criteria(request: HttpRequest, study: str) -> HttpResponse:
    """The primary outcome and the limits, until they are locked."""
    found = led_or_404(request, study)
    if found.criteria_locked_on:
        messages.error(request, _("Kriteriene er låst, og kan ikke endres."))
        return redirect("answers:study", found.key)
    versions = InstrumentVersion.objects.filter(pk__in=found.waves.values("instruments__version"))
    asked = list(versions.select_related("instrument"))
    ends = (words.scales_better(which, asked) for which in ("low", "neither"))
    ranges = words.ranges_of(asked)
    form = CriteriaForm(found, words.scales_of(asked), *ends, request.POST or None, ranges=ranges)
    if request.method == "POST" and form.is_valid():
        try:
            setting_up.set_criteria(found, form.cleaned_data["primary_outcome"], form.criteria())
        except LockedError:  # in another tab, while this form was open
            messages.error(request, _("Kriteriene er låst, og kan ikke endres."))
        else:
            messages.success(request, _("Kriteriene er lagret. Lås dem før det første svaret telles opp."))
        return redirect("answers:study", found.key)
    context = {"form": form, "study": found, "name": in_words(found)}
    return render(request, "evaluation/studies/criteria.html", context, status=WRONG if form.errors else 200)


def lock(request: HttpRequest, study: str) -> HttpResponse:
    """For good, with today's date and her name."""
    found = led_or_404(request, study)
    if not request.POST.get("sure"):
        messages.error(request, _("Se over hovedutfallet og grensene, og sett haken. Ingenting er låst."))
        return redirect("answers:study", found.key)
    try:
        setting_up.lock_criteria(found, request.user)
    except LockedError:
        messages.warning(request, _("Kriteriene er låst fra før."))
    except setting_up.TooLateError:
        messages.error(request, _("For sent: svar er talt opp, og da er kriteriene ikke satt på forhånd."))
    except setting_up.NotReadyError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Kriteriene er låst, med dato og navnet ditt."))
    return redirect("answers:study", found.key)


def board(request: HttpRequest, study: str) -> HttpResponse:
    """Asked and answered, in bands. A municipality's leader sees her own place alone.

    The same number of queries for many groups. Template: ``evaluation/studies/board.html``.
    """
    reach, language = reach_of(request.user), get_language() or "nb"
    context: dict[str, Any] = {}
    if reach.leads:
        found = led_or_404(request, study)
    else:
        rows = Study.objects.filter(region__municipalities__in=reach.watched).distinct()
        found = get_object_or_404(rows, key=study)
    if found.sunset_done_on:  # who was asked is deleted then: what is left would be told as nobody
        context["is_gone"] = True
    elif reach.leads:
        context["waves"] = boards.board(found, language)
    else:
        context["own"] = boards.of_place(found, reach.watched, language)
    return render(
        request,
        "evaluation/studies/board.html",
        context | {"study": found, "name": in_words(found), "leads": reach.leads},
    )


def boards_of(request: HttpRequest) -> HttpResponse:
    """A leader's way to the boards of her region. Template: ``evaluation/studies/boards.html``."""
    reach = reach_of(request.user)
    if reach.leads:
        return redirect("answers:studies")
    if not reach.watched:
        raise Http404
    rows = Study.objects.filter(region__municipalities__in=reach.watched).distinct()
    context = {"studies": [{"study": row, "name": in_words(row)} for row in rows]}
    return render(request, "evaluation/studies/boards.html", context)
