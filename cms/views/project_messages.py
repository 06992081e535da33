"""Messages that did not arrive and that no group's page shows, for the project leader."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from courses.outbox import rows as outbox
from courses.outbox.lost import of_no_group
from courses.outbox.message_words import about, why_words
from courses.views.messages import shown_name

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


def lost_messages(request: HttpRequest) -> HttpResponse:
    """To whom, about what and why; fifty on a page. The same number of queries at any size."""
    page = Paginator(of_no_group(request.user), 50).get_page(request.GET.get("side"))
    words = about(page)
    rows = [
        {"id": row.pk, "name": shown_name(row), "what": words[row.pk], "why": why_words(row)} for row in page
    ]
    return render(request, "cms/project_messages.html", {"page": page, "rows": rows})


def send_lost_again(request: HttpRequest, message_id: int) -> HttpResponse:
    if outbox.again(get_object_or_404(of_no_group(request.user), pk=message_id)):
        messages.success(request, _("Beskjeden står for tur igjen."))
    return redirect("cms:lost_messages")
