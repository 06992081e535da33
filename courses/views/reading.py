"""The reading pages. Each finds the reader first: whoever does not take the programme gets a 404."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language

from courses import reading
from courses.local import local_facts
from courses.models import EarlyOpening
from courses.notes import NoteTooLongError, notes_of, write_note

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from courses.editions import ModuleWords, PartWords
    from courses.reading import Reader


def _module_data(programme: str, words: ModuleWords) -> dict[str, Any]:
    module = words.module
    return {
        "number": module.number,
        "title": words.title,
        "key": module.slug,
        "hue": module.hue,
        "illustration": module.illustration,
        "url": reverse("courses:module", args=[programme, module.slug]),
    }


def _link(programme: str, module: str, part: PartWords | None) -> dict[str, Any] | None:
    if part is None:
        return None
    return {"title": part.title, "url": reverse("courses:part", args=[programme, module, part.key])}


def module(request: HttpRequest, programme: str, module: str) -> HttpResponse:
    """What a module is for, its parts, its evening and its home tasks. Six queries for an adult.

    Template: ``courses/module.html``.
    """
    reader = reading.reader_of(request.user, programme, request.GET.get("utgave", ""))
    words = reading.module_of(reader, module, get_language())
    standing = reading.standing_events(reader.adult, words.module.pk)
    evening = reading.evening_of(reader, words)
    rows = _part_rows(programme, words, standing["read"])
    begun = any(row["is_read"] for row in rows)
    context = {
        "module": _module_data(programme, words)
        | {"ingress": words.ingress, "goals": words.goals, "language": words.language},
        "programme_key": programme,
        "parts": rows,
        "minutes_left": sum(row["minutes"] for row in rows if not row["is_read"]),
        "home_tasks": _task_rows(programme, words, standing["tried"]),
        "evening": {"starts_at": evening.starts_at, "place": evening.place} if evening else None,
        "opens_on": None if begun else reading.opens_on(reader, words, evening),
        "draft_mark": reader.edition.mark,
        "reader_is_adult": reader.adult is not None,
    }
    return render(request, "courses/module.html", context)


def _part_rows(programme: str, words: ModuleWords, read: frozenset[str]) -> list[dict[str, Any]]:
    return [
        {
            "title": part.title,
            "minutes": part.minutes,
            "number": part.number,
            "url": reverse("courses:part", args=[programme, words.module.slug, part.key]),
            "is_read": f"{words.module.pk}/{part.key}" in read,
        }
        for part in words.parts
    ]


def _task_rows(programme: str, words: ModuleWords, tried: frozenset[str]) -> list[dict[str, Any]]:
    return [
        {
            "title": task["title"],
            "url": reverse("courses:part", args=[programme, words.module.slug, part.key])
            + f"#s-{task['id']}",
            "tried": f"{words.module.pk}/{part.key}/{task['id']}" in tried,
        }
        for part in words.parts
        for task in part.tasks
    ]


def part(request: HttpRequest, programme: str, module: str, part: str) -> HttpResponse:
    """One part, with the adult's own notes. Eight queries at most, however many parts there are.

    A module that is not open yet leads to its own page, where the adult may open it.
    Template: ``courses/part.html``.
    """
    reader = reading.reader_of(request.user, programme, request.GET.get("utgave", ""))
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
    words = reading.module_of(reader, module, language)
    current = words.by_key.get(key)
    if current is None:
        raise Http404
    standing = reading.standing_events(reader.adult, words.module.pk)
    if not standing["read"] and reading.opens_on(reader, words, reading.evening_of(reader, words)):
        return redirect("courses:module", programme, module)
    if reader.enrolment:
        reading.remember_place(reader.enrolment, current.pk)
    address = [programme, module, key]
    context = _place_of(words, current, address) | {
        "module": _module_data(programme, words),
        "segments": _filled(request, reader, words, current, address, standing["tried"], refused or {}),
        "fallback": current.language != language,
        "title_language": current.title_language,
        "content_language": current.language,
        "is_read": f"{words.module.pk}/{key}" in standing["read"],
        "client_id": uuid.uuid4(),
        "draft_mark": reader.edition.mark,
        "reader_is_adult": reader.adult is not None,
    }
    return render(request, "courses/part.html", context, status=422 if refused else 200)


def _place_of(words: ModuleWords, current: PartWords, address: list[str]) -> dict[str, Any]:
    """The part, its neighbours, and where its buttons lead."""
    place = words.parts.index(current)
    before, after = words.parts[:place], words.parts[place + 1 :]
    programme, module, _key = address
    return {
        "part": {
            "title": current.title,
            "ingress": current.ingress,
            "minutes": current.minutes,
            "number": current.number,
            "total": len(words.parts),
            "key": current.key,
            "url": reverse("courses:part", args=address),
        },
        "mark_read_url": reverse("courses:mark_read", args=address),
        "mark_unread_url": reverse("courses:mark_unread", args=address),
        "previous_part": _link(programme, module, before[-1] if before else None),
        "next_part": _link(programme, module, after[0] if after else None),
    }


def _filled(
    request: HttpRequest,
    reader: Reader,
    words: ModuleWords,
    current: PartWords,
    address: list[str],
    tried: frozenset[str],
    refused: dict[str, str],
) -> list[dict[str, Any]]:
    """The segments with their slots filled for this reader. Notes cost one query, local facts another."""
    segments = [dict(segment) if "id" in segment else segment for segment in current.segments]
    kinds = {segment["kind"] for segment in segments}
    shut = bool(request.session.get("notes_shut"))
    notes: dict[str, str] = {}
    if reader.adult and "reflection" in kinds and not shut:
        notes = notes_of(reader.adult, words.module.pk, current.key)
    wanted = [segment["fact"] for segment in segments if segment["kind"] == "local"]
    facts = local_facts(wanted, reader.municipality)
    for segment in segments:
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
            segment["tried"] = f"{words.module.pk}/{current.key}/{block}" in tried
        elif segment["kind"] == "local":
            segment["facts"] = facts.get(segment["fact"], [])
    return segments


def _own_part(
    request: HttpRequest, programme: str, module: str, key: str
) -> tuple[Reader, ModuleWords, PartWords]:
    """The part an adult acts on, in her own edition. Raises Http404 for everybody else."""
    reader = reading.reader_of(request.user, programme)
    words = reading.module_of(reader, module, get_language())
    if reader.adult is None or key not in words.by_key:
        raise Http404
    return reader, words, words.by_key[key]


def _client_id(request: HttpRequest) -> uuid.UUID:
    """The id the tap was given before it was sent; a new one when the form had none or a broken one."""
    try:
        return uuid.UUID(request.POST.get("client_id", ""))
    except ValueError:
        return uuid.uuid4()


def _record(
    request: HttpRequest, programme: str, module: str, key: str, kind: str, block: str = ""
) -> ModuleWords:
    reader, words, current = _own_part(request, programme, module, key)
    if block and block not in current.slots("home_task"):
        raise Http404
    reading.record(
        adult=reader.adult,  # type: ignore[arg-type]
        part=current.pk,
        kind=kind,
        block=block,
        revision=current.revision,
        client_id=_client_id(request),
    )
    return words


def mark_read(request: HttpRequest, programme: str, module: str, part: str) -> HttpResponse:
    """«Lest»: goes on to the next part, or back to the module after the last one."""
    words = _record(request, programme, module, part, "read")
    after = words.parts[words.parts.index(words.by_key[part]) + 1 :]
    if after:
        return redirect("courses:part", programme, module, after[0].key)
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
    reader = reading.reader_of(request.user, programme)
    words = reading.module_of(reader, module, get_language())
    if reader.adult is None:
        raise Http404
    EarlyOpening.objects.get_or_create(adult=reader.adult, module=words.module)
    return redirect("courses:module", programme, module)


def save_note(request: HttpRequest, programme: str, module: str, part: str, block: str) -> HttpResponse:
    """Keeps a private note. One that is too long comes back in its field with a sentence, nothing lost."""
    reader, words, current = _own_part(request, programme, module, part)
    if block not in current.slots("reflection"):
        raise Http404
    text = request.POST.get("text", "")
    try:
        write_note(adult=reader.adult, module=words.module, part_key=part, block=block, text=text)
    except NoteTooLongError as error:
        refused = {"block": block, "text": text, "error": str(error)}
        return _part_page(request, reader, programme, module, part, refused=refused)
    return _to_slot(programme, module, part, block)


def unlock_notes(request: HttpRequest) -> HttpResponse:
    """After half an hour away the notes ask who it is. allauth checks where ``next`` leads."""
    target = urlencode({"next": request.POST.get("next", reverse("cms:min_side"))})
    return redirect(f"{reverse('account_reauthenticate')}?{target}")
