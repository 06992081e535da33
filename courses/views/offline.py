"""What a phone fetches to keep, and where it sends what waited. What is kept in the open holds no person."""

from __future__ import annotations

import json
import uuid
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from courses import reading
from courses.attendance_sheets import sheet_of
from courses.auditing import Action, record_adults
from courses.models import ReadingEvent
from courses.offline import Tap, owner_tags, queue_keys, store
from courses.views.evenings import help_numbers_of, leaders_of, led_evening, phone_row, plan_of

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest

    from courses.attendance_sheets import Sheet
    from courses.editions import ModuleWords, PartWords
    from courses.models import Evening
    from courses.reading import Reader
    from courses.run_sheets import RunSheet

MOST_EVENTS = 200
LONGEST_BODY = 200_000  # bytes
LONGEST_WORD = 255  # of a slug


def keep_offer(reader: Reader, words: ModuleWords, read: frozenset[str]) -> dict[str, Any] | None:
    """What a page tells the phone about keeping its module; None for staff who look. No query."""
    if reader.adult is None:
        return None
    edition = reader.edition
    address = reverse("courses:kept_module", args=[edition.programme.slug, words.module.slug])
    before = f"{words.module.pk}/"
    return {
        "url": f"{address}?v={edition.pk}.{edition.wording}.{get_language()}",
        "read": " ".join(part.key for part in words.parts if before + part.key in read),
        "title": words.title,
    }


def kept_module(request: HttpRequest, programme: str, module: str) -> HttpResponse:
    """Every part of a module in one page without reader, name or form token: what a phone keeps.

    The same for everybody who reads the edition in this language. Raises Http404 while the module is not
    open to whoever asks. Template: ``courses/kept_module.html``. Three queries at most.
    """
    reader = reading.reader_of(request.user, programme)
    language = get_language()
    words = reading.module_of(reader, module, language)
    standing = reading.standing_events(reader.adult, words.module.pk)
    if not standing["read"] and reading.opens_on(reader, words, reading.evening_of(reader, words)):
        raise Http404
    address = [programme, module]
    urls = {part.key: reverse("courses:part", args=[*address, part.key]) for part in words.parts}
    context = {
        "module": words,
        "programme": programme,
        "url": reverse("courses:module", args=address),
        "parts": [
            {"words": part, "url": urls[part.key], "next": _link(after, urls)}
            for part, after in zip_longest(words.parts, words.parts[1:])
        ],
        "wanted": language,
        "draft_mark": reader.edition.mark,
    }
    # without the request: no context processor adds a person, a message or a form token
    page = HttpResponse(render_to_string("courses/kept_module.html", context))
    page["Referrer-Policy"] = "same-origin"
    return page


def _link(part: PartWords | None, urls: dict[str, str]) -> dict[str, str] | None:
    return {"title": part.title, "url": urls[part.key]} if part else None


def events(request: HttpRequest) -> JsonResponse:
    """«Lest» and «prøvd» that waited on a phone, as JSON. Sent twice it changes nothing."""
    sent = _events_in(request.body)
    if sent is None:
        words = _("Vi kunne ikke lese det som ble sendt. Ingenting er lagret.")
        return JsonResponse({"error": words}, status=400)
    taps: dict[int, Tap] = {}
    for place, row in enumerate(sent):
        tap = _tap(row)
        if tap is not None:
            taps[place] = tap
    stored = dict(zip(taps, store(request.user, list(taps.values())), strict=True))
    return JsonResponse(
        {
            "events": [
                {"client_id": str(done.client_id), "status": done.status, "why": done.why}
                if (done := stored.get(place))
                else {"client_id": _word(row.get("client_id")), "status": "refused", "why": _unreadable()}
                for place, row in enumerate(sent)
            ]
        }
    )


def _unreadable() -> str:
    return _("Vi kunne ikke lese dette merket.")


