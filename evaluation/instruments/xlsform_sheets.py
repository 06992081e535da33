"""The sheets of an XLSForm: their lines by the headings, whichever way these are spelt."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from evaluation.instruments.drafts import words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from courses.problems import Report
    from evaluation.instruments.definition import Words

OTHER_NAMES = {
    "list name": "list_name",
    "relevance": "relevant",
    "value": "name",
    "calculate": "calculation",
    "read_only": "readonly",
}
ONE_FOR_ALL = {  # languages: they are no words
    *("type", "name", "relevant", "constraint", "calculation", "choice_filter", "repeat_count", "trigger"),
}
LANGUAGES = {"nb": "nb", "no": "nb", "bokmål": "nb", "norsk": "nb", "nn": "nn", "nynorsk": "nn"}
WHOLE = re.compile(r"-?\d{1,6}")
MEDIA = frozenset(("audio", "big-image", "image", "video"))  # of a question, a group or an answer


@dataclass
class Line:
    """A row of a sheet by its headings; empty cells are not there."""

    number: int
    cells: dict[str, str]

    def __getitem__(self, name: str) -> str:
        return self.cells.get(name, "").strip()

    def words(self, name: str) -> Words:
        return words(self[f"{name}_nb"] or self[name], self[f"{name}_nn"])

    @property
    def filled(self) -> set[str]:
        """The names of the columns that say something here, in whatever language."""
        return {re.split(r"::|_n[bn]$", head)[0] for head in self.cells}


@dataclass
class Sheets:
    """A workbook, and the faults that are found in it."""

    report: Report
    name: str
    cells: dict[str, list[list[str]]]

    def tell(self, sheet: str, line: Line, sentence: str) -> None:
        """A fault at the line."""
        place = _("%(name)s, arket «%(sheet)s»") % {"name": self.name, "sheet": sheet}
        self.report.at(place).add(line.number, sentence)

    def refuse(self, sheet: str, line: Line, column: str) -> None:
        """A column we cannot ask with."""
        sentence = _("«%s» kan ikke brukes her. Ta det bort, og se om spørsmålet er riktig uten.")
        self.tell(sheet, line, sentence % column)

    def lines(self, sheet: str) -> Iterator[Line]:
        """Those below the headings with something in them; of two columns of one name the first counts."""
        heads: list[str] = []
        for number, cells in enumerate(self.cells.get(sheet, []), start=1):
            if not any(cell.strip() for cell in cells):
                continue
            if heads:
                pairs = zip(heads[::-1], cells[: len(heads)][::-1], strict=True)
                yield Line(number, {head: cell for head, cell in pairs if cell.strip()})
            else:
                heads = [_head(cell) if sheet != "about" else cell.strip().lower() for cell in cells]


def _head(cell: str) -> str:
    """«label::Bokmål (nb)» is label_nb; words in a language that is not ours are a column we do not
    read."""
    cell = cell.strip().lower().replace("::", ":").removeprefix("bind:").removeprefix("media:")
    name, sign, language = (part.strip() for part in cell.partition(":"))
    name = OTHER_NAMES.get(name, name)
    if not sign or name in ONE_FOR_ALL:
        return name
    code = re.search(r"\((\w+)\)\s*$", language)
    ours = LANGUAGES.get(code[1] if code else language)
    return f"{name}_{ours}" if ours else f"{name}::{language}"
