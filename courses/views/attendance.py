"""Taps on the attendance list: one by one from forms, many at once as JSON from a device."""

from __future__ import annotations

import json
import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from courses.attending import (
    MOST_HEADS,
    Mark,
    NotNowError,
    Outcome,
    adults_of,
    count_heads,
    join_walk_in,
    take_away,
    walk_in,
)
from courses.attending import mark as store_marks
from courses.catching_up import offer
from courses.forms.attendance import HeadCountForm, JoinForm, WalkInForm
from courses.models import Attendance
from courses.views.evenings import evening_page, led_evening

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from courses.models import Evening

MOST_MARKS = 500
MOST_WALK_INS = 50
# what a leader can say; «made-up» comes from catching up
CHOICES = ("present", "partly", "excused", "absent", "unknown")


def _to_list(evening: Evening, anchor: str) -> HttpResponse:
    return redirect(reverse("evenings:evening", args=[evening.pk]) + f"#{anchor}")


def mark(request: HttpRequest, evening_id: int) -> HttpResponse:
    """One tap without script: ``mark`` is «adult id:state». Back to the same name on the list."""
    evening = led_evening(request.user, evening_id)
    adult, _colon, state = request.POST.get("mark", "").partition(":")
    if not adult.isdecimal() or len(adult) > 18 or state not in CHOICES:
        raise Http404
    [outcome] = store_marks(evening, [Mark(int(adult), state)], request.user)
    if outcome.status == "refused":
        return evening_page(request, evening, refused=outcome.why)
    offer(evening)
    return _to_list(evening, f"voksen-{adult}")


def add_walk_in(request: HttpRequest, evening_id: int) -> HttpResponse:
    """Somebody who is not on the list, by first name."""
    evening = led_evening(request.user, evening_id)
    form = WalkInForm(request.POST)
    if form.is_valid():
        try:
            walk_in(
                evening,
                name=form.cleaned_data["name"],
                by=request.user,
                client_id=form.cleaned_data["client_id"],
            )
        except NotNowError as error:
            form.add_error("name", str(error))
    if form.errors:
        return evening_page(request, evening, walk_in_form=form)
    return _to_list(evening, "ekstra")


def settle_walk_in(request: HttpRequest, evening_id: int, walk_in_id: int) -> HttpResponse:
    """It was one of those on the list, or nobody after all («fjern»)."""
    evening = led_evening(request.user, evening_id)
    row = get_object_or_404(evening.walk_ins.filter(adult=None).exclude(name=""), pk=walk_in_id)
    if "remove" in request.POST:
        take_away(row)
        return _to_list(evening, "ekstra")
    form = JoinForm(request.POST)
    form.fields["adult"].queryset = adults_of(evening)
    if not form.is_valid():
        return evening_page(request, evening, refused=_("Velg hvem på lista det var."))
    outcome = join_walk_in(row, form.cleaned_data["adult"], request.user)
    if outcome.status == "refused":
        return evening_page(request, evening, refused=outcome.why)
    offer(evening)
    return _to_list(evening, f"voksen-{form.cleaned_data['adult'].pk}")


def heads(request: HttpRequest, evening_id: int) -> HttpResponse:
    """How many were counted in the room; an empty field takes the count away."""
    evening = led_evening(request.user, evening_id)
    form = HeadCountForm(request.POST)
    if not form.is_valid():
        return evening_page(request, evening, heads_form=form)
    count_heads(evening, form.cleaned_data["heads"])
    messages.success(request, _("Tellinga er lagret."))
    return _to_list(evening, "talt")


class NotReadableError(ValueError):
    """What was sent cannot be read at all. The message is a sentence."""


def marks(request: HttpRequest, evening_id: int) -> HttpResponse:
    """What a device has gathered, as JSON. Sent twice it changes nothing; each tap is told its own fate."""
    evening = led_evening(request.user, evening_id)
    try:
        sent = _read(request.body)
    except NotReadableError as error:
        return JsonResponse({"error": str(error)}, status=400)
    answer = {
        "marks": _store_marks(evening, sent["marks"], request),
        "walk_ins": [_store_walk_in(evening, row, request) for row in sent["walk_ins"]],
    }
    if sent["head_count"] is not None:
        count_heads(evening, sent["head_count"], sent["counted_at"])
    states = Attendance.objects.filter(evening=evening, adult__in=adults_of(evening))
    return JsonResponse(
        answer | {"head_count": evening.head_count, "states": dict(states.values_list("adult_id", "state"))}
    )


