"""The log: ninety seconds after the evening."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from courses.catching_up import offer
from courses.evening_logs import (
    EDITABLE,
    LogChangedError,
    adherence,
    can_be_changed,
    version_of,
    write,
)
from courses.forms.logs import LogForm, initial_of
from courses.models import EveningLog
from courses.views.evenings import led_evening, plan_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from courses.models import Evening


def log(request: HttpRequest, evening_id: int) -> HttpResponse:
    """Writes or shows the log. Template: ``courses/evenings/log.html``."""
    evening = led_evening(request.user, evening_id)
    stored = EveningLog.objects.filter(evening=evening).select_related("by").first()
    context = plan_of(evening)
    if why := _why_closed(evening, stored):
        return _shown(request, context, stored, why, 422 if request.method == "POST" else 200)
    plan = context["plan"]
    version = version_of(stored)
    if request.method != "POST":
        initial = initial_of(stored) | {"shown": version}
        return _asked(request, context, stored, LogForm(sheet=plan, initial=initial))
    form = LogForm(request.POST, sheet=plan)
    if not form.is_valid():
        return _asked(request, context, stored, form)
    try:
        _write(request, evening, form)
    except LogChangedError:
        return _told_of_another(request, context, evening, form)
    offer(evening)
    messages.success(request, _("Loggen er lagret. Takk skal du ha."))
    return redirect(reverse("evenings:evening", args=[evening.pk]))


def _write(request: HttpRequest, evening: Evening, form: LogForm) -> None:
    write(
        evening,
        ticks=form.ticks,
        minutes_off=form.minutes_off,
        changed=form.cleaned_data["changed"],
        why=form.cleaned_data["why"],
        wants_guidance=form.cleaned_data["wants_guidance"],
        by=request.user,
        shown=form.cleaned_data["shown"],
    )


def _told_of_another(
    request: HttpRequest, context: dict[str, Any], evening: Evening, form: LogForm
) -> HttpResponse:
    """409: what another leader wrote stands beside what was typed here; saving again is a knowing choice."""
    stored = EveningLog.objects.select_related("by").get(evening=evening)
    form.data = form.data.copy()
    form.data["shown"] = version_of(stored)
    context |= {"form": form, "stored": stored, "closes_at": stored.written_at + EDITABLE, "other": True}
    return render(request, "courses/evenings/log.html", context, status=409)


def _why_closed(evening: Evening, stored: EveningLog | None) -> str:
    """Why the log takes nothing now, in a sentence; empty when it does."""
    if stored is not None and not can_be_changed(stored):
        return _("Loggen er mer enn to uker gammel og står som den er.")
    if evening.cancelled_at is not None:
        return _("Kvelden er avlyst og har ingen logg.")
    if timezone.now() < evening.starts_at:
        return _("Loggen åpner når kvelden begynner.")
    return ""


def _asked(
    request: HttpRequest, context: dict[str, Any], stored: EveningLog | None, form: LogForm
) -> HttpResponse:
    context |= {"form": form, "stored": stored}
    if stored is not None:
        context["closes_at"] = stored.written_at + EDITABLE
    return render(request, "courses/evenings/log.html", context, status=422 if form.errors else 200)


def _shown(
    request: HttpRequest, context: dict[str, Any], stored: EveningLog | None, why: str, status: int
) -> HttpResponse:
    context |= {"closed": why, "stored": stored}
    if stored is not None:
        ticks = {tick.key: tick for tick in stored.ticks.all()}
        context["ticks"] = [
            {"text": core.text, "words": ticks[core.key].get_done_display()}
            for core in context["plan"].core_elements
            if core.key in ticks
        ]
        context["adherence"] = adherence(tick.done for tick in ticks.values())
    return render(request, "courses/evenings/log.html", context, status=status)
