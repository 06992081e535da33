"""The survey of an XLSForm, row by row → sections and items.

A group's condition is given to each question in it, for ours have one each. What changes what is asked or
how it may be answered, and ours cannot hold, is a fault (UNASKED). Let by are «required», since no question
here must be answered, messages about wrong answers, hints for interviewers, looks, and other languages.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from evaluation.instruments.definition import WITH_CHOICES, Condition, Item, Section, Words
from evaluation.instruments.drafts import fitting
from evaluation.instruments.xlsform_sheets import MEDIA, WHOLE

if TYPE_CHECKING:
    from evaluation.instruments.definition import Kind
    from evaluation.instruments.drafts import Choices
    from evaluation.instruments.xlsform_sheets import Line, Sheets

NOT_QUESTIONS = {"start", "end", "today", "deviceid", "username", "phonenumber", "simserial", "audit"}
UNASKED = MEDIA | {
    *("calculation", "choice_filter", "constraint", "default", "parameters", "readonly", "relevant"),
    *("repeat_count", "trigger"),
}
READ = {  # of these, what we do read, or what is but looks; of other kinds only «relevant»
    "integer": {"relevant", "constraint"},
    "range": {"relevant", "parameters"},
    "text": {"relevant", "parameters"},
    "note": set[str](),
}
YES, NO = ("yes", "ja", "true", "true()", "1"), ("no", "nei", "false", "false()", "0")
USUAL_RANGE = (("start", "end", "step"), ("0", "10", "1"))
ONE_TEST = re.compile(r"(?:selected\(\s*\$\{([^}]+)\}\s*,\s*'(-?\d+)'\s*\)|\$\{([^}]+)\}\s*=\s*'?(-?\d+)'?)")
WITHIN = re.compile(r"\.\s*>=\s*(-?\d{1,6})\s+and\s+\.\s*<=\s*(-?\d{1,6})")


@dataclass
class Survey:
    """What has been read so far; ``read`` takes the rows in their order."""

    sheets: Sheets
    lists: dict[str, Choices]
    sections: dict[str, Section] = field(default_factory=dict)
    items: list[Item] = field(default_factory=list)
    intro: Words = field(default_factory=Words)
    group: str = ""  # the code of the group we are in
    shown_if: Condition | None = None  # the group's

    def read(self, line: Line) -> None:
        kind, _space, rest = line["type"].replace("select one", "select_one").partition(" ")
        kind, rest = (f"{kind}_{rest}", "") if rest in ("group", "repeat") else (kind, rest)
        if kind in NOT_QUESTIONS or line["disabled"].lower() in YES:
            return
        if kind == "begin_group":
            self._begin(line)
        elif kind == "end_group":
            self.group, self.shown_if = "", None
        elif kind == "note":
            self._note(line)
        elif kind or {"name", "label"} & line.filled:
            self._question(line, kind, rest.strip())

    def _tell(self, line: Line, sentence: str) -> None:
        self.sheets.tell("survey", line, sentence)

    def _refuse(self, line: Line, kind: str) -> None:
        """Tells of each column that would change what is asked, and that we would leave out."""
        for name in sorted(UNASKED & line.filled - READ.get(kind, {"relevant"})):
            if name != "readonly" or line[name].lower() not in NO:
                self.sheets.refuse("survey", line, name)
        if set("(:") & set(line["appearance"]):  # answers fetched from elsewhere, or another program
            self.sheets.refuse("survey", line, "appearance")

    # --- groups and what they say
    def _begin(self, line: Line) -> None:
        self._refuse(line, "begin_group")
        if not line["name"]:
            self._tell(line, _("Gruppa mangler «name»."))
        elif self.group:
            self._tell(line, _("En gruppe kan ikke stå inne i en annen."))
        elif line["name"] in self.sections:
            self._tell(line, _("Gruppa «%s» står to ganger.") % line["name"])
        self.group, self.shown_if = line["name"], self._relevant(line)
        self.sections.setdefault(self.group, Section(self.group, line.words("label")))

    def _note(self, line: Line) -> None:
        """The text below a heading, or before all of them."""
        self._refuse(line, "note")
        if not self.sections and self.intro == Words():
            self.intro = line.words("label")
        elif self.group and self.sections[self.group].text == Words() and not self._of_group():
            title = self.sections[self.group].title
            self.sections[self.group] = Section(self.group, title, line.words("label"))
        else:
            self._tell(line, _("En «note» kan bare stå først i skjemaet eller først i en gruppe."))

    def _of_group(self) -> set[str]:
        return {item.key for item in self.items if item.section == self.group}

    # --- questions
    def _question(self, line: Line, kind: str, rest: str) -> None:
        ours = self._kind(line, kind, rest)
        if ours is None:
            return
        self._refuse(line, kind)
        if not self.group:
            self.sections.setdefault("skjema", Section("skjema", Words()))
        if ours in WITH_CHOICES and rest and rest not in self.lists:
            self._tell(line, _("Svarlista «%s» finnes ikke.") % rest)
        low, high = self._range(line, kind)
        item = Item(
            key=line["name"],
            kind="number" if kind == "range" and (low, high) != (0, 10) else ours,
            text=line.words("label"),
            section=self.group or "skjema",
            help=line.words("hint"),
            choices=self.lists.get(rest, ()),
            low=low,
            high=high,
            low_end=line.words("low_end"),
            high_end=line.words("high_end"),
            not_yet=line["not_yet"].lower() in YES,
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
        if not kind:
            self._tell(line, _("«type» mangler."))
            return None
        if kind not in found or rest.endswith(" or_other"):
            self._tell(line, _("Slaget «%s» kan ikke brukes her.") % line["type"])
            return None
        return found[kind]

    def _range(self, line: Line, kind: str) -> tuple[int, int]:
        if kind == "integer" and line["constraint"]:
            if found := WITHIN.fullmatch(line["constraint"]):
                return int(found[1]), int(found[2])
            self._tell(line, _("Grensene må skrives slik i «constraint»: . >= 0 and . <= 10"))
        if kind == "range":
            given = dict(re.findall(r"(start|end|step)\s*=\s*(\S+)", line["parameters"]))
            start, end, step = (given.get(name, usual) for name, usual in zip(*USUAL_RANGE, strict=True))
            if WHOLE.fullmatch(start) and WHOLE.fullmatch(end) and step == "1":
                return int(start), int(end)
            self._tell(line, _("Et tallområde må gå i hele tall, ett om gangen."))
        return 0, 0

    def _condition(self, line: Line) -> Condition | None:
        """Its own, or its group's. Both hold where its own is about a question of the group: whoever is not
        asked that one has not answered it."""
        own = self._relevant(line)
        if own and self.shown_if and own.item not in self._of_group():
            self._tell(
                line,
                _(
                    "Gruppa har «relevant». Et spørsmål i den kan bare ha sin egen når den spør om et annet"
                    " spørsmål i samme gruppe."
                ),
            )
        return own or self.shown_if

    def _relevant(self, line: Line) -> Condition | None:
        if not line["relevant"]:
            return None
        tests = [ONE_TEST.fullmatch(part.strip()) for part in re.split(r"\bor\b", line["relevant"])]
        pairs = [(test[1] or test[3], int(test[2] or test[4])) for test in tests if test]
        if len(pairs) < len(tests) or len({item for item, _code in pairs}) != 1:
            self._tell(
                line,
                _("«relevant» kan bare spørre om svarene på ett spørsmål, slik: ${a} = '1' or ${a} = '2'"),
            )
            return None
        return Condition(pairs[0][0].strip(), tuple(code for _item, code in pairs))
