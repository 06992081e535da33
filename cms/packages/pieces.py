"""Pieces of a body ⇄ what Wagtail stores, and what each kind of piece has room for."""

from __future__ import annotations

import uuid
from datetime import date
from functools import cache
from typing import Any

from django.utils.translation import gettext as _
from wagtail import blocks

from cms.blocks import InfoBody, PartBody
from cms.packages.contents import Piece
from cms.packages.prose import html_of, markdown_of
from cms.packages.richtext import UnwritableError

WITH_ID = ("reflection", "home_task")
SHORTER = {"review_on": "review", "image": "file", "document": "file"}  # field → attribute


@cache
def body_of(kind: str) -> blocks.StreamBlock:
    """The stream of a page kind, «part» or «info»."""
    return {"part": PartBody, "info": InfoBody}[kind]()


@cache
def fields_of(kind: str) -> dict[str, tuple[str, Any]]:
    """Attribute → (field name, block) of a block with fields, in the order they are written."""
    children = body_of("part").child_blocks[kind].child_blocks
    return {
        SHORTER.get(name, name): (name, child) for name, child in children.items() if _is_attribute(child)
    }


def _is_attribute(block: Any) -> bool:
    return not isinstance(block, blocks.RichTextBlock | blocks.ListBlock)


def has_text(kind: str) -> bool:
    return "text" in body_of("part").child_blocks[kind].child_blocks


def stream_of(pieces: list[Piece], address: str) -> list[dict[str, Any]]:
    """Stream data. Ids hang on ``address`` (the page) and the place in it: a second load gives the same."""
    return [
        {
            "type": piece.kind,
            "value": _stored(piece),
            "id": piece.id or str(uuid.uuid5(uuid.NAMESPACE_URL, f"{address}#{place}-{piece.kind}")),
        }
        for place, piece in enumerate(pieces)
    ]


def _stored(piece: Piece) -> Any:
    if piece.kind == "text":
        return html_of(piece.values["text"])
    values = dict(piece.values)
    if "text" in values:
        values["text"] = html_of(values["text"])
    if "options" in values:
        values["options"] = [
            {"type": "item", "value": option, "id": str(uuid.uuid5(uuid.NAMESPACE_OID, repr(option)))}
            for option in values["options"]
        ]
    return values


def pieces_of(stream: list[dict[str, Any]]) -> list[Piece]:
    """Pieces of stored blocks; texts in a row are one. Raises UnwritableError."""
    pieces: list[Piece] = []
    for block in stream:
        piece = _piece_of(block["type"], block["value"], block["id"])
        if piece.kind == "text" and not piece.values["text"]:
            continue
        if pieces and piece.kind == pieces[-1].kind == "text":
            text = html_of(pieces[-1].values["text"]) + html_of(piece.values["text"])
            pieces[-1].values["text"] = markdown_of(text)
        else:
            pieces.append(piece)
    return pieces


def _plain(value: Any) -> Any:
    """As a file has it: a date in ISO form, nothing as an empty text."""
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else value


def _piece_of(kind: str, stored: Any, block_id: str) -> Piece:
    if kind == "text":
        return Piece(kind, {"text": markdown_of(stored)})
    if kind == "recording":
        raise UnwritableError(_("en film eller lyd, som ikke kan følge med i en pakke ennå"))
    values = {name: _plain(value) for name, value in stored.items()}
    if "text" in values:
        values["text"] = markdown_of(values["text"])
    if "options" in values:
        values["options"] = [option["value"] for option in values["options"]]
    return Piece(kind, values, id=block_id if kind in WITH_ID else "")
