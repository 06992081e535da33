"""Running text: Markdown ⇄ the HTML of Wagtail's rich text, over the model in ``richtext``."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from markdown_it import MarkdownIt

from cms.packages.richtext import SCHEMES, Block, Letter, UnwritableError, blocks_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markdown_it.token import Token

READER = MarkdownIt("commonmark", {"html": True})  # HTML is recognised so that it can be refused
ALLOWED_TOKENS = {
    "paragraph_open", "heading_open", "bullet_list_open", "ordered_list_open", "list_item_open",
    "inline", "text", "strong_open", "em_open", "link_open", "softbreak", "hardbreak",
}  # fmt: skip


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