def _read(body: bytes) -> dict[str, Any]:
    """The three parts of what was sent, of the right kinds. Raises NotReadableError."""
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise NotReadableError(_("Vi kunne ikke lese det som ble sendt. Ingenting er lagret.")) from error
    if not isinstance(sent, dict):
        raise NotReadableError(_("Vi kunne ikke lese det som ble sendt. Ingenting er lagret."))
    taps, walk_ins, count = sent.get("marks", []), sent.get("walk_ins", []), sent.get("head_count")
    for rows in (taps, walk_ins):
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise NotReadableError(_("Vi kunne ikke lese det som ble sendt. Ingenting er lagret."))
    if len(taps) > MOST_MARKS or len(walk_ins) > MOST_WALK_INS:
        raise NotReadableError(_("Det ble sendt for mye på en gang. Ingenting er lagret."))
    if count is not None and (type(count) is not int or not 0 <= count <= MOST_HEADS):
        raise NotReadableError(
            _("Antallet i rommet må være et tall fra 0 til %(most)s. Ingenting er lagret.")
            % {"most": MOST_HEADS}
        )
    counted_at = _moment(sent.get("counted_at"))
    return {"marks": taps, "walk_ins": walk_ins, "head_count": count, "counted_at": counted_at}


def _store_marks(evening: Evening, rows: list[dict[str, Any]], request: HttpRequest) -> list[dict[str, Any]]:
    """One answer for each tap, in their order."""
    taps: dict[int, Mark] = {}
    for place, row in enumerate(rows):
        tap = _tap(row)
        if tap is not None:
            taps[place] = tap
    stored = store_marks(evening, list(taps.values()), request.user) if taps else []
    if any(outcome.status == "stored" for outcome in stored):
        offer(evening)
    outcomes = dict(zip(taps, stored, strict=True))
    return [
        _told(outcomes[place]) if place in outcomes else _unreadable(row) for place, row in enumerate(rows)
    ]


def _tap(row: dict[str, Any]) -> Mark | None:
    """One tap as it was sent; None when it cannot be read."""
    client_id, when, adult = _client_id(row), _moment(row.get("marked_at")), row.get("adult")
    if client_id is None or when is None or type(adult) is not int or not 0 < adult < 2**63:
        return None
    state = row.get("state")
    return Mark(adult, state, when, client_id) if state in CHOICES else None


def _client_id(row: dict[str, Any]) -> uuid.UUID | None:
    try:
        return uuid.UUID(str(row.get("client_id", "")))
    except ValueError:
        return None


def _moment(value: object) -> datetime | None:
    """An aware moment of this century, from ISO 8601; without a zone it is Oslo's."""
    try:
        when = parse_datetime(value) if isinstance(value, str) else None
        if when is not None and timezone.is_naive(when):
            when = timezone.make_aware(when)
    except (ValueError, OverflowError):
        return None
    return when if when is not None and 2000 < when.year < 9000 else None


def _told(outcome: Outcome) -> dict[str, Any]:
    told: dict[str, Any] = {"client_id": str(outcome.client_id), "status": outcome.status}
    return told | ({"why": outcome.why} if outcome.status == "refused" else {"id": outcome.id})


def _unreadable(row: dict[str, Any]) -> dict[str, Any]:
    client_id = _client_id(row)
    return {
        "client_id": str(client_id) if client_id else None,
        "status": "refused",
        "why": _("Vi kunne ikke lese dette merket."),
    }


def _store_walk_in(evening: Evening, row: dict[str, Any], request: HttpRequest) -> dict[str, Any]:
    client_id, when, name = _client_id(row), _moment(row.get("marked_at")), row.get("name")
    form = WalkInForm({"name": name if isinstance(name, str) else "", "client_id": client_id})
    if client_id is None or when is None or not form.is_valid():
        return _unreadable(row)
    try:
        stored = walk_in(
            evening,
            name=form.cleaned_data["name"],
            by=request.user,
            client_id=client_id,
            marked_at=when,
        )
    except NotNowError as error:
        return _told(Outcome(client_id, "refused", why=str(error)))
    return _told(Outcome(client_id, "stored", stored.pk))
