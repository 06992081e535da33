"""An XLSForm (.xlsx) → a draft: ours as xlsforms.py writes it, and others as far as they ask what we can ask.

Faults are named with sheet and row, all at once. What a questionnaire of ours cannot hold (pictures, places,
sums, repeated groups) is a fault, never left out in silence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils.text import slugify
from django.utils.translation import gettext as _

from courses.problems import PackageError, Problem, Report
from courses.spreadsheets import SpreadsheetError, every_sheet
from evaluation.instruments import rows
from evaluation.instruments.definition import (
    WITH_CHOICES,
    Choice,
    Condition,
    Definition,
    Item,
    LowHelp,
    Scale,
    Section,
    Words,
)
from evaluation.instruments.drafts import Draft, fitting, tidy, words
from evaluation.instruments.places import CODE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from courses.problems import Place
    from evaluation.instruments.definition import Kind
    from evaluation.instruments.drafts import Choices

NOT_QUESTIONS = {"start", "end", "today", "deviceid", "username", "phonenumber", "simserial", "audit", ""}
OTHER_NAMES = {"list name": "list_name", "relevance": "relevant", "value": "name"}
LANGUAGES = {"nb": "nb", "no": "nb", "bokmål": "nb", "norsk": "nb", "nn": "nn", "nynorsk": "nn"}
ONE_TEST = re.compile(r"(?:selected\(\s*\$\{([^}]+)\}\s*,\s*'(-?\d+)'\s*\)|\$\{([^}]+)\}\s*=\s*'?(-?\d+)'?)")
WITHIN = re.compile(r"\.\s*>=\s*(-?\d{1,6})\s+and\s+\.\s*<=\s*(-?\d{1,6})")
WHOLE = re.compile(r"-?\d{1,6}")
DECIMAL = re.compile(r"-?\d+([.,]\d+)?(e-?\d+)?")


@dataclass
class Line:
    """A row of a sheet by its headings."""

    number: int
    cells: dict[str, str]

    def __getitem__(self, name: str) -> str:
        return self.cells.get(name, "").strip()

    def words(self, name: str) -> Words:
        return words(self[f"{name}_nb"] or self[name], self[f"{name}_nn"])


def read(content: bytes, name: str) -> Draft:
    """Raises PackageError with every fault of the file, its sheet and row."""
    try:
        sheets = every_sheet(content)
    except SpreadsheetError as error:
        raise PackageError([Problem(name, 0, str(error))]) from error
    report = Report()
    if "survey" not in sheets:
        raise PackageError([Problem(name, 0, _("Fila har ikke noe ark som heter «survey»."))])
    draft = _Reading(report, name, sheets).draft()
    for fault in rows.misfits(draft):
        report.at(name).add(0, str(fault))
    report.raise_if_any()
    return draft


@dataclass
class _Reading:
    """One file on its way in."""

    report: Report
    name: str
    sheets: dict[str, list[list[str]]]
    sections: dict[str, Section] = field(default_factory=dict)
    items: list[Item] = field(default_factory=list)
    intro: Words = field(default_factory=Words)
    group: str = ""  # the code of the group we are in

    def place(self, sheet: str) -> Place:
        return self.report.at(_("%(name)s, arket «%(sheet)s»") % {"name": self.name, "sheet": sheet})

    def draft(self) -> Draft:
        lists = self._lists()
        for line in self._lines("survey"):
            self._row(line, lists)
        about = {line["key"]: line["value"] or line["name"] for line in self._lines("about")}
        settings = next(iter(self._lines("settings")), Line(0, {}))
        below = about.get("low_help_below", "")
        definition = Definition(
            key=_key(settings["form_id"] or self.name.rpartition(".")[0]),
            version=int(settings["version"]) if re.fullmatch(r"[1-9]\d{0,2}", settings["version"]) else 1,
            title=words(settings["form_title"], about.get("title_nn", "")),
            intro=_both(about, "intro") if {"intro_nb", "intro_nn"} & about.keys() else self.intro,
            minutes=int(about["minutes"]) if about.get("minutes", "").isdecimal() else 3,
            **{name: tidy(about.get(name, "")) for name in ("licence", "source", "translated_by")},
            sections=tuple(self.sections.values()),
            items=tuple(self.items),
            scales=tuple(self._scale(line) for line in self._lines("scales")),
            low_help=LowHelp(about.get("low_help_scale", ""), float(below), _both(about, "low_help"))
            if DECIMAL.fullmatch(below)
            else None,
        )
        return Draft(definition, lists)

    def _lines(self, sheet: str) -> Iterator[Line]:
        heads: list[str] = []
        for number, cells in enumerate(self.sheets.get(sheet, []), start=1):
            if not any(cell.strip() for cell in cells):
                continue
            if heads:
                yield Line(number, dict(zip(heads, cells, strict=False)))
            else:
                heads = [_head(cell) if sheet != "about" else cell.strip().lower() for cell in cells]

    def _lists(self) -> dict[str, Choices]:
        found: dict[str, Choices] = {}
        for line in self._lines("choices"):
            if not WHOLE.fullmatch(line["name"]):
                sentence = _("Svarkoden «%s» må være et helt tall.") % line["name"]
                self.place("choices").add(line.number, sentence)
                continue
            choice = Choice(int(line["name"]), line.words("label"))
            found[line["list_name"]] = (*found.get(line["list_name"], ()), choice)
        return found

    # --- the rows of survey
    def _row(self, line: Line, lists: dict[str, Choices]) -> None:
        kind, _space, rest = line["type"].replace("select one", "select_one").partition(" ")
        kind, rest = (f"{kind}_{rest}", "") if rest in ("group", "repeat") else (kind, rest)
        if kind in NOT_QUESTIONS:
            return
        if kind == "begin_group":
            self._begin(line)
        elif kind == "end_group":
            self.group = ""
        elif kind == "note":
            self._note(line)
        else:
            self._question(line, kind, rest.strip(), lists)

    def _begin(self, line: Line) -> None:
        if self.group:
            self.place("survey").add(line.number, _("En gruppe kan ikke stå inne i en annen."))
        elif line["name"] in self.sections:
            self.place("survey").add(line.number, _("Gruppa «%s» står to ganger.") % line["name"])
        self.group = line["name"]
        self.sections.setdefault(self.group, Section(self.group, line.words("label")))

    def _note(self, line: Line) -> None:
        """The text below a heading, or before all of them."""
        if not self.group and not self.items:
            self.intro = line.words("label")
        elif self.group and self.sections[self.group].text == Words() and not self._begun():
            title = self.sections[self.group].title
            self.sections[self.group] = Section(self.group, title, line.words("label"))
        else:
            self.place("survey").add(
                line.number, _("En «note» kan bare stå først i skjemaet eller først i en gruppe.")
            )

    def _begun(self) -> bool:
        return bool(self.items) and self.items[-1].section == self.group

    def _question(self, line: Line, kind: str, rest: str, lists: dict[str, Choices]) -> None:
        ours = self._kind(line, kind, rest)
        if ours is None:
            return
        if not self.group:
            self.sections.setdefault("skjema", Section("skjema", Words()))
        if ours in WITH_CHOICES and rest and rest not in lists:
            self.place("survey").add(line.number, _("Svarlista «%s» finnes ikke.") % rest)
        low, high = self._range(line, kind)
        item = Item(
            key=line["name"],
            kind="number" if kind == "range" and (low, high) != (0, 10) else ours,
            text=line.words("label"),
            section=self.group or "skjema",
            help=line.words("hint"),
            choices=lists.get(rest, ()),
            low=low,
            high=high,
            low_end=line.words("low_end"),
            high_end=line.words("high_end"),
            not_yet=line["not_yet"].lower() in ("yes", "ja", "true", "1"),
            show_if=self._condition(line),
        )
        self.items.append(fitting(item))

    def _kind(self, line: Line, kind: str, rest: str) -> Kind | None:
        found: dict[str, Kind] = {
            "select_one": "agreement" if "likert" in line["appearance"] else "one",
            "select_multiple": "several",
            "integer": "number",
            "range": "zero-to-ten",
            "text": "text",
        }
        if kind not in found or rest.endswith(" or_other"):
            self.place("survey").add(line.number, _("Slaget «%s» kan ikke brukes her.") % line["type"])
            return None
        return found[kind]

    def _range(self, line: Line, kind: str) -> tuple[int, int]:
        if kind == "integer" and line["constraint"]:
            if found := WITHIN.fullmatch(line["constraint"]):
                return int(found[1]), int(found[2])
            self.place("survey").add(
                line.number, _("Grensene må skrives slik i «constraint»: . >= 0 and . <= 10")
            )
        if kind == "range":
            given = dict(re.findall(r"(start|end|step)\s*=\s*(\S+)", line["parameters"]))
            start, end, step = (given.get(name, usual) for name, usual in zip(*USUAL_RANGE, strict=True))
            if WHOLE.fullmatch(start) and WHOLE.fullmatch(end) and step == "1":
                return int(start), int(end)
            self.place("survey").add(line.number, _("Et tallområde må gå i hele tall, ett om gangen."))
        return 0, 0

    def _condition(self, line: Line) -> Condition | None:
        if not line["relevant"]:
            return None
        tests = [ONE_TEST.fullmatch(part.strip()) for part in re.split(r"\bor\b", line["relevant"])]
        pairs = [(test[1] or test[3], int(test[2] or test[4])) for test in tests if test]
        if len(pairs) < len(tests) or len({item for item, _code in pairs}) != 1:
            self.place("survey").add(
                line.number,
                _("«relevant» kan bare spørre om svarene på ett spørsmål, slik: ${a} = '1' or ${a} = '2'"),
            )
            return None
        return Condition(pairs[0][0].strip(), tuple(code for _item, code in pairs))

    def _scale(self, line: Line) -> Scale:
        numbers = {name: line[name].replace(",", ".") for name in ("low", "high", "min_answered", "multiply")}
        numbers["multiply"] = numbers["multiply"] or "1"
        for name, value in numbers.items():
            if not (WHOLE if name == "min_answered" else DECIMAL).fullmatch(value):
                self.place("scales").add(line.number, _("«%s» må være et tall.") % name)
                numbers[name] = "0"
        cuts = line["cut_offs"].replace(";", " ").split()
        if wrong := [cut for cut in cuts if not DECIMAL.fullmatch(cut)]:
            self.place("scales").add(line.number, _("Grensa «%s» er ikke et tall.") % wrong[0])
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


USUAL_RANGE = (("start", "end", "step"), ("0", "10", "1"))


def _key(text: str) -> str:
    return text if CODE.fullmatch(text) else slugify(text)[:50]


def _both(about: dict[str, str], name: str) -> Words:
    return words(about.get(f"{name}_nb", ""), about.get(f"{name}_nn", ""))


def _head(cell: str) -> str:
    """«label::Bokmål (nb)» is label_nb; a language that is not ours is a column we do not read."""
    name, sign, language = (part.strip().lower() for part in cell.partition("::"))
    name = OTHER_NAMES.get(name, name)
    if not sign:
        return name
    code = re.search(r"\((\w+)\)\s*$", language)
    ours = LANGUAGES.get(code[1] if code else language)
    return f"{name}_{ours}" if ours else f"{name}::{language}"
