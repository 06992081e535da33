"""Families invited to a group: one by one, from a spreadsheet, once more, withdrawn. For its leaders."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from courses import enrolling, importing, spreadsheets
from courses.forms.invitations import InviteFamilyForm
from courses.importing import StaleImportError
from courses.local import spaced
from courses.models import Adult, Enrolment, InvitedAdult
from courses.seats import not_ended
from courses.spreadsheets import SpreadsheetError
from courses.views.groups import managed_group, with_counts
from courses.welcoming import Door, door_of, link_of

if TYPE_CHECKING:
    from django.http import HttpRequest

    from courses.models import FamilyInvitation, Group

DOOR_WORDS = {
    Door.OPEN: gettext_lazy("Invitert"),
    Door.USED: gettext_lazy("Er med"),
    Door.WAITING: gettext_lazy("På venteliste"),
    Door.EXPIRED: gettext_lazy("Lenken er utløpt"),
}


def invite(request: HttpRequest, group_id: int) -> HttpResponse:
    """Who is invited, and the form that invites one family more."""
    group = managed_group(request, group_id)
    if request.method != "POST":
        return _page(request, group, InviteFamilyForm(group=group))
    form = InviteFamilyForm(request.POST, group=group)
    if not form.is_valid():
        return _page(request, group, form, status=422)
    given = form.cleaned_data
    try:
        made = enrolling.invite_family(
            group=group,
            municipality=given["municipality"],
            adults=given["adults"],
            shielded=given["shielded"],
            by=request.user,
        )
    except enrolling.AlreadyInvitedError as error:
        for seat in error.seats:
            form.add_error(f"address_{seat}", _("Adressen er allerede invitert eller med i gruppa."))
        return _page(request, group, form, status=422)
    if made.waiting:
        words = _("Gruppa er full. Familien står på ventelista og får beskjed når det blir plass.")
        messages.info(request, words)
    else:
        messages.success(request, _("Invitasjonen er på vei. Den varer i to uker."))
    return redirect("evenings:invite", group.pk)


def _page(request: HttpRequest, group: Group, form: InviteFamilyForm, status: int = 200) -> HttpResponse:
    """Nine queries at any size."""
    counted = with_counts(type(group).objects.filter(pk=group.pk)).get()
    rows = _invitations(group)
    families = [_family(row, here) for row, here in rows]
    _offer_a_second([row for row, _here in rows], families)
    context = {
        "group": group,
        "form": form,
        "taken": counted.taken,
        "kept": counted.kept,
        "left": max(group.seats - counted.taken - counted.kept, 0),
        "families": [family for family in families if family["state"] != Door.WAITING],
        "waiting": [family for family in families if family["state"] == Door.WAITING],
    }
    return render(request, "courses/groups/invite.html", context, status=status)


def _invitations(group: Group) -> list[tuple[FamilyInvitation, set[int]]]:
    """The standing invitations with their adults, and who takes part today."""
    here = set(Enrolment.objects.filter(not_ended(), group=group).values_list("adult", flat=True))
    rows = group.family_invitations.standing().select_related("municipality").prefetch_related("adults")
    return [(row, here) for row in rows]


def _family(row: FamilyInvitation, here: set[int]) -> dict[str, Any]:
    """One household as the page shows it. Of a shielded one neither names nor addresses."""
    adults = []
    for invited in sorted(row.adults.all(), key=lambda adult: adult.seat):
        invited.invitation = row
        door = door_of(invited)
        words = DOOR_WORDS[door]
        if door == Door.USED and invited.adult_id not in here:
            words = _("Har vært med")
        adults.append(
            {
                "id": invited.pk,
                "name": shown_name(invited),
                "way": "" if row.shielded else invited.email or spaced(invited.mobile),
                "door": door,
                "here": invited.adult_id in here,
                "words": words,
                "expires_at": invited.expires_at if door == Door.OPEN else None,
                "can_send": door in (Door.OPEN, Door.EXPIRED),
                "can_show": door == Door.OPEN,
            }
        )
    return {
        "id": row.pk,
        "place": row.municipality.name,
        "adults": adults,
        "shielded": row.shielded,
        "state": Door.WAITING if row.waiting else Door.OPEN,
        "can_withdraw": any(adult["door"] != Door.USED for adult in adults),
    }


def _offer_a_second(rows: list[FamilyInvitation], families: list[dict[str, Any]]) -> None:
    """Marks the households with room for one adult more, as ``courses/second_adult.py`` has it. One query."""
    ids = {row.family_id for row in rows if row.family_id}
    seats = Counter(Adult.objects.filter(family__in=ids).values_list("family", flat=True))
    for row, family in zip(rows, families, strict=True):
        if row.family_id and any(adult["door"] in (Door.OPEN, Door.WAITING) for adult in family["adults"]):
            seats[row.family_id] += 1
    for row, family in zip(rows, families, strict=True):
        adults = family["adults"]
        alone = len(adults) == 1 and adults[0]["door"] != Door.EXPIRED
        if row.family_id:
            alone = alone and adults[0]["here"] and seats[row.family_id] == 1
        family["can_add"] = alone


def shown_name(invited: InvitedAdult) -> str:
    """What stands on a screen that others may see. Reads the invitation."""
    return (invited.alias or _("Deltaker")) if invited.invitation.shielded else invited.name


def _invited(group: Group, invited_id: int) -> InvitedAdult:
    rows = InvitedAdult.objects.filter(invitation__group=group).select_related("invitation__group")
    invited: InvitedAdult = get_object_or_404(rows, pk=invited_id)
    return invited


def resend(request: HttpRequest, group_id: int, invited_id: int) -> HttpResponse:
    """«Send på nytt»: the same link, two weeks more."""
    group = managed_group(request, group_id)
    try:
        invited = enrolling.resend(_invited(group, invited_id))
    except enrolling.NotOpenError:
        messages.info(request, _("Invitasjonen er brukt, trukket eller på venteliste."))
    else:
        if invited.invitation.waiting:
            messages.info(request, _("Plassen er gitt videre. Familien står på ventelista."))
        else:
            messages.success(request, _("Invitasjonen er på vei igjen. Den varer i to uker fra i dag."))
    return redirect("evenings:invite", group.pk)


def withdraw(request: HttpRequest, group_id: int, invitation_id: int) -> HttpResponse:
    group = managed_group(request, group_id)
    invitation = get_object_or_404(group.family_invitations.select_related("group"), pk=invitation_id)
    if enrolling.withdraw(invitation):
        messages.success(request, _("Invitasjonen er trukket. Lenken virker ikke lenger."))
    else:
        messages.info(request, _("Invitasjonen var allerede brukt eller trukket."))
    return redirect("evenings:invite", group.pk)


def show_code(request: HttpRequest, group_id: int, invited_id: int) -> HttpResponse:
    """The invitation as a QR code on the contact person's screen, for the one who stands there."""
    group = managed_group(request, group_id)
    invited = _invited(group, invited_id)
    if door_of(invited) != Door.OPEN:
        messages.info(request, _("Invitasjonen er brukt, utløpt eller på venteliste."))
        return redirect("evenings:invite", group.pk)
    import segno  # here, so that a web process carries it only once somebody asked for a code

    code = segno.make(link_of(invited), error="m", micro=False)
    picture = code.svg_data_uri(scale=8, border=4, dark="#000", light="#fff")
    context = {"group": group, "name": shown_name(invited), "picture": picture}
    return render(request, "courses/groups/code.html", context)


