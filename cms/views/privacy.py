"""«Meld avvik», open to everybody, and who gets it: the municipality's privacy officer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.core.internal import ratelimit
from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from cms.privacy_forms import OfficerForm, ReportForm
from courses.privacy_reports import officer_of
from courses.projecting import reach_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

LIMIT = {"report_breach": "30/h/ip"}


def report(request: HttpRequest) -> HttpResponse:
    """What has happened, to be mailed by the worker. The address it came from is not kept.

    Template: ``cms/privacy_report.html``.
    """
    form = ReportForm(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return render(request, "cms/privacy_report.html", {"form": form})
    if not form.is_valid():
        return render(request, "cms/privacy_report.html", {"form": form}, status=422)
    if not ratelimit.consume(request, app="cms", action="report_breach", config=LIMIT):
        form.add_error(None, _("Det kom mange meldinger herfra på kort tid. Vent litt, og send igjen."))
        return render(request, "cms/privacy_report.html", {"form": form}, status=429)
    row = form.save()
    officer = officer_of(row.municipality)
    stands_in = officer is None or officer.stands_in
    return render(
        request,
        "cms/privacy_report_sent.html",
        {"place": row.municipality, "stands_in": stands_in, "wants_answer": bool(row.reply_to)},
    )


def privacy_officer(request: HttpRequest, slug: str) -> HttpResponse:
    """Who is the municipality's privacy officer; the project leader's alone.

    Template: ``cms/project_privacy_officer.html``.
    """
    reach = reach_of(request.user)
    found = get_object_or_404(reach.places(), slug=slug)
    if not reach.leads_in(found.pk):
        raise Http404
    form = OfficerForm(request.POST if request.method == "POST" else None, instance=found)
    if request.method != "POST" or not form.is_valid():
        status = 422 if request.method == "POST" else 200
        context = {"place": found, "form": form}
        return render(request, "cms/project_privacy_officer.html", context, status=status)
    form.save()
    messages.success(request, _("Personvernombudet er lagret."))
    return redirect(reverse("cms:place", args=[slug]) + "#personvern")
