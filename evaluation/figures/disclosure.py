"""What may be told: the one door between numbers and every page, picture, document and file.

The rules R1–R10 of reliability §6.9. The figures we publish do not change when two people of a population
swap all their answers, so a number can give somebody's answer away in two ways only: what is left of the
population when one takes away a household one knows has answered alike; or two populations differ by so few
that their difference is such a population. Nothing is told where the first is so, in whatever role: not of
a scale (``Level.alike`` in scales.py), nor, but for «de fleste», of an item (``told_shares``,
``beside_the_top_coded``). ``shown_sites`` holds the second. The auditor (tests/privacy) tries everything.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

ADULTS_FOR_MEAN, FAMILIES_FOR_MEAN = 5, 4  # R1
ADULTS_FOR_SHARES, FAMILIES_FOR_SHARES = 10, 6
ANSWERS_FOR_MEAN, ANSWERS_FOR_SHARES = 8, 12  # R8, evening forms: there 8 answers are at least 4 families
HOUSEHOLD = 2  # adults at most: what a participant knows beside the figures
NEARLY_ALL = 0.9  # R5
# Per cent. Steps soften a share and hide nobody: those of several items together still say how many answered.
# Nothing hangs on that being unknown: what protects is R1–R7, and the auditor, who knows it, tries them.
SHARE_STEP = 5
FOR_PERCENT = 20  # people, for a whole per cent beside a banded number of them (R6)
BANDS = ((20, "20+"), (10, "10–19"), (ADULTS_FOR_MEAN, "5–9"))  # R6
DECIMALS = 1  # R6, on pages and in the steering report
ROUNDING = 10**-DECIMALS / 2  # so far from the truth a told mean may be


@dataclass(frozen=True)
class Population:
    """Who a figure is about: how many adults, of how many families."""

    adults: int
    families: int

    def __add__(self, other: Population) -> Population:
        return Population(self.adults + other.adults, self.families + other.families)

    def __sub__(self, other: Population) -> Population:
        return Population(self.adults - other.adults, self.families - other.families)

    @property
    def may_have_mean(self) -> bool:
        return self.adults >= ADULTS_FOR_MEAN and self.families >= FAMILIES_FOR_MEAN

    @property
    def may_have_shares(self) -> bool:
        return self.adults >= ADULTS_FOR_SHARES and self.families >= FAMILIES_FOR_SHARES

    @property
    def is_nobody(self) -> bool:
        return self.adults == 0


def fewest_homes(known: int, alone: int, *, unknown: int) -> int:
    """How many homes there are at least: ``known`` ones, of which ``alone`` have one person here; and people
    of whom nobody knows where they live, as after the end of all pairing. They fill the ones, then new ones.

    Never more for some people than for all of them.
    """
    return known + math.ceil(max(0, unknown - alone * (HOUSEHOLD - 1)) / HOUSEHOLD)


def band(adults: int) -> str:
    """How many, for pages and the steering report. Empty below five: nothing is said then (R10)."""
    return next((words for least, words in BANDS if adults >= least), "")


def told_mean(mean: float) -> float:
    """A mean as pages and the steering report tell it; no minus nought."""
    return round(mean, DECIMALS) + 0.0


def told_percent(value: float) -> int:
    """A whole per cent, a half upwards: wherever one share is told, it is told as the same number."""
    return math.floor(value + 0.5)


def told_attendance(there: int, people: int) -> int:
    """In per cent: a whole one from ``FOR_PERCENT`` people; of fewer, whose number is in a band, a step."""
    return told_percent(100 * there / people) if people >= FOR_PERCENT else _told_share(there / people)


def is_forced_among_any(answers: Mapping[int, int], low: float, high: float) -> bool:
    """Whether one or two who know their own answers could tell, from a told mean of an evening form, that
    all others gave the lowest, or the highest, possible. ``answers`` is how many gave each whole number.
    """
    given = [value for value, count in answers.items() for _each in range(min(count, HOUSEHOLD))]
    whole, people = sum(value * count for value, count in answers.items()), sum(answers.values())
    for known in range(HOUSEHOLD + 1):
        for mine in set(combinations(sorted(given), known)):
            left, others = whole - sum(mine), people - known
            unknown = people * ROUNDING
            if others and min(left - others * low, others * high - left) + unknown < 1:
                return True
    return False


@dataclass(frozen=True)
class Shares:
    """How answers are spread, in per cent by ``SHARE_STEP``; or only that most gave one of them."""

    percent: tuple[int, ...] = ()
    mostly: int | None = None  # place of the answer nearly all gave


def told_shares(counts: Iterable[int]) -> Shares | None:
    """Shares that tell on nobody, for a population that ``may_have_shares``. None: nothing.

    Top-coded where more than nine of ten gave the same answer (R5), and where all but three did: of all but
    two, these two would know the others' answers, and «de fleste» must be true of one answer more.
    """
    counts = tuple(counts)
    people = sum(counts)
    if not people:
        return None
    most = max(counts)
    if most > NEARLY_ALL * people or most > people - HOUSEHOLD - 2:
        return Shares(mostly=counts.index(most))
    return Shares(percent=tuple(_told_share(count / people) for count in counts))


def _told_share(share: float) -> int:
    """In steps, a half upwards; of one item they may sum to a little more or less than 100."""
    return SHARE_STEP * math.floor(100 * share / SHARE_STEP + 0.5)


def beside_the_top_coded(items: Sequence[str], mostly: Collection[str]) -> str | None:
    """Which item of a scale is not told at all when others are only told as «de fleste» (R4): with the mean
    of the scale and all its other items, the answers to one that is top-coded could be worked out.

    The one after the first of ``mostly``, whatever was answered to it: the choice itself tells nothing.
    """
    coarse = [place for place, item in enumerate(items) if item in mostly]
    around = [*items[coarse[0] :], *items[: coarse[0]]] if coarse else []
    return next((item for item in around if item not in mostly), None)


def shown_sites(sites: Mapping[str, Population], *, for_shares: bool = False) -> frozenset[str]:
    """Which sites of a margin may stand beside its total (R1, R4).

    The hidden ones together are the total less the shown: they must be nobody, or themselves enough to
    be told of, and more than one; else the smallest shown is hidden as well.
    """

    def enough(population: Population) -> bool:
        return population.may_have_shares if for_shares else population.may_have_mean

    present = {site: population for site, population in sites.items() if not population.is_nobody}
    shown = {site for site, population in present.items() if enough(population)}
    while shown:
        hidden = [population for site, population in present.items() if site not in shown]
        together = sum(hidden, Population(0, 0))
        if not hidden or (len(hidden) > 1 and enough(together)):
            break
        shown.discard(min(shown, key=lambda site: (present[site].adults, present[site].families, site)))
    return frozenset(shown)
