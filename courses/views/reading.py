"""The reading pages. Each finds the reader first: whoever does not take the programme gets a 404."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language

from courses import reading
from courses.editions import words_of
from courses.models import EarlyOpening
from courses.views.offline import keep_offer
from courses.views.slots import filled

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from courses.editions import ModuleWords, PartWords
    from courses.reading import Reader
    from courses.views.slots import Refused


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
    stands = evening if evening and evening.cancelled_at is None else None
    rows = _part_rows(programme, words, standing["read"])
    begun = any(row["is_read"] for row in rows)
    context = _neighbours(reader, programme, module) | {
        "module": _module_data(programme, words)
        | {"ingress": words.ingress, "goals": words.goals, "language": words.language},
        "programme_key": programme,
        "parts": rows,
        "minutes_left": sum(row["minutes"] for row in rows if not row["is_read"]),
        "home_tasks": task_rows(programme, words, standing["tried"]),
        "evening": {"starts_at": stands.starts_at, "place": stands.place} if stands else None,
        "opens_on": None if begun else reading.opens_on(reader, words, evening),
        "draft_mark": reader.edition.mark,
        "reader_is_adult": reader.adult is not None,
        "help_place": reader.place,
        "keep": None,
    }
    if not context["opens_on"]:
        context["keep"] = keep_offer(reader, words, standing["read"])
    return render(request, "courses/module.html", context)


def _neighbours(reader: Reader, programme: str, module: str) -> dict[str, Any]:
    """The modules before and after this one, None at the ends. No query."""
    row = list(words_of(reader.edition, get_language()).values())
    place = next(index for index, words in enumerate(row) if words.module.slug == module)
    before, after = row[:place], row[place + 1 :]
    return {
        "previous_module": _module_data(programme, before[-1]) if before else None,
        "next_module": _module_data(programme, after[0]) if after else None,
    }


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


def task_rows(programme: str, words: ModuleWords, tried: frozenset[str]) -> list[dict[str, Any]]:
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
    return part_page(request, reader, programme, module, part)


def part_page(
    request: HttpRequest,
    reader: Reader,
    programme: str,
    module: str,
    key: str,
    *,
    refused: Refused | None = None,
) -> HttpResponse:
    """A part's page; with ``refused`` the answer to a note that was not stored, its text in its field."""
    language = get_language()
    words = reading.module_of(reader, module, language)
    current = words.by_key.get(key)
    if current is None:
        raise Http404
    standing = reading.standing_events(reader.adult, words.module.pk)
    if (
        not refused
        and not standing["read"]
        and reading.opens_on(reader, words, reading.evening_of(reader, words))
    ):
        return redirect("courses:module", programme, module)
    if reader.enrolment:
        reading.remember_place(reader.enrolment, current.pk)
    address = [programme, module, key]
    context = _place_of(words, current, address) | {
        "module": _module_data(programme, words),
        "segments": filled(request, reader, words, current, address, standing["tried"], refused),
        "refused": refused,
        "fallback": current.language != language,
        "title_language": current.title_language,
        "content_language": current.language,
        "is_read": f"{words.module.pk}/{key}" in standing["read"],
        "client_id": uuid.uuid4(),
        "draft_mark": reader.edition.mark,
        "reader_is_adult": reader.adult is not None,
        "help_place": reader.place,
        "keep": keep_offer(reader, words, standing["read"]),
    }
    return render(request, "courses/part.html", context, status=refused.status if refused else 200)


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


def own_part(
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
    reader, words, current = own_part(request, programme, module, key)
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


def to_slot(programme: str, module: str, part: str, block: str) -> HttpResponse:
    return redirect(reverse("courses:part", args=[programme, module, part]) + f"#s-{block}")


def mark_tried(request: HttpRequest, programme: str, module: str, part: str, block: str) -> HttpResponse:
    """«Prøvd» for a home task."""
    _record(request, programme, module, part, "tried", block)
    return to_slot(programme, module, part, block)


def mark_untried(request: HttpRequest, programme: str, module: str, part: str, block: str) -> HttpResponse:
    """Takes «prøvd» back."""
    _record(request, programme, module, part, "untried", block)
    return to_slot(programme, module, part, block)


def open_early(request: HttpRequest, programme: str, module: str) -> HttpResponse:
    """An adult opens a module before its time, by her own choice."""
    reader = reading.reader_of(request.user, programme)
    words = reading.module_of(reader, module, get_language())
    if reader.adult is None:
        raise Http404
    EarlyOpening.objects.get_or_create(adult=reader.adult, module=words.module)
    return redirect("courses:module", programme, module)
