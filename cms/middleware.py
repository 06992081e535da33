"""What every request goes through: headers, language, idle time and the declared access matrix."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import DatabaseError
from django.http import Http404, UnreadablePostError
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation

from cms.access_matrix import rule_for
from cms.views.errors import keep_typed, refusal
from courses.access import active_roles
from courses.login import has_two_factors
from courses.models import Language, TextSize

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from django.http import HttpRequest, HttpResponse
    from django.http.response import HttpResponseBase

    from cms.access_matrix import Rule

    Next = Callable[[HttpRequest], HttpResponse]

LARGEST_ID = 2**63 - 1  # of 64 bits with a sign
FRONT_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self';"
    " connect-src 'self'; media-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'; object-src 'none'; worker-src 'self'; require-trusted-types-for 'script';"
    " trusted-types egs"
)
PREVIEW_CSP = FRONT_CSP.replace("frame-ancestors 'none'", "frame-ancestors 'self'")
# in the editor's preview panel Wagtail's own script counts words and finds faults: it knows no Trusted Types
PANEL_CSP = PREVIEW_CSP.partition(" require-trusted-types-for")[0]
CMS_CSP = (  # what Wagtail's admin needs: the reason it has its own host name in production
    "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline';"
    " img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; frame-src 'self';"
    " media-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'self'; frame-ancestors 'self';"
    " object-src 'none'"
)
FILES_CSP = "default-src 'none'; sandbox"
PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=(), publickey-credentials-get=(self)"
NAMELESS = ("/kveldssvar/", "/k/")  # evaluation/views/evening_forms.py and wall_codes.py
PUBLIC_FILES = ("/static/", "/filer/bilde/")


class Compressed(GZipMiddleware):
    """Pages, compressed: a phone on a bad line gets a third of the bytes.

    Only pages: files are compressed when they are built, and a film is asked for in pieces. Django pads
    each answer and masks each form token, so that its length tells nothing of what is in it (BREACH).
    """

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if response.streaming or not response.get("Content-Type", "").startswith("text/html"):
            return response
        return super().process_response(request, response)


def headers(get_response: Next) -> Next:
    """Middleware: the security headers of reliability §5, and no storing of personal pages anywhere."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.path.startswith("/cms/"):
            preview = "/preview/" in request.path or "/view_draft/" in request.path
            if preview and request.method == "GET":
                # Wagtail sent a request of its own through here: what that one was given is for the front
                in_panel = "/preview/" in request.path and request.GET.get("in_preview_panel") == "true"
                response["Content-Security-Policy"] = PANEL_CSP if in_panel else PREVIEW_CSP
            policy = CMS_CSP
        else:
            policy = FILES_CSP if request.path.startswith("/filer/") else FRONT_CSP
            response["Cross-Origin-Embedder-Policy"] = "require-corp"
        response.setdefault("Content-Security-Policy", policy)
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.setdefault("Permissions-Policy", PERMISSIONS)
        if not request.path.startswith(PUBLIC_FILES):
            response.setdefault("Cache-Control", "private, no-store" if _is_personal(request) else "no-cache")
        return response

    return middleware


def _is_personal(request: HttpRequest) -> bool:
    """Whether somebody is logged in; where the database that knows is away, yes."""
    user = getattr(request, "user", None)
    try:
        return user is not None and user.is_authenticated
    except DatabaseError:
        return True


def nameless(get_response: Next) -> Next:
    """Middleware: on the pages of an evening's anonymous form nobody is logged in, whoever it is.

    The cookie of the login is not handed on, so that no session is read or written there; it is not taken
    away either. Stands before whatever reads it.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith(NAMELESS):
            request.COOKIES.pop(settings.SESSION_COOKIE_NAME, None)
        return get_response(request)

    return middleware


def language(get_response: Next) -> Next:
    """Middleware: the person's own language and text size; a cookie where nobody is logged in."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            chosen, size = request.user.language, request.user.text_size
        else:
            chosen, size = request.COOKIES.get("sprak", "nb"), request.COOKIES.get("tekst", "normal")
        request.text_size = size if size in TextSize.values else "normal"
        code = chosen if chosen in Language.values else "nb"
        with translation.override(code):
            request.LANGUAGE_CODE = code
            response = get_response(request)
        response.setdefault("Content-Language", code)
        return response

    return middleware


