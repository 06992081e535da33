"""A form of paper goes in: keyed twice, compared, and sealed once when both say the same.

The two keyings are compared in memory, in the request they came with. What differs goes back to the page and
nowhere else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from evaluation.answers.sealing import submit_paper

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evaluation.answers.sealing import Receipt
    from evaluation.instruments.definition import Answer
    from evaluation.instruments.frozen import Questionnaire
    from evaluation.models import InstrumentVersion
    from evaluation.papers import PaperSheet

    Keyed = Sequence[tuple[InstrumentVersion, dict[str, Answer]]]


class KeyedDifferentlyError(Exception):
    """The two keyings differ. ``names``: the fields, by their names on the page."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(", ".join(names))
        self.names = names


def seal_keyed(
    *, sheet: PaperSheet, asked: Sequence[Questionnaire], first: Keyed, second: Keyed, limit: int = 0
) -> Receipt:
    """Seals what was keyed alike. «already»: the sheet was put in before.

    Raises KeyedDifferentlyError, and FormClosedError and FormFullError as ``submit_paper`` does.
    """
    names = differences(asked, first, second)
    if names:
        raise KeyedDifferentlyError(names)
    return submit_paper(occasion_id=sheet.occasion.pk, code=sheet.code, forms=first, limit=limit)


def differences(asked: Sequence[Questionnaire], first: Keyed, second: Keyed) -> list[str]:
    """The names of the fields that were keyed differently, in the form's order."""
    pairs = zip(asked, first, second, strict=True)
    return [
        each.name(item)
        for each, (_version, one), (_other, two) in pairs
        for item in each.definition.items
        if _plain(one.get(item.key)) != _plain(two.get(item.key))
    ]


def _plain(answer: Any) -> Any:
    """Two people do not write a text with the same spaces."""
    return " ".join(answer.split()) if isinstance(answer, str) else answer


def fault_words() -> str:
    return _("Du har ført inn to ulike svar. Se på arket, og rett det som er feil.")
