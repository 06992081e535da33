"""A page's body as Markdown with ``::: kind attribute="value"`` … ``:::`` ⇄ pieces.

What a directive takes is read from the block itself (``pieces.fields_of``): its rich text is the
directive's body, its other fields are attributes, and the block's own rules say what is too long,
missing or no address.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from wagtail import blocks
from wagtail.blocks.field_block import ChooserBlock

from cms.packages.contents import Piece
from cms.packages.pieces import SHORTER, WITH_ID, body_of, fields_of, has_text
from cms.packages.prose import html_of, markdown_of, problems_of
from cms.packages.richtext import UnwritableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from courses.problems import Place

OPENING = re.compile(r":::\s*([a-z-]+)(.*)")
ATTRIBUTE = re.compile(r'\s+([a-z]+)(?:="((?:[^"\\]|\\.)*)")?')
OPTION = re.compile(r"- \[([ x])\] (.+?) :: (.+)")


# ── Markdown → pieces ───────────────────────────────────────────────────────────────────────────────


def read_body(markdown: str, page_kind: str, place: Place) -> list[Piece]:
    """The pieces of a body. What is wrong goes to ``place``; lines count from the body's first."""
    pieces = []
    for opening, number, lines in _chunks(markdown, place):
        if opening is None:
            piece = _text_piece(number, lines, place)
        else:
            piece = _directive(opening, number, lines, page_kind, place)
        if piece:
            pieces.append(piece)
    _check_headings(markdown, place)
    _check_ids(pieces, place)
    return pieces


def _chunks(markdown: str, place: Place) -> Iterator[tuple[str | None, int, list[str]]]:
    """(opening line or None, its line number, the lines inside) for each directive and the text between."""
    opening, first, inside = None, 1, list[str]()
    for number, line in enumerate(markdown.split("\n"), start=1):
        if not line.startswith(":::"):
            inside.append(line)
        elif line.strip() != ":::":
            if opening is not None:
                place.add(first, _("«%s» er ikke lukket med ::: før neste begynner.") % opening)
            yield opening, first, inside
            opening, first, inside = line.strip(), number, []
        elif opening is None:
            place.add(number, _("::: lukker noe som ikke er åpnet."))
        else:
            yield opening, first, inside
            opening, first, inside = None, number + 1, []
    if opening is not None:
        place.add(first, _("«%s» er ikke lukket. Sett ::: på en egen linje etter teksten.") % opening)
    yield opening, first, inside


def _text_piece(number: int, lines: list[str], place: Place) -> Piece | None:
    text = _prose(number, lines, place, headings=True)
    return Piece("text", {"text": text}, line=number) if text else None


def _prose(number: int, lines: list[str], place: Place, *, headings: bool) -> str:
    """Canonical Markdown of the lines, empty when there is nothing or nothing that can be used."""
    markdown = "\n".join(lines)
    problems = list(problems_of(markdown, headings=headings))
    for line, sentence in problems:
        place.add(number + line - 1, sentence)
    if problems:
        return ""
    try:
        return markdown_of(html_of(markdown))
    except UnwritableError as error:
        place.add(number, _("Skriv enklere her: %s.") % error)
        return ""


def _directive(opening: str, number: int, lines: list[str], page_kind: str, place: Place) -> Piece | None:
    found = OPENING.fullmatch(opening)
    kind = found[1].replace("-", "_") if found else ""
    if not found or kind == "text" or kind not in body_of(page_kind).child_blocks or kind == "recording":
        place.add(number, _("«%s» er ikke et innslag som kan stå her.") % opening)
        return None
    piece = Piece(kind, {}, line=number)
    given = _attributes(found[2], number, place)
    if kind in WITH_ID:
        piece.id = given.pop("id", "")
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", piece.id) or len(piece.id) > 50:
            place.add(number, _('Innslaget trenger id="…" med små bokstaver a–z, tall og bindestrek.'))
    for attribute in given.keys() - fields_of(kind).keys():
        sentence = _("«%(name)s» hører ikke til i ::: %(kind)s.")
        place.add(number, sentence % {"name": attribute, "kind": found[1]})
    piece.values = {
        name: _value(block, given.get(attribute), attribute, number, place)
        for attribute, (name, block) in fields_of(kind).items()
    }
    if kind == "check":
        piece.values["options"] = _options(number, lines, place)
    elif has_text(kind):
        piece.values["text"] = _prose(number + 1, lines, place, headings=False)
    _check_values(piece, place)
    return piece


