"""LIX: how heavy a text is. 25 is easy, 40 is a newspaper, 55 is an office."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cms.packages.files import FIELD
from cms.packages.pieces import body_of, stream_of
from cms.packages.reading import read_package
from cms.rendering import segments_of, text_of, word_count

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cms.packages.contents import Piece

HEAVY = 40  # above this a part should be written more simply
LONG_WORD = 6  # letters; a longer word counts as long


@dataclass(frozen=True)
class Measure:
    path: str
    words: int
    lix: float


def lix(text: str) -> float:
    """Words per sentence, plus long words per hundred words. A colon ends a sentence."""
    words = re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", text)
    sentences = len(re.findall(r"[.!?:]+(?=[»”\"')\]]*(?:\s|$))", text))
    if not words:
        return 0.0
    long_words = sum(len(word) > LONG_WORD for word in words)
    return len(words) / max(sentences, 1) + 100 * long_words / len(words)


def measures(root: Path) -> Iterator[Measure]:
    """Every Bokmål part of a package. Raises PackageError."""
    for programme in read_package(root).programmes:
        for module in programme.modules:
            for part in module.parts:
                yield measure(part.path, part.texts["nb"]["body"])


def measure(path: str, pieces: list[Piece], language: str = "nb") -> Measure:
    """As families meet it, with what the blocks' templates add; pictures and files have no words."""
    written = [piece for piece in pieces if piece.kind not in FIELD]
    body = body_of("part").to_python(stream_of(written, path))
    segments = segments_of(body, language)
    return Measure(path, word_count(segments), lix(text_of(segments)))
