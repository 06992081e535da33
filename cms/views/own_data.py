"""«Det vi vet om deg»: the page, the download, the way out of research, and asking to be erased.

After half an hour away it asks who it is, as the notes do: whoever finds the phone open sees nothing.
"""

from __future__ import annotations

import io
import json
import zipfile
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from cms.own_data import as_data, everything_about
from cms.own_sections import moment
from cms.own_study import has_signed, studies_to_leave
from cms.retention import TABLE
from courses import erasure_requests
from courses.access import active_roles
from courses.auditing import Action, record
from courses.models import Adult
from courses.own_notes import notes_in_plain
from courses.privacy_reports import officer_of
from evaluation.informing import withdraw
from evaluation.models import Consent, Study

if TYPE_CHECKING:
    from django.http import HttpRequest

    from cms.own_sections import Section


def _shut(request: HttpRequest) -> HttpResponse | None:
    """The page that asks for a new login, after half an hour away."""
    if not request.session.get("notes_shut"):
        return None
    return render(request, "cms/own_data_shut.html", {"next": reverse("cms:own_data")}, status=200)


def _adult(request: HttpRequest) -> Adult | None:
    rows = Adult.objects.select_related("user", "family__municipality")
    return rows.filter(user=request.user).first()


def own_data(request: HttpRequest) -> HttpResponse:
    """Everything held about whoever is logged in. Some forty queries: rare, and for her alone.

    Template: ``cms/own_data.html``.
    """
    if shut := _shut(request):
        return shut
    adult = _adult(request)
    place = adult.family.municipality if adult and adult.family else None
    officer = officer_of(place) if place else None
    context = {
        "sections": everything_about(request.user),
        "studies": studies_to_leave(request.user),
        "kept": TABLE,
        "place": place,
        "officer": officer if officer and not officer.stands_in else None,
        "is_adult": adult is not None,
        "leads_project": any(role.kind == "project-leader" for role in active_roles(request.user)),
        "has_asked": adult is not None and erasure_requests.has_asked(adult),
    }
    return render(request, "cms/own_data.html", context)


def download(request: HttpRequest) -> HttpResponse:
    """All of it in one zip: a text to read, and the same for a machine; her notes with it."""
    if shut := _shut(request):
        return shut
    sections, adult = everything_about(request.user), _adult(request)
    notes = notes_in_plain(adult) if adult else []
    record(request.user, Action.DOWNLOADED, about=[request.user])
    content = _zipped(sections, notes)
    response = HttpResponse(content, content_type="application/zip")
    # its name tells nothing, since it stays among a computer's downloads
    response["Content-Disposition"] = 'attachment; filename="opplysninger.zip"'
    response["Cache-Control"] = "no-store, private"
    return response


def _zipped(sections: list[Section], notes: list[dict[str, str]]) -> bytes:
    data = {"made_at": timezone.now().isoformat(), "sections": as_data(sections), "notes": notes}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("les-meg.txt", _readable(sections, notes))
        archive.writestr("opplysninger.json", json.dumps(data, ensure_ascii=False, indent=1))
    return out.getvalue()


def _readable(sections: list[Section], notes: list[dict[str, str]]) -> str:
    lines = [_("Det vi vet om deg"), moment(timezone.now()), ""]
    for section in sections:
        lines += [section.title, "-" * len(section.title)]
        lines += [f"{what}: {value}" for what, value in section.rows] or [section.empty]
        lines += ["", section.note, ""] if section.note else [""]
    if notes:
        title = _("Notatene dine, ord for ord")
        lines += [title, "-" * len(title)]
        for note in notes:
            lines += [note["where"], note["text"] or _("(Notatet kan ikke åpnes akkurat nå.)"), ""]
    return "\r\n".join(lines)


def leave_research(request: HttpRequest, study_id: int) -> HttpResponse:
    """Out of a study's research, no reason asked. What it does is said beside the button."""
    if shut := _shut(request):
        return shut
    hers = Consent.objects.visible_to(request.user).values("letter__study")  # a row for each letter she read
    study = get_object_or_404(Study, pk__in=hers.filter(letter__study=study_id))
    if withdraw(request.user, study):
        messages.success(
            request,
            _("Du er ute av forskningen. Svar som ikke er talt opp, blir ikke med. Kurset er som før."),
        )
    return redirect("cms:own_data")


def ask_for_erasure(request: HttpRequest) -> HttpResponse:
    """What erasure does, said before; the button sends the wish to the project leader, or takes it back.

    Template: ``cms/ask_for_erasure.html``.
    """
    if shut := _shut(request):
        return shut
    adult = _adult(request)
    if adult is None:
        raise Http404
    if request.method != "POST":
        context: dict[str, Any] = {
            "has_asked": erasure_requests.has_asked(adult),
            "works_here": request.user.roles.active().exists(),
            "has_signed": has_signed(request.user),
            "in_research": bool(studies_to_leave(request.user)),
            "is_alone": adult.family is None or not adult.family.adults.exclude(pk=adult.pk).exists(),
        }
        return render(request, "cms/ask_for_erasure.html", context)
    if request.POST.get("what") == "take-back":
        erasure_requests.take_back(adult)
        messages.success(request, _("Ønsket er tatt tilbake. Ingenting er slettet."))
        return redirect("cms:own_data")
    try:
        erasure_requests.ask(adult)
    except erasure_requests.NobodyToAskError:
        messages.error(request, _("Prosjektet har ingen prosjektleder akkurat nå. Ta kontakt med kommunen."))
    else:
        messages.success(
            request,
            _("Prosjektlederen har fått ønsket ditt, og sletter deg innen en måned. Du kan angre til da."),
        )
    return redirect("cms:own_data")
