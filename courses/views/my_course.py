"""«Kurset mitt»: everything an adult decides herself – calendar, messages, guidance, pause, leaving."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.internal.flows.logout import logout
from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from courses import enrolling, guiding, reading
from courses.calling import wish_words
from courses.course import course_of
from courses.forms.coach import CallForm, MeetingForm, meeting_form
from courses.local import contact_persons
from courses.models import Adult, CallRequest, CatchUp, Enrolment, GuidanceMeeting
from courses.returning import send_code_unseen, take_back_leave

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from courses.reading import Reader

LEFT = "left_course"  # session: the enrolment she has just ended herself, and may take back


def my_course(request: HttpRequest) -> HttpResponse:
    """One's own course on one page. Sixteen queries at most; whoever takes none goes to Min side.

    Template: ``courses/my_course.html``.
    """
    return _page(request)


def _page(
    request: HttpRequest,
    *,
    form: MeetingForm | None = None,
    call_form: CallForm | None = None,
    status: int = 200,
) -> HttpResponse:
    try:
        reader = reading.reader_of(request.user)
    except Http404:
        reader = None
    if reader is None or reader.enrolment is None:
        return redirect("cms:min_side")
    views, course = course_of(reader, get_language())
    numbers = {view.words.module.pk: (view.progress.number, view.words.title) for view in views}
    context: dict[str, Any] = {
        "group": reader.enrolment.group,
        "has_left": reader.has_left,
        "may_undo": request.session.get(LEFT) == reader.enrolment.pk,
        "paused_on": reader.enrolment.paused_on,
        "course_done": course.is_done,
        "evenings_there": course.evenings_there,
        "evenings_required": course.evenings_required,
        "made_up": course.made_up,
        "catch_ups": _catch_ups(request, numbers),
        "other": _other_adult(reader),
        "help_place": reader.place,
    }
    if not reader.has_left:
        context |= _agreements(reader, form, call_form) | {"contact_persons": contact_persons(reader)}
    return render(request, "courses/my_course.html", context, status=status)


def _catch_ups(request: HttpRequest, numbers: dict[int, tuple[int, str]]) -> list[dict[str, Any]]:
    """Her own open ones, for modules of her edition."""
    rows = CatchUp.objects.visible_to(request.user).filter(adult__user=request.user)
    return [
        {"pk": row.pk, "number": number, "title": title, "begun": row.state != CatchUp.State.OFFERED}
        for row in rows.exclude(state=CatchUp.State.DONE)
        .select_related("evening")
        .order_by("evening__starts_at")
        for number, title in [numbers.get(row.evening.module_id, (0, ""))]
        if number
    ]


def _agreements(reader: Reader, form: MeetingForm | None, call_form: CallForm | None) -> dict[str, Any]:
    """Guidance with its form, and «ring meg»."""
    adult = reader.adult
    assert adult is not None  # noqa: S101 - the page is an adult's
    call = CallRequest.objects.filter(adult=adult, answered_at=None).first()
    meetings = list(GuidanceMeeting.objects.filter(family=adult.family_id, cancelled_at=None))
    now = timezone.now()
    coming, last = guiding.next_and_last(meetings if adult.family_id else [], now)
    suggestion = guiding.suggested(last.at if last else None, now)
    return {
        "has_family": adult.family_id is not None,
        "next_meeting": coming,
        "last_at": last.at if last else None,
        "form": form or meeting_form(coming.at if coming else suggestion),
        "call": {"wish": wish_words(call)} if call else None,
        "call_form": call_form or CallForm(),
    }


def _other_adult(reader: Reader) -> dict[str, str] | None:
    """The other adult of one's own family, by first name."""
    other = _other(reader.adult)
    return {"name": other.name} if other else None


def _other(adult: Adult | None) -> Adult | None:
    if adult is None or adult.family_id is None:
        return None
    return Adult.objects.filter(family=adult.family_id).exclude(pk=adult.pk).select_related("user").first()


def _own(request: HttpRequest) -> tuple[Reader, Enrolment]:
    """The adult who acts, with the enrolment in force. Raises Http404 for everybody else."""
    reader = reading.reader_of(request.user)
    if reader.enrolment is None or reader.has_left:
        raise Http404
    rows = Enrolment.objects.visible_to(request.user).filter(adult__user=request.user)
    enrolment = get_object_or_404(
        rows.select_related("adult__user", "adult__family", "group"), pk=reader.enrolment.pk
    )
    return reader, enrolment


