"""Whether the answers somebody sent fit the questionnaire: each fault by its item, in plain Norwegian."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from courses.typed import cleaned
from evaluation.instruments.definition import LONGEST_TEXT, NOT_YET, is_shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evaluation.instruments.definition import Answer, Definition, Item


WHOLE = re.compile(
    r"[+-]?[0-9]{1,8}"
)  # what int() takes besides, «1_0» and the like, nobody means as a number


class WrongAnswersError(ValueError):
    """What cannot be taken: ``faults`` is item key (or "" for the whole form) → a sentence."""

    def __init__(self, faults: dict[str, str]) -> None:
        super().__init__("; ".join(faults.values()))
        self.faults = faults


def check(definition: Definition, sent: Mapping[str, list[str]]) -> dict[str, Answer]:
    """The answers of a posted form, ``{item key: [values]}``; empty ones and hidden items fall away, wrong
    or not. An item hangs on an earlier one, and is hidden with it.

    Raises WrongAnswersError; an item that is not in the questionnaire is a fault of the whole form.
    """
    faults: dict[str, str] = {}
    given: dict[str, Answer] = {}
    if unknown := sorted(set(sent) - {item.key for item in definition.items}):
        faults[""] = _("Skjemaet har spørsmål vi ikke kjenner (%(n)d). Last siden på nytt.") % {
            "n": len(unknown)
        }
    for item in definition.items:
        values = [value for value in sent.get(item.key, []) if value.strip()]
        if not values or not is_shown(item, given):
            continue
        try:
            given[item.key] = _answer(item, values)
        except ValueError as error:
            faults[item.key] = str(error)
    if faults:
        raise WrongAnswersError(faults)
    return given


def _answer(item: Item, values: list[str]) -> Answer:
    """Raises ValueError with a sentence for the reader."""
    if item.not_yet and NOT_YET in values:
        if len(set(values)) > 1:  # without script both can be ticked, and we do not guess
            raise ValueError(_("Velg enten et svar eller «ikke aktuelt ennå»."))
        return NOT_YET
    if item.kind == "text":
        return _text(values)
    numbers = sorted({_whole(value) for value in values})
    if item.kind == "number":
        return _number(item, numbers)
    if set(numbers) - set(item.codes):
        raise ValueError(_("Velg blant svarene i lista."))
    return numbers if item.kind == "several" else _single(numbers)


def _single(numbers: list[int]) -> int:
    if len(numbers) != 1:
        raise ValueError(_("Velg ett svar."))
    return numbers[0]


def _number(item: Item, numbers: list[int]) -> int:
    number = _single(numbers)
    if not item.low <= number <= item.high:
        raise ValueError(_("Skriv et tall fra %(low)d til %(high)d.") % {"low": item.low, "high": item.high})
    return number


def _text(values: list[str]) -> str:
    text = cleaned("\n".join(values))
    if len(text) > LONGEST_TEXT:
        raise ValueError(
            _("Teksten er %(n)d tegn for lang. Det er plass til %(most)d.")
            % {"n": len(text) - LONGEST_TEXT, "most": LONGEST_TEXT}
        )
    return text


def _whole(value: str) -> int:
    if not WHOLE.fullmatch(value.strip()):
        raise ValueError(_("Skriv et helt tall."))
    return int(value)
