"""A person's calendar: the address that her phone asks, and the page where she gets it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.translation import gettext as _

from courses import calendars
from courses.models import CalendarFeed
from courses.models.people import random_nonce

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponseBase


def feed(request: HttpRequest, token: str) -> HttpResponseBase:
    """The entries of whoever the address belongs to. 404 once she is removed, has left or has ended it."""
    owner = calendars.owner_of(token)
    if owner is None:
        raise Http404
    with translation.override(owner.language):
        content = calendars.feed(calendars.entries_of(owner))
    etag = quote_etag(hashlib.sha256(content).hexdigest()[:32])
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="kurs.ics"'
    response["ETag"], response["Cache-Control"] = etag, "private, no-cache"
    return get_conditional_response(request, etag=etag, response=response) or response


def my_calendar(request: HttpRequest) -> HttpResponse:
    """The address is made when it is asked for; a new one ends the old at once."""
    if request.method == "POST":
        if request.POST.get("do") == "end":
            CalendarFeed.objects.filter(user=request.user.pk).delete()
            messages.success(request, _("Kalenderadressen virker ikke lenger."))
        else:
            CalendarFeed.objects.update_or_create(user=request.user, defaults={"nonce": random_nonce()})
            messages.success(request, _("Her er kalenderadressen din. En eldre adresse virker ikke lenger."))
        return redirect("evenings:my_calendar")
    row = CalendarFeed.objects.filter(user=request.user.pk).first()
    address = calendars.address_of(row) if row else ""
    open_with = f"webcal://{address.partition('://')[2]}"  # a phone then asks its own calendar
    context = {"address": address, "open_with": open_with}
    return render(request, "courses/messages/calendar.html", context)