# --- guidance and «ring meg»
def propose_guidance(request: HttpRequest) -> HttpResponse:
    """The next meeting, as the family proposes it."""
    _reader, enrolment = _own(request)
    if enrolment.adult.family is None:
        raise Http404
    form = meeting_form(None, request.POST)
    if not form.is_valid():
        return _page(request, form=form, status=422)
    guiding.agree(enrolment.adult.family, form.at, group=enrolment.group_id)
    messages.success(request, _("Dagen er satt av. Kontaktpersonen ser den, og du får en påminnelse."))
    return redirect("evenings:my_course")


def cancel_own_guidance(request: HttpRequest, meeting_id: int) -> HttpResponse:
    _reader, enrolment = _own(request)
    rows = GuidanceMeeting.objects.visible_to(request.user).filter(family=enrolment.adult.family_id)
    if guiding.cancel(get_object_or_404(rows, pk=meeting_id)):
        messages.success(request, _("Veiledningen er tatt av. Foreslå gjerne en ny dag."))
    return redirect("evenings:my_course")


def ask_for_call(request: HttpRequest) -> HttpResponse:
    """«Ring meg»; asked again it changes the wish."""
    _reader, enrolment = _own(request)
    form = CallForm(request.POST)
    if not form.is_valid():
        return _page(request, call_form=form, status=422)
    guiding.ask_for_call(enrolment.adult, **form.cleaned_data)
    if enrolment.adult.family is None:
        messages.success(request, _("Den som leder kurset, ser ønsket ditt og ringer deg."))
    else:
        messages.success(request, _("Kontaktpersonen ser ønsket ditt og ringer deg."))
    return redirect("evenings:my_course")


def take_back_call(request: HttpRequest) -> HttpResponse:
    _reader, enrolment = _own(request)
    guiding.take_back_call(enrolment.adult)
    messages.success(request, _("Ønsket om en samtale er tatt tilbake."))
    return redirect("evenings:my_course")


# --- pause, leaving, and the way back: one tap each, no reason asked
def pause_own(request: HttpRequest) -> HttpResponse:
    _reader, enrolment = _own(request)
    enrolling.pause(enrolment)
    messages.success(request, _("Du har pause fra nå. Ingen beskjeder sendes før du selv sier fra."))
    return redirect("evenings:my_course")


def resume_own(request: HttpRequest) -> HttpResponse:
    _reader, enrolment = _own(request)
    if enrolment.paused_on:
        enrolling.resume(enrolment)
        messages.success(request, _("Velkommen tilbake. Beskjedene begynner igjen med neste kveld."))
    return redirect("evenings:my_course")


def leave_own(request: HttpRequest) -> HttpResponse:
    _reader, enrolment = _own(request)
    enrolling.leave(enrolment)
    request.session[LEFT] = enrolment.pk
    messages.success(
        request, _("Du er ute av gruppa, og ingen beskjeder sendes. Trykket du feil, kan du angre.")
    )
    return redirect("evenings:my_course")


def undo_leave(request: HttpRequest) -> HttpResponse:
    """Back into the group she has just left herself, as long as there is a seat."""
    ended = request.session.get(LEFT)
    rows = Enrolment.objects.visible_to(request.user).filter(adult__user=request.user)
    enrolment = get_object_or_404(rows.select_related("adult__user", "group"), pk=ended)
    if take_back_leave(enrolment):
        del request.session[LEFT]
        messages.success(request, _("Du er med igjen, akkurat som før."))
    else:
        whom = _("Ta kontakt med kontaktpersonen din.")
        if enrolment.adult.family is None:
            whom = _("Ta kontakt med den som leder kurset.")
        messages.error(request, f"{_('Plassen er gitt videre.')} {whom}")
    return redirect("evenings:my_course")


# --- one phone, two adults
def switch_adult(request: HttpRequest) -> HttpResponse:
    """«Bytt voksen»: logs out, and sends the other adult a code without showing where."""
    reader = reading.reader_of(request.user)
    other = _other(reader.adult)
    if other is None:
        raise Http404
    logout(request, show_message=False)
    if send_code_unseen(request, other.user):
        return redirect("account_confirm_login_code")
    messages.error(request, _("Det ble mange koder på kort tid. Skriv adressen din, eller vent litt."))
    return redirect("account_request_login_code")
