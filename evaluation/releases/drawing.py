"""Charts as SVG and PNG, from numbers that may be told. matplotlib draws; nothing here decides what is shown.

Readable in print and without seeing colours: shape, place and words carry what colour does as well. Drawn
on paper of its own, so that dark pages and Word show the same picture. The same numbers give the same bytes.
"""

from __future__ import annotations

import io
import textwrap
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from matplotlib.figure import Figure

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes

PAPER, INK, QUIET, RULE = "#fffdf8", "#1d2b2a", "#51605f", "#d9d4c7"
FJORD, APRICOT = "#1f5f5b", "#c9743a"
# from disagreement over the middle to agreement: apart in lightness too, for print and colour-blind eyes
DIVERGING = {
    3: ("#b5602a", "#e4dfd3", "#1f5f5b"),
    5: ("#a34f1d", "#e3a878", "#e4dfd3", "#7fb0aa", "#1f5f5b"),
}
WIDE, ROW = 5.4, 0.62  # inches: on a phone the letters are then still read; and a line of a chart
PIXELS = 260  # per inch, for Word
STYLE: Any = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 10.5,
    "svg.fonttype": "none",  # text stays text: it can be searched, and is small
    "svg.hashsalt": "en-god-start",
    "axes.edgecolor": RULE,
    "axes.labelcolor": QUIET,
    "text.color": INK,
    "xtick.color": QUIET,
    "ytick.color": INK,
    "figure.facecolor": PAPER,
    "axes.facecolor": PAPER,
}
_one_at_a_time = threading.Lock()  # the style is matplotlib's own, shared by the process


@dataclass(frozen=True)
class Drawn:
    svg: str
    png: bytes


@dataclass(frozen=True)
class Dot:
    """One line of a dot chart: a value, and the interval around it where there is one."""

    label: str
    value: float
    low: float | None = None
    high: float | None = None


def dots(rows: Sequence[Dot], axis: str) -> Drawn:
    """Values with intervals around a line at nought."""

    def draw(axes: Axes) -> None:
        for place, row in enumerate(rows):
            if row.low is not None and row.high is not None:
                axes.plot([row.low, row.high], [place, place], color=FJORD, linewidth=2.5, alpha=0.55)
            axes.plot(row.value, place, "o", color=FJORD, markersize=9)
            axes.annotate(
                _number(row.value, signed=True),
                (row.value, place),
                textcoords="offset points",
                xytext=(0, 9),
                ha="center",
                fontsize=9,
            )
        axes.axvline(0, color=QUIET, linewidth=1)
        _lines(axes, [row.label for row in rows])
        axes.set_xlabel(textwrap.fill(axis, 44), fontsize=9.5)

    return _drawn(len(rows), draw)


def bars(labels: Sequence[str], series: Mapping[str, Sequence[float | None]], axis: str) -> Drawn:
    """Shares in per cent, one or two bars a line; None is an empty place with a dash."""
    colours, hatches = (FJORD, APRICOT), ("", "///")
    height = 0.72 / len(series)

    def draw(axes: Axes) -> None:
        for nth, (name, values) in enumerate(series.items()):
            for place, value in enumerate(values):
                at = place + (nth - (len(series) - 1) / 2) * height
                axes.barh(
                    at,
                    value or 0,
                    height * 0.9,
                    color=colours[nth],
                    hatch=hatches[nth],
                    edgecolor=PAPER,
                    label=name if place == 0 else None,
                )
                axes.text(
                    (value or 0) + 1, at, "–" if value is None else f"{value:.0f} %", va="center", fontsize=9
                )
        axes.set_xlim(0, 112)
        _lines(axes, labels)
        axes.set_xlabel(textwrap.fill(axis, 44), fontsize=9.5)
        if len(series) > 1:
            _legend(axes, len(series))

    return _drawn(len(labels), draw, extra=0.5 if len(series) > 1 else 0)


