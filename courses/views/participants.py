"""One adult of a group, from the contact person's side: agreements, and what changes when life happens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from courses import enrolling, guiding
from courses.auditing import Action, record_adults
from courses.coach_words import person_card
from courses.coaching import group_led_by, see
from courses.forms.coach import MoveForm, meeting_form
from courses.models import Enrolment, Group, GuidanceMeeting

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

    from courses.forms.coach import MeetingForm


def participant(request: HttpRequest, group_id: int, adult_id: int) -> HttpResponse:
    """Reading and evenings in words, guidance, catch-up and «ring meg», and the way to pause and leave.

    Template: ``courses/coach/participant.html``.
    """
    return _page(request, group_led_by(request.user, group_id), adult_id)


def _page(
    request: HttpRequest, group: Group, adult_id: int, form: MeetingForm | None = None, status: int = 200
) -> HttpResponse:
    seen = see(group, get_language())
    household = next(
        (row for row in seen.households if adult_id in {person.pk for person in row.people}), None
    )
    if household is None:
        raise Http404
    record_adults(request.user, Action.OPENED, [person.pk for person in household.people])
    coming = None
    if household.family and household.next_at:
        coming = GuidanceMeeting.objects.filter(
            family=household.family, at=household.next_at, cancelled_at=None
        ).first()
    suggestion = guiding.suggested(household.last_at, timezone.now())
    cards = [person_card(seen, person) for person in household.people]
    context = {
        "group": {"pk": group.pk, "name": group.name},
        "person": next(card for card in cards if card["pk"] == adult_id),
        "others": [card for card in cards if card["pk"] != adult_id],
        "has_family": household.family is not None,
        "next_meeting": coming,
        "last_at": household.last_at,
        "form": form or meeting_form(household.next_at or suggestion),
    }
    return render(request, "courses/coach/participant.html", context, status=status)


def agree_guidance(request: HttpRequest, group_id: int, adult_id: int) -> HttpResponse:
    """The next meeting: when, never what about."""
    enrolment = _enrolment(request, group_id, adult_id)
    if enrolment.adult.family is None:
        raise Http404
    form = meeting_form(None, request.POST)
    if not form.is_valid():
        return _page(request, enrolment.group, adult_id, form, status=422)
    guiding.agree(enrolment.adult.family, form.at, by=request.user)
    record_adults(request.user, Action.CHANGED, [adult_id])
    messages.success(request, _("Veiledningen er avtalt. Familien får en påminnelse."))
    return redirect("evenings:participant", group_id, adult_id)


def _enrolment(request: HttpRequest, group_id: int, adult_id: int) -> Enrolment:
    """The adult's part in a group that one leads. Http404 for everybody else's."""
    group = group_led_by(request.user, group_id)
    rows = Enrolment.objects.visible_to(request.user).current().filter(group=group, adult=adult_id)
    enrolment = rows.select_related("adult__user", "adult__family", "group__edition__programme").first()
    if enrolment is None:
        raise Http404
    return enrolment


# --- when life happens: a page that says what happens, and its button
def change(request: HttpRequest, group_id: int, adult_id: int, what: str) -> HttpResponse:
    """Pause, go on, leave, change group, part from the other adult: first what it means, then the button.

    No reason is asked. Template: ``courses/coach/change.html``.
    """
    if what not in CHANGES:
        raise Http404
    enrolment = _enrolment(request, group_id, adult_id)
    if what == "del" and not _others(enrolment):
        raise Http404
    form = MoveForm(request.POST or None, groups=_other_groups(enrolment)) if what == "bytt-gruppe" else None
    if request.method != "POST":
        return _change_page(request, enrolment, what, form)
    if form is not None and not form.is_valid():
        return _change_page(request, enrolment, what, form, status=422)
    try:
        said = CHANGES[what](enrolment, form)
    except enrolling.FullGroupError:
        assert form is not None  # noqa: S101 - only a change of group can find no seat
        form.add_error("group", _("Gruppa er full. Velg en annen."))
        return _change_page(request, enrolment, what, form, status=422)
    record_adults(request.user, Action.CHANGED, [adult_id])
    messages.success(request, said)
    return redirect("evenings:group", group_id)


def _change_page(
    request: HttpRequest, enrolment: Enrolment, what: str, form: MoveForm | None, status: int = 200
) -> HttpResponse:
    context = {
        "what": what,
        "group": enrolment.group,
        "adult": enrolment.adult.pk,
        "name": enrolment.adult.shown_name,
        "shielded": enrolment.adult.family is not None and enrolment.adult.family.shielded,
        "form": form,
        "has_groups": form is not None and form.fields["group"].queryset.exists(),
    }
    return render(request, "courses/coach/change.html", context, status=status)


def _others(enrolment: Enrolment) -> bool:
    family = enrolment.adult.family
    return family is not None and family.adults.exclude(pk=enrolment.adult.pk).exists()


def _other_groups(enrolment: Enrolment) -> QuerySet[Group]:
    """Groups of the same programme in the region with an evening to come."""
    region = Group.objects.filter(pk=enrolment.group_id).values("municipalities__region")
    coming = Q(evenings__starts_at__gt=timezone.now(), evenings__cancelled_at=None)
    rows = Group.objects.filter(
        coming,
        edition__programme=enrolment.group.edition.programme_id,
        municipalities__region__in=region,
    ).exclude(pk=enrolment.group_id)
    return rows.distinct().order_by("name", "pk")


def _pause(enrolment: Enrolment, form: Any) -> str:
    enrolling.pause(enrolment)
    return _("Pausen gjelder fra nå. Ingen beskjeder sendes.")


def _resume(enrolment: Enrolment, form: Any) -> str:
    enrolling.resume(enrolment)
    return _("Pausen er over. Beskjedene begynner igjen med neste kveld.")


def _leave(enrolment: Enrolment, form: Any) -> str:
    enrolling.leave(enrolment)
    return _("Deltakeren er ute av gruppa, og ingen beskjeder sendes.")


def _move(enrolment: Enrolment, form: MoveForm) -> str:
    enrolling.change_group(enrolment, form.cleaned_data["group"])
    return _("Gruppa er byttet. Alt som er lest, følger med.")


def _part(enrolment: Enrolment, form: Any) -> str:
    enrolling.part_family(enrolment.adult)
    return _("De to er nå hver sin familie. Begge beholder sitt eget.")


CHANGES: dict[str, Callable[[Enrolment, Any], str]] = {
    "pause": _pause,
    "fortsett": _resume,
    "slutt": _leave,
    "bytt-gruppe": _move,
    "del": _part,
}
