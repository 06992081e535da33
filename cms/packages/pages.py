"""A page's content as plain values, the same whether it comes from a page or from a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cms.models import CoreElement, InfoPage, ModulePage, PartPage, ProgrammePage, RunSheetItem
from cms.packages.contents import CORE_ELEMENT, RUN_SHEET, THREADS
from cms.packages.pieces import pieces_of, stream_of
from cms.rendering import lines_of

if TYPE_CHECKING:
    from cms.packages.contents import Piece

FIELDS: dict[Any, tuple[str, ...]] = {
    ProgrammePage: ("title", "ingress", "mark"),
    ModulePage: ("title", "ingress", "goals", "evening_minutes", "materials", "run_sheet", "core_elements"),
    PartPage: ("title", "ingress", "minutes", *THREADS.values(), "body"),
    InfoPage: ("title", "ingress", "body"),
}
ONE_PER_LINE = ("goals", "materials", "ask")
CHILDREN: dict[str, tuple[Any, tuple[str, ...]]] = {
    "run_sheet": (RunSheetItem, RUN_SHEET),
    "core_elements": (CoreElement, CORE_ELEMENT),
}


def content_of(page: Any) -> dict[str, Any]:
    """The page's field values; a body as pieces. Reads child rows. Raises UnwritableError."""
    return {name: _value(page, name) for name in FIELDS[type(page)]}


def _value(page: Any, name: str) -> Any:
    if name == "body":
        return pieces_of(list(page.body.get_prep_value()))
    if name in CHILDREN:
        columns = CHILDREN[name][1]
        rows = getattr(page, name).all()
        return [{column: _plain(column, getattr(row, column)) for column in columns} for row in rows]
    return _plain(name, getattr(page, name))


def _plain(name: str, value: Any) -> Any:
    """Without what a browser's text field adds: stray space, empty lines in a list of lines."""
    if name in ONE_PER_LINE:
        return "\n".join(lines_of(value))
    return value.replace("\r\n", "\n").strip() if isinstance(value, str) else value


def give(page: Any, content: dict[str, Any], address: str) -> None:
    """Set the values on a page that is not saved yet. ``address`` makes the blocks' ids."""
    for name, value in content.items():
        if name == "body":
            page.body = _stream(page, value, address)
        elif name in CHILDREN:
            model = CHILDREN[name][0]
            setattr(page, name, [model(sort_order=order, **row) for order, row in enumerate(value)])
        else:
            setattr(page, name, value)


def _stream(page: Any, pieces: list[Piece], address: str) -> Any:
    return page._meta.get_field("body").stream_block.to_python(stream_of(pieces, address))
