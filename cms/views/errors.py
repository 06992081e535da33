"""Error pages in plain Norwegian: what happened, what is safe, what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=404)


@dataclass(frozen=True)
class Typed:
    """A form whose words are kept: what it is called, and the label of each long field by its name."""

    title: str
    labels: dict[str, str]
    promise: str
    button: str


TYPED = {  # by route
    "courses:save_note": Typed(
        _("Notatet er ikke lagret ennå"),
        {"text": _("Notatet ditt")},
        _("Ingen i kommunen eller kurset kan lese dette"),
        _("Lagre notatet"),
    ),
    "evenings:log": Typed(
        _("Loggen er ikke lagret ennå"),
        {"changed": _("Hva endret dere?"), "why": _("Hvorfor?")},
        _("Kryssene dine er også med."),
        _("Lagre loggen"),
    ),
}


def keep_typed(request: HttpRequest, route: str) -> HttpResponse | None:
    """What was typed and could not be saved, because the session had ended, and how to save it still.

    None for a form that is soon filled in again. Template: ``typed_kept.html``.
    """
    form = TYPED.get(route)
    if form is None:
        return None
    context = {
        "form": form,
        "texts": [
            {"name": name, "label": label, "text": request.POST.get(name, "")}
            for name, label in form.labels.items()
        ],
        "others": [
            (name, value)
            for name, values in request.POST.lists()
            for value in values
            if name not in form.labels and name != "csrfmiddlewaretoken"
        ],
    }
    page = render(request, "typed_kept.html", context, status=401)
    add_never_cache_headers(page)  # nobody is logged in, and yet it is hers
    return page


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's token is old, most often after a new login in another tab. What was typed stays."""
    match = request.resolver_match
    typed = keep_typed(request, match.view_name) if match else None
    return typed or render(request, "403_csrf.html", status=403)
