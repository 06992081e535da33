"""The columns of a data set: what each holds, what its codes mean, and what says that there is no answer."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np

from evaluation.answers.vectors import NOT_ANSWERED, NOT_RELEVANT, NOT_SHOWN
from evaluation.figures.scoring import LOWEST_ANSWER
from evaluation.instruments.definition import Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from evaluation.instruments.definition import Item, Scale

Labels = tuple[tuple[int, Words], ...]
Measure = Literal["nominal", "ordinal", "scale"]
EMPTY = int(np.iinfo(np.int32).min)  # in a column of whole numbers: nothing stands there
LONGEST_NAME = 60  # SPSS takes 64
WHY_MISSING = {
    NOT_ANSWERED: Words("Ikke besvart", "Ikkje svart på"),
    NOT_RELEVANT: Words("Ikke aktuelt ennå", "Ikkje aktuelt enno"),
    NOT_SHOWN: Words("Ikke vist, etter et tidligere svar", "Ikkje vist, etter eit tidlegare svar"),
}


@dataclass(frozen=True)
class Column:
    """``values`` are words (empty: not told), whole numbers (EMPTY: nothing) or decimals (NaN: nothing).

    ``choices`` say what a value means, ``missing`` which values say that there is no answer, and why.
    """

    name: str
    kind: Literal["word", "whole", "decimal"]
    label: Words
    values: list[str] | NDArray[np.int32] | NDArray[np.float64]
    measure: Measure = "nominal"
    choices: Labels = ()
    missing: Labels = ()
    low: float | None = None
    high: float | None = None
    wave: str = ""
    note: Words = field(default_factory=Words)  # how it was made

    def cells(self, start: int, end: int) -> list[str]:
        """Rows ``start`` to ``end`` as written: every decimal, and nothing for nothing."""
        if isinstance(self.values, list):
            return self.values[start:end]
        found, places = np.unique(self.values[start:end], return_inverse=True)  # few values, many rows
        written = ["" if each != each or each == EMPTY else repr(each) for each in found.tolist()]
        return np.array(written, dtype=object)[places].tolist()


@dataclass(frozen=True)
class Codes:
    """What stands for «no answer» in one export: the same three numbers all through, below every answer."""

    lowest: int

    @classmethod
    def below(cls, items: Iterable[Item], scales: Iterable[Scale]) -> Codes:
        """−99, −98 and −97; with another nine for each place that an answer or a score may need."""
        lows = [min(item.codes, default=item.low) for item in items] + [scale.low for scale in scales]
        lowest = -99
        while lowest + len(WHY_MISSING) > min([0, *lows]):
            lowest = lowest * 10 - 9
        return cls(lowest)

    @property
    def all(self) -> Labels:
        return tuple((self.lowest + nth, why) for nth, why in enumerate(WHY_MISSING.values()))

    def of(self, item: Item) -> Labels:
        """Those that the item can have."""
        possible = (True, item.not_yet, item.show_if is not None)
        return tuple(code for code, may_be in zip(self.all, possible, strict=True) if may_be)

    def written(self, slots: NDArray[np.int32]) -> NDArray[np.int32]:
        """A column of answer vectors with these codes instead of the vector's."""
        values = slots.copy()
        for stored, (code, _why) in zip(WHY_MISSING, self.all, strict=True):
            values[slots == stored] = code
        return values


class Names:
    """Column names that csv, R and SPSS all take, each given once; SPSS sees no capitals."""

    def __init__(self) -> None:
        self._given: set[str] = set()

    def new(self, *parts: str) -> str:
        name = re.sub(r"\W+", "_", "_".join(part for part in parts if part), flags=re.ASCII)[:LONGEST_NAME]
        if not name[:1].isalpha():
            name = f"v_{name}"
        found, again = name, 1
        while found.casefold() in self._given:
            again += 1
            found = f"{name}_{again}"
        self._given.add(found.casefold())
        return found


def of_item(
    item: Item, wave: str, slots: NDArray[np.int32], codes: Codes, names: Names, prefix: str = ""
) -> Iterator[Column]:
    """One column; of «several» one for each choice, with 1 for chosen."""
    values, label = codes.written(slots), _words(f"{wave}: ", item.text)
    if item.kind == "several":
        for place, choice in enumerate(item.choices):
            bit = np.where(slots > LOWEST_ANSWER, slots >> place & 1, values)
            yield Column(
                names.new(prefix, item.key, str(choice.code), wave),
                "whole",
                Words(f"{label.nb} – {choice.label.nb}", f"{label.nn} – {choice.label.in_language('nn')}"),
                bit.astype(np.int32),
                choices=((0, Words("Ikke valgt", "Ikkje vald")), (1, Words("Valgt", "Vald"))),
                missing=codes.of(item),
                low=0,
                high=1,
                wave=wave,
            )
        return
    ends = (item.low, item.high) if item.kind == "number" else (min(item.codes), max(item.codes))
    yield Column(
        names.new(prefix, item.key, wave),
        "whole",
        label,
        values,
        measure={"agreement": "ordinal", "one": "nominal"}.get(item.kind, "scale"),  # type: ignore[arg-type]
        choices=_choices(item),
        missing=codes.of(item),
        low=ends[0],
        high=ends[1],
        wave=wave,
    )


def of_scale(scale: Scale, wave: str, scores: NDArray[np.float64], names: Names, prefix: str = "") -> Column:
    return Column(
        names.new("skala", prefix, scale.key, wave),
        "decimal",
        _words(f"{wave}: ", scale.title),
        scores,
        measure="scale",
        low=scale.low,
        high=scale.high,
        wave=wave,
        note=rule_in_words(scale),
    )


BETTER = {
    "high": Words("Høyt er bra.", "Høgt er bra."),
    "low": Words("Lavt er bra.", "Lågt er bra."),
    "neither": Words("Verken høyt eller lavt er bra.", "Verken høgt eller lågt er bra."),
}


def rule_in_words(scale: Scale) -> Words:
    """How a score is worked out of the answers, as it was frozen with the questionnaire."""
    how = Words("Sum", "Sum") if scale.method == "sum" else Words("Gjennomsnitt", "Gjennomsnitt")
    items, turned = ", ".join(scale.items), ", ".join(scale.reversed)
    times = f" × {scale.multiply:g}" if scale.multiply != 1 else ""
    nb = f"{how.nb} av {items}{times}" + (f"; snudd: {turned}" if turned else "")
    nn = f"{how.nn} av {items}{times}" + (f"; snudde: {turned}" if turned else "")
    least = f"{scale.min_answered} av {len(scale.items)}"
    return Words(
        f"{nb}. Minst {least} må være besvart; for de andre brukes gjennomsnittet. {BETTER[scale.better].nb}"
        " Tom: for få besvart.",
        f"{nn}. Det må vere svar på minst {least}; for dei andre blir gjennomsnittet brukt."
        f" {BETTER[scale.better].nn} Tom: for få svar.",
    )


def _choices(item: Item) -> Labels:
    if item.kind != "zero-to-ten":
        return tuple((choice.code, choice.label) for choice in item.choices)
    ends = ((0, item.low_end), (10, item.high_end))
    return tuple((code, end) for code, end in ends if end.nb)


def _words(start: str, text: Words) -> Words:
    return Words(start + text.nb, start + text.in_language("nn"))
