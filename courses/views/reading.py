"""The reading pages. Each finds the reader first: whoever does not take the programme gets a 404."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import mark_safe
from django.utils.translation import get_language

from courses import reading
from courses.local import local_facts
from courses.models import EarlyOpening
from courses.notes import NoteTooLongError, notes_of, write_note

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from courses.models import Module
    from courses.reading import PartView, Reader


def _module_data(programme: str, module: Module, title: str) -> dict[str, Any]:
    return {
        "number": module.number,
        "title": title,
        "key": module.slug,
        "hue": module.hue,
        "illustration": module.illustration,
        "url": reverse("courses:module", args=[programme, module.slug]),
    }


def _link(programme: str, module: str, part: PartView | None) -> dict[str, Any] | None:
    if part is None:
        return None
    return {"title": part.title, "url": reverse("courses:part", args=[programme, module, part.key])}


def module(request: HttpRequest, programme: str, module: str) -> HttpResponse:
    """What a module is for, its parts, its evening and its home tasks. Seven queries for an adult.

    Template: ``courses/module.html``.
    """
    language = get_language()
    reader = reading.reader_of(request.user, programme, module, request.GET.get("utgave", ""))
    text = reading.module_text(reader.edition, module, language)
    parts = reading.parts_of(reader.edition, module, language)
    standing = reading.standing_events(reader.adult, part__module=text.module_id)
    rows = [
        {
            "title": part.title,
            "minutes": part.minutes,
            "number": part.number,
            "url": reverse("courses:part", args=[programme, module, part.key]),
            "is_read": f"{text.module_id}/{part.key}" in standing["read"],
        }
        for part in parts
    ]
    enrolment = reader.enrolment
    context = {
        "module": _module_data(programme, text.module, text.title)
        | {"ingress": text.ingress, "goals": text.goals},
        "programme_key": programme,
        "parts": rows,
        "minutes_left": sum(row["minutes"] for row in rows if not row["is_read"]),
        "home_tasks": [
            {
                "title": task["title"],
                "url": reverse("courses:part", args=[programme, module, part.key]) + f"#s-{task['id']}",
                "tried": f"{text.module_id}/{part.key}/{task['id']}" in standing["tried"],
            }
            for part in parts
            for task in part.tasks
        ],
        "evening": {"starts_at": enrolment.evening_at, "place": enrolment.evening_place}
        if enrolment
        else None,
        "opens_on": None if any(row["is_read"] for row in rows) else reading.opens_on(reader),
        "draft_mark": reader.edition.mark,
        "reader_is_adult": reader.adult is not None,
    }
    return render(request, "courses/module.html", context)


def part(request: HttpRequest, programme: str, module: str, part: str) -> HttpResponse:
    """One part, with the adult's own notes. Eight queries at most, however many parts there are.

    A module that is not open yet leads to its own page, where the adult may open it.
    Template: ``courses/part.html``.
    """
    reader = reading.reader_of(request.user, programme, module, request.GET.get("utgave", ""))
    return _part_page(request, reader, programme, module, part)


def _part_page(
    request: HttpRequest,
    reader: Reader,
    programme: str,
    module: str,
    key: str,
    *,
    refused: dict[str, str] | None = None,
) -> HttpResponse:
    language = get_language()
    parts = reading.parts_of(reader.edition, module, language, wanted=key)
    place = next((index for index, row in enumerate(parts) if row.key == key), None)
    if place is None:
        raise Http404
    current = parts[place]
    standing = reading.standing_events(reader.adult, part__module=current.module.pk)
    if reading.opens_on(reader) and not standing["read"]:
        return redirect("courses:module", programme, module)
    if reader.enrolment:
        reading.remember_place(reader.enrolment, current.pk)
    following = parts[place + 1] if place + 1 < len(parts) else None
    address = [programme, module, key]
    context = {
        "module": _module_data(programme, current.module, current.module_title),
        "part": {
            "title": current.title,
            "ingress": current.ingress,
            "minutes": current.minutes,
            "number": current.number,
            "total": len(parts),
            "key": key,
            "url": reverse("courses:part", args=address),
        },
        "segments": _filled(request, reader, current, address, standing["tried"], refused or {}),
        "fallback": current.language != language,
        "title_language": current.title_language,
        "content_language": current.language,
        "is_read": f"{current.module.pk}/{key}" in standing["read"],
        "client_id": uuid.uuid4(),
        "mark_read_url": reverse("courses:mark_read", args=address),
        "mark_unread_url": reverse("courses:mark_unread", args=address),
        "previous_part": _link(programme, module, parts[place - 1] if place else None),
        "next_part": _link(programme, module, following),
        "draft_mark": reader.edition.mark,
        "reader_is_adult": reader.adult is not None,
    }
    return render(request, "courses/part.html", context, status=422 if refused else 200)


def _filled(
    request: HttpRequest,
    reader: Reader,
    current: PartView,
    address: list[str],
    tried: frozenset[str],
    refused: dict[str, str],
) -> list[dict[str, Any]]:
    """The segments with their slots filled for this reader. Notes cost one query, local facts another."""
    segments = [dict(segment) for segment in current.segments or []]
    kinds = {segment["kind"] for segment in segments}
    shut = bool(request.session.get("notes_shut"))
    notes: dict[str, str] = {}
    if reader.adult and "reflection" in kinds and not shut:
        notes = notes_of(reader.adult, current.module.pk, current.key)
    wanted = [segment["fact"] for segment in segments if segment["kind"] == "local"]
    facts = local_facts(wanted, reader.municipality)
    for segment in segments:
        segment["html"] = mark_safe(segment["html"])  # noqa: S308 - washed at publishing (cms/rendering.py)
        block = segment.get("id", "")
        if segment["kind"] == "reflection":
            segment["url"] = reverse("courses:save_note", args=[*address, block])
            segment["text"] = (
                refused.get("text", "") if refused.get("block") == block else notes.get(block, "")
            )
            segment["error"] = refused.get("error") if refused.get("block") == block else None
            segment["saved"] = block in notes and not segment["error"]
            segment["shut"] = shut and not segment["error"]
        elif segment["kind"] == "home_task":
            segment["url"] = reverse("courses:mark_tried", args=[*address, block])
            segment["undo_url"] = reverse("courses:mark_untried", args=[*address, block])
            segment["tried"] = f"{current.module.pk}/{current.key}/{block}" in tried
        elif segment["kind"] == "local":
            segment["facts"] = facts.get(segment["fact"], [])
    return segments


def _own_part(request: HttpRequest, programme: str, module: str, key: str) -> tuple[Reader, PartView]:
    """The part an adult acts on, in her own edition, text included. Raises Http404 for everybody else."""
    reader = reading.reader_of(request.user, programme, module)
    if reader.adult is None:
        raise Http404
    for row in reading.parts_of(reader.edition, module, get_language(), wanted=key):
        if row.key == key:
            return reader, row
    raise Http404


def _client_id(request: HttpRequest) -> uuid.UUID:
    """The id the tap was given before it was sent; a new one when the form had none or a broken one."""
    try:
        return uuid.UUID(request.POST.get("client_id", ""))
    except ValueError:
        return uuid.uuid4()


def _record(
    request: HttpRequest, programme: str, module: str, key: str, kind: str, block: str = ""
) -> Reader:
    reader, row = _own_part(request, programme, module, key)
    slots = {segment.get("id") for segment in row.segments or [] if segment["kind"] == "home_task"}
    if block and block not in slots:
        raise Http404
    reading.record(
        adult=reader.adult,  # type: ignore[arg-type]
        part=row.pk,
        kind=kind,
        block=block,
        revision=row.revision,
        client_id=_client_id(request),
    )
    return reader


def mark_read(request: HttpRequest, programme: str, module: str, part: str) -> HttpResponse:
    """«Lest»: goes on to the next part, or back to the module after the last one."""
    reader = _record(request, programme, module, part, "read")
    keys = [row.key for row in reading.parts_of(reader.edition, module, get_language())]
    following = keys[keys.index(part) + 1 : keys.index(part) + 2]
    if following:
        return redirect("courses:part", programme, module, following[0])
    return redirect("courses:module", programme, module)


def mark_unread(request: HttpRequest, programme: str, module: str, part: str) -> HttpResponse:
    """Takes «Lest» back."""
    _record(request, programme, module, part, "unread")
    return redirect("courses:part", programme, module, part)


def _to_slot(programme: str, module: str, part: str, block: str) -> HttpResponse:
    return redirect(reverse("courses:part", args=[programme, module, part]) + f"#s-{block}")


def mark_tried(request: HttpRequest, programme: str, module: str, part: str, block: str) -> HttpResponse:
    """«Prøvd» for a home task."""
    _record(request, programme, module, part, "tried", block)
    return _to_slot(programme, module, part, block)


def mark_untried(request: HttpRequest, programme: str, module: str, part: str, block: str) -> HttpResponse:
    """Takes «prøvd» back."""
    _record(request, programme, module, part, "untried", block)
    return _to_slot(programme, module, part, block)


def open_early(request: HttpRequest, programme: str, module: str) -> HttpResponse:
    """An adult opens a module before its time, by her own choice."""
    reader = reading.reader_of(request.user, programme, module)
    if reader.adult is None:
        raise Http404
    text = reading.module_text(reader.edition, module, get_language())
    EarlyOpening.objects.get_or_create(adult=reader.adult, module=text.module)
    return redirect("courses:module", programme, module)


def save_note(request: HttpRequest, programme: str, module: str, part: str, block: str) -> HttpResponse:
    """Keeps a private note. One that is too long comes back in its field with a sentence, nothing lost."""
    reader, row = _own_part(request, programme, module, part)
    if block not in {segment.get("id") for segment in row.segments or [] if segment["kind"] == "reflection"}:
        raise Http404
    text = request.POST.get("text", "")
    try:
        write_note(adult=reader.adult, module=row.module, part_key=part, block=block, text=text)
    except NoteTooLongError as error:
        refused = {"block": block, "text": text, "error": str(error)}
        return _part_page(request, reader, programme, module, part, refused=refused)
    return _to_slot(programme, module, part, block)


def unlock_notes(request: HttpRequest) -> HttpResponse:
    """After half an hour away the notes ask who it is. allauth checks where ``next`` leads."""
    target = urlencode({"next": request.POST.get("next", reverse("cms:min_side"))})
    return redirect(f"{reverse('account_reauthenticate')}?{target}")
