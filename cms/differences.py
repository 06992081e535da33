"""What a corrected wording changes: the words of two versions beside each other, for the editor's eyes."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from html import unescape
from typing import TYPE_CHECKING, Any, NamedTuple

from django.utils.html import strip_tags

if TYPE_CHECKING:
    from collections.abc import Iterator

LINK = re.compile(r'<a\b[^>]*?\bhref="([^"]*)"[^>]*>(.*?)</a>', re.DOTALL)
PICTURE = re.compile(r'<img\b[^>]*?\balt="([^"]*)"[^>]*>')
END_OF_LINE = re.compile(r"</(?:p|li|h[2-6]|summary|figcaption|dt|dd|blockquote)>|<br>")
WORD = re.compile(r"\n|[^\s]+")
AROUND = 12  # words shown on each side of a change


class Piece(NamedTuple):
    """Neighbouring words of one kind: «same», «out» (only before), «in» (only after) or «gap» (left out)."""

    kind: str
    text: str


def readable(title: str, ingress: str, segments: list[dict[str, Any]]) -> str:
    """A part as plain text, a line for each paragraph, with what a link leads to and a picture says."""
    html = "".join(f"<p>{segment.get('title', '')}</p>{segment['html']}" for segment in segments)
    html = PICTURE.sub(r" [\1] ", LINK.sub(r"\2 (\1)", html))
    text = unescape(strip_tags(END_OF_LINE.sub("\n", html)))
    lines = [title, ingress, *text.split("\n")]
    return "\n".join(line for line in (" ".join(line.split()) for line in lines) if line)


def differences(before: str, after: str) -> list[Piece]:
    """Word by word, with what is far from any change left out. Empty when the words are the same."""
    old, new = WORD.findall(before), WORD.findall(after)
    if old == new:
        return []
    found = [piece for piece in _pieces(old, new) if piece.text.strip() or piece.kind == "gap"]
    return found if {piece.kind for piece in found} & {"out", "in"} else []  # else: new paragraphs only


def _pieces(old: list[str], new: list[str]) -> Iterator[Piece]:
    for kind, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            yield from _same(old[i:j], first=i == 0, last=j == len(old))
            continue
        if j > i:
            yield Piece("out", _text(old[i:j]))
        if m > k:
            yield Piece("in", _text(new[k:m]))


def _same(words: list[str], *, first: bool, last: bool) -> Iterator[Piece]:
    """What did not change: the words next to a change, and a gap for the rest."""
    ahead, behind = 0 if first else AROUND, 0 if last else AROUND
    if len(words) <= ahead + behind + 1:
        yield Piece("same", _text(words))
        return
    if ahead:
        yield Piece("same", _text(words[:ahead]))
    yield Piece("gap", "")
    if behind:
        yield Piece("same", _text(words[-behind:]))


def _text(words: list[str]) -> str:
    return re.sub(r" ?\n ?", "\n", " ".join(words))
