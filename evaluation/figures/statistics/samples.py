"""Samples as values with counts: a thousand equal answers are one value, and nothing is rounded by it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Values = NDArray[np.float64]
    Counts = NDArray[np.int64]

DECIMALS = 12  # differences of means of small whole numbers are equal when these are
SAME = 10**-DECIMALS / 2


def varies(values: Values) -> bool:
    """Whether any two differ by more than arithmetic alone: the mean of equal thirds is a hair off them."""
    return bool(len(values)) and float(np.ptp(values)) > SAME


@dataclass(frozen=True)
class Interval:
    low: float
    high: float

    def times(self, factor: float) -> Interval:
        ends = sorted((self.low * factor, self.high * factor))
        return Interval(*ends)


@dataclass(frozen=True)
class Sample:
    """Values and how many people have each."""

    values: Values
    counts: Counts

    @classmethod
    def of(cls, values: Values) -> Sample:
        found, counts = np.unique(np.asarray(values, dtype=np.float64), return_counts=True)
        return cls(found, counts)

    @cached_property
    def n(self) -> int:
        return int(self.counts.sum())

    @cached_property
    def mean(self) -> float:
        return float((self.counts * self.values).sum() / self.n) if self.n else float("nan")

    @cached_property
    def variance(self) -> float:
        """With n − 1 below the line; NaN for fewer than two, and nought where all are equal."""
        if self.n < 2:
            return float("nan")
        if not varies(self.values):
            return 0.0
        return float((self.counts * (self.values - self.mean) ** 2).sum() / (self.n - 1))

    @property
    def sd(self) -> float:
        return float(np.sqrt(self.variance))

    @property
    def merged(self) -> Sample:
        """The same with each value once."""
        values, places = np.unique(self.values, return_inverse=True)
        counts = np.bincount(places, weights=self.counts, minlength=len(values))
        return Sample(values, counts.astype(np.int64))

    def expanded(self) -> Values:
        """Every person's value. As long as there are people: for small samples."""
        return np.repeat(self.values, self.counts)

    def share(self, wanted: NDArray[np.bool_]) -> float:
        return float(self.counts[wanted].sum() / self.n) if self.n else float("nan")


@dataclass(frozen=True)
class Summary:
    """What is left of a sample whose values are gone."""

    n: int
    mean: float
    sd: float

    @property
    def variance(self) -> float:
        return self.sd**2


@dataclass(frozen=True)
class Paired:
    """Values before and after, and how many people have each pair."""

    before: Values
    after: Values
    counts: Counts

    @classmethod
    def of(cls, before: Values, after: Values) -> Paired:
        before, after = np.asarray(before, dtype=np.float64), np.asarray(after, dtype=np.float64)
        return cls(before, after, np.ones(len(before), dtype=np.int64))

    @cached_property
    def n(self) -> int:
        return int(self.counts.sum())

    @cached_property
    def first(self) -> Sample:
        return Sample(self.before, self.counts)

    @cached_property
    def second(self) -> Sample:
        return Sample(self.after, self.counts)

    def differences(self, sign: int = 1) -> Sample:
        """After minus before; with ``sign`` −1 where low is better, so that more is always better.

        Rounded: 3.2 − 3.0 and 4.2 − 4.0 are a tie.
        """
        rounded = np.round(sign * (self.after - self.before), DECIMALS) + 0.0  # no minus nought
        return Sample(rounded, self.counts)

    @property
    def correlation(self) -> float:
        """Pearson's r; NaN where either does not vary."""
        first, second = self.first, self.second
        if self.n < 2 or not first.variance or not second.variance:
            return float("nan")
        product = (self.counts * (self.before - first.mean) * (self.after - second.mean)).sum()
        return float(product / (self.n - 1) / (first.sd * second.sd))
