"""The contact person's view of her group, and her small answers to what stands there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import formats, timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from courses import guiding
from courses.auditing import Action, record
from courses.calling import calls_of, next_evening, wish_words
from courses.catching_up import NotOnTheListError, agree_talk, confirm
from courses.coach_words import card_of, invitations_of, person_card
from courses.coaching import group_led_by, see
from courses.days import tonight
from courses.forms.coach import meeting_form
from courses.held import is_under_way, was_held
from courses.models import CallRequest, CatchUp, GuidanceMeeting

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from courses.calling import ToCall
    from courses.coaching import GroupSeen, Meeting
    from courses.forms.coach import MeetingForm
    from courses.models import Group


def group(request: HttpRequest, group_id: int) -> HttpResponse:
    """«Ring disse», the families, the next evening, dates and invitations. Twelve queries, whatever the size.

    Template: ``courses/coach/group.html``.
    """
    seen = see(group_led_by(request.user, group_id), get_language())
    now = timezone.now()
    coming, calls = next_evening(seen.evenings, now), calls_of(seen, now)
    context = {
        "group": _group_words(seen),
        "next_evening": card_of(coming) if coming else None,
        "before": _day_words(calls.coming),
        "to_call": [_to_call(seen, row) for row in calls.before],
        "call_later": [_to_call(seen, row) for row in calls.later],
        "guidance": [_to_call(seen, row) for row in calls.guidance],
        "households": [
            {
                "people": [person_card(seen, person) for person in household.people],
                "has_family": household.family is not None,
                "shielded": household.shielded,
                "next_at": household.next_at,
                "last_at": household.last_at,
            }
            for household in seen.households
        ],
        "evenings": [
            card_of(row) | {"held": was_held(row, now), "under_way": is_under_way(row, now)}
            for row in seen.evenings
        ],
        "invited": invitations_of(seen),
    }
    return render(request, "courses/coach/group.html", context)


def _group_words(seen: GroupSeen) -> dict[str, Any]:
    group = seen.group
    kept = sum(not row.waiting and row.expires_at > timezone.now() for row in seen.invited)
    adults = sum(1 for _person in seen.people)
    return {
        "pk": group.pk,
        "name": group.name,
        "phase": group.get_phase_display(),
        "adults": adults,
        "seats_left": max(group.seats - adults - kept, 0),
        "completion": group.edition.programme.evenings_required,
        "all": len(seen.modules),
    }


def _to_call(seen: GroupSeen, row: ToCall) -> dict[str, Any]:
    return {
        "names": row.names,
        "people": [person_card(seen, person) for person in row.people],
        "reasons": row.reasons,
        "calls": [
            {"pk": one.call.pk, "name": one.name} for one in row.people if one.call in row.calls and one.call
        ],
        "invitation": row.invitation,
        "shielded": row.shielded,
    }


def _day_words(coming: Meeting | None) -> str:
    """«torsdag», or «i kveld»; empty without an evening that is near."""
    if coming is None:
        return ""
    return tonight(coming.starts_at) or formats.date_format(timezone.localtime(coming.starts_at), "l")


def called(request: HttpRequest, group_id: int, call_id: int) -> HttpResponse:
    """«Ringt»."""
    group = group_led_by(request.user, group_id)
    rows = CallRequest.objects.visible_to(request.user).filter(adult__enrolments__group=group).distinct()
    if guiding.answer_call(get_object_or_404(rows, pk=call_id), request.user):
        messages.success(request, _("Notert: dere har snakket sammen."))
    return redirect("evenings:group", group.pk)


# --- catch-up, from the contact person's side
def catch_up(request: HttpRequest, group_id: int, catch_up_id: int) -> HttpResponse:
    """One adult's way to catch up: agree a time for the talk, or confirm that it was held.

    Template: ``courses/coach/catch_up.html``.
    """
    group = group_led_by(request.user, group_id)
    row = _catch_up(request, group, catch_up_id)
    if request.method != "POST":
        record(request.user, Action.OPENED, about=[row.adult.user_id])
        return _catch_up_page(request, group, row)
    if request.POST.get("what") != "agree":
        return _confirm(request, group, row)
    form = meeting_form(None, request.POST)
    if not form.is_valid():
        return _catch_up_page(request, group, row, form, status=422)
    agree_talk(row, form.at)
    record(request.user, Action.CHANGED, about=[row.adult.user_id])
    messages.success(request, _("Tiden er avtalt. Den står på siden til den det gjelder."))
    return redirect("evenings:group_catch_up", group.pk, row.pk)


def _catch_up(request: HttpRequest, group: Group, catch_up_id: int) -> CatchUp:
    rows = CatchUp.objects.visible_to(request.user).select_related(
        "adult__user", "adult__family", "evening__module", "neighbour"
    )
    return get_object_or_404(rows.filter(adult__enrolments__group=group).distinct(), pk=catch_up_id)


def _catch_up_page(
    request: HttpRequest, group: Group, row: CatchUp, form: MeetingForm | None = None, status: int = 200
) -> HttpResponse:
    call = CallRequest.objects.filter(adult=row.adult_id, answered_at=None).first()
    context = {
        "group": group,
        "catch_up": row,
        "name": row.adult.shown_name,
        "number": row.evening.module.number,
        "wish": wish_words(call) if call else "",
        "form": form or meeting_form(row.call_at or guiding.suggested_talk(call, timezone.now())),
    }
    return render(request, "courses/coach/catch_up.html", context, status=status)


def _confirm(request: HttpRequest, group: Group, row: CatchUp) -> HttpResponse:
    """«Vi har snakket sammen»."""
    try:
        confirmed = confirm(row, request.user)
    except NotOnTheListError:
        messages.error(request, _("Kvelden kan ikke merkes: den er ikke holdt i gruppa ennå."))
    else:
        said = _("Kvelden er tatt igjen for %(name)s.") if confirmed else _("Kvelden var alt bekreftet.")
        messages.success(request, said % {"name": row.adult.shown_name})
    return redirect("evenings:group", group.pk)


def cancel_guidance(request: HttpRequest, group_id: int, meeting_id: int) -> HttpResponse:
    """The contact person takes the next meeting off."""
    group = group_led_by(request.user, group_id)
    rows = GuidanceMeeting.objects.visible_to(request.user).select_related("family")
    meeting = get_object_or_404(
        rows.filter(family__adults__enrolments__group=group).distinct(), pk=meeting_id
    )
    if guiding.cancel(meeting):
        messages.success(request, _("Veiledningen er tatt av. Avtal gjerne en ny dag med en gang."))
    adult = meeting.family.adults.filter(enrolments__group=group).order_by("seat").first()
    return redirect("evenings:participant", group.pk, adult.pk if adult else 0)
