"""Error pages in plain Norwegian: what happened, what is safe, what to do."""

from __future__ import annotations

import contextlib
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.core.exceptions import BadRequest
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import resolve
from django.utils.cache import add_never_cache_headers, patch_vary_headers
from django.utils.translation import gettext_lazy as _
from django.views import defaults

from cms.access_matrix import rule_for
from courses.login import has_two_factors

if TYPE_CHECKING:
    from django.http import HttpRequest

TRY_AGAIN = 20  # seconds


def refusal(request: HttpRequest, status: int) -> HttpResponse:
    """The page that says no, in words; the status alone for whoever asks for no page, as a script does."""
    if request.accepts("text/html"):
        answer = render(request, f"{status}.html", status=status)
    else:
        answer = HttpResponse(status=status, content_type="text/plain")
    patch_vary_headers(answer, ["Accept"])
    return answer


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return refusal(request, 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return refusal(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return refusal(request, 404)


@dataclass(frozen=True)
class Typed:
    """A form whose words are kept: what it is called, and the label of each long field by its name."""

    title: str
    labels: dict[str, str]
    promise: str
    button: str


PASSED_ON = _("Det du fylte ut, er med på denne siden. Det er ikke lagret noe annet sted.")
STUDY = Typed(_("Studien er ikke lagret ennå"), {}, PASSED_ON, _("Lagre studien"))
WAVE = Typed(_("Målingen er ikke lagret ennå"), {}, PASSED_ON, _("Lagre målingen"))

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
    "answers:form": Typed(
        _("Svarene er ikke sendt ennå"),
        {},  # every answer is passed on as it was
        _("Svarene dine er med på denne siden. De er ikke lagret noe annet sted."),
        _("Send svarene"),
    ),
    "answers:keying": Typed(_("Arket er ikke forseglet ennå"), {}, PASSED_ON, _("Send det en gang til")),
    "answers:new_study": STUDY,
    "answers:edit_study": STUDY,
    "answers:new_wave": WAVE,
    "answers:edit_wave": WAVE,
    "answers:criteria": Typed(_("Kriteriene er ikke lagret ennå"), {}, PASSED_ON, _("Lagre kriteriene")),
}


def keep_typed(request: HttpRequest, route: str) -> HttpResponse | None:
    """What was typed and could not be saved, because the session had ended or lacks the second factor of
    staff, and how to save it still.

    None for a form that is soon filled in again, and of what another site has put in: that is never laid
    ready for one press. Template: ``typed_kept.html``.
    """
    form = TYPED.get(route)
    if form is None or _is_from_elsewhere(request):
        return None
    rule = rule_for(route)
    is_staffs = bool(rule and rule.roles) and request.user.is_authenticated
    context = _typed(request, form) | {"lacks_factor": is_staffs and not has_two_factors(request)}
    page = render(request, "typed_kept.html", context, status=401)
    add_never_cache_headers(page)  # nobody is logged in, and yet it is hers
    return page


def _typed(request: HttpRequest, form: Typed) -> dict[str, object]:
    return {
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


def server_error(request: HttpRequest) -> HttpResponse:
    """Something of ours broke. Where the database is away, that is said, with a time to try again.

    What was typed in a form stays on the page; script is told by the status alone.
    """
    if not isinstance(sys.exc_info()[1], (OperationalError, InterfaceError)):
        return defaults.server_error(request)
    context: dict[str, object] = {"path": request.path}
    with contextlib.suppress(Http404, BadRequest):
        form = TYPED.get(resolve(request.path_info).view_name)
        if form and request.method == "POST" and not _is_from_elsewhere(request):
            context |= _typed(request, form) | {"csrf_token": get_token(request)}
    page = HttpResponse(render_to_string("503.html", context), status=503)  # no request: it asks for the user
    page["Retry-After"] = str(TRY_AGAIN)
    add_never_cache_headers(page)
    return page


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's token is old, most often after a new login in another tab. What was typed stays."""
    match = request.resolver_match
    typed = keep_typed(request, match.view_name) if match else None
    return typed or render(request, "403_csrf.html", status=403)


def _is_from_elsewhere(request: HttpRequest) -> bool:
    """By what browsers say of every form that another site sends; a page without an address says «null»."""
    said = request.headers.get("Origin") or request.headers.get("Referer")
    return said is not None and urlsplit(said).netloc != request.get_host()
