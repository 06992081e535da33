"""«Ta igjen kvelden»: what the group did, some reading, a talk or a seat at a neighbour's evening."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from courses import guiding, reading
from courses.calling import wish_words
from courses.catching_up import chosen_parts, covered, go_through
from courses.editions import words_of
from courses.forms.coach import CallForm
from courses.models import CallRequest, CatchUp, Enrolment
from courses.neighbours import SHOWN, SeatTakenError, give_up_seat, neighbours_of, take_seat

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from courses.editions import ModuleWords


def _own(request: HttpRequest, catch_up_id: int) -> CatchUp:
    """One's own and nobody else's: not even the other adult of the family opens it."""
    rows = CatchUp.objects.visible_to(request.user).filter(adult__user=request.user)
    return get_object_or_404(
        rows.select_related(
            "adult__family__municipality", "evening__group__edition__programme", "neighbour__group"
        ),
        pk=catch_up_id,
    )


def _own_to_change(request: HttpRequest, catch_up_id: int) -> CatchUp:
    """One's own, while one takes part in a group. Raises Http404 for who has left."""
    row = _own(request, catch_up_id)
    if not _takes_part(row):
        raise Http404
    return row


def _takes_part(row: CatchUp) -> bool:
    return Enrolment.objects.filter(adult=row.adult_id).current().exists()


def catch_up(request: HttpRequest, catch_up_id: int) -> HttpResponse:
    """Ten to fifteen minutes built from what the group did. Fourteen queries at most.

    Template: ``courses/catch_up.html``.
    """
    return _page(request, _own(request, catch_up_id))


def _page(
    request: HttpRequest,
    row: CatchUp,
    *,
    form: CallForm | None = None,
    seat_error: str = "",
    status: int = 200,
) -> HttpResponse:
    words = _module_words(request, row)
    family = row.adult.family
    call = CallRequest.objects.filter(adult=row.adult, answered_at=None).first()
    context = _content(row, words) | {
        "catch_up": row,
        "call": {"wish": wish_words(call)} if call else None,
        "call_form": form or CallForm(),
        "neighbours": [] if row.state == CatchUp.State.DONE else list(neighbours_of(row)[:SHOWN]),
        "shielded": family is not None and family.shielded,
        "seat_error": seat_error,
        "takes_part": _takes_part(row),
        "help_place": family.municipality.slug if family else "",
    }
    return render(request, "courses/catch_up.html", context, status=status)


def _content(row: CatchUp, words: ModuleWords) -> dict[str, Any]:
    """What the group did, what to read and what to try at home. Three queries."""
    done = covered(row.evening, get_language())
    read = reading.standing_events(row.adult, words.module.pk)["read"]
    keys = {part.key for part in words.parts if f"{words.module.pk}/{part.key}" in read}
    parts = chosen_parts(words.parts, keys, done.minutes)
    return {
        "module": {"number": words.module.number, "title": words.title, "hue": words.module.hue},
        "illustration": words.module.illustration,
        "covered": done,
        "minutes": done.minutes + sum(part.minutes for part in parts),
        "parts": [
            {
                "title": part.title,
                "minutes": part.minutes,
                "url": _part_url(words, part.key),
                "is_read": part.key in keys,
            }
            for part in parts
        ],
        "tasks": [
            {"title": task["title"], "url": f"{_part_url(words, part.key)}#s-{task['id']}"}
            for part in words.parts
            for task in part.tasks
        ],
    }


def _module_words(request: HttpRequest, row: CatchUp) -> ModuleWords:
    """The module as the adult reads it now, also when she has changed group. One query."""
    reader = reading.reader_of(request.user, row.evening.group.edition.programme.slug)
    for words in words_of(reader.edition, get_language()).values():
        if words.module.pk == row.evening.module_id:
            return words
    raise Http404


def _part_url(words: ModuleWords, part: str) -> str:
    return reverse("courses:part", args=[words.module.programme.slug, words.module.slug, part])


def _back(row: CatchUp, anchor: str = "") -> HttpResponse:
    return redirect(reverse("evenings:catch_up", args=[row.pk]) + anchor)


def catch_up_read(request: HttpRequest, catch_up_id: int) -> HttpResponse:
    """«Jeg har gått gjennom dette»."""
    row = _own_to_change(request, catch_up_id)
    go_through(row)
    messages.success(request, _("Fint. Det siste steget er en kort prat, eller en kveld hos en nabogruppe."))
    return _back(row, "#videre")


def catch_up_talk(request: HttpRequest, catch_up_id: int) -> HttpResponse:
    """«Avtal en kort prat»: a wished day and time of day, which the contact person sees."""
    row = _own_to_change(request, catch_up_id)
    form = CallForm(request.POST)
    if not form.is_valid():
        return _page(request, row, form=form, status=422)
    guiding.ask_for_call(row.adult, **form.cleaned_data)
    CatchUp.objects.filter(pk=row.pk, state=CatchUp.State.OFFERED).update(state=CatchUp.State.UNDER_WAY)
    if row.adult.family_id is None:
        messages.success(request, _("Den som leder kurset, ser ønsket ditt og ringer deg."))
    else:
        messages.success(request, _("Kontaktpersonen ser ønsket ditt og ringer deg."))
    return _back(row, "#videre")


def catch_up_seat(request: HttpRequest, catch_up_id: int) -> HttpResponse:
    """A seat at a neighbouring group's evening. A shielded family says that it knows who will be there."""
    row = _own_to_change(request, catch_up_id)
    family = row.adult.family
    evening: Any = request.POST.get("evening", "")
    if not evening.isdecimal() or len(evening) > 18:
        return _page(request, row, seat_error=_("Velg en av kveldene."), status=422)
    if family is not None and family.shielded and not request.POST.get("seen"):
        said = _("Kryss av for at du vet at andre ser deg der. Eller velg en prat på telefon i stedet.")
        return _page(request, row, seat_error=said, status=422)
    try:
        take_seat(row, int(evening))
    except SeatTakenError:
        said = _("Plassen ble tatt i mellomtiden. Velg en annen kveld, eller en prat på telefon.")
        return _page(request, row, seat_error=said, status=422)
    messages.success(request, _("Plassen er din. Du finner kvelden her og i kalenderen din."))
    return _back(row, "#videre")


def catch_up_leave_seat(request: HttpRequest, catch_up_id: int) -> HttpResponse:
    """Gives the seat back."""
    row = _own_to_change(request, catch_up_id)
    give_up_seat(row)
    messages.success(request, _("Plassen er gitt tilbake."))
    return _back(row, "#videre")