def diverging(labels: Sequence[str], shares: Sequence[Sequence[int]], answers: Sequence[str]) -> Drawn:
    """How answers are spread, in whole per cent, the middle answer's middle at nought."""
    colours: Sequence[Any] = DIVERGING.get(len(answers)) or tuple(
        mpl.colormaps["PuOr"](place / max(1, len(answers) - 1)) for place in range(len(answers))
    )
    half = len(answers) / 2

    def draw(axes: Axes) -> None:
        for place, row in enumerate(shares):
            below = sum(row[: int(half)]) + (row[int(half)] / 2 if len(answers) % 2 else 0)
            left = -float(below)
            for nth, share in enumerate(row):
                axes.barh(
                    place,
                    share,
                    0.66,
                    left=left,
                    color=colours[nth],
                    edgecolor=PAPER,
                    label=answers[nth] if place == 0 else None,
                )
                if share >= 9:
                    dark = nth in (0, len(answers) - 1)
                    axes.text(
                        left + share / 2,
                        place,
                        str(share),
                        ha="center",
                        va="center",
                        fontsize=8.5,
                        color=PAPER if dark else INK,
                    )
                left += share
        axes.axvline(0, color=QUIET, linewidth=0.8, zorder=0)
        axes.set_xticks([])
        _lines(axes, labels)
        _legend(axes, min(len(answers), 3))

    return _drawn(len(labels), draw, extra=0.8)


def flow(steps: Sequence[tuple[str, str]]) -> Drawn:
    """Boxes under each other: what, and how many, in words."""

    def draw(axes: Axes) -> None:
        axes.set_axis_off()
        axes.set_xlim(0, 1)
        axes.set_ylim(len(steps), 0)
        for place, (what, many) in enumerate(steps):
            box = {"boxstyle": "round,pad=0.55", "facecolor": "#ffffff", "edgecolor": FJORD, "linewidth": 1.4}
            axes.text(0.5, place + 0.5, f"{what}: {many}", ha="center", va="center", fontsize=10.5, bbox=box)
            if place:
                axes.annotate(
                    "",
                    (0.5, place + 0.24),
                    (0.5, place - 0.24),
                    arrowprops={"arrowstyle": "->", "color": QUIET},
                )

    return _drawn(len(steps), draw, extra=0.2)


SHAPES = {"green": ("o", FJORD), "yellow": ("^", "#b98a1d"), "red": ("s", APRICOT), "none": ("_", QUIET)}


def lights(rows: Sequence[tuple[str, str, str]]) -> Drawn:
    """Traffic lights: what, which light («green», «yellow», «red», «none»), and the words for it."""

    def draw(axes: Axes) -> None:
        axes.set_axis_off()
        axes.set_xlim(0, 1)
        axes.set_ylim(len(rows), 0)
        for place, (what, light, words) in enumerate(rows):
            shape, colour = SHAPES[light]
            axes.plot(0.03, place + 0.5, shape, color=colour, markersize=15)
            axes.text(0.08, place + 0.5, what, va="center")
            axes.text(0.99, place + 0.5, words, va="center", ha="right", color=QUIET)

    return _drawn(len(rows), draw)


def _number(value: float, *, signed: bool = False) -> str:
    words = f"{value:+.1f}" if signed else f"{value:.1f}"
    return words.replace(".", ",").replace("-", "−")


def _lines(axes: Axes, labels: Sequence[str]) -> None:
    axes.set_yticks(range(len(labels)), [_wrapped(label) for label in labels])
    axes.set_ylim(len(labels) - 0.45, -0.65)
    axes.xaxis.set_major_formatter(lambda value, _place: f"{value:g}".replace(".", ",").replace("-", "−"))
    axes.tick_params(length=0)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)


def _wrapped(label: str, width: int = 24) -> str:
    return "\n".join(textwrap.wrap(label, width)[:3])


def _legend(axes: Axes, columns: int) -> None:
    handles, labels = axes.get_legend_handles_labels()
    figure: Any = axes.figure
    figure.legend(
        handles,
        labels,
        loc="outside lower center",
        ncols=columns,
        frameon=False,
        fontsize=9,
        handlelength=1.2,
    )


def _drawn(rows: int, draw: Any, extra: float = 0.0) -> Drawn:
    """Draws once and saves twice."""
    with _one_at_a_time, mpl.rc_context(STYLE):
        figure = Figure(figsize=(WIDE, 0.75 + ROW * max(rows, 1) + extra), layout="constrained")
        draw(figure.add_subplot())
        svg, png = io.StringIO(), io.BytesIO()
        figure.savefig(svg, format="svg", metadata={"Date": None, "Creator": None})
        figure.savefig(png, format="png", dpi=PIXELS, metadata={"Software": None})
        return Drawn(svg.getvalue(), png.getvalue())
