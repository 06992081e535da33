"""How our Word files look: A4, the written language, real styles, lists, one table style. Nothing is direct.

Whoever prints may change a style in one place, and a screen reader finds headings, lists and header rows.
"""

from __future__ import annotations

from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, Any

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor

if TYPE_CHECKING:
    from docx.document import Document as WordFile

LANGUAGES = {"nb": "nb-NO", "nn": "nn-NO"}
TEXT_WIDTH = Mm(170)
SERIF, SANS = "Georgia", "Calibri"
FJORD, INK, SOFT = RGBColor(0x17, 0x56, 0x4F), RGBColor(0x1F, 0x2E, 0x2C), RGBColor(0x51, 0x60, 0x5C)
TABLE_STYLE, LINE_STYLE = "En god start-tabell", "Skrivelinje"
CHECKLIST, SMALL, KICKER, INGRESS = "Sjekkliste", "Liten", "Stikktittel", "Ingress"
CELL, HEAD, GRAND = "Tabelltekst", "Tabellhode", "Navn"

# name: (font, size in points, colour, space before, space after, kept with the next)
PARAGRAPHS: dict[str, tuple[str, float, RGBColor, float, float, bool]] = {
    "Normal": (SANS, 11.5, INK, 0, 6, False),
    "Title": (SERIF, 26, FJORD, 0, 4, True),
    "Subtitle": (SANS, 12, SOFT, 0, 14, True),
    "Heading 1": (SERIF, 19, FJORD, 18, 6, True),
    "Heading 2": (SERIF, 14.5, FJORD, 14, 4, True),
    "Heading 3": (SANS, 12, INK, 10, 2, True),
    "List Bullet": (SANS, 11.5, INK, 0, 3, False),
    "List Bullet 2": (SANS, 11.5, INK, 0, 3, False),
    "List Number": (SANS, 11.5, INK, 0, 3, False),
    "List Number 2": (SANS, 11.5, INK, 0, 3, False),
    "Quote": (SERIF, 11.5, INK, 4, 8, False),
    "Caption": (SANS, 10, SOFT, 4, 6, False),
    "Footer": (SANS, 9, SOFT, 0, 0, False),
    CHECKLIST: (SANS, 11.5, INK, 0, 4, False),
    SMALL: (SANS, 10, SOFT, 0, 4, False),
    KICKER: (SANS, 10, FJORD, 10, 0, True),
    INGRESS: (SERIF, 12.5, INK, 0, 10, False),
    LINE_STYLE: (SANS, 11.5, INK, 14, 0, False),
    GRAND: (SERIF, 24, INK, 0, 6, True),
    CELL: (SANS, 10.5, INK, 0, 2, False),
    HEAD: (SANS, 10.5, FJORD, 0, 2, True),
    "TOC 1": (SANS, 11.5, INK, 6, 0, False),
    "TOC 2": (SANS, 10.5, SOFT, 0, 0, False),
}


def new_file(language: str) -> WordFile:
    """An empty A4 document in «nb» or «nn» with every style in place."""
    return Document(BytesIO(_styled(language)))


@cache
def _styled(language: str) -> bytes:
    """Made once in each process and language: setting the styles costs more than most documents do."""
    document = Document()
    _page(document)
    written_in(document, language)
    for name in PARAGRAPHS:
        _paragraph_style(document, name)
    _hyperlink_style(document)
    _table_style(document)
    for line in document.styles["Title"].element.pPr.findall(qn("w:pBdr")):
        document.styles["Title"].element.pPr.remove(line)
    document.styles["Quote"].paragraph_format.left_indent = Mm(6)
    document.styles["TOC 2"].paragraph_format.left_indent = Mm(6)
    _footer_tabs(document)
    _checklist(document)
    _writing_line(document)
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def _page(document: WordFile) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(20)
    section.top_margin, section.bottom_margin = Mm(18), Mm(18)
    section.footer_distance = Mm(9)


def written_in(document: WordFile, language: str) -> None:
    """«nb» or «nn» in the default of every style, in the properties and in what Word reads first."""
    code = LANGUAGES[language]
    defaults = document.styles.element.find(qn("w:docDefaults")).find(qn("w:rPrDefault")).find(qn("w:rPr"))
    for old in defaults.findall(qn("w:lang")):
        defaults.remove(old)
    defaults.append(lang(code))
    theme = document.settings.element.find(qn("w:themeFontLang"))
    if theme is not None:
        theme.set(qn("w:val"), code)
    document.core_properties.language = code


def lang(code: str) -> Any:
    """The element that says which language a text is in."""
    element = OxmlElement("w:lang")
    for attribute in ("w:val", "w:eastAsia"):
        element.set(qn(attribute), code)
    return element


