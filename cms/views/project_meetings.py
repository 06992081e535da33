"""Meetings of the steering, working and user groups, and their papers: washed, and served to be saved."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.paginator import Paginator
from django.db import transaction
from django.http import FileResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _

from cms.papers import washed
from cms.project_forms import MeetingForm, PaperForm
from cms.views.files import found_or_404
from courses.access import has_role
from courses.models import BodyMeeting, MeetingPaper
from courses.slugs import in_plain_letters

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from django.http.response import HttpResponseBase

TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "odt": "application/vnd.oasis.opendocument.text",
}
SANDBOX = "default-src 'none'; sandbox; frame-ancestors 'none'"


def meetings(request: HttpRequest) -> HttpResponse:
    """The meetings of the bodies she sits in, the newest first. The project leader's form beside them."""
    return _meetings(request, MeetingForm() if _leads(request) else None)


def _leads(request: HttpRequest) -> bool:
    return has_role(request.user, "project-leader")


def _meetings(request: HttpRequest, form: MeetingForm | None, status: int = 200) -> HttpResponse:
    rows = BodyMeeting.objects.visible_to(request.user).prefetch_related("papers")
    page = Paginator(rows, 20).get_page(request.GET.get("side"))
    to_project = has_role(request.user, "project-leader", "leader")
    context = {
        "page": page,
        "form": form,
        "back_url": reverse("cms:project" if to_project else "cms:min_side"),
        "back_title": _("Prosjektet") if to_project else _("Start"),
    }
    return render(request, "cms/project_meetings.html", context, status=status)


def new_meeting(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":  # a refused form, loaded anew
        return redirect("cms:meetings")
    form = MeetingForm(request.POST)
    if not form.is_valid():
        return _meetings(request, form, status=422)
    made = form.save()
    messages.success(request, _("Møtet er lagt inn. Her kan du legge ved papirene."))
    return redirect("cms:meeting", made.pk)


def meeting(request: HttpRequest, meeting_id: int) -> HttpResponse:
    return _meeting(request, meeting_id, PaperForm() if _leads(request) else None)


def _meeting(
    request: HttpRequest, meeting_id: int, form: PaperForm | None, status: int = 200
) -> HttpResponse:
    rows = BodyMeeting.objects.visible_to(request.user).prefetch_related("papers")
    context = {"meeting": get_object_or_404(rows, pk=meeting_id), "form": form}
    return render(request, "cms/project_meeting.html", context, status=status)


def add_paper(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """Keeps a paper, washed, under a random name. A bad one is refused with a reason at the field: 422."""
    found = get_object_or_404(BodyMeeting.objects.visible_to(request.user), pk=meeting_id)
    if request.method != "POST":
        return redirect("cms:meeting", found.pk)
    form = PaperForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            content, kind = washed(form.cleaned_data["file"])
        except ValidationError as error:
            form.add_error("file", error)
    if form.errors:
        return _meeting(request, meeting_id, form, status=422)
    paper = MeetingPaper(meeting=found, title=form.cleaned_data["title"].strip(), kind=kind, by=request.user)
    paper.file.save(f"{uuid.uuid4().hex}.{kind}", ContentFile(content), save=True)
    messages.success(
        request, _("Papiret er lagt ved. Hvem som skrev det, og annet som var skjult i filen, er tatt bort.")
    )
    return redirect("cms:meeting", found.pk)


def remove_paper(request: HttpRequest, paper_id: int) -> HttpResponse:
    """Takes a paper away, and its file when the row is gone for good."""
    seen = BodyMeeting.objects.visible_to(request.user)
    paper = get_object_or_404(MeetingPaper, pk=paper_id, meeting__in=seen)
    stored, meeting_id = paper.file, paper.meeting_id
    paper.delete()
    transaction.on_commit(lambda: stored.storage.delete(stored.name))
    messages.success(request, _("Papiret er tatt bort."))
    return redirect("cms:meeting", meeting_id)


def remove_meeting(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """Takes away a meeting without papers, typed by mistake."""
    rows = BodyMeeting.objects.visible_to(request.user)
    found = get_object_or_404(rows, pk=meeting_id)
    if found.papers.exists():
        messages.error(request, _("Møtet har papirer. Ta bort dem først."))
        return redirect("cms:meeting", meeting_id)
    found.delete()
    messages.success(request, _("Møtet er tatt bort."))
    return redirect("cms:meetings")


@found_or_404
def paper(request: HttpRequest, paper_id: int) -> HttpResponseBase:
    """A paper to save, never to open in the page: for those who sit in the body whose meeting it is."""
    seen = BodyMeeting.objects.visible_to(request.user)
    found = get_object_or_404(MeetingPaper.objects.select_related("meeting"), pk=paper_id, meeting__in=seen)
    words = slugify(in_plain_letters(found.title)) or "papir"
    response = FileResponse(
        found.file.open("rb"),
        as_attachment=True,
        filename=f"{found.meeting.held_on:%Y-%m-%d}-{words}.{found.kind}",
        content_type=TYPES[found.kind],
    )
    response["Content-Security-Policy"] = SANDBOX
    response["X-Content-Type-Options"] = "nosniff"
    return response