# --- spreadsheet
def import_families(request: HttpRequest, group_id: int) -> HttpResponse:
    """First every row's fate, then a button. The rows lie signed in the page meanwhile, and nowhere else."""
    group = managed_group(request, group_id)
    if request.method != "POST":
        return render(request, "courses/groups/import.html", {"group": group})
    if "rows" in request.POST:
        return _invite_rows(request, group)
    file = request.FILES.get("sheet")
    if file is None:
        return _refused(request, group, _("Velg en fil først."))
    try:
        rows = spreadsheets.read(file, file.size or 0)
    except SpreadsheetError as error:
        return _refused(request, group, str(error))
    fates = importing.dry_run(rows, group)
    good = [fate for fate in fates if fate.is_good]
    context = {
        "group": group,
        "fates": fates,
        "wrong": sum(bool(fate.errors) for fate in fates),
        "already": sum(fate.already for fate in fates),
        "waits": sum(fate.waits for fate in good),
        "good": len(good),
        "rows": importing.packed(good, group, request.user),
    }
    return render(request, "courses/groups/import.html", context)


def _refused(request: HttpRequest, group: Group, words: str) -> HttpResponse:
    return render(request, "courses/groups/import.html", {"group": group, "error": words}, status=422)


def _invite_rows(request: HttpRequest, group: Group) -> HttpResponse:
    try:
        fates = importing.unpacked(request.POST["rows"], group, request.user)
    except StaleImportError:
        return _refused(request, group, _("Det er for lenge siden fila ble lest. Velg den en gang til."))
    invited, waiting, late = importing.invite_all(fates, group, request.user)
    words = ngettext("%(n)s familie er invitert.", "%(n)s familier er invitert.", invited) % {"n": invited}
    if waiting:
        words += " " + _("%(n)s står på ventelista.") % {"n": waiting}
    if late:
        numbers = ", ".join(str(number) for number in late)
        words += " " + _("Noen ble invitert av andre imens, rad %(numbers)s.") % {"numbers": numbers}
    messages.success(request, words)
    return redirect("evenings:invite", group.pk)


def import_template(request: HttpRequest, group_id: int) -> HttpResponse:
    """An empty sheet with the headings, as Excel in Norway opens it."""
    managed_group(request, group_id)
    answer = HttpResponse(("\ufeff" + spreadsheets.TEMPLATE).encode(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="familier.csv"'
    return answer
