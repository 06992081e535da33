"""The charts of a release, from numbers that may be told; nothing here decides what is shown.

Readable in print and without seeing colours: shape, place and words carry what colour does as well. Drawn
on paper of its own, so that dark pages and Word show the same picture. The same numbers give the same bytes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from evaluation.releases.canvas import INK, PAPER, QUIET, Canvas, Circle, Line, Shape, Text, box, wrapped
from evaluation.releases.sheet import EDGE, RULE, Drawn, Layout, axis, drawn, number, rows, signs, whole

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

FJORD, APRICOT, GOLD = "#1f5f5b", "#b5602a", "#8a6410"
# from disagreement over the middle to agreement: apart in lightness too, for print and colour-blind eyes
DIVERGING = {
    3: ("#b5602a", "#e4dfd3", "#1f5f5b"),
    5: ("#a34f1d", "#eab98e", "#e4dfd3", "#93bfba", "#1f5f5b"),
}
LIGHT = "#93bfba"
STEPS = 5  # blocks from «få» to «nesten alle»


@dataclass(frozen=True)
class Dot:
    """One line of a dot chart: a value, and the interval around it where there is one."""

    label: str
    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Step:
    """One scale from before to after, on its own range."""

    label: str
    before: float
    after: float
    low: float
    high: float


def dots(said: str, lines: Sequence[Dot], along: str) -> Drawn:
    """Values with intervals around a line at nought."""
    reach = max(abs(each) for line in lines for each in (line.value, line.low or 0, line.high or 0))
    limit = max(0.5, math.ceil(reach * 2) / 2)
    step = 0.5 if limit <= 1.5 else math.ceil(limit / 3)
    marks = [nth * step for nth in range(-int(limit // step), int(limit // step) + 1)]

    def draw(canvas: Canvas, layout: Layout) -> None:
        inset = 28.0
        left, right = layout.left + inset, layout.right - inset

        def at(value: float) -> float:
            return left + (value + limit) / (2 * limit) * (right - left)

        for line, middle in zip(lines, rows(canvas, layout, [each.label for each in lines], 50), strict=True):
            y = middle + 8
            canvas.put(Line((at(0), middle - 3), (at(0), middle + 26), QUIET))
            if line.low is not None and line.high is not None:
                canvas.put(Line((at(line.low), y), (at(line.high), y), LIGHT, 7))
                for end in (line.low, line.high):
                    canvas.put(Line((at(end), y - 7), (at(end), y + 7), FJORD, 2))
            canvas.put(Circle((at(line.value), y), 7, FJORD, PAPER, 2))
            words = number(line.value, signed=True)
            canvas.put(Text((at(line.value), y - 13), words, layout.size, INK, "middle", bold=True))
        ticks = [(at(value), whole(value)) for value in marks]
        axis(canvas, layout, ticks, along)

    return drawn(said, draw)


def steps(said: str, lines: Sequence[Step], before: str, after: str) -> Drawn:
    """From before (an open ring) to after (a filled one), each on the scale's whole range."""

    def draw(canvas: Canvas, layout: Layout) -> None:
        signs(canvas, layout, [(_ring, before), (_full, after)])
        left, right = layout.left + 16, layout.right - 16
        for line, middle in zip(lines, rows(canvas, layout, [each.label for each in lines], 66), strict=True):

            def at(value: float, line: Step = line) -> float:
                return left + (value - line.low) / (line.high - line.low) * (right - left)

            canvas.put(Line((left, middle), (right, middle), RULE, 4))
            for end in (line.low, line.high):
                words = whole(end)
                canvas.put(Text((at(end), middle + 12 + layout.size), words, layout.size, QUIET, "middle"))
            canvas.put(Line((at(line.before), middle), (at(line.after), middle), FJORD, 4))
            canvas.put(_ring(at(line.before), middle), _full(at(line.after), middle))
            _two_numbers(canvas, layout, middle, (at(line.before), line.before), (at(line.after), line.after))

    return drawn(said, draw)


def _two_numbers(
    canvas: Canvas, layout: Layout, middle: float, one: tuple[float, float], two: tuple[float, float]
) -> None:
    """Above their rings, and beside each other where the rings are near."""
    near = abs(one[0] - two[0]) < layout.size * 2.4
    for (x, value), (other, _value), bold in ((one, two, False), (two, one, True)):
        is_left = x < other or (x == other and not bold)
        anchor = ("end" if is_left else "start") if near else "middle"
        at = (one[0] + two[0]) / 2 + (-5 if is_left else 5) if near else x
        canvas.put(Text((at, middle - 13), number(value), layout.size, INK, anchor, bold=bold))


