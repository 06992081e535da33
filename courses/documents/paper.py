"""A Word file under way. Every text goes in through here, so that none can break the file.

What is written is in the paper's language unless ``written_in`` says otherwise: then each stretch carries its
own language, for hyphens, spelling and a voice that reads aloud.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from io import BytesIO
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

from django.utils import timezone
from django.utils.translation import gettext as _
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm

from courses.documents.pieces import (
    begin_field,
    bookmark,
    describe,
    end_field,
    field,
    frame,
    has_foot,
    lead_to,
    paragraph_after,
    says_header,
    text_width,
    whole,
)
from courses.documents.prose import Block, Run
from courses.documents.styles import (
    CELL,
    HEAD,
    KICKER,
    LANGUAGES,
    LINE_STYLE,
    SMALL,
    TABLE_STYLE,
    lang,
    new_file,
)
from courses.documents.templates import from_template

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from docx.table import _Cell
    from docx.text.paragraph import Paragraph

AUTHOR = "En god start"
FRAME = "B3CFC6"
TITLE_LIMIT = 255  # of a property in the file
# What XML cannot hold, halves of signs, and marks that turn the reading direction of what follows.
UNFIT = re.compile(
    "[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef]"
)
STYLES = {
    "p": "Normal",
    "kicker": KICKER,
    "quote": "Quote",
    "bullet": "List Bullet",
    "number": "List Number",
}

IN_ADDRESSES = ":/?#[]@!$&'()*+,;=%~-._"
CONTENTS_DEPTH = 1  # the same headings stand under each module
Text = str | list[Run]  # plain, or with bold, italics and links
Cell = Text | tuple[Text, ...]  # a tuple: one paragraph for each


class Column(NamedTuple):
    title: str
    width: int  # millimetres; the page has 170


def clean(text: str) -> str:
    """What a Word file can hold of a text."""
    return UNFIT.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


class Paper:
    """One document: what its methods are given stands in the file in that order."""

    def __init__(
        self, title: str, language: str, *, footer: str = "", pages: bool = True, template: bytes = b""
    ) -> None:
        """``template`` is a Word file whose looks are used instead of ours. Raises TemplateError."""
        self.language = self._now = language
        self._file = from_template(template, language) if template else new_file(language)
        self._styles = {style.name: style.style_id for style in self._file.styles}  # a look-up is slow
        self._lists: dict[int, int] = {}  # group of a numbered list: its number in the file
        self._headings: list[tuple[int, str, str]] = []  # (level, text, bookmark)
        self._contents: Paragraph | None = None
        self._properties(title)
        if pages and not has_foot(self._file.sections[0]):  # a template's own stays
            self._footer(footer or title)

    @property
    def width(self) -> int:
        """Of the text, in millimetres."""
        return text_width(self._file.sections[0])

    def _properties(self, title: str) -> None:
        properties, now = self._file.core_properties, timezone.now().replace(tzinfo=None)
        properties.title = clean(title)[:TITLE_LIMIT]
        properties.author = properties.last_modified_by = AUTHOR
        properties.comments = properties.keywords = properties.subject = properties.category = ""
        properties.created = properties.modified = now

    @contextmanager
    def written_in(self, language: str) -> Iterator[None]:
        """What is added inside is in this language."""
        before, self._now = self._now, language
        try:
            yield
        finally:
            self._now = before

    # --- paragraphs

    def title(self, text: str, under: str = "") -> None:
        self.text(text, "Title")
        if under:
            self.text(under, "Subtitle")

    def heading(self, text: str, level: int = 1, *, new_page: bool = False) -> None:
        paragraph = self.text(text, f"Heading {level}")
        if new_page:
            paragraph.paragraph_format.page_break_before = True
        name = f"_Toc{len(self._headings) + 1:06}"
        bookmark(paragraph, len(self._headings) + 1, name)
        self._headings.append((level, text, name))

    def text(self, text: Text, style: str = "Normal") -> Paragraph:
        return self._fill(self._file.add_paragraph(), text, style)

    def texts(self, texts: Iterable[Text], style: str) -> None:
        """One paragraph for each: a list, when the style is a list's."""
        for text in texts:
            self.text(text, style)

    def numbered(self, texts: Iterable[Text]) -> None:
        """A numbered list that begins at 1."""
        self._lists.clear()
        for text in texts:
            self._number(self.text(text, "List Number"), 0)

    def prose(self, blocks: Iterable[Block], heading: int = 3) -> None:
        """Paragraphs of an edition. Their headings all get one level: the document has its own order."""
        self._lists.clear()  # the groups of the blocks count from 1 in each piece of text
        for block in blocks:
            if block.kind == "heading":
                self.heading(block.text, heading)
                continue
            deeper = " 2" if block.level and block.kind in ("bullet", "number") else ""
            paragraph = self.text(block.runs, STYLES[block.kind] + deeper)
            if block.kind == "number":
                self._number(paragraph, block.group)

    def lines(self, count: int) -> None:
        """Lines to write on."""
        self.texts([""] * count, LINE_STYLE)

    def _number(self, paragraph: Paragraph, group: int) -> None:
        """Each numbered list begins at 1."""
        if group not in self._lists:
            style: Any = paragraph.style
            numbering = self._file.part.numbering_part.element
            abstract = numbering.num_having_numId(style.element.pPr.numPr.numId.val).abstractNumId.val
            row = numbering.add_num(abstract)
            row.add_lvlOverride(0).add_startOverride(1)
            self._lists[group] = row.numId
        paragraph._p.get_or_add_pPr().get_or_add_numPr().get_or_add_numId().val = self._lists[group]

    # --- stretches of text

    def _fill(self, paragraph: Paragraph, text: Text, style: str) -> Paragraph:
        if style != "Normal":
            paragraph._p.style = self._styles[style]
        for run in [Run(text)] if isinstance(text, str) else text:
            if run.link:
                self._link(paragraph, run)
            else:
                self._run(paragraph, run)
        return paragraph

    def _run(self, paragraph: Paragraph, run: Run) -> Any:
        made = paragraph.add_run(clean(run.text))
        made.bold, made.italic = run.bold or None, run.italic or None
        language = run.language or self._now
        if language != self.language:
            made._r.get_or_add_rPr().append(lang(LANGUAGES[language]))
        return made

    def _link(self, paragraph: Paragraph, run: Run) -> None:
        link = OxmlElement("w:hyperlink")
        target = quote(clean(run.link), safe=IN_ADDRESSES)  # Word opens no file with a broken address
        address = self._file.part.relate_to(target, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
        link.set(qn("r:id"), address)
        made = self._run(paragraph, run._replace(link=""))
        made.style = "Hyperlink"
        link.append(made._r)
        paragraph._p.append(link)

    # --- tables and pictures

    def table(
        self,
        columns: Sequence[Column],
        rows: Iterable[Sequence[Cell]],
        *,
        said: str = "",
        short: bool = False,
    ) -> Paragraph:
        """A header row that is repeated on each page, and rows that are not split; the empty line after it.

        ``said`` is what it shows, for a voice that reads aloud; a ``short`` one stands on one page.
        """
        table = self._file.add_table(rows=0, cols=len(columns), style=TABLE_STYLE)
        table.alignment, table.autofit = WD_TABLE_ALIGNMENT.LEFT, False
        says_header(table)
        for place, row in enumerate([[column.title for column in columns], *rows]):
            added = table.add_row()
            whole(added, header=place == 0)
            for cell, content, column in zip(added.cells, row, columns, strict=True):
                cell.width = Mm(column.width)
                self._cell(cell, content, HEAD if place == 0 else CELL)
        for column, wide in zip(table.columns, columns, strict=True):
            column.width = Mm(wide.width)
        if said:
            describe(table, clean(said))
        if short:
            for paragraph in (each for row in table.rows[:-1] for each in row.cells[0].paragraphs):
                paragraph.paragraph_format.keep_with_next = True
        return self.text("", SMALL)  # two tables in a row would become one

    def _cell(self, cell: _Cell, content: Cell, style: str) -> None:
        for place, text in enumerate(content if isinstance(content, tuple) else (content,)):
            paragraph = cell.paragraphs[0] if place == 0 else cell.add_paragraph()
            self._fill(paragraph, text, style)

    def picture(self, png: bytes, alt: str, width: int) -> None:
        """A picture, ``width`` millimetres wide, with what it shows in words."""
        shape = self._file.add_picture(BytesIO(png), width=Mm(width))
        described = shape._inline.docPr
        described.set("descr", clean(alt))
        described.set("title", clean(alt)[:TITLE_LIMIT])
        self._file.paragraphs[-1].paragraph_format.keep_with_next = True

    # --- the whole

    def page_break(self) -> None:
        self._file.add_page_break()  # type: ignore[no-untyped-call]

    def room(self, millimetres: float) -> None:
        """Empty height, such as where an envelope has its window."""
        self.text("").paragraph_format.space_after = Mm(millimetres)

    def frame(self) -> None:
        """A line around every page."""
        frame(self._file.sections[0], FRAME)

    def contents(self) -> None:
        """Where the list of contents goes: the headings that have been written when the file is."""
        self._contents = self.text("", "TOC 1")

    def _footer(self, text: str) -> None:
        paragraph = self._file.sections[0].footer.paragraphs[0]
        paragraph.style = self._file.styles["Footer"]
        paragraph.add_run(f"{clean(text)}\t{_('Side')} ")
        field(paragraph, "PAGE", "1")
        paragraph.add_run(f" {_('av')} ")
        field(paragraph, "NUMPAGES", "1")

    def file(self) -> bytes:
        """The finished .docx."""
        if self._contents is not None:
            self._write_contents(self._contents)
        out = BytesIO()
        self._file.save(out)
        return out.getvalue()

    def _write_contents(self, paragraph: Paragraph) -> None:
        """A field that Word renews, holding the list as it is now: each line leads to its heading."""
        begin_field(paragraph, f'TOC \\o "1-{CONTENTS_DEPTH}" \\h \\z \\u')
        rows = [row for row in self._headings if row[0] <= CONTENTS_DEPTH]
        for place, (level, text, name) in enumerate(rows):
            paragraph = paragraph_after(paragraph) if place else paragraph
            paragraph.style = self._file.styles[f"TOC {level}"]
            lead_to(paragraph, name, clean(text))
        end_field(paragraph)
