"""The invited adult's door: a page with one button, and a kind page when there is no way in by it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.account.internal.flows.logout import logout
from allauth.core.ratelimit import respond_429
from django.shortcuts import redirect, render
from django.utils import translation
from django.views.decorators.cache import never_cache

from courses import welcoming
from courses.login import take_seat
from courses.returning import send_code_unseen
from courses.welcoming import Door

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from courses.models import InvitedAdult


@never_cache
def welcome(request: HttpRequest, token: str) -> HttpResponse:
    """Opening it does and tells nothing, however often; the button sends a code to the invited address."""
    invited = welcoming.find(token)
    if invited is None:
        return render(request, "courses/groups/closed.html", {"door": "unknown"}, status=404)
    door = welcoming.door_of(invited)
    if door != Door.OPEN:
        with translation.override(_language(request, invited)):
            return render(request, "courses/groups/closed.html", {"door": door}, status=410)
    if request.method != "POST":
        with translation.override(_language(request, invited)):
            return render(request, "courses/groups/welcome.html", {"by_mail": bool(invited.email)})
    return _begin(request, invited)


def _begin(request: HttpRequest, invited: InvitedAdult) -> HttpResponse:
    """A code to the invited address; whoever is logged in with it already has shown that it is hers."""
    if request.user.is_authenticated and welcoming.is_hers(invited, request.user):
        take_seat(request, request.user, invited.pk)
        return redirect("cms:min_side")
    logout(request, show_message=False)
    user = welcoming.user_at_door(invited)
    if not send_code_unseen(request, user, by_mail=bool(invited.email)):
        return respond_429(request)
    request.session["invited"] = invited.pk
    return redirect("account_confirm_login_code")


def _language(request: HttpRequest, invited: InvitedAdult) -> str:
    """What the visitor chose before, else the written language of the municipality that invites."""
    if request.user.is_authenticated or "sprak" in request.COOKIES:
        return translation.get_language() or "nb"
    return str(invited.invitation.municipality.written_language)
