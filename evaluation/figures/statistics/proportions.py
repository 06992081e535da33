"""Shares of people: Wilson's interval, and how many stand at the ends of a scale."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evaluation.figures.statistics.change import RELIABLE
from evaluation.figures.statistics.samples import Interval

if TYPE_CHECKING:
    from evaluation.figures.statistics.samples import Sample

AT_AN_END = (
    0.15  # more than this at the lowest or highest possible score is a floor or a ceiling (Terwee 2007)
)


@dataclass(frozen=True)
class Share:
    count: int
    of: int
    interval: Interval | None

    @property
    def value(self) -> float:
        return self.count / self.of if self.of else float("nan")


def share(count: int, of: int) -> Share:
    """Wilson's score interval (1927), by his formula; from 0 of none, to 1 of all. None of nobody."""
    if not of:
        return Share(count, of, None)
    z, p = RELIABLE, count / of
    whole = 1 + z * z / of
    middle = (p + z * z / (2 * of)) / whole
    reach = z * math.sqrt(p * (1 - p) / of + z * z / (4 * of * of)) / whole
    low = max(0.0, middle - reach) if count else 0.0
    high = min(1.0, middle + reach) if count < of else 1.0
    return Share(count, of, Interval(low, high))


@dataclass(frozen=True)
class Ends:
    lowest: Share
    highest: Share

    @property
    def has_floor(self) -> bool:
        return self.lowest.value > AT_AN_END

    @property
    def has_ceiling(self) -> bool:
        return self.highest.value > AT_AN_END


def ends(sample: Sample, low: float, high: float) -> Ends:
    """People at the lowest and the highest possible score."""
    at_low = int(sample.counts[sample.values <= low].sum())
    at_high = int(sample.counts[sample.values >= high].sum())
    return Ends(share(at_low, sample.n), share(at_high, sample.n))
