"""The door that is shut while a backup is put back: no database is asked, and /helse/ says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.template.loader import render_to_string

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

    Next = Callable[[HttpRequest], HttpResponse]

WAIT = 60  # seconds


def closed_while_restoring(get_response: Next) -> Next:
    """Middleware: 503 for everything but built files, as long as ``settings.RESTORING`` is there."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not settings.RESTORING.exists():
            return get_response(request)
        response: HttpResponse
        if request.path == "/helse/":
            response = JsonResponse({"status": "down", "restoring": True}, status=503)
        else:
            response = HttpResponse(render_to_string("503.html", {"path": request.path}), status=503)
        response["Retry-After"] = str(WAIT)
        response["Cache-Control"] = "no-store"
        return response

    return middleware
