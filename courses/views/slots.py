"""What the slots of a part hold for one reader: her notes, what she has tried, and the local facts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from django.urls import reverse

from courses.local import CONTACT_PERSON, PEOPLE, led_group, local_facts
from courses.notes import Kept, kept_notes

if TYPE_CHECKING:
    from django.http import HttpRequest

    from courses.editions import ModuleWords, PartWords
    from courses.reading import Reader


class Refused(NamedTuple):
    """A note that was not stored: its slot, what was typed, why, and which version the field answers."""

    block: str
    text: str
    error: str
    status: int
    mark: str
    stored: str | None = None  # what stands there instead, shown above the field


def filled(
    request: HttpRequest,
    reader: Reader,
    words: ModuleWords,
    current: PartWords,
    address: list[str],
    tried: frozenset[str],
    refused: Refused | None,
) -> list[dict[str, Any]]:
    """The segments with their slots filled for this reader. Notes cost one query, local facts another."""
    segments = [dict(segment) if "id" in segment else segment for segment in current.segments]
    kinds = {segment["kind"] for segment in segments}
    locked = bool(request.session.get("notes_shut"))
    deleted = request.session.pop("note_deleted", "") if "note_deleted" in request.session else ""
    notes: dict[str, Kept] = {}
    if reader.adult and "reflection" in kinds and not locked:
        notes = kept_notes(reader.adult, words.module.pk, current.key)
    wanted = [segment["fact"] for segment in segments if segment["kind"] == "local"]
    facts = local_facts(wanted, reader.municipality if wanted else None, led_group(reader))
    for segment in segments:
        block = segment.get("id", "")
        if segment["kind"] == "reflection":
            segment["url"] = reverse("courses:save_note", args=[*address, block])
            if refused and refused.block == block:
                segment |= refused._asdict()
            else:
                segment |= _note(notes.get(block), locked=locked) | {"deleted": block == deleted}
        elif segment["kind"] == "home_task":
            segment["url"] = reverse("courses:mark_tried", args=[*address, block])
            segment["undo_url"] = reverse("courses:mark_untried", args=[*address, block])
            segment["tried"] = f"{words.module.pk}/{current.key}/{block}" in tried
        elif segment["kind"] == "local":
            segment["facts"] = facts.get(segment["fact"], [])
            segment["people"] = facts.get(PEOPLE, []) if segment["fact"] == CONTACT_PERSON else []
            segment["known"] = bool(segment["facts"] or any(who["phone"] for who in segment["people"]))
    return segments


def _note(kept: Kept | None, *, locked: bool) -> dict[str, Any]:
    return {
        "text": (kept and kept.text) or "",
        "mark": kept.mark if kept else "",
        "saved": kept is not None,
        "closed": kept is not None and kept.text is None,
        "shut": locked,
    }
