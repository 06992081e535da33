"""A sheet to draw on, that is written twice: as SVG for pages and as PNG for Word, from the same shapes.

Lengths are in units: one is a CSS pixel where a picture is shown at its own width. Letters are measured
with the font that is used in the PNG; a page shows the reader's own, so lines are broken with some room.
The same shapes give the same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from django.contrib.staticfiles import finders
from PIL import Image, ImageDraw, ImageFont

if TYPE_CHECKING:
    from collections.abc import Sequence

LETTERS = "egs/letters"  # among the static files, where `make assets` puts them
FAMILY = "'Noto Sans',system-ui,-apple-system,'Segoe UI',Roboto,sans-serif"
PAPER, INK, QUIET = "#fffdf8", "#1d2b2a", "#51605f"
SCALE, FINER = 3, 2  # pixels a unit in the PNG; and it is drawn so much larger, for soft edges
ROOM = 1.06  # the reader's own letters may be wider than ours
COLOURS = 96  # in the palette of the PNG

Point = tuple[float, float]


@cache
def _font(size: float, *, bold: bool) -> ImageFont.FreeTypeFont:
    found = finders.find(f"{LETTERS}/NotoSans-{'Bold' if bold else 'Regular'}.ttf")
    return ImageFont.truetype(str(found), size)


def width_of(words: str, size: float, *, bold: bool = False) -> float:
    return _font(100, bold=bold).getlength(words) * size / 100 * ROOM


def wrapped(words: str, width: float, size: float, *, bold: bool = False) -> list[str]:
    """Lines no wider than ``width``; a word that alone is wider is divided where it must be."""
    lines: list[str] = []
    now = ""
    for word in words.split(" "):  # never at a space that does not break
        tried = f"{now} {word}".strip()
        if width_of(tried, size, bold=bold) <= width:
            now = tried
            continue
        lines += [now] if now else []
        while width_of(word, size, bold=bold) > width and len(word) > 2:
            fits = next(
                n for n in range(len(word) - 1, 0, -1) if _fits(word[:n], width, size, bold) or n == 1
            )
            lines.append(f"{word[:fits]}-")
            word = word[fits:]
        now = word
    return [*lines, now] if now else lines


def _fits(part: str, width: float, size: float, bold: bool) -> bool:
    return width_of(f"{part}-", size, bold=bold) <= width


@dataclass(frozen=True)
class Text:
    at: Point  # of the line the letters stand on
    words: str
    size: float
    colour: str = INK
    anchor: str = "start"  # or «middle», «end»
    bold: bool = False

    def svg(self) -> str:
        weight = ' font-weight="700"' if self.bold else ""
        anchor = "" if self.anchor == "start" else f' text-anchor="{self.anchor}"'
        x, y = (_written(each) for each in self.at)
        start = f'<text x="{x}" y="{y}" font-size="{_written(self.size)}" fill="{self.colour}"'
        return f"{start}{anchor}{weight}>{escape(self.words)}</text>"

    def paint(self, on: ImageDraw.ImageDraw, scale: float) -> None:
        anchor = {"start": "ls", "middle": "ms", "end": "rs"}[self.anchor]
        font = _font(self.size * scale, bold=self.bold)
        at = (self.at[0] * scale, self.at[1] * scale)
        on.text(at, self.words, self.colour, font, anchor)


@dataclass(frozen=True)
class Line:
    start: Point
    end: Point
    colour: str = QUIET
    width: float = 1.0

    def svg(self) -> str:
        ends = zip(("x1", "y1", "x2", "y2"), (*self.start, *self.end), strict=True)
        written = " ".join(f'{name}="{_written(value)}"' for name, value in ends)
        return f'<line {written} stroke="{self.colour}" stroke-width="{_written(self.width)}"/>'

    def paint(self, on: ImageDraw.ImageDraw, scale: float) -> None:
        ends = [(x * scale, y * scale) for x, y in (self.start, self.end)]
        on.line(ends, self.colour, max(1, round(self.width * scale)))


@dataclass(frozen=True)
class Shape:
    """A filled polygon; a box is one too."""

    corners: tuple[Point, ...]
    fill: str
    edge: str = ""
    width: float = 0.0

    def svg(self) -> str:
        points = " ".join(f"{_written(x)},{_written(y)}" for x, y in self.corners)
        edge = f' stroke="{self.edge}" stroke-width="{_written(self.width)}"' if self.edge else ""
        return f'<polygon points="{points}" fill="{self.fill}"{edge}/>'

    def paint(self, on: ImageDraw.ImageDraw, scale: float) -> None:
        corners = [(x * scale, y * scale) for x, y in self.corners]
        on.polygon(corners, self.fill)
        if self.edge:
            on.line([*corners, corners[0]], self.edge, max(1, round(self.width * scale)), "curve")


@dataclass(frozen=True)
class Circle:
    at: Point
    radius: float
    fill: str
    edge: str = ""
    width: float = 0.0

    def svg(self) -> str:
        edge = f' stroke="{self.edge}" stroke-width="{_written(self.width)}"' if self.edge else ""
        x, y = (_written(each) for each in self.at)
        return f'<circle cx="{x}" cy="{y}" r="{_written(self.radius)}" fill="{self.fill}"{edge}/>'

    def paint(self, on: ImageDraw.ImageDraw, scale: float) -> None:
        reach = self.radius + self.width / 2  # the edge is drawn on the line, half of it outside
        (x, y), width = self.at, round(self.width * scale)
        box = [(x - reach) * scale, (y - reach) * scale, (x + reach) * scale, (y + reach) * scale]
        on.ellipse(box, self.fill, self.edge or None, width or 1)


def box(x: float, y: float, width: float, height: float) -> tuple[Point, ...]:
    return ((x, y), (x + width, y), (x + width, y + height), (x, y + height))


def _written(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


@dataclass
class Canvas:
    """Shapes in the order they lie. ``width`` in units; ``height`` is how far down anything has come."""

    width: float
    height: float = 0.0
    shapes: list[Text | Line | Shape | Circle] = field(default_factory=list)

    def put(self, *shapes: Text | Line | Shape | Circle) -> None:
        self.shapes += shapes

    def lines(self, words: Sequence[str], at: Point, size: float, **look: object) -> None:
        """Lines of text under each other, the first standing on ``at``."""
        for place, line in enumerate(words):
            self.put(Text((at[0], at[1] + place * size * LEADING), line, size, **look))  # type: ignore[arg-type]

    def svg(self, said: str) -> str:
        """``said`` is its title, for whoever opens the picture by itself."""
        wide, high = _written(self.width), _written(self.height)
        ground = Shape(box(0, 0, self.width, self.height), PAPER).svg()
        inside = "\n".join(shape.svg() for shape in self.shapes)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" width="{wide}"'
            f' height="{high}" role="img" font-family={quoteattr(FAMILY)}>\n'
            f"<title>{escape(said)}</title>\n{ground}\n{inside}\n</svg>\n"
        )

    def png(self) -> bytes:
        scale = SCALE * FINER
        image = Image.new("RGB", (round(self.width) * scale, round(self.height) * scale), PAPER)
        on = ImageDraw.Draw(image)
        for shape in self.shapes:
            shape.paint(on, scale)
        out = BytesIO()
        small = image.reduce(FINER).quantize(COLOURS, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        small.save(out, "PNG", dpi=(96 * SCALE, 96 * SCALE))
        return out.getvalue()


LEADING = 1.3  # from line to line, of the size of the letters
