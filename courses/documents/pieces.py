"""Pieces of a Word file that python-docx has no words for: fields, header rows, the look of a table."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING

from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.text.paragraph import Paragraph

if TYPE_CHECKING:
    from docx.section import Section
    from docx.table import Table, _Row


def field(paragraph: Paragraph, instruction: str, shown: str) -> None:
    """What Word works out by itself, such as PAGE; ``shown`` until it has."""
    begin_field(paragraph, instruction)
    paragraph.add_run(shown)
    end_field(paragraph)


def begin_field(paragraph: Paragraph, instruction: str) -> None:
    _mark(paragraph, "begin")
    words = OxmlElement("w:instrText")
    words.set(qn("xml:space"), "preserve")
    words.text = f" {instruction} "
    paragraph.add_run()._r.append(words)
    _mark(paragraph, "separate")


def end_field(paragraph: Paragraph) -> None:
    _mark(paragraph, "end")


def _mark(paragraph: Paragraph, kind: str) -> None:
    mark = OxmlElement("w:fldChar")
    mark.set(qn("w:fldCharType"), kind)
    paragraph.add_run()._r.append(mark)


def bookmark(paragraph: Paragraph, number: int, name: str) -> None:
    """Gives the whole paragraph a name that a list of contents can lead to."""
    start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
    for mark in (start, end):
        mark.set(qn("w:id"), str(number))
    start.set(qn("w:name"), name)
    paragraph._p.insert(1, start)  # after the properties, which a heading always has
    paragraph._p.append(end)


def lead_to(paragraph: Paragraph, name: str, text: str) -> None:
    """A link to a bookmark in the same file."""
    link = OxmlElement("w:hyperlink")
    link.set(qn("w:anchor"), name)
    link.append(paragraph.add_run(text)._r)
    paragraph._p.append(link)


def paragraph_after(paragraph: Paragraph) -> Paragraph:
    """A new, empty paragraph with the same properties."""
    element = OxmlElement("w:p")
    if paragraph._p.pPr is not None:
        element.append(deepcopy(paragraph._p.pPr))
    paragraph._p.addnext(element)
    return Paragraph(element, paragraph._parent)


def says_header(table: Table) -> None:
    """The style's first row is a header; no row or column is banded."""
    look = table._tbl.tblPr.find(qn("w:tblLook"))
    if look is None:
        look = OxmlElement("w:tblLook")
        table._tbl.tblPr.append(look)
    for name in list(look.attrib):
        del look.attrib[name]
    flags = {
        "firstRow": "1",
        "lastRow": "0",
        "firstColumn": "0",
        "lastColumn": "0",
        "noHBand": "1",
        "noVBand": "1",
    }
    for name, value in {"val": "0620", **flags}.items():
        look.set(qn(f"w:{name}"), value)


def describe(table: Table, said: str) -> None:
    """What a table shows, in words. Word wants the properties in order."""
    caption = OxmlElement("w:tblCaption")
    caption.set(qn("w:val"), said)
    table._tbl.tblPr.append(caption)  # after the look: only a description may follow


def whole(row: _Row, *, header: bool = False) -> None:
    """A row is not split between pages; a header row is repeated on each."""
    for name in ("w:cantSplit", *(("w:tblHeader",) if header else ())):
        row._tr.get_or_add_trPr().append(OxmlElement(name))


def frame(section: Section, colour: str) -> None:
    """A quiet line around every page."""
    edges = "".join(
        f'<w:{edge} w:val="single" w:sz="12" w:space="28" w:color="{colour}"/>'
        for edge in ("top", "left", "bottom", "right")
    )
    borders = parse_xml(f'<w:pgBorders {nsdecls("w")} w:offsetFrom="page">{edges}</w:pgBorders>')
    section._sectPr.find(qn("w:pgMar")).addnext(borders)


def text_width(section: Section) -> int:
    """In whole millimetres."""
    sides = (section.page_width, section.left_margin, section.right_margin)
    paper, left, right = (each.mm if each is not None else 20.0 for each in sides)
    return int(paper - left - right)


def has_foot(section: Section) -> bool:
    return any(paragraph.text.strip() for paragraph in section.footer.paragraphs)