def _attributes(text: str, number: int, place: Place) -> dict[str, str]:
    given: dict[str, str] = {}
    end = 0
    while found := ATTRIBUTE.match(text, end):
        if found[1] in given:
            place.add(number, _("«%s» står to ganger.") % found[1])
        given[found[1]] = re.sub(r"\\(.)", r"\1", found[2]) if found[2] is not None else "true"
        end = found.end()
    if text[end:].strip():
        place.add(number, _('«%s» kan ikke leses. Skriv navn="verdi".') % text[end:].strip())
    return given


def _value(block: Any, text: str | None, attribute: str, number: int, place: Place) -> Any:
    """The attribute as the block stores it."""
    if isinstance(block, blocks.BooleanBlock):
        return text == "true"
    if isinstance(block, blocks.IntegerBlock) and text is not None:
        if not text.isdecimal():
            place.add(number, _("«%s» skal være et helt tall.") % attribute)
            return 1
        return int(text)
    return "" if text is None else text


def _options(number: int, lines: list[str], place: Place) -> list[dict[str, Any]]:
    options = []
    for line_number, line in enumerate(lines, start=number + 1):
        if not line.strip():
            continue
        if found := OPTION.fullmatch(line.rstrip()):
            options.append({"text": found[2], "helpful": found[1] == "x", "answer": found[3]})
        else:
            place.add(
                line_number, _("Et svar skrives «- [x] svar :: det vi sier da» eller «- [ ] svar :: …».")
            )
    return options


def _check_values(piece: Piece, place: Place) -> None:
    """The block's own rules: required, length, address, date, choice, number of options."""
    for name, child in body_of("part").child_blocks[piece.kind].child_blocks.items():
        value = piece.values[name]
        if isinstance(child, ChooserBlock):
            if not re.fullmatch(r"[\w-][\w. -]*\.\w+", value):
                place.add(piece.line, _('file="…" skal være navnet på en fil i mappa files.'))
            continue
        try:
            child.clean(child.to_python(value))
        except ValidationError as error:
            for sentence in _sentences(error):
                place.add(piece.line, f"{SHORTER.get(name, name)}: {sentence}")
    if piece.kind == "picture" and not piece.values["alt"] and not piece.values["decorative"]:
        place.add(piece.line, _('Skriv hva bildet viser i alt="…", eller decorative hvis det bare er pynt.'))


def _sentences(error: ValidationError) -> list[str]:
    """The sentences of an error and of what lies within it."""
    within = getattr(error, "block_errors", {}).values()
    found = [sentence for child in within for sentence in _sentences(child)]
    return [*found, *getattr(error, "non_block_errors", [])] or error.messages


def _check_headings(markdown: str, place: Place) -> None:
    """Levels between the directives; the page's title is level 1."""
    level, inside = 1, False
    for number, line in enumerate(markdown.split("\n"), start=1):
        if line.startswith(":::"):
            inside = line.strip() != ":::"
        elif not inside and (found := re.match(r"(#+) ", line)):
            if len(found[1]) > level + 1:
                place.add(number, _("Overskriften hopper over et nivå. Bruk ## før ###."))
            level = len(found[1])


def _check_ids(pieces: list[Piece], place: Place) -> None:
    seen: set[str] = set()
    for piece in pieces:
        if piece.id and piece.id in seen:
            place.add(piece.line, _('id="%s" er brukt før i denne delen.') % piece.id)
        seen.add(piece.id)


# ── pieces → Markdown ───────────────────────────────────────────────────────────────────────────────


def write_body(pieces: list[Piece], file_name: Callable[[Piece], str]) -> str:
    """The body as it stands in a file. ``file_name`` names a picture's or a document's file."""
    return "\n\n".join(_written(piece, file_name) for piece in pieces) + "\n" if pieces else ""


def _written(piece: Piece, file_name: Callable[[Piece], str]) -> str:
    if piece.kind == "text":
        return str(piece.values["text"])
    line = f"::: {piece.kind.replace('_', '-')}"
    if piece.id:
        line += f' id="{piece.id}"'
    for attribute, (name, block) in fields_of(piece.kind).items():
        value = file_name(piece) if attribute == "file" else piece.values[name]
        if not isinstance(block, blocks.BooleanBlock):
            quoted = re.sub(r'(["\\])', r"\\\1", str(value))
            line += f' {attribute}="{quoted}"'
        elif value:
            line += f" {attribute}"
    return "\n".join([line, *_inside(piece), ":::"])


def _inside(piece: Piece) -> list[str]:
    if "options" in piece.values:
        return [
            f"- [{'x' if option['helpful'] else ' '}] {option['text']} :: {option['answer']}"
            for option in piece.values["options"]
        ]
    return [piece.values["text"]] if piece.values.get("text") else []