def _paragraph_style(document: WordFile, name: str) -> None:
    font, size, colour, before, after, keep = PARAGRAPHS[name]
    names = [style.name for style in document.styles]
    style = (
        document.styles[name]
        if name in names
        else document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH, builtin=name.startswith("TOC"))
    )
    _font(style, font)
    style.font.size, style.font.color.rgb = Pt(size), colour
    style.font.bold = name in ("Heading 3", KICKER, HEAD)
    style.font.italic = False
    style.quick_style = True
    format_ = style.paragraph_format
    format_.space_before, format_.space_after, format_.keep_with_next = Pt(before), Pt(after), keep
    format_.line_spacing = 1.0 if name in ("Footer", "Title") else 1.12
    if name not in ("Normal",) and style.base_style is None:
        style.base_style = document.styles["Normal"]


def _font(style: Any, name: str) -> None:
    """A font by name: the theme's, which the template points at, would win over it."""
    style.font.name = name
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for attribute in list(fonts.attrib):
        del fonts.attrib[attribute]
    for spread in style.element.rPr.findall(qn("w:spacing")):  # the template's titles are letter-spaced
        style.element.rPr.remove(spread)
    for attribute in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
        fonts.set(qn(attribute), name)


def _hyperlink_style(document: WordFile) -> None:
    style = document.styles.add_style("Hyperlink", WD_STYLE_TYPE.CHARACTER, builtin=True)
    style.font.color.rgb, style.font.underline = FJORD, True


def _table_style(document: WordFile) -> None:
    """Light lines, room in every cell, and a header row that says so."""
    cells = "".join(
        f'<w:{edge} w:val="single" w:sz="4" w:space="0" w:color="C9BFAC"/>'
        for edge in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    room = "".join(
        f'<w:{edge} w:w="{width}" w:type="dxa"/>'
        for edge, width in (("top", 50), ("left", 90), ("bottom", 50), ("right", 90))
    )
    document.styles.element.append(
        parse_xml(
            f'<w:style {nsdecls("w")} w:type="table" w:customStyle="1" w:styleId="EnGodStartTabell">'
            f'<w:name w:val="{TABLE_STYLE}"/><w:basedOn w:val="TableNormal"/><w:uiPriority w:val="39"/>'
            '<w:qFormat/><w:pPr><w:spacing w:after="0" w:line="259" w:lineRule="auto"/></w:pPr>'
            f"<w:tblPr><w:tblBorders>{cells}</w:tblBorders><w:tblCellMar>{room}</w:tblCellMar></w:tblPr>"
            '<w:tblStylePr w:type="firstRow"><w:tcPr><w:shd w:val="clear" w:color="auto" w:fill="E2EEE9"/>'
            "</w:tcPr></w:tblStylePr>"
            "</w:style>"
        )
    )


def _footer_tabs(document: WordFile) -> None:
    """The page number stands at the right edge; the template's stops are for another paper."""
    stops = document.styles["Footer"].paragraph_format.tab_stops
    stops.clear_all()
    stops.add_tab_stop(TEXT_WIDTH, WD_TAB_ALIGNMENT.RIGHT)


def _checklist(document: WordFile) -> None:
    """A list whose mark is an empty box."""
    numbering = document.part.numbering_part.element
    used = [int(row.get(qn("w:abstractNumId"))) for row in numbering.findall(qn("w:abstractNum"))]
    abstract = max(used, default=0) + 1
    numbering.insert(
        0,
        parse_xml(
            f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{abstract}"><w:lvl w:ilvl="0">'
            '<w:start w:val="1"/><w:numFmt w:val="bullet"/><w:lvlText w:val="☐"/><w:lvlJc w:val="left"/>'
            '<w:pPr><w:ind w:left="425" w:hanging="425"/></w:pPr>'
            '<w:rPr><w:rFonts w:ascii="Segoe UI Symbol" w:hAnsi="Segoe UI Symbol" w:hint="default"/></w:rPr>'
            "</w:lvl></w:abstractNum>"
        ),
    )
    number = numbering.add_num(abstract).numId
    numbered = document.styles[CHECKLIST].element.get_or_add_pPr().get_or_add_numPr()
    numbered.get_or_add_numId().val = number


def _writing_line(document: WordFile) -> None:
    properties = document.styles[LINE_STYLE].element.get_or_add_pPr()
    lines = "".join(
        f'<w:{edge} w:val="dotted" w:sz="6" w:space="1" w:color="7C8078"/>' for edge in ("bottom", "between")
    )
    later = ("w:shd", "w:tabs", "w:spacing", "w:ind", "w:contextualSpacing", "w:jc", "w:outlineLvl")
    border = parse_xml(f"<w:pBdr {nsdecls('w')}>{lines}</w:pBdr>")
    properties.insert_element_before(border, *later)  # Word refuses properties in another order
