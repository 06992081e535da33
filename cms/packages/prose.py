"""Running text: Markdown ⇄ the HTML of Wagtail's rich text, over one small model in between.

A text is a list of blocks; a block is a paragraph, a heading or a list; the letters of a line carry
their style one by one, so that any nesting of bold, italic and links has exactly one way of writing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser
from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext as _
from markdown_it import MarkdownIt

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markdown_it.token import Token

READER = MarkdownIt("commonmark", {"html": True})  # HTML is recognised so that it can be refused
ALLOWED_TOKENS = {
    "paragraph_open", "heading_open", "bullet_list_open", "ordered_list_open", "list_item_open",
    "inline", "text", "strong_open", "em_open", "link_open", "softbreak", "hardbreak",
}  # fmt: skip
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


# ── Markdown → HTML ─────────────────────────────────────────────────────────────────────────────────


def problems_of(markdown: str, *, headings: bool) -> Iterator[tuple[int, str]]:
    """(line, sentence) for everything the subset does not have. Lines count from 1."""
    for token in READER.parse(markdown):
        line = (token.map or [0])[0] + 1
        for part in [token, *(token.children or [])]:
            if part.nesting == -1 or (sentence := _problem_of(part, headings)) is None:
                continue
            yield line, sentence


def _problem_of(token: Token, headings: bool) -> str | None:
    if token.type == "heading_open" and (not headings or token.tag not in ("h2", "h3")):
        if headings:
            return _("Overskrifter skrives med ## eller ###.")
        return _("Overskrifter kan ikke stå her inne. Bruk vanlig tekst eller **fet**.")
    if token.type == "link_open" and not _is_link(token):
        return _("Lenker skrives [tekst](adresse), og adressen begynner med https:, tel:, mailto: eller /.")
    if token.type not in ALLOWED_TOKENS:
        return _("Dette tegnet eller denne formen er ikke med. Bruk avsnitt, lister, fet, kursiv og lenker.")
    return None


def _is_link(token: Token) -> bool:
    return token.markup != "autolink" and str(token.attrs["href"]).startswith(SCHEMES)


def html_of(markdown: str) -> str:
    """The HTML that Wagtail stores, from Markdown that has no problems."""
    return "".join(_html(block) for block in blocks_of(READER.render(markdown)))


def _html(block: Block) -> str:
    inner = "".join(_styled_html(block.letters)) + "".join(_html(child) for child in block.blocks)
    return f"<{block.kind}>{inner}</{block.kind}>"


def _styled_html(letters: list[Letter]) -> Iterator[str]:
    opened: list[str] = []
    for letter in [*letters, Letter("")]:
        wanted = ([f'a href="{escape(letter.href)}"'] if letter.href else []) + ["b"] * letter.bold
        wanted += ["i"] * letter.italic
        while opened != wanted[: len(opened)]:
            yield f"</{opened.pop()[0]}>"
        for tag in wanted[len(opened) :]:
            yield f"<{tag}>"
            opened.append(tag)
        yield "<br/>" if letter.sign == "\n" else escape(letter.sign, quote=False)


# ── HTML → the model ────────────────────────────────────────────────────────────────────────────────


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


# ── the model → Markdown ────────────────────────────────────────────────────────────────────────────


def markdown_of(html: str) -> str:
    """The one Markdown for a rich text. Raises UnwritableError when nothing says the same."""
    blocks = blocks_of(html)
    markdown = "\n\n".join(_lines(block) for block in blocks)
    if blocks_of(READER.render(markdown)) != blocks:
        words = "".join(letter.sign for block in blocks for letter in block.letters)[:40]
        raise UnwritableError(_("fet, kursiv eller lister flettet i hverandre ved «%s»") % words)
    return markdown


def _lines(block: Block) -> str:
    if block.kind in ("ul", "ol"):
        items = []
        for number, item in enumerate(block.blocks, start=1):
            mark = "- " if block.kind == "ul" else f"{number}. "
            own = _lines(Block("p", item.letters))
            inner = "\n".join([own, *(_lines(child) for child in item.blocks)])
            items.append(mark + inner.replace("\n", "\n" + " " * len(mark)))
        return "\n".join(items)
    if block.kind in ("h2", "h3"):
        return "#" * int(block.kind[1]) + " " + _inline(block.letters)
    return "\\\n".join(_guarded(line) for line in _inline(block.letters).split("\n"))


def _inline(letters: list[Letter]) -> str:
    links: list[tuple[str, list[Letter]]] = []
    for letter in letters:
        if not links or links[-1][0] != letter.href:
            links.append((letter.href, []))
        links[-1][1].append(letter)
    text = ""
    for href, own in links:
        address = f"<{href}>" if re.search(r"[\s()]", href) else href
        text += f"[{_emphasised(own)}]({address})" if href else _emphasised(own)
    return text


def _emphasised(letters: list[Letter]) -> str:
    text, opened = "", list[str]()
    for place, letter in enumerate([*letters, Letter("")]):
        wanted = {style for style in ("bold", "italic") if getattr(letter, style)}
        while not set(opened) <= wanted:
            text += {"bold": "**", "italic": "*"}[opened.pop()]
        for style in sorted(wanted - set(opened), key=lambda style: -_length(letters, place, style)):
            text += {"bold": "**", "italic": "*"}[style]
            opened.append(style)
        text += "\\" + letter.sign if _is_special(letters, place) else letter.sign
    return text


def _length(letters: list[Letter], place: int, style: str) -> int:
    end = place
    while end < len(letters) and getattr(letters[end], style):
        end += 1
    return end - place


def _is_special(letters: list[Letter], place: int) -> bool:
    """Whether the sign would mean something else than itself."""
    sign = letters[place].sign if place < len(letters) else " "
    if sign not in "<&":
        return sign in "\\`*_[]"
    follows = "".join(letter.sign for letter in letters[place : place + 12])
    return bool(re.match(r"<[A-Za-z/!?]|&#?\w+;", follows))


def _guarded(line: str) -> str:
    """A line of words that would otherwise begin a heading, a list, a quotation or a directive."""
    if found := re.match(r"(\d{1,9})([.)])(?=\s|$)", line):
        return f"{found[1]}\\{line[len(found[1]) :]}"
    if re.match(r"#{1,6}(\s|$)|>|[-+](\s|$)|[-=]+\s*$|~~~|:::", line):
        return "\\" + line
    return line