def _events_in(body: bytes) -> list[dict[str, Any]] | None:
    """The rows of what was sent; None when it is not what a phone sends, or too much of it."""
    if len(body) > LONGEST_BODY:
        return None
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError):
        return None
    rows = sent.get("events") if isinstance(sent, dict) else None
    if not isinstance(rows, list) or len(rows) > MOST_EVENTS:
        return None
    return rows if all(isinstance(row, dict) for row in rows) else None


def _word(value: object) -> str:
    return value if isinstance(value, str) and len(value) <= LONGEST_WORD and "\0" not in value else ""


def _tap(row: dict[str, Any]) -> Tap | None:
    """One row as a tap; None when something in it is of the wrong kind."""
    revision, kind = row.get("revision"), row.get("kind")
    try:
        client_id = uuid.UUID(_word(row.get("client_id")))
    except ValueError:
        return None
    if kind not in ReadingEvent.Kind.values:
        return None
    return Tap(
        client_id=client_id,
        owner=_word(row.get("owner")).encode("ascii", "replace").decode("ascii"),
        programme=_word(row.get("programme")),
        module=_word(row.get("module")),
        part=_word(row.get("part")),
        kind=str(kind),
        block=_word(row.get("block")),
        revision=revision if type(revision) is int and 0 < revision < 2**63 else None,
        happened_at=_moment(row.get("happened_at")),
    )


def _moment(value: object) -> datetime:
    """When it was tapped by the phone's clock; now when that cannot be so."""
    now = timezone.now()
    try:
        when = parse_datetime(value) if isinstance(value, str) else None
    except ValueError:
        when = None
    if when is None or timezone.is_naive(when) or not 2000 < when.year < 9000:
        return now
    return min(when, now)


def pack(request: HttpRequest, evening_id: int) -> JsonResponse:
    """Tonight's list and plan for «Ta med kvelden», to be locked on the phone. No shielded adult is in it."""
    evening = led_evening(request.user, evening_id)
    sheet, told = sheet_of(evening), plan_of(evening)
    plan: RunSheet = told["plan"]
    open_rows = [row for row in sheet.rows if not row.shielded]
    record_adults(request.user, Action.PRINTED, [row.adult for row in open_rows])
    packed = {
        "evening": evening.pk,
        "group": evening.group.name,
        "number": plan.number,
        "title": plan.title,
        "language": plan.language,
        "starts_at": _seconds(evening.starts_at),
        "ends_at": _seconds(told["ends_at"]),
        "cancelled": evening.cancelled_at is not None,
        "place": evening.place,
        "plan": _plan(plan),
        "materials": list(plan.materials),
        "left_out": len(sheet.rows) - len(open_rows),
        "leaders": leaders_of(request.user, evening),
        "help_numbers": help_numbers_of(evening),
        "head_count": evening.head_count,
    }
    secret = {"owner": owner_tags(request.user), "queue_keys": queue_keys(request.user, evening)}
    return JsonResponse(packed | _people(evening, sheet) | secret)


def _people(evening: Evening, sheet: Sheet) -> dict[str, Any]:
    return {
        "people": [
            {
                "adult": row.adult,
                "name": row.name,
                "partner": row.partner,
                "guest": row.guest,
                "paused": row.paused,
                "state": row.state,
                "phone": phone_row(row.name, row.mobile)["phone"],
            }
            for row in sheet.rows
            if not row.shielded
        ],
        "walk_ins": [{"client_id": str(row.client_id), "name": row.name} for row in sheet.walk_ins],
    }


def _plan(plan: RunSheet) -> list[dict[str, Any]]:
    return [
        {
            "number": row.number,
            "start": _seconds(row.starts_at),
            "end": _seconds(row.ends_at),
            "minutes": row.minutes,
            "title": row.title,
            "do": row.do,
            "ask": list(row.ask),
            "material": row.material,
            "core": row.core_text,
            "cut": row.cut_first,
            "if_hard": row.if_hard,
        }
        for row in plan.rows
    ]


def _seconds(when: datetime) -> int:
    return int(when.timestamp())
