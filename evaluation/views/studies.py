"""Studies, for the project leader: the list, one study with its waves, and what may be changed in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from evaluation import informing, opening, setting_up
from evaluation import study_words as words
from evaluation.forms import StudyForm, first_study
from evaluation.guards import was_invited
from evaluation.models import InvitedAlreadyError, Occasion, Study, Wave
from evaluation.obstacles import asked_of_evenings, key_obstacle, obstacles_of
from evaluation.wave_forms import WaveForm

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from evaluation.models import Information

PER_PAGE = 12  # studies, and occasions on a study's page
WRONG = 422


def led_or_404(request: HttpRequest, study: str) -> Study:
    """A study of the regions where she is project leader. Raises Http404."""
    rows = informing.led_by(request.user).select_related("programme", "region")
    found: Study = get_object_or_404(rows, key=study)
    return found


def in_words(study: Study) -> str:
    """Its name in the reader's language."""
    return (get_language() == "nn" and study.name_nn) or study.name_nb


def studies(request: HttpRequest) -> HttpResponse:
    """Every study, the newest first. Template: ``evaluation/studies/list.html``."""
    rows = informing.led_by(request.user).select_related("programme", "region")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("side"))
    context = {"page": page, "studies": [{"study": row, "name": in_words(row)} for row in page]}
    return render(request, "evaluation/studies/list.html", context)


def new_study(request: HttpRequest) -> HttpResponse:
    """A study, with the standard waves in the same tap unless she says otherwise."""
    user = request.user
    mine = {"contact_name": user.get_full_name() or user.first_name, "contact_email": user.email}
    form = StudyForm(request.POST or None, initial=first_study() | mine)
    form.fields["region"].queryset = informing.regions_led_by(user)
    made = _made(form) if form.is_bound else None
    if made is None:
        status = WRONG if form.errors else 200
        return render(request, "evaluation/studies/form.html", {"form": form, "study": None}, status=status)
    messages.success(request, _("Studien er laget. Se over målingene og brevet før den begynner."))
    if form.cleaned_data["set_up"] and (other := asked_of_evenings(made)):
        messages.warning(
            request,
            _("«%(study)s» spør de samme gruppene etter hver kveld. Den målingen er derfor ikke med her.")
            % {"study": in_words(other)},
        )
    return redirect("answers:study", made.key)


@transaction.atomic
def _made(form: StudyForm) -> Study | None:
    """None where something lacks. Its name is looked for and taken in one transaction."""
    if not form.is_valid():
        return None
    made = form.save()
    if form.cleaned_data["set_up"]:
        setting_up.standard_set_up(made)
    informing.keep_letter(made)
    return made


def edit_study(request: HttpRequest, study: str) -> HttpResponse:
    found = led_or_404(request, study)
    form = StudyForm(request.POST or None, instance=Study.objects.get(pk=found.pk))
    form.fields["region"].queryset = informing.regions_led_by(request.user)
    before = informing.letter_of(found)
    letter = _changed(form) if form.is_bound else None
    if letter is None:
        context = {"form": form, "study": found, "name": in_words(found)}
        status = WRONG if form.errors else 200
        return render(request, "evaluation/studies/form.html", context, status=status)
    messages.success(request, _("Studien er lagret."))
    if before and letter.number > before.number and found.is_research:
        messages.warning(
            request,
            _("Brevet er et nytt. De som har samtykket, blir spurt på nytt før de får flere skjemaer."),
        )
    return redirect("answers:study", found.key)


@transaction.atomic
def _changed(form: StudyForm) -> Information | None:
    """The letter that says so; None where something is wrong. As ``_made``."""
    return informing.keep_letter(form.save()) if form.is_valid() else None


def study(request: HttpRequest, study: str) -> HttpResponse:
    """One study: what it lacks, its waves, when they open, and what it is measured against.

    The same number of queries for many groups; each wave and each draft costs a few.
    Template: ``evaluation/studies/study.html``.
    """
    found = led_or_404(request, study)
    waves = list(found.waves.prefetch_related("instruments__version__instrument"))
    to_come = [Occasion.State.PLANNED, Occasion.State.OPEN]  # what has closed stands on the board
    rows = Occasion.objects.filter(wave__in=waves, state__in=to_come)
    rows = rows.exclude(state=Occasion.State.PLANNED, evening__cancelled_at__isnull=False)
    rows = rows.select_related("wave", "group", "evening__module")
    page = Paginator(rows.order_by("opens_at", "pk"), PER_PAGE).get_page(request.GET.get("side"))
    language = get_language() or "nb"
    labels = words.occasion_labels()
    is_over = found.ends_on < timezone.localdate()
    context = {
        "study": found,
        "name": in_words(found),
        "waves": [_wave_card(wave, language) for wave in waves],
        "obstacles": [] if is_over else _obstacles(found, waves),
        "page": page,
        "labels": labels,
        "occasions": _occasion_rows(found, list(page), labels, language),
        "criteria": found.criteria.all(),
        "outcome": _outcome(found, waves),
        "may_lock": not found.criteria_locked_on and not setting_up.is_counted(found),
        "letter": informing.letter_of(found),
        "is_invited": was_invited(found),
        "is_over": is_over,
        "is_to_come": found.starts_on > timezone.localdate(),
        "key_with": _key_over_its_day_with(found),
    }
    return render(request, "evaluation/studies/study.html", context)


