"""What charts share: two widths of one picture, rows with their labels, an axis and a list of signs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evaluation.releases.canvas import INK, LEADING, QUIET, Canvas, Line, Text, width_of, wrapped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from evaluation.releases.canvas import Circle, Shape

RULE = "#d9d4c7"
EDGE = 18.0  # of paper around everything
GAP = 22.0  # from labels to what they are labels of


@dataclass(frozen=True)
class Layout:
    """How wide a picture is, how large its letters are, and how much of it labels have to the left.

    ``labels`` nought: labels stand above what they name.
    """

    width: float
    size: float
    labels: float

    @property
    def left(self) -> float:
        return EDGE + (self.labels + GAP if self.labels else 0.0)

    @property
    def right(self) -> float:
        return self.width - EDGE

    @property
    def line(self) -> float:
        return self.size * LEADING


WIDE = Layout(680, 16, 236)
NARROW = Layout(340, 15, 0)  # the letters are then at least 12 pixels high on a screen 320 wide


@dataclass(frozen=True)
class Drawn:
    svg: str
    narrow: str
    png: bytes


def drawn(said: str, draw: Callable[[Canvas, Layout], None]) -> Drawn:
    """Draws for a screen and for a phone; Word gets the first as PNG. ``said`` is the title."""
    wide, narrow = Canvas(WIDE.width), Canvas(NARROW.width)
    for canvas, layout in ((wide, WIDE), (narrow, NARROW)):
        canvas.height = EDGE
        draw(canvas, layout)
        canvas.height = math.ceil(canvas.height + EDGE)
    return Drawn(wide.svg(said), narrow.svg(said), wide.png())


def rows(canvas: Canvas, layout: Layout, labels: Sequence[str], height: float) -> Iterator[float]:
    """The middle of the place of each row, ``height`` high, with its label beside or above it."""
    for nth, label in enumerate(labels):
        if nth:
            canvas.height += 8
            canvas.put(Line((EDGE, canvas.height), (layout.right, canvas.height), RULE))
            canvas.height += 8
        lines = wrapped(label, layout.labels or layout.right - EDGE, layout.size)
        tall = len(lines) * layout.line
        if layout.labels:
            whole = max(height, tall)
            middle = canvas.height + whole / 2
            top = middle - tall / 2
        else:
            whole = tall + 4 + height
            top, middle = canvas.height, canvas.height + tall + 4 + height / 2
        canvas.lines(lines, (EDGE, top + layout.size), layout.size)
        yield middle
        canvas.height += whole


def axis(canvas: Canvas, layout: Layout, ticks: Sequence[tuple[float, str]], said: str) -> None:
    """Under the rows: places along the width with what they are, and the axis in words."""
    canvas.height += 10
    left, right = layout.left, layout.right
    canvas.put(Line((left, canvas.height), (right, canvas.height), QUIET))
    for x, words in ticks:
        canvas.put(Line((x, canvas.height), (x, canvas.height + 5), QUIET))
        half = width_of(words, layout.size) / 2
        at = min(max(x, EDGE + half), layout.right - half)  # none is cut off at the edge
        canvas.put(Text((at, canvas.height + 8 + layout.size), words, layout.size, QUIET, "middle"))
    canvas.height += 14 + layout.size
    paragraph(canvas, layout, said, QUIET)


def paragraph(canvas: Canvas, layout: Layout, words: str, colour: str = INK) -> None:
    """Words over the whole width."""
    lines = wrapped(words, layout.right - EDGE, layout.size)
    canvas.height += 6
    canvas.lines(lines, (EDGE, canvas.height + layout.size), layout.size, colour=colour)
    canvas.height += len(lines) * layout.line


def signs(
    canvas: Canvas, layout: Layout, named: Sequence[tuple[Callable[[float, float], Shape | Circle], str]]
) -> None:
    """What each sign means, a line of as many as there is room for. A sign is drawn around its middle."""
    x = EDGE
    canvas.height += 4
    for sign, words in named:
        lines = wrapped(words, layout.right - EDGE - 26, layout.size)
        wide = 26 + max(width_of(line, layout.size) for line in lines) + 20
        if x > EDGE and x + wide > layout.right + 20:
            x = EDGE
            canvas.height += layout.line + 4
        canvas.put(sign(x + 9, canvas.height + layout.size * 0.62))
        canvas.lines(lines, (x + 26, canvas.height + layout.size), layout.size)
        canvas.height += (len(lines) - 1) * layout.line
        x += wide
    canvas.height += layout.line + 8


def number(value: float, *, signed: bool = False) -> str:
    words = f"{value:+.1f}" if signed and value else f"{value:.1f}"
    return words.replace(".", ",").replace("-", "−")


def whole(value: float) -> str:
    return f"{value:g}".replace(".", ",").replace("-", "−")
