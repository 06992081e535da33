"""The floor every page is measured against: a plain Django view with session, login and 24 items to print."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.urls import path

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

ITEMS = [
    {"title": f"Side {number}", "url": f"/side-{number}/", "text": "Noen få ord om den."}
    for number in range(24)
]


@login_required
def bare(request: HttpRequest) -> HttpResponse:
    return render(request, "bare.html", {"items": ITEMS})


urlpatterns = [path("bare/", bare)]