def _ring(x: float, y: float) -> Circle:
    return Circle((x, y), 6.5, PAPER, FJORD, 3)


def _full(x: float, y: float) -> Circle:
    return Circle((x, y), 8, FJORD)


def _block(fill: str, edge: str, x: float, y: float) -> Shape:
    return Shape(box(x - 8, y - 6, 16, 12), fill, edge, 2 if edge else 0)


def bars(said: str, labels: Sequence[str], series: Mapping[str, Sequence[float | None]]) -> Drawn:
    """Shares in per cent, one or two bars a line, the second open; None is a dash in an empty place."""
    looks = ((FJORD, ""), (PAPER, APRICOT))
    thick = 22.0

    def draw(canvas: Canvas, layout: Layout) -> None:
        if len(series) > 1:
            named = zip(looks, series, strict=False)
            signs(canvas, layout, [(partial(_block, *look), name) for look, name in named])
        left, room = layout.left, layout.right - layout.left - 62
        high = len(series) * (thick + 6)
        for place, middle in enumerate(rows(canvas, layout, labels, high)):
            canvas.put(Line((left, middle - high / 2), (left, middle + high / 2), QUIET))
            for nth, (look, values) in enumerate(zip(looks, series.values(), strict=False)):
                value, top = values[place], middle - high / 2 + 3 + nth * (thick + 6)
                long = (value or 0) / 100 * room
                if long:
                    shape = box(left + 1, top + 1, max(2.0, long - 2), thick - 2)
                    canvas.put(Shape(shape, *look, 2 if look[1] else 0))
                words = "–" if value is None else f"{value:.0f} %"
                canvas.put(Text((left + long + 8, top + thick * 0.76), words, layout.size, bold=nth == 0))

    return drawn(said, draw)


def amounts(said: str, labels: Sequence[str], told: Sequence[tuple[int, str]]) -> Drawn:
    """How large a part in words: so many of five blocks, and the word for it. No number is behind it."""

    def draw(canvas: Canvas, layout: Layout) -> None:
        for (many, words), middle in zip(told, rows(canvas, layout, labels, 26), strict=True):
            for nth in range(STEPS):
                fill = FJORD if nth < many else PAPER
                canvas.put(
                    Shape(
                        box(layout.left + nth * 26, middle - 8, 20, 16),
                        fill,
                        FJORD if fill != PAPER else RULE,
                        2,
                    )
                )
            canvas.put(Text((layout.left + STEPS * 26 + 8, middle + layout.size * 0.36), words, layout.size))

    return drawn(said, draw)


def diverging(
    said: str, labels: Sequence[str], shares: Sequence[Sequence[int]], answers: Sequence[str]
) -> Drawn:
    """How answers are spread, in rounded per cent (bars are equally long), middle answers' middle in line."""
    colours = DIVERGING.get(len(answers)) or _between(len(answers))
    half = len(answers) // 2

    def below(row: Sequence[float]) -> float:
        return sum(row[:half]) + (row[half] / 2 if len(answers) % 2 else 0)

    def draw(canvas: Canvas, layout: Layout) -> None:
        signs(
            canvas,
            layout,
            [(partial(_block, *look), name) for look, name in zip(_looks(colours), answers, strict=True)],
        )
        parts = [[share / max(sum(row), 1) for share in row] for row in shares]
        most = max(below(row) for row in parts)
        unit = (layout.right - layout.left) / (1 + most - min(below(row) for row in parts))
        nought = layout.left + most * unit
        for row, part, middle in zip(shares, parts, rows(canvas, layout, labels, 30), strict=True):
            x = nought - below(part) * unit
            for share, wide, (fill, edge) in zip(row, part, _looks(colours), strict=True):
                canvas.put(Shape(box(x, middle - 14, wide * unit, 28), fill, edge or PAPER, 1))
                if wide * unit >= layout.size * 1.9:
                    at = (x + wide * unit / 2, middle + layout.size * 0.36)
                    canvas.put(Text(at, str(share), layout.size, _on(fill), "middle"))
                x += wide * unit
            for y in (middle - 19, middle + 15):  # above and below: a number may stand between
                canvas.put(Line((nought, y), (nought, y + 4), INK, 2))

    return drawn(said, draw)


