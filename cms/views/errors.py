"""Error pages in plain Norwegian: what happened, what is safe, what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.utils.cache import add_never_cache_headers

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=404)


def kept_note(request: HttpRequest) -> HttpResponse:
    """A note that could not be saved, because the session had ended: the text, and how to save it still."""
    context = {"text": request.POST.get("text", ""), "mark": request.POST.get("mark", "")}
    page = render(request, "courses/note_kept.html", context, status=401)
    add_never_cache_headers(page)  # nobody is logged in, and yet it is hers
    return page


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's token is old, most often after a new login in another tab. A note keeps its text."""
    if request.path.endswith("/notat/"):
        return kept_note(request)
    return render(request, "403_csrf.html", status=403)
