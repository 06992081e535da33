"""Theme evenings, courses for staff and refreshers: who may see them, signing up, and who was there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from courses import gatherings as meeting
from courses.access import has_role
from courses.forms.gatherings import GatheringForm
from courses.models import Gathering, SignUp
from courses.scheduling import EveningError

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

WAS_THERE = {"yes": True, "no": False, "": None}


def gatherings(request: HttpRequest) -> HttpResponse:
    """Everything one may come to or arranges, the next first. Four queries at any size."""
    now = timezone.now()
    rows = Gathering.objects.visible_to(request.user).annotate(
        coming=Count("sign_ups", filter=Q(sign_ups__state=SignUp.State.SIGNED_UP), distinct=True)
    )
    own = dict(SignUp.objects.filter(user=request.user).values_list("gathering", "state"))
    shown = [
        {"gathering": row, "state": own.get(row.pk, ""), "is_open": meeting.is_open(row)}
        for row in rows.order_by("starts_at", "pk")
    ]
    context = {
        "coming": [row for row in shown if row["gathering"].starts_at >= now],
        "been": [row for row in reversed(shown) if row["gathering"].starts_at < now],
        "can_make": has_role(request.user, "contact-person", "project-leader"),
    }
    return render(request, "courses/gatherings/list.html", context)


def gathering(request: HttpRequest, gathering_id: int) -> HttpResponse:
    """One gathering: when, where, one's own seat; for those who arrange it, who comes. Nine queries."""
    row = get_object_or_404(Gathering.objects.visible_to(request.user), pk=gathering_id)
    own = row.sign_ups.filter(user=request.user).first()
    arranges = meeting.managed_by(request.user).filter(pk=row.pk).exists()
    context = {
        "gathering": row,
        "state": own.state if own else "",
        "is_open": meeting.is_open(row),
        "has_seat": meeting.has_seat(row),
        "arranges": arranges,
        "people": _people(request, row) if arranges else [],
        "coming": row.sign_ups.filter(state=SignUp.State.SIGNED_UP).count(),
        "has_begun": row.starts_at <= timezone.now(),
    }
    return render(request, "courses/gatherings/gathering.html", context)


def _people(request: HttpRequest, row: Gathering) -> list[dict[str, Any]]:
    """Those whose names the reader may see; a shielded family's adults by their alias."""
    rows = SignUp.objects.visible_to(request.user).filter(gathering=row)
    found = rows.exclude(state=SignUp.State.WITHDRAWN).select_related("user__adult__family")
    return [
        {
            "id": one.pk,
            "name": one.user.adult.shown_name if hasattr(one.user, "adult") else str(one.user),
            "waits": one.state == SignUp.State.WAITING,
            "was_there": {True: "yes", False: "no", None: ""}[one.was_there],
        }
        for one in found
    ]


def sign_up(request: HttpRequest, gathering_id: int) -> HttpResponse:
    row = get_object_or_404(Gathering.objects.visible_to(request.user), pk=gathering_id)
    try:
        made = meeting.sign_up(row, request.user)
    except EveningError as error:
        messages.error(request, str(error))
    else:
        if made.state == SignUp.State.WAITING:
            words = _("Det er fullt nå. Du står på ventelista og får plassen hvis noen melder seg av.")
            messages.info(request, words)
        else:
            messages.success(request, _("Du er påmeldt. Velkommen!"))
    return redirect("evenings:gathering", row.pk)


def sign_off(request: HttpRequest, gathering_id: int) -> HttpResponse:
    row = get_object_or_404(Gathering.objects.visible_to(request.user), pk=gathering_id)
    try:
        meeting.sign_off(row, request.user)
    except EveningError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Du er meldt av. Takk for at du sa fra."))
    return redirect("evenings:gathering", row.pk)


def new_gathering(request: HttpRequest) -> HttpResponse:
    form = GatheringForm(request.POST or None, by=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            made = meeting.make(municipalities=list(form.cleaned_data["municipalities"]), **form.values())
        except EveningError as error:
            form.add_error("day", str(error))
        else:
            messages.success(request, _("Samlingen er laget. De det gjelder, ser den på sine sider."))
            return redirect("evenings:gathering", made.pk)
    status = 422 if form.errors else 200
    return render(request, "courses/gatherings/form.html", {"form": form}, status=status)


def change_gathering(request: HttpRequest, gathering_id: int) -> HttpResponse:
    row = get_object_or_404(meeting.managed_by(request.user), pk=gathering_id)
    form = GatheringForm(request.POST or None, by=request.user, gathering=row)
    if request.method == "POST" and form.is_valid():
        try:
            changed = meeting.change(row, form.values())
        except EveningError as error:
            form.add_error("day", str(error))
        else:
            words = _("Endringene er lagret.") if changed else _("Ingenting ble endret.")
            messages.success(request, words)
            return redirect("evenings:gathering", row.pk)
    status = 422 if form.errors else 200
    context = {"form": form, "gathering": row, "can_cancel": meeting.is_open(row)}
    return render(request, "courses/gatherings/form.html", context, status=status)


def cancel_gathering(request: HttpRequest, gathering_id: int) -> HttpResponse:
    row = get_object_or_404(meeting.managed_by(request.user), pk=gathering_id)
    try:
        meeting.cancel(row)
    except EveningError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Samlingen er avlyst. De påmeldte får beskjed."))
    return redirect("evenings:gathering", row.pk)


def mark_gathering(request: HttpRequest, gathering_id: int) -> HttpResponse:
    """Who was there: one form for everybody on the list; what is not marked stays unknown."""
    row = get_object_or_404(meeting.managed_by(request.user), pk=gathering_id)
    visible = SignUp.objects.visible_to(request.user).filter(gathering=row)
    there = {
        pk: WAS_THERE.get(request.POST[f"there_{pk}"])
        for pk in visible.values_list("pk", flat=True)
        if f"there_{pk}" in request.POST
    }
    meeting.mark(row, there)
    messages.success(request, _("Oppmøtet er lagret."))
    return redirect("evenings:gathering", row.pk)