def _looks(colours: Sequence[str]) -> list[tuple[str, str]]:
    return [(colour, "") for colour in colours]


def _between(count: int) -> tuple[str, ...]:
    """Colours for another number of answers: from apricot over sand to the fjord's."""
    ends = ((163, 79, 29), (228, 223, 211), (31, 95, 91))
    found = []
    for nth in range(count):
        place = 2 * nth / max(1, count - 1)
        one, two = (ends[0], ends[1]) if place < 1 else (ends[1], ends[2])
        part = place - (place >= 1)
        found.append("#" + "".join(f"{round(a + (b - a) * part):02x}" for a, b in zip(one, two, strict=True)))
    return tuple(found)


def _on(fill: str) -> str:
    """Light letters on dark and the other way."""
    red, green, blue = (int(fill[place : place + 2], 16) for place in (1, 3, 5))
    return PAPER if 0.299 * red + 0.587 * green + 0.114 * blue < 120 else INK


def flow(said: str, lines: Sequence[Sequence[str]]) -> Drawn:
    """Boxes with arrows: along a line, and from line to line."""

    def draw(canvas: Canvas, layout: Layout) -> None:
        for nth, line in enumerate(lines):
            if nth:
                x = layout.width / 2
                _arrow(canvas, (x, canvas.height + 4), (x, canvas.height + 24))
                canvas.height += 28
            _boxes(canvas, layout, line)

    return drawn(said, draw)


def _boxes(canvas: Canvas, layout: Layout, line: Sequence[str]) -> None:
    """Beside each other with arrows between; one alone is in the middle."""
    between = 34.0
    room = layout.right - EDGE
    wide = (room - between * (len(line) - 1)) / len(line) if len(line) > 1 else min(room, 420.0)
    texts = [
        [part for piece in words.split("\n") for part in wrapped(piece, wide - 20, layout.size)]
        for words in line
    ]
    high = max(len(text) for text in texts) * layout.line + 20
    x = EDGE if len(line) > 1 else (layout.width - wide) / 2
    for nth, text in enumerate(texts):
        if nth:
            y = canvas.height + high / 2
            _arrow(canvas, (x - between + 4, y), (x - 4, y))
        canvas.put(Shape(box(x, canvas.height, wide, high), "#ffffff", FJORD, 2))
        top = canvas.height + (high - len(text) * layout.line) / 2 + layout.size
        for place, words in enumerate(text):
            canvas.put(Text((x + wide / 2, top + place * layout.line), words, layout.size, INK, "middle"))
        x += wide + between
    canvas.height += high


def _arrow(canvas: Canvas, start: tuple[float, float], end: tuple[float, float]) -> None:
    (x, y), down = end, end[1] > start[1]
    head = ((x, y), (x - 6, y - 9), (x + 6, y - 9)) if down else ((x, y), (x - 9, y - 6), (x - 9, y + 6))
    canvas.put(Line(start, (x, y - 8) if down else (x - 8, y), QUIET, 2), Shape(head, QUIET))


def lights(said: str, lines: Sequence[tuple[str, str, str]]) -> Drawn:
    """Traffic lights: what, which light («green», «yellow», «red», «none»), and the words for it."""

    def draw(canvas: Canvas, layout: Layout) -> None:
        for nth, (what, light, words) in enumerate(lines):
            canvas.height += 16 if nth else 0
            canvas.put(LIGHTS[light](EDGE + 14, canvas.height + layout.line))
            for text, bold in ((what, True), (words, False)):
                broken = wrapped(text, layout.right - EDGE - 46, layout.size, bold=bold)
                look: dict[str, object] = {"bold": bold, "colour": INK if bold else QUIET}
                canvas.lines(broken, (EDGE + 46, canvas.height + layout.size), layout.size, **look)
                canvas.height += len(broken) * layout.line

    return drawn(said, draw)


def _triangle(x: float, y: float) -> Shape:
    return Shape(((x, y - 14), (x + 15, y + 12), (x - 15, y + 12)), GOLD)


LIGHTS: dict[str, Callable[[float, float], Shape | Circle]] = {
    "green": lambda x, y: Circle((x, y), 13, FJORD),
    "yellow": _triangle,
    "red": lambda x, y: Shape(box(x - 12, y - 12, 24, 24), APRICOT),
    "none": lambda x, y: Circle((x, y), 12, PAPER, QUIET, 2.5),
}