def whole_forms(get_response: Next) -> Next:
    """Middleware: a form whose body was cut on its way is refused: half of it would be taken for all.

    Gunicorn hands on what came before the line went, without a word.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.content_type == "application/x-www-form-urlencoded":
            told = request.META.get("CONTENT_LENGTH") or "0"
            try:
                whole = told.isdecimal() and len(request.body) >= int(told)
            except UnreadablePostError:  # another server than gunicorn says so
                whole = False
            if not whole:
                raise BadRequest("The form did not arrive whole.")
        return get_response(request)

    return middleware


IDLE_STEP = 5 * 60  # seconds between two writes of «last seen»: no write for every click
IDLE_LIMIT = 30 * 60  # seconds
# what an open edit page of Wagtail asks by itself every few seconds; a save, also an automatic one, is made
# of something typed and counts
BY_ITSELF = re.compile(r"/cms/(editing-sessions/|.*/preview/)")


def idle(get_response: Next) -> Next:
    """Middleware: after 30 minutes without a click staff are logged out, and a family's notes are shut.

    The time kept is coarse (five-minute steps) and lives in the session alone. What a page asks by itself
    is no click.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now = int(time.time())
            seen = request.session.get("seen", now)
            if now - seen > IDLE_LIMIT:
                if active_roles(request.user):
                    logout(request)
                else:
                    request.session["notes_shut"] = True
            long_since = now - seen >= IDLE_STEP and not BY_ITSELF.match(request.path)
            if request.user.is_authenticated and (long_since or "seen" not in request.session):
                request.session["seen"] = now
        return get_response(request)

    return middleware


def _exists_here(rule: Rule, request: HttpRequest, kwargs: dict[str, Any]) -> bool:
    """Whether the route exists at all here: the demo's door, the editor's host, a model's name, and a number
    that can be a row's: SQLite takes no larger one to look for."""
    if any(isinstance(value, int) and value > LARGEST_ID for value in kwargs.values()):
        return False
    if rule.demo and not settings.DEMO:
        return False
    if rule.host_of_cms and settings.CMS_HOST and request.get_host() != settings.CMS_HOST:
        return False
    return _may_name(rule, kwargs)


def _refused_as_staff(rule: Rule, request: HttpRequest, view_name: str) -> HttpResponseBase | None:
    """The way to a second factor, with what was typed; None for staff who may pass.

    Without the role: PermissionDenied.
    """
    if not {role.kind for role in active_roles(request.user)} & (rule.roles or frozenset()):
        raise PermissionDenied
    if has_two_factors(request):
        return None
    typed = keep_typed(request, view_name) if request.method == "POST" else None
    return typed or redirect("account_two_factors")


def _to_login(request: HttpRequest, view_name: str) -> HttpResponseBase:
    """The way in, and back to the page: what only takes a form is no place to come back to.

    What somebody wrote at length is not lost by an ended session: it comes back in fields of its own.
    """
    if request.method in ("GET", "HEAD"):
        return redirect_to_login(request.get_full_path())
    if typed := keep_typed(request, view_name):
        return typed
    came_from = urlsplit(request.headers.get("Referer", ""))
    here = came_from.netloc == request.get_host()
    return redirect_to_login(came_from.path if here else reverse("cms:min_side"))


def _may_name(rule: Rule, kwargs: dict[str, Any]) -> bool:
    """Whether a route that takes a model's name in its address was given one of its rule's."""
    return rule.models is None or f"{kwargs.get('app_label')}.{kwargs.get('model_name')}" in rule.models


class AccessMiddleware:
    """Lets a request through only as ``cms/access_matrix.py`` declares it. An undeclared route is a 404."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        match = request.resolver_match
        rule = rule_for(match.view_name if match else "")
        if rule is None or not _exists_here(rule, request, kwargs):
            raise Http404
        asked = "GET" if request.method == "HEAD" else request.method  # HEAD asks for what GET gives
        if asked not in rule.methods:
            response = refusal(request, 405)
            response["Allow"] = ", ".join(sorted(rule.methods))
            return response
        if rule.roles is None:
            return None
        if not request.user.is_authenticated:
            return _to_login(request, match.view_name)
        return _refused_as_staff(rule, request, match.view_name) if rule.roles else None
