"""Where something stands in a questionnaire, and what is wrong there."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# Codes become names in XLSForm, in spreadsheets and in statistics programs.
CODE = re.compile(r"[a-z][a-z0-9_-]{0,39}")


class Where(NamedTuple):
    """A section, list of answers, item or scale by its code; without a code the questionnaire as a whole."""

    kind: Literal["version", "section", "list", "item", "scale"]
    key: str = ""

    def __str__(self) -> str:
        sentence = {
            "version": _("Skjemaet"),
            "section": _("Overskrift «%s»"),
            "list": _("Svarliste «%s»"),
            "item": _("Spørsmål «%s»"),
            "scale": _("Skala «%s»"),
        }[self.kind]
        return sentence % self.key if self.kind != "version" else sentence


VERSION = Where("version")


@dataclass(frozen=True)
class Fault:
    """Why a questionnaire cannot be opened, in one sentence for whoever writes it."""

    where: Where
    sentence: str

    def __str__(self) -> str:
        return f"{self.where}: {self.sentence}"


class FaultsError(Exception):
    """The questionnaire cannot be opened. Nothing was changed."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = faults


def code_faults(where: Iterable[Where]) -> Iterator[Fault]:
    """Codes that are no codes, and codes that come twice; ``where`` names all of one kind, in order."""
    for place, count in Counter(where).items():
        if not CODE.fullmatch(place.key):
            yield Fault(
                place,
                _("Koden må begynne med en liten bokstav a–z og ha bare små bokstaver, tall, - og _."),
            )
        if count > 1:
            yield Fault(
                place, _("Koden står %(n)d ganger. Hver kode kan bare brukes én gang.") % {"n": count}
            )
