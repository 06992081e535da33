"""Shares of people: Wilson's interval, and how many stand at the ends of a scale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from statsmodels.stats.proportion import proportion_confint

from evaluation.figures.statistics.change import TAIL
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
    """Wilson's score interval (1927). None of nobody."""
    if not of:
        return Share(count, of, None)
    low, high = proportion_confint(count, of, alpha=2 * TAIL, method="wilson")
    return Share(count, of, Interval(float(low), float(high)))


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
