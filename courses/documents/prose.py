"""From the washed HTML of an edition to paragraphs a Word file can hold. Pure.

The shapes are those of ``templates/blocks`` after ``cms/rendering.py`` has washed them: headings,
paragraphs, lists, bold, italics, links and line breaks. What is not text (pictures, films) is left out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import NamedTuple
from urllib.parse import urlsplit

HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
LISTS = {"ul": "bullet", "ol": "number"}
PARAGRAPHS = HEADINGS | {"p", "figcaption", "summary", "dt", "dd", "li"}
BOXES = {"section", "article", "aside", "div", "figure", "details", "header", "footer", "blockquote"}
SILENT = {"video", "audio"}  # what stands inside is for browsers that cannot show them
STYLES = {"strong": "bold", "b": "bold", "em": "italic", "i": "italic"}
SCHEMES = {"https", "mailto", "tel"}


class Run(NamedTuple):
    """A stretch of text that looks the same all through."""

    text: str
    bold: bool = False
    italic: bool = False
    link: str = ""
    language: str = ""  # empty: that of what stands around it


@dataclass
class Block:
    """A paragraph. ``kind`` is «heading», «p», «kicker», «quote», «bullet» or «number»."""

    kind: str
    runs: list[Run] = field(default_factory=list)
    level: int = 0  # of a heading from 1, of a list from 0
    group: int = 0  # which list: each numbered one begins at 1

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True)
class Exercise:
    """An exercise as it stands in a part."""

    title: str
    kicker: str  # «Øvelse · 10 minutter», in the language of the text
    blocks: list[Block]


def blocks_of(html: str) -> list[Block]:
    """The paragraphs of safe HTML, in order; empty ones are left out."""
    return _read(html).blocks


def exercises_in(html: str) -> list[Exercise]:
    """The exercises among the blocks of a part."""
    found = []
    for blocks in _read(html).exercises:
        kickers = [block.text for block in blocks if block.kind == "kicker"]
        heading = next((block for block in blocks if block.kind == "heading"), None)
        rest = [block for block in blocks if block is not heading and block.kind != "kicker"]
        found.append(Exercise(heading.text if heading else "", kickers[0] if kickers else "", rest))
    return found


def safe_link(href: str) -> str:
    """An address that means something outside the site; empty for every other."""
    try:
        return href if urlsplit(href).scheme in SCHEMES else ""
    except ValueError:  # «https://[» is no address
        return ""


def _read(html: str) -> _Reader:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader.end_block()
    return reader


class _Reader(HTMLParser):
    """Collects the blocks; those inside a ``<section class="… exercise">`` also apart."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[Block] = []
        self.exercises: list[list[Block]] = []
        self._open: Block | None = None
        self._depth = dict.fromkeys(("bold", "italic", "silent", "quote", "exercise"), 0)
        self._lists: list[tuple[str, int]] = []  # (kind, group), the innermost last
        self._groups = 0
        self._link = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        names = (given.get("class") or "").split()
        if tag in LISTS:
            self.end_block()
            self._groups += 1
            self._lists.append((LISTS[tag], self._groups))
        elif tag in BOXES:
            self._enter_box(tag, names)
        elif tag in PARAGRAPHS:
            self._begin(tag, names)
        elif tag == "br":
            self._say("\n")
        elif tag == "a":
            self._link = safe_link(given.get("href") or "")
        else:
            self._count(tag, 1)

    def handle_endtag(self, tag: str) -> None:
        if tag in LISTS:
            self.end_block()
            self._lists = self._lists[:-1]
        elif tag in BOXES:
            self.end_block()
            self._step("quote", -1 if tag == "blockquote" else 0)
            self._step("exercise", -1 if tag == "section" else 0)
        elif tag in PARAGRAPHS:
            self.end_block()
        elif tag == "a":
            self._link = ""
        else:
            self._count(tag, -1)

    def handle_data(self, data: str) -> None:
        text = re.sub(r"[ \t\r\n\f]+", " ", data)  # a hard space stays
        if text.strip() or self._open is not None:
            self._say(text)

    def end_block(self) -> None:
        """The open paragraph is done; one without words never was."""
        block, self._open = self._open, None
        if block is None or not block.text.strip():
            return
        block.runs = _tidy(block.runs)
        self.blocks.append(block)
        if self._depth["exercise"]:
            self.exercises[-1].append(block)

    def _enter_box(self, tag: str, names: list[str]) -> None:
        self.end_block()
        self._step("quote", 1 if tag == "blockquote" else 0)
        if tag != "section":
            return
        if not self._depth["exercise"] and "exercise" in names:
            self.exercises.append([])
            self._step("exercise", 1)
        elif self._depth["exercise"]:
            self._step("exercise", 1)

    def _begin(self, tag: str, names: list[str]) -> None:
        if tag == "p" and self._open is not None and not self._open.text.strip():
            return  # <li><p>: one paragraph, the list item's
        self.end_block()
        if tag in HEADINGS:
            self._open = Block("heading", level=int(tag[1]))
        elif tag == "li" and self._lists:
            kind, group = self._lists[-1]
            self._open = Block(kind, level=len(self._lists) - 1, group=group)
        else:
            self._open = Block("kicker" if "kicker" in names else self._plain)

    @property
    def _plain(self) -> str:
        return "quote" if self._depth["quote"] else "p"

    def _say(self, text: str) -> None:
        if self._depth["silent"]:
            return
        if self._open is None:
            self._open = Block(self._plain)
        self._open.runs.append(Run(text, bool(self._depth["bold"]), bool(self._depth["italic"]), self._link))

    def _count(self, tag: str, step: int) -> None:
        if tag in STYLES:
            self._step(STYLES[tag], step)
        elif tag in SILENT:
            self._step("silent", step)

    def _step(self, what: str, step: int) -> None:
        self._depth[what] = max(0, self._depth[what] + step)


def _tidy(runs: list[Run]) -> list[Run]:
    """Without spaces at the ends, with one space where two pieces met, and without empty pieces."""
    tidy: list[Run] = []
    for run in runs:
        text = run.text
        if not tidy or tidy[-1].text.endswith((" ", "\n")):
            text = text.lstrip(" ")
        if text:
            tidy.append(run._replace(text=text))
    while tidy and not tidy[-1].text.rstrip():
        tidy.pop()
    if tidy:
        tidy[-1] = tidy[-1]._replace(text=tidy[-1].text.rstrip())
    return tidy
