"""Papers as Word files: for an evening, for a group, and for whoever is invited to it.

Each starts from what the reader leads; the files themselves are made in ``courses/documents``, imported
where they are made: python-docx is heavy, and few processes write a file. They come in the reader's written
language, or in the one asked for with ``?sprak=``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import F, Q
from django.http import Http404, HttpResponse
from django.utils import timezone, translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from courses.attendance_sheets import sheet_of
from courses.attending import evenings_led_by
from courses.auditing import Action, record_adults
from courses.coaching import group_led_by
from courses.documents.material import ModuleMaterial, material_of
from courses.local import leading_now
from courses.models import Evening, HelpNumber, InvitedAdult, Language
from courses.welcoming import link_of

if TYPE_CHECKING:
    from django.http import HttpRequest

    from courses.documents.letter import Recipient
    from courses.documents.run_sheet import Number, Occasion
    from courses.models import Edition, Group, Programme, User

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def word_file(content: bytes, name: str) -> HttpResponse:
    """A .docx to keep. Its name tells no person and no place, since it stays among a computer's downloads."""
    response = HttpResponse(content, content_type=WORD)
    response["Content-Disposition"] = f'attachment; filename="{name}.docx"'
    response["Cache-Control"] = "no-store, private"
    return response


def written_language(request: HttpRequest) -> str:
    """«nb» or «nn»: the one asked for, else the reader's own."""
    asked = request.GET.get("sprak", "")
    return asked if asked in Language.values else get_language()


def programme_name(programme: Programme, language: str) -> str:
    return (language == "nn" and programme.name_nn) or programme.name


def edition_words(edition: Edition, language: str) -> str:
    """«Utgave 1.0 · utkast», as it stands at the foot of every page of its texts."""
    with translation.override(language):
        version = _("Utgave %(version)s") % {"version": edition.version}
    return f"{version} · {edition.mark}" if edition.mark else version


def _evening(user: User, evening_id: int) -> Evening:
    """An evening the reader leads, with its edition. One query, and the roles; Http404 for every other."""
    rows = evenings_led_by(user).select_related("group__edition__programme", "module__programme")
    found = rows.filter(pk=evening_id).first()
    if found is None:
        raise Http404
    return found


def _material(evening: Evening, language: str) -> ModuleMaterial:
    """The evening's module in its group's edition. Http404 when a new module is not in it."""
    for module in material_of(evening.group.edition, language):
        if module.module == evening.module_id:
            return module
    raise Http404


def _occasion(evening: Evening, module: ModuleMaterial, language: str) -> Occasion:
    from courses.documents.run_sheet import Occasion

    words = edition_words(evening.group.edition, language)
    return Occasion(module.number, evening.starts_at, evening.minutes, words)


def document_run_sheet(request: HttpRequest, evening_id: int) -> HttpResponse:
    """The run sheet. Five queries, and three the first time an edition is read in this process."""
    from courses.documents.run_sheet import run_sheet

    evening, language = _evening(request.user, evening_id), written_language(request)
    module = _material(evening, language)
    content = run_sheet(_occasion(evening, module, language), module, _numbers(evening, language), language)
    return word_file(content, f"kveldsplan-{module.number}")


def _numbers(evening: Evening, language: str) -> list[Number]:
    """National help numbers and those of the group's municipalities. One query."""
    from courses.documents.run_sheet import Number

    where = Q(municipality=None) | Q(municipality__groups=evening.group_id)
    with translation.override(language):
        return [
            Number(_label(row), row.number, row.in_language("who"))
            for row in HelpNumber.objects.filter(where)
            .select_related("municipality")
            .order_by(F("municipality").asc(nulls_first=True), "position", "label")
        ]


def _label(row: HelpNumber) -> str:
    label = row.in_language("label")
    return f"{label}, {row.municipality.name}" if row.municipality else label


def document_attendance(request: HttpRequest, evening_id: int) -> HttpResponse:
    """The attendance list: with first names, or with ``?navn=nei`` seat numbers alone. Queries as the list's.

    A shielded family is on no paper (design §4.8): it is marked on the evening's page, or by hand.
    """
    from courses.documents.attendance_list import attendance_list

    evening, language = _evening(request.user, evening_id), written_language(request)
    module = _material(evening, language)
    names = None if request.GET.get("navn") == "nei" else _names(request, evening, language)
    seats = evening.group.seats
    content = attendance_list(_occasion(evening, module, language), names, seats, language)
    return word_file(content, f"oppmote-{module.number}" + ("-uten-navn" if names is None else ""))


def _names(request: HttpRequest, evening: Evening, language: str) -> list[str]:
    """First names in families; where two are called the same, with whom they live."""
    rows = [row for row in sheet_of(evening).rows if not row.shielded]
    record_adults(request.user, Action.PRINTED, [row.adult for row in rows])
    with translation.override(language):
        return [
            _("%(name)s (med %(partner)s)") % {"name": row.name, "partner": row.partner}
            if row.partner
            else row.name
            for row in rows
        ]


def document_handouts(request: HttpRequest, evening_id: int) -> HttpResponse:
    """The module's exercises and home tasks."""
    from courses.documents.handouts import handouts

    evening, language = _evening(request.user, evening_id), written_language(request)
    module = _material(evening, language)
    words = edition_words(evening.group.edition, language)
    return word_file(handouts(module, words, language), f"ark-{module.number}")


def document_booklet(request: HttpRequest, group_id: int) -> HttpResponse:
    """The facilitator's booklet for the group's edition."""
    from courses.documents.booklet import booklet

    group, language = group_led_by(request.user, group_id), written_language(request)
    content = booklet(
        programme_name(group.edition.programme, language),
        edition_words(group.edition, language),
        material_of(group.edition, language),
        language,
    )
    return word_file(content, "hefte")


def document_letter(request: HttpRequest, group_id: int) -> HttpResponse:
    """A letter for each adult who has a seat and has not answered; without any, one to whoever it may be.

    A shielded family is left out: her link is handed over by mail or mobile alone. Three queries.
    """
    from courses.documents.letter import Course, letters

    group, language = group_led_by(request.user, group_id), written_language(request)
    evenings = Evening.objects.filter(group=group, cancelled_at=None).order_by("starts_at")
    times, now = list(evenings.values_list("starts_at", flat=True)), timezone.now()
    course = Course(
        name=programme_name(group.edition.programme, language),
        evenings=[at for at in times if at > now],
        began=next((at for at in times if at <= now), None),
        leaders=[name for name, _mobile in _leaders(group)],
    )
    content = letters(course, _recipients(request.user, group), language)
    return word_file(content, "brev")


def _leaders(group: Group) -> list[list[str]]:
    return leading_now(group=group.pk, today=timezone.localdate())


def _recipients(user: User, group: Group) -> list[Recipient]:
    from courses.documents.letter import Recipient

    invited = InvitedAdult.objects.open().visible_to(user)
    rows = invited.filter(invitation__group=group, invitation__shielded=False).order_by("invitation", "seat")
    found = [Recipient(row.name, link_of(row), row.expires_at) for row in rows]
    return found or [Recipient("", settings.SITE_URL + "/", None)]
