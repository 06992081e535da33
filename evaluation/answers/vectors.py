"""The answers of one form as a fixed-width vector: two bytes for each coded item, in the frozen order.

Little-endian signed 16-bit numbers, so that numpy reads a million rows at once. Three codes below every
possible answer say why there is none. «Several of» is one bit for each choice, in the order of the list.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from evaluation.instruments.definition import NOT_YET, is_shown

if TYPE_CHECKING:
    from evaluation.instruments.definition import Answer, Answers, Definition, Item

NOT_ANSWERED, NOT_RELEVANT, NOT_SHOWN = -32768, -32767, -32766
SLOT_BYTES = 2


def width(definition: Definition) -> int:
    """Bytes of the vector."""
    return SLOT_BYTES * len(definition.coded_items)


def encode(definition: Definition, answers: Answers) -> bytes:
    """Answers that ``checking.check`` has passed, as a vector; texts are not in it."""
    slots = [_slot(item, answers) for item in definition.coded_items]
    return struct.pack(f"<{len(slots)}h", *slots)


def decode(definition: Definition, vector: bytes) -> dict[str, Answer]:
    """The answers back, without those that were not given. Raises ValueError for another width."""
    items = definition.coded_items
    if len(vector) != width(definition):
        raise ValueError(f"{len(vector)} bytes, not {width(definition)}")
    slots = struct.unpack(f"<{len(items)}h", vector)
    answered = {item.key: _answer(item, slot) for item, slot in zip(items, slots, strict=True)}
    return {key: answer for key, answer in answered.items() if answer is not None}


def _slot(item: Item, answers: Answers) -> int:
    if not is_shown(item, answers):
        return NOT_SHOWN
    given = answers.get(item.key)
    if given is None:
        return NOT_ANSWERED
    if given == NOT_YET:
        return NOT_RELEVANT
    if isinstance(given, list):
        return sum(1 << place for place, code in enumerate(item.codes) if code in given)
    return int(given)


def _answer(item: Item, slot: int) -> Answer | None:
    if slot in (NOT_ANSWERED, NOT_SHOWN):
        return None
    if slot == NOT_RELEVANT:
        return NOT_YET
    if item.kind == "several":
        return [code for place, code in enumerate(item.codes) if slot & 1 << place]
    return slot
