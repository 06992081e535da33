"""The model between Markdown and Wagtail's rich text, and how it is read from HTML.

A text is a list of blocks; a block is a paragraph, a heading or a list; the letters of a line carry
their style one by one, so that any nesting of bold, italic and links has exactly one normal form.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import NamedTuple

from django.utils.translation import gettext as _

SCHEMES = ("https:", "tel:", "mailto:", "/")  # what cms/rendering.py lets through
STYLES = {"b": "bold", "strong": "bold", "i": "italic", "em": "italic"}


class UnwritableError(Exception):
    """A text that Markdown cannot carry; the message says what it is."""


class Letter(NamedTuple):
    sign: str  # "\n": a line break
    bold: bool = False
    italic: bool = False
    href: str = ""

    @property
    def is_word(self) -> bool:
        return self.sign.isalnum()

    def without(self, style: str) -> Letter:
        return self._replace(bold=False) if style == "bold" else self._replace(italic=False)


@dataclass
class Block:
    """``kind`` p, h2, h3 and li hold letters; ul, ol and li hold blocks."""

    kind: str
    letters: list[Letter] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)


class _Parser(HTMLParser):
    """Builds blocks from rich text HTML, an editor's or our own. Raises UnwritableError."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.top = Block("top")
        self.path = [self.top]
        self.styles: list[str] = []
        self.href = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in STYLES:
            self.styles.append(STYLES[tag])
        elif tag == "a":
            self._open_link(dict(attrs).get("href") or "")
        elif tag == "br":
            self.handle_letters("\n")
        elif tag in ("ul", "ol"):
            self._open_list(tag)
        elif tag in ("h2", "h3", "li") or (tag == "p" and self.path[-1].kind != "li"):
            self._open(Block(tag))
        elif tag not in ("p", "div", "span"):
            raise UnwritableError(_("elementet <%s>") % tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in STYLES:
            self.styles.remove(STYLES[tag])
        elif tag == "a":
            self.href = ""
        elif tag in [block.kind for block in self.path]:
            while self.path.pop().kind != tag:
                pass

    def handle_data(self, data: str) -> None:
        self.handle_letters(re.sub(r"[ \t\r\n]+", " ", data))

    def handle_letters(self, text: str) -> None:
        if self.path[-1].kind in ("top", "ul", "ol"):
            if not text.strip():
                return
            self._open(Block("p"))
        bold, italic = "bold" in self.styles, "italic" in self.styles
        self.path[-1].letters += [Letter(sign, bold, italic, self.href) for sign in text]

    def _open_link(self, href: str) -> None:
        if not href.startswith(SCHEMES):
            raise UnwritableError(_("en lenke som ikke er en adresse (https:, tel: eller mailto:)"))
        self.href = href

    def _open(self, block: Block) -> None:
        while self.path[-1].kind in ("p", "h2", "h3"):
            self.path.pop()
        self.path[-1].blocks.append(block)
        self.path.append(block)

    def _open_list(self, tag: str) -> None:
        """Two lists of one kind in a row are one list: Markdown cannot tell them apart."""
        while self.path[-1].kind in ("p", "h2", "h3"):
            self.path.pop()
        siblings = self.path[-1].blocks
        if siblings and siblings[-1].kind == tag:
            self.path.append(siblings[-1])
        else:
            self._open(Block(tag))


def blocks_of(html: str) -> list[Block]:
    """The text as blocks in their one normal form; empty ones are gone. Raises UnwritableError."""
    parser = _Parser()
    parser.feed(html)
    parser.close()
    return [block for block in map(_normal, parser.top.blocks) if block.letters or block.blocks]


def _normal(block: Block) -> Block:
    children = [child for child in map(_normal, block.blocks) if child.letters or child.blocks]
    letters = _without_stray_space(block.letters)
    if block.kind in ("h2", "h3"):  # a heading is bold as it is
        letters = [letter._replace(bold=False) for letter in letters if letter.sign != "\n"]
    while (tidied := _tidied(_tidied(letters, "bold"), "italic")) != letters:
        letters = tidied
    return Block(block.kind, letters, children)


def _without_stray_space(letters: list[Letter]) -> list[Letter]:
    """No space at the ends, beside a line break or after another space."""
    kept: list[Letter] = []
    for letter in letters:
        before = kept[-1].sign if kept else "\n"
        if (letter.sign in " \n" and before == "\n") or letter.sign == before == " ":
            continue
        if letter.sign == "\n" and before == " ":
            kept.pop()
        kept.append(letter)
    while kept and kept[-1].sign in " \n":
        kept.pop()
    return kept


def _tidied(letters: list[Letter], style: str) -> list[Letter]:
    """Takes a style off the edge letters that Markdown cannot begin or end it with.

    That is space, and a sign that stands between the style's edge and a letter: ``**ord:**videre``.
    """
    tidied = list(letters)
    for step in (1, -1):
        for place in range(len(letters))[::step]:
            letter, before = tidied[place], place - step
            outside = tidied[before] if 0 <= before < len(tidied) else Letter(" ")
            same_link = outside.href == letter.href
            if not getattr(letter, style) or (same_link and getattr(outside, style)):
                continue
            if letter.sign.isspace() or (not letter.is_word and same_link and outside.is_word):
                tidied[place] = letter.without(style)
    return tidied
