"""What the anonymous form of one evening may tell its contact persons (rule R8).

Means from eight answers: eight are at least four families. How answers are spread from twelve. Texts never:
they go to the research partner, shuffled over the region. Pure: from answers to words and numbers.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from evaluation.figures.disclosure import (
    ANSWERS_FOR_MEAN,
    ANSWERS_FOR_SHARES,
    is_forced_among_any,
    told_mean,
    told_shares,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evaluation.instruments.definition import Answers, Definition, Item

BANDS = ((20, "20+"), (ANSWERS_FOR_SHARES, "12–19"), (ANSWERS_FOR_MEAN, "8–11"))
TOO_FEW: dict[str, Any] = {"n": "", "items": []}  # the same for nobody and for seven (R10)
WITH_MEAN = ("agreement", "zero-to-ten")


def verdict(forms: Sequence[tuple[Definition, Answers]]) -> dict[str, Any]:
    """The snapshot of ``forms``, one questionnaire's: items with ``mean``, ``shares`` or both left out."""
    if len(forms) < ANSWERS_FOR_MEAN:
        return TOO_FEW
    definition = forms[0][0]
    answered = [answers for each, answers in forms if each.key == definition.key]
    items = [_told(item, answered) for item in definition.coded_items]
    band = next((words for least, words in BANDS if len(answered) >= least), "")
    return {"n": band, "items": [item for item in items if item]} if band else TOO_FEW


def _told(item: Item, forms: Sequence[Answers]) -> dict[str, Any] | None:
    """None where nothing of the item may be told.

    Those who skipped it are left out of it; where they are only a few, the item is told all the same: how
    many they were is told nowhere.
    """
    given = Counter(answer for answers in forms if isinstance(answer := answers.get(item.key), int))
    people = sum(given.values())
    if people < ANSWERS_FOR_MEAN or not item.codes:
        return None
    told: dict[str, Any] = {
        "item": item.key,
        "nb": item.text.nb,
        "nn": item.text.in_language("nn"),
        "low": min(item.codes),
        "high": max(item.codes),
    }
    shares = told_shares([given[code] for code in item.codes]) if people >= ANSWERS_FOR_SHARES else None
    nearly_all = shares is not None and shares.mostly is not None  # a mean would say what the others answered
    forced = is_forced_among_any(given, min(item.codes), max(item.codes))
    if item.kind in WITH_MEAN and not nearly_all and not forced:
        told["mean"] = told_mean(sum(code * count for code, count in given.items()) / people)
    if shares:
        told["answers"] = [[choice.label.nb, choice.label.in_language("nn")] for choice in item.choices]
        told["percent"], told["mostly"] = list(shares.percent), shares.mostly
    return told
