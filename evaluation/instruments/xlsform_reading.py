"""An XLSForm (.xlsx) → a draft: ours as xlsforms.py writes it, and others as far as they ask what we can ask.

Faults are named with sheet and row, all at once. What a questionnaire of ours cannot hold (pictures, places,
sums, repeated groups, conditions on more than one question) is a fault, never left out in silence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.text import slugify
from django.utils.translation import gettext as _

from courses.problems import PackageError, Problem, Report
from courses.spreadsheets import SpreadsheetError, some_sheets
from evaluation.instruments import rows
from evaluation.instruments.definition import Choice, Definition, LowHelp, Scale, Words
from evaluation.instruments.drafts import Draft, tidy, words
from evaluation.instruments.places import CODE
from evaluation.instruments.xlsform_sheets import MEDIA, WHOLE, Line, Sheets
from evaluation.instruments.xlsform_survey import Survey

if TYPE_CHECKING:
    from evaluation.instruments.drafts import Choices

SHEETS = ("survey", "choices", "settings", "scales", "about")
DECIMAL = re.compile(r"-?\d+([.,]\d+)?(e-?\d+)?")


def read(content: bytes, name: str) -> Draft:
    """Raises PackageError with every fault of the file, its sheet and row."""
    try:
        cells = some_sheets(content, SHEETS)
    except SpreadsheetError as error:
        raise PackageError([Problem(name, 0, str(error))]) from error
    if "survey" not in cells:
        raise PackageError([Problem(name, 0, _("Fila har ikke noe ark som heter «survey»."))])
    report = Report()
    draft = _Reading(Sheets(report, name, cells)).draft()
    for fault in rows.misfits(draft):
        report.at(name).add(0, str(fault))
    report.raise_if_any()
    return draft


@dataclass
class _Reading:
    """One file on its way in."""

    sheets: Sheets

    def draft(self) -> Draft:
        lists = self._lists()
        survey = Survey(self.sheets, lists)
        for line in self.sheets.lines("survey"):
            survey.read(line)
        about = {line["key"]: line["value"] or line["name"] for line in self.sheets.lines("about")}
        settings = next(iter(self.sheets.lines("settings")), Line(0, {}))
        below = about.get("low_help_below", "")
        definition = Definition(
            key=_key(settings["form_id"] or self.sheets.name.rpartition(".")[0]),
            version=int(settings["version"]) if re.fullmatch(r"[1-9]\d{0,2}", settings["version"]) else 1,
            title=words(settings["form_title"], about.get("title_nn", "")),
            intro=_both(about, "intro") if {"intro_nb", "intro_nn"} & about.keys() else survey.intro,
            minutes=int(about["minutes"]) if about.get("minutes", "").isdecimal() else 3,
            **{name: tidy(about.get(name, "")) for name in ("licence", "source", "translated_by")},
            sections=tuple(survey.sections.values()),
            items=tuple(survey.items),
            scales=tuple(self._scale(line) for line in self.sheets.lines("scales")),
            low_help=LowHelp(about.get("low_help_scale", ""), float(below), _both(about, "low_help"))
            if DECIMAL.fullmatch(below)
            else None,
        )
        return Draft(definition, lists)

    def _lists(self) -> dict[str, Choices]:
        found: dict[str, Choices] = {}
        for line in self.sheets.lines("choices"):
            for column in sorted(MEDIA & line.filled):
                self.sheets.refuse("choices", line, column)
            if not WHOLE.fullmatch(line["name"]):
                sentence = _("Svarkoden «%s» må være et helt tall.") % line["name"]
                self.sheets.tell("choices", line, sentence)
                continue
            choice = Choice(int(line["name"]), line.words("label"))
            found[line["list_name"]] = (*found.get(line["list_name"], ()), choice)
        return found

    def _scale(self, line: Line) -> Scale:
        numbers = {name: line[name].replace(",", ".") for name in ("low", "high", "min_answered", "multiply")}
        numbers["multiply"] = numbers["multiply"] or "1"
        for name, value in numbers.items():
            if not (WHOLE if name == "min_answered" else DECIMAL).fullmatch(value):
                self.sheets.tell("scales", line, _("«%s» må være et tall.") % name)
                numbers[name] = "0"
        cuts = line["cut_offs"].replace(";", " ").split()
        if wrong := [cut for cut in cuts if not DECIMAL.fullmatch(cut)]:
            self.sheets.tell("scales", line, _("Grensa «%s» er ikke et tall.") % wrong[0])
        keys = line["items"].replace(",", " ").split()
        return Scale(
            key=line["name"],
            title=line.words("title"),
            items=tuple(key.removeprefix("-") for key in keys),
            reversed=tuple(key.removeprefix("-") for key in keys if key.startswith("-")),
            method=line["method"] or "mean",  # type: ignore[arg-type]  # misfits() tells of others
            better=line["better"] or "high",  # type: ignore[arg-type]
            min_answered=int(numbers["min_answered"]),
            low=float(numbers["low"]),
            high=float(numbers["high"]),
            multiply=float(numbers["multiply"]),
            cut_offs=tuple(float(cut.replace(",", ".")) for cut in cuts if cut not in wrong),
            source=tidy(line["source"]),
        )


def _key(text: str) -> str:
    return text if CODE.fullmatch(text) else slugify(text)[:50]


def _both(about: dict[str, str], name: str) -> Words:
    return words(about.get(f"{name}_nb", ""), about.get(f"{name}_nn", ""))
