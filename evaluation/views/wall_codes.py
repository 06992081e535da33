"""The short code on the wall, for whoever has no camera to point: it leads to the evening's form.

It is the evening's, drawn with it, and nobody's; once the form has closed it leads nowhere. Only what was
typed wrong is counted, for a minute, by the address it came from: of whoever comes to the form nothing is
kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.core.internal import ratelimit
from django.shortcuts import redirect, render

from evaluation import evening_forms

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

WRONG = 422
LIMIT = {"wall_code": "60/m/ip"}  # a hall is one address; of 23⁸ codes a few are open


def wall_code(request: HttpRequest, code: str = "") -> HttpResponse:
    """On to the form, or a field to type the code in. One query, and the limit's for a wrong one.

    Template: ``evaluation/evenings/wall_code.html``.
    """
    typed = code or request.GET.get("kode", "")
    found = evening_forms.form_on_wall(typed) if typed else None
    if found is not None:
        response = redirect("answers:evening_form", found.nonce)
    elif typed and not _is_allowed(request):
        return ratelimit.respond_429(request)
    else:
        context = {"typed": evening_forms.wall_signs(typed), "is_wrong": bool(typed)}
        page = "evaluation/evenings/wall_code.html"
        response = render(request, page, context, status=WRONG if typed else 200)
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _is_allowed(request: HttpRequest) -> bool:
    """Counts one more wrong one. Never asked of a right one: to ask writes the address down."""
    return bool(
        ratelimit.consume(request, app="evaluation", action="wall_code", config=LIMIT, limit_get=True)
    )