def _occasion_rows(
    found: Study, occasions: list[Occasion], labels: list[str], language: str
) -> list[dict[str, Any]]:
    awaited = opening.awaited(found, occasions, timezone.now())
    return [
        {
            "name": words.occasion_name(row),
            "url": "",
            "cells": list(zip(labels, words.occasion_cells(row, language, awaited.get(row.pk)), strict=True)),
        }
        for row in occasions
    ]


def _key_over_its_day_with(found: Study) -> str:
    """Who has the pairing key that was to be destroyed by now: «people», «machine», or empty."""
    if found.sunset_done_on or found.sunset_on > timezone.localdate():
        return ""
    return "people" if settings.SEAL_KEYS_APART else "machine"


def _wave_card(wave: Wave, language: str) -> dict[str, Any]:
    return {
        "wave": wave,
        "name": wave.name_in(language),
        "asked": words.asked(wave),
        "when": words.when(wave),
        "kept": words.kept(wave),
        "versions": [row.version for row in wave.instruments.all()],
    }


def _obstacles(found: Study, waves: list[Wave]) -> list[tuple[str, list[str]]]:
    """(wave, sentences) for each wave that would not open. Keys are looked at where they are kept apart."""
    language = get_language() or "nb"
    lacks: dict[int, list[str]] = {wave.pk: obstacles_of(wave) for wave in waves}
    coming = Occasion.objects.filter(wave__in=waves, state=Occasion.State.PLANNED, public_key=None)
    for occasion in coming.order_by("opens_at")[:PER_PAGE]:
        sentence = key_obstacle(occasion, found)
        if sentence and sentence not in lacks[occasion.wave_id]:
            lacks[occasion.wave_id].append(sentence)
    return [(wave.name_in(language), lacks[wave.pk]) for wave in waves if lacks[wave.pk]]


def _outcome(found: Study, waves: list[Wave]) -> str:
    """What the primary outcome is called; its code where the questionnaire is asked no more."""
    versions = [row.version for wave in waves for row in wave.instruments.all()]
    return dict(words.scales_of(versions)).get(found.primary_outcome, found.primary_outcome)


def set_up(request: HttpRequest, study: str) -> HttpResponse:
    """The standard waves, those that are not there."""
    found = led_or_404(request, study)
    made = setting_up.standard_set_up(found)
    if made:
        messages.success(request, _("Målingene er laget. Endre det du vil."))
    else:
        messages.warning(request, _("Målingene i standardoppsettet er der fra før."))
    return redirect("answers:study", found.key)


def letter(request: HttpRequest, study: str) -> HttpResponse:
    """The information letter in force, in both languages. Template: ``evaluation/studies/letter.html``."""
    found = led_or_404(request, study)
    newest = informing.letter_of(found) or informing.keep_letter(found)
    bodies = ((_("Bokmål"), "nb", newest.body_nb), (_("Nynorsk"), "nn", newest.body_nn))
    context = {
        "study": found,
        "name": in_words(found),
        "letter": newest,
        "bodies": [(title, language, informing.pieces(body)) for title, language, body in bodies],
    }
    return render(request, "evaluation/studies/letter.html", context)


# --- waves
def new_wave(request: HttpRequest, study: str) -> HttpResponse:
    found = led_or_404(request, study)
    return _wave_form(request, found, Wave(study=found))


def edit_wave(request: HttpRequest, study: str, wave_id: int) -> HttpResponse:
    found = led_or_404(request, study)
    return _wave_form(request, found, get_object_or_404(found.waves, pk=wave_id))


def _wave_form(request: HttpRequest, found: Study, wave: Wave) -> HttpResponse:
    form = WaveForm(request.POST or None, instance=wave)
    if request.method == "POST" and form.is_valid():
        try:
            setting_up.save_wave(form.instance, form.in_order())
        except InvitedAlreadyError:  # invited while the form was open
            form.add_error(None, _("Noen er invitert i mellomtiden. Ingenting er endret."))
        else:
            messages.success(request, _("Målingen er lagret."))
            return redirect("answers:study", found.key)
    invited = bool(wave.pk) and Occasion.objects.opened().filter(wave=wave.pk).exists()
    context = {"form": form, "study": found, "name": in_words(found), "invited": invited, "pk": wave.pk}
    return render(request, "evaluation/studies/wave.html", context, status=WRONG if form.errors else 200)


def remove_wave(request: HttpRequest, study: str, wave_id: int) -> HttpResponse:
    """Takes away a wave that nobody has been invited to."""
    found = led_or_404(request, study)
    try:
        setting_up.remove_wave(get_object_or_404(found.waves, pk=wave_id))
    except InvitedAlreadyError:
        messages.error(request, _("Noen er invitert. Målingen kan ikke tas bort."))
    else:
        messages.success(request, _("Målingen er tatt bort."))
    return redirect("answers:study", found.key)
