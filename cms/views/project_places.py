"""One municipality: how it stands, and its phases; and setting up a new one."""

from __future__ import annotations

from smtplib import SMTPException
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from cms import project_words as words
from cms.new_place import NewPlaceForm
from cms.project_forms import phase_forms, save_phases
from cms.views.project import group_rows
from courses import inviting, projecting
from courses.models import Invitation, Role
from courses.project_sums import PER_PAGE
from courses.projecting import reach_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from courses.models import Municipality


def place(request: HttpRequest, slug: str) -> HttpResponse:
    """A municipality's page. The same number of queries, whatever its size."""
    reach = reach_of(request.user)
    found, now = get_object_or_404(reach.places(), slug=slug), timezone.now()
    groups = Paginator(projecting.groups_of(reach, now, found.pk), PER_PAGE).get_page(request.GET.get("side"))
    learning = list(projecting.groups_of(reach, now, found.pk, training=True)[:PER_PAGE])
    exact = reach.leads_in(found.pk)
    cells = words.place_cells(projecting.standing_of_places([found.pk], now)[found.pk], exact=exact)
    phases = projecting.phases_of_places([found.pk])[found.pk]
    holidays = found.school_holidays.filter(last_day__gte=timezone.localdate()).order_by("first_day")
    has_groups = bool(groups.paginator.count)
    context = {
        "place": found,
        "leads": exact,
        "has_groups": has_groups,
        "steps": _next_steps(found, bool(holidays)) if exact and not has_groups else [],
        "numbers": list(zip(words.place_labels(), cells, strict=True)),
        "phases": words.phase_cells(words.phase_labels(), phases, timezone.localdate())
        if any(map(_is_set, phases))
        else [],
        "page": groups,
        "labels": words.group_labels(),
        "groups": group_rows(list(groups), reach, now),
        "training_labels": words.group_labels(training=True),
        "training": group_rows(learning, reach, now, training=True),
        "holidays": holidays,
    }
    return render(request, "cms/project_place.html", context)


def _is_set(phase: projecting.Phase) -> bool:
    return bool(phase.starts_on or phase.ends_on or phase.responsible)


def _next_steps(place: Municipality, has_holidays: bool) -> list[tuple[str, str, str]]:
    """(title, address, a sentence) of what is left before a municipality has its first group. Two queries."""
    contact, steps = Role.Kind.CONTACT_PERSON, []
    if not Role.objects.active().filter(kind=contact, municipality=place).exists():
        title, text = (
            _("Inviter en kontaktperson"),
            _("Den som skal lede kveldene. Invitasjonen går på e-post."),
        )
        if Invitation.objects.open().filter(kind=contact, municipality=place).exists():
            title, text = _("Kontaktpersonen er invitert"), _("Invitasjonen kan sendes på nytt her.")
        steps.append((title, reverse("cms:people"), text))
    if not has_holidays:
        text = _("Da foreslås ingen kurskveld i en ferie.")
        steps.append((_("Skriv inn skoleferier"), reverse("evenings:school_holidays"), text))
    text = _("Seks datoer i ett skjema. Kontaktpersonen kan også gjøre det.")
    return [*steps, (_("Lag den første gruppa"), reverse("evenings:new_group"), text)]


def phases(request: HttpRequest, slug: str) -> HttpResponse:
    """The five phases in one form; the project leader's alone."""
    reach = reach_of(request.user)
    found = get_object_or_404(reach.places(), slug=slug)
    if not reach.leads_in(found.pk):
        raise Http404
    rows = phase_forms(found, request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return render(request, "cms/project_phases.html", {"place": found, "forms": rows})
    if not all([form.is_valid() for form in rows]):
        return render(request, "cms/project_phases.html", {"place": found, "forms": rows}, status=422)
    with transaction.atomic():
        save_phases(found, rows)
    messages.success(request, _("Fasene er lagret."))
    return redirect(reverse("cms:place", args=[slug]) + "#faser")


def new_place(request: HttpRequest) -> HttpResponse:
    """A new municipality in one form; for whoever leads the project in the whole region."""
    if not reach_of(request.user).is_region:
        raise Http404
    form = NewPlaceForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        status = 422 if request.method == "POST" else 200
        return render(request, "cms/project_new_place.html", {"form": form}, status=status)
    made, invited = form.save(by=request.user)
    messages.success(request, _("%(place)s er med.") % {"place": made.name})
    if invited:
        _send(request, *invited)
    return redirect("cms:place", made.slug)


def _send(request: HttpRequest, invitation: Any, token: str) -> None:
    """Mails the contact person, and says so; one that did not go can be sent again from «Folk og roller»."""
    try:
        inviting.send_invitation(invitation, settings.SITE_URL + reverse("cms:invitation", args=[token]))
    except (SMTPException, OSError):
        messages.error(
            request,
            _("E-posten til kontaktpersonen kom ikke av gårde. Send den på nytt fra «Folk og roller»."),
        )
    else:
        messages.success(request, _("Invitasjonen er sendt til %(name)s.") % {"name": invitation.name})
