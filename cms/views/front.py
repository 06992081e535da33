"""The public pages: front page, help, information, preferences, and what works without network."""

from __future__ import annotations

import hashlib
import json
import time
from collections import defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve
from django.utils import timezone, translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cms.access_matrix import rule_for
from cms.models import InfoPage
from cms.retention import TABLE
from courses.models import HelpNumber, Language, Municipality, TextSize, User, Word
from courses.models.facts import WEEKDAYS, are_windows, is_open

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.utils.safestring import SafeString

KEPT_OFFLINE = ["egs/site.css", "egs/app.js", "egs/favicon.svg"]
YEAR = 365 * 24 * 3600  # seconds


def front(request: HttpRequest) -> HttpResponse:
    """What this is, and the way in. No query unless somebody is logged in."""
    return render(request, "cms/front.html")


def _number_row(number: HelpNumber) -> dict[str, Any]:
    readable = are_windows(number.windows)
    windows = [
        {
            "days": [WEEKDAYS.index(day) + 1 for day in window["days"]],
            "from": window["from"].replace(":", "."),
            "to": window["to"].replace(":", "."),
        }
        for window in (number.windows if readable else [])
    ]
    return {
        "label": number.in_language("label"),
        "number": number.number,
        "tel": number.tel,
        "who": number.in_language("who"),
        "hours": number.in_language("hours"),
        "windows_json": json.dumps(windows) if windows else "",
        "open_now": is_open(number.windows, timezone.now()) if windows else None,
        "source": number.source,
        "checked": number.checked_on,
        "owner": number.owner,
        "example": number.is_example,
    }


def help_now(request: HttpRequest) -> HttpResponse:
    """Whom to call: the same page for everybody, so that a phone can keep it. Two queries a minute.

    ``?kommune=<slug>`` opens a municipality; the phone remembers the one opened last by itself.
    """
    chosen = request.GET.get("kommune", "")
    language, minute = get_language(), int(time.time() // 60)
    numbers = _numbers(language, chosen) if chosen else _numbers_this_minute(language, minute)
    return render(request, "cms/help.html", {"numbers": numbers})


def _numbers(language: str, chosen: str) -> SafeString:
    """The numbers as HTML in the active language. Two queries at any number of municipalities."""
    by_place: dict[int | None, list[dict[str, Any]]] = defaultdict(list)
    for number in HelpNumber.objects.order_by("position", "label"):
        by_place[number.municipality_id].append(_number_row(number))
    places = [(place.slug, place.name, by_place[place.pk]) for place in Municipality.objects.all()]
    context = {"national": by_place[None], "municipalities": places, "chosen": chosen}
    return render_to_string("cms/help_numbers.html", context)


@lru_cache(maxsize=len(Language.values))
def _numbers_this_minute(language: str, minute: int) -> SafeString:
    """What the opening hours say changes by the minute; so may this, in each process."""
    return _numbers(language, "")


def forget_numbers() -> None:
    """Empties this process's memory of the numbers. For tests."""
    _numbers_this_minute.cache_clear()


def offline(request: HttpRequest) -> HttpResponse:
    """What the phone shows when there is no network and the page is not kept."""
    return render(request, "cms/offline.html")


def evening_offline(request: HttpRequest) -> HttpResponse:
    """The shell of an evening that was taken along: no person in it; script asks the code and fills it.

    ``sprak``: its language, since a phone fetches it without cookies.
    """
    asked = request.GET.get("sprak", "")
    with translation.override(asked if asked in Language.values else get_language()):
        page = render(request, "courses/evenings/shell.html")
        page["Content-Language"] = get_language()
    return page


def info(request: HttpRequest, slug: str) -> HttpResponse:
    """A public page of text, rendered when it was published; Bokmål where Nynorsk is missing. One query."""
    rows = (
        InfoPage.objects.live()
        .filter(slug__in=[slug, f"{slug}-nn"], locale__language_code__in=["nb", get_language()])
        .values_list("locale__language_code", "title", "ingress", "html", "last_published_at")
    )
    found = {code: row for code, *row in rows}
    if not found:
        raise Http404
    title, ingress, html, published = found.get(get_language()) or found["nb"]
    washed = mark_safe(html)  # noqa: S308
    context = {"title": title, "ingress": ingress, "segments": washed, "published": published}
    if slug == "personvern":
        context["kept"] = TABLE
    return render(request, "cms/info.html", context)


def words(request: HttpRequest) -> HttpResponse:
    """The word list. One query."""
    listed = [
        {"word": row.in_language("word"), "text": row.in_language("text")} for row in Word.objects.all()
    ]
    return render(request, "cms/word_list.html", {"words": listed})


def _came_from(request: HttpRequest) -> str:
    """The path of the page of ours that led here, where it can be opened again; else empty.

    Read from the Referer, not from an address of ours: a path may hold the token of an invitation.
    """
    came = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(came, {request.get_host()}, request.is_secure()):
        return ""
    parts = urlsplit(came)
    try:
        name = resolve(parts.path).view_name
    except Resolver404:
        return ""
    rule = rule_for(name)
    if name == "cms:preferences" or rule is None or "GET" not in rule.methods:
        return ""
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def preferences(request: HttpRequest) -> HttpResponse:
    """Written language and text size: kept with the person, or in a cookie for who is not logged in."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure()):
        target = "" if request.method == "POST" else _came_from(request)
    if request.method != "POST":
        return render(request, "cms/preferences.html", {"next": target})
    language, size = request.POST.get("language", ""), request.POST.get("text_size", "")
    chosen = {}
    if language in Language.values:
        chosen["language"] = language
    if size in TextSize.values:
        chosen["text_size"] = size
    response = redirect(target or "cms:preferences")
    if request.user.is_authenticated and chosen:
        User.objects.filter(pk=request.user.pk).update(**chosen)
    secure = not (settings.DEMO or settings.DEBUG)
    for name, value in (("sprak", chosen.get("language")), ("tekst", chosen.get("text_size"))):
        if value:
            response.set_cookie(name, value, max_age=YEAR, samesite="Lax", secure=secure, httponly=True)
    with translation.override(chosen.get("language", get_language())):
        messages.success(request, _("Valget er lagret."))
    return response


def service_worker(request: HttpRequest) -> HttpResponse:
    """The worker that keeps the help page and the built files. Its version follows the files."""
    files = [staticfiles_storage.url(name) for name in KEPT_OFFLINE]
    version = hashlib.sha256("".join(files).encode()).hexdigest()[:12]
    response = render(
        request, "cms/sw.js", {"files": files, "version": version}, content_type="text/javascript"
    )
    response["Cache-Control"] = "no-cache"
    return response


def favicon(request: HttpRequest) -> HttpResponse:
    """Browsers ask for /favicon.ico whatever the page says."""
    response = redirect(staticfiles_storage.url("egs/favicon.svg"))
    response["Cache-Control"] = "max-age=86400"
    return response
