"""The evening page, and the view of it for a projector."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.http import Http404
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy

from courses.attendance_sheets import sheet_of
from courses.attending import evenings_led_by, is_open, opens_at, why_not_now
from courses.forms.attendance import HeadCountForm, WalkInForm
from courses.held import ends_at, has_ended
from courses.local import leading_now, spaced
from courses.models import EveningLog, HelpNumber, Municipality
from courses.models.facts import tel_of
from courses.prepared import INTEGER, Prepared
from courses.run_sheets import run_sheet_of

if TYPE_CHECKING:
    from django.forms import Form
    from django.http import HttpRequest, HttpResponse

    from courses.attendance_sheets import Sheet
    from courses.models import Evening, User


def led_evening(user: User, evening_id: int) -> Evening:
    """An evening of a group the user leads today. Raises Http404 for every other. One query."""
    found = evenings_led_by(user).select_related("group", "module__programme").filter(pk=evening_id).first()
    if found is None:
        raise Http404
    return found


def evening(request: HttpRequest, evening_id: int) -> HttpResponse:
    """Everything for the evening on one page. Twelve queries, whatever the size of the group.

    Template: ``courses/evenings/evening.html``.
    """
    return evening_page(request, led_evening(request.user, evening_id))


def evening_page(
    request: HttpRequest,
    evening: Evening,
    *,
    refused: str = "",
    walk_in_form: Form | None = None,
    heads_form: Form | None = None,
) -> HttpResponse:
    """The page; with ``refused`` or a form that has errors the answer (422) to what was not stored."""
    sheet, now = sheet_of(evening), timezone.localtime()
    context = plan_of(evening) | {
        "now": now,
        "sheet": sheet,
        "room": _room(evening, sheet),
        "open": is_open(evening),
        "opens_at": opens_at(evening),
        "beforehand": not is_open(evening) and evening.cancelled_at is None,
        "not_now": why_not_now(evening),
        "refused": refused,
        "walk_in_form": walk_in_form or WalkInForm(initial={"client_id": uuid.uuid4()}),
        "heads_form": heads_form or HeadCountForm(initial={"heads": evening.head_count}),
        "phones": [
            phone_row(row.name, row.mobile) | {"shielded": row.shielded}
            for row in sheet.rows
            if not row.guest
        ],
        "leaders": leaders_of(request.user, evening),
        "help_numbers": help_numbers_of(evening),
        "documents": _documents(evening),
        "back_url": first_route(("evenings:group", [evening.group_id]), ("cms:min_side", [])),
        "pack_url": first_route(("evenings:pack", [evening.pk])),
        "form_url": first_route(("answers:evening_code", [evening.pk])),
        "shell_url": f"{first_route(('cms:evening_offline', []))}?sprak={get_language()}",
        "has_log": EveningLog.objects.filter(evening=evening).exists(),
    }
    wrong = bool(refused or walk_in_form or heads_form)
    return render(request, "courses/evenings/evening.html", context, status=422 if wrong else 200)


def projector(request: HttpRequest, evening_id: int) -> HttpResponse:
    """The plan and the clock for the wall: no names, and nothing that only the leaders should read.

    Template: ``courses/evenings/projector.html``.
    """
    found = led_evening(request.user, evening_id)
    return render(request, "courses/evenings/projector.html", plan_of(found) | {"now": timezone.localtime()})


def plan_of(evening: Evening) -> dict[str, Any]:
    """What every page of an evening tells of it: the evening, its plan, and where one should be now."""
    plan, now = run_sheet_of(evening, get_language()), timezone.localtime()
    return {
        "evening": evening,
        "plan": plan,
        "current": None if evening.cancelled_at else plan.row_at(now),
        "ends_at": timezone.localtime(ends_at(evening)),
        "is_today": timezone.localdate(evening.starts_at) == now.date(),
        "is_over": has_ended(evening, now),
    }


DOCUMENTS = (  # (route, query, title)
    ("evenings:document_run_sheet", "", gettext_lazy("Kveldsplan")),
    ("evenings:document_attendance", "", gettext_lazy("Oppmøteliste")),
    ("evenings:document_attendance", "?navn=nei", gettext_lazy("Oppmøteliste uten navn")),
    ("evenings:document_handouts", "", gettext_lazy("Ark til deltakerne")),
)


def _documents(evening: Evening) -> list[dict[str, Any]]:
    """The papers of the evening that can be printed."""
    return [
        {"url": reverse(name, args=[evening.pk]) + query, "title": title} for name, query, title in DOCUMENTS
    ]


def first_route(*routes: tuple[str, list[int]]) -> str:
    """The address of the first of these routes that exists; empty when none does."""
    for name, arguments in routes:
        try:
            return reverse(name, args=arguments)
        except NoReverseMatch:
            continue
    return ""


def _room(evening: Evening, sheet: Sheet) -> dict[str, Any]:
    """The list against the count in the room."""
    counted = evening.head_count
    return {"there": sheet.there, "counted": counted, "fits": counted is None or counted == sheet.there}


def phone_row(name: str, mobile: str | None) -> dict[str, Any]:
    return {"name": name, "phone": spaced(mobile)}


def leaders_of(user: User, evening: Evening) -> list[dict[str, Any]]:
    """Those who lead the group today. One query."""
    rows = leading_now(group=evening.group_id, today=timezone.localdate())
    return [phone_row(name, mobile) for name, mobile in rows]


numbers_for = Prepared(
    lambda group: (
        HelpNumber.objects.filter(
            Q(municipality=None) | Q(municipality__in=Municipality.objects.filter(groups=group).values("pk"))
        )
        .order_by("position", "label")
        .values_list("label", "label_nn", "number")
    ),
    group=INTEGER,
)


def help_numbers_of(evening: Evening) -> list[dict[str, str]]:
    """National numbers, and those of the group's municipalities. One query."""
    nynorsk = get_language() == "nn"
    return [
        {"label": (nynorsk and label_nn) or label, "number": number, "tel": tel_of(number)}
        for label, label_nn, number in numbers_for(group=evening.group_id)
    ]
