"""What a questionnaire asks and how it is scored: one value, the same from YAML, XLSForm, rows and forms.

A frozen version keeps it as JSON (``InstrumentVersion.definition``); everything that shows, checks, seals
or scores answers reads it from there, never from the editor's rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Kind = Literal["agreement", "number", "one", "several", "text", "zero-to-ten"]
KINDS: tuple[Kind, ...] = ("agreement", "number", "one", "several", "text", "zero-to-ten")
WITH_CHOICES = ("agreement", "one", "several")
LONGEST_TEXT = 2_000  # characters of a short text
MOST_CHOICES = 15  # several of them are bits of one slot (evaluation/answers/vectors.py)
LARGEST = 30_000  # a number's greatest size, so that it stays clear of the codes for no answer

# Answers of one form: item key → code, number, list of codes, or text. An item not answered is not there.
NOT_YET = "not-yet"  # «ikke aktuelt ennå», as its own answer
Answer = int | list[int] | str
Answers = Mapping[str, Answer]


@dataclass(frozen=True)
class Words:
    """A text in both written languages; an empty nn falls back to nb."""

    nb: str = ""
    nn: str = ""

    def in_language(self, language: str) -> str:
        return (self.nn or self.nb) if language == "nn" else self.nb


@dataclass(frozen=True)
class Choice:
    code: int  # never changes its meaning, never returns
    label: Words


@dataclass(frozen=True)
class Condition:
    """«Vis hvis»: shown when ``item`` (an earlier one) was answered with any of the codes."""

    item: str
    any_of: tuple[int, ...]


@dataclass(frozen=True)
class Item:
    key: str  # never changes, never returns with another meaning
    kind: Kind
    text: Words
    section: str
    help: Words = field(default_factory=Words)
    choices: tuple[Choice, ...] = ()
    low: int = 0  # of a number
    high: int = 0
    low_end: Words = field(
        default_factory=Words
    )  # what the ends of 0–10 and of an agreement scale are called
    high_end: Words = field(default_factory=Words)
    not_yet: bool = False  # offers «ikke aktuelt ennå»
    show_if: Condition | None = None

    @property
    def codes(self) -> tuple[int, ...]:
        """The numbers that may be chosen; for a number its whole range is meant, and this is empty."""
        if self.kind == "zero-to-ten":
            return tuple(range(11))
        return tuple(choice.code for choice in self.choices)


@dataclass(frozen=True)
class Section:
    key: str
    title: Words
    text: Words = field(default_factory=Words)


@dataclass(frozen=True)
class Scale:
    """How items become one number. ``cut_offs`` are none unless the source has them."""

    key: str
    title: Words
    items: tuple[str, ...]
    low: float  # the least and the greatest score that is possible
    high: float
    min_answered: int
    method: Literal["mean", "sum"] = "mean"
    reversed: tuple[str, ...] = ()
    better: Literal["high", "low", "neither"] = "high"
    multiply: float = 1  # WHO-5: 4
    cut_offs: tuple[float, ...] = ()
    source: str = ""


@dataclass(frozen=True)
class LowHelp:
    """A help text that the device alone shows, when a score is low; nothing of it is sent or stored."""

    scale: str
    below: float
    text: Words


@dataclass(frozen=True)
class Definition:
    key: str
    title: Words
    licence: str
    source: str
    translated_by: str
    sections: tuple[Section, ...]
    items: tuple[Item, ...]
    scales: tuple[Scale, ...] = ()
    version: int = 1
    intro: Words = field(default_factory=Words)
    minutes: int = 3
    low_help: LowHelp | None = None

    def item(self, key: str) -> Item | None:
        return next((item for item in self.items if item.key == key), None)

    @property
    def coded_items(self) -> tuple[Item, ...]:
        """The items that have a slot in the answer vector, in the frozen order: all but texts."""
        return tuple(item for item in self.items if item.kind != "text")

    @property
    def text_items(self) -> tuple[Item, ...]:
        return tuple(item for item in self.items if item.kind == "text")

    def as_data(self) -> dict[str, Any]:
        """Plain lists and dicts, for JSON and YAML; ``from_data`` gives the same value back."""
        return asdict(self)

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Definition:
        """From ``as_data``. Raises KeyError, TypeError or ValueError for what is not of that shape."""
        plain = dict(data)
        low_help = plain.pop("low_help", None)
        return cls(
            **{key: plain.pop(key) for key in ("key", "licence", "source", "translated_by")},
            title=_words(plain.pop("title")),
            intro=_words(plain.pop("intro", None)),
            sections=tuple(_section(each) for each in plain.pop("sections")),
            items=tuple(_item(each) for each in plain.pop("items")),
            scales=tuple(_scale(each) for each in plain.pop("scales", ())),
            low_help=None if low_help is None else LowHelp(**{**low_help, "text": _words(low_help["text"])}),
            **plain,
        )


def _words(data: Mapping[str, str] | None) -> Words:
    return Words(**(data or {}))


def _section(data: Mapping[str, Any]) -> Section:
    return Section(data["key"], _words(data["title"]), _words(data.get("text")))


def _item(data: Mapping[str, Any]) -> Item:
    plain, condition = dict(data), data.get("show_if")
    for key in ("text", "help", "low_end", "high_end"):
        plain[key] = _words(plain.get(key))
    plain["choices"] = tuple(Choice(each["code"], _words(each["label"])) for each in plain.get("choices", ()))
    plain["show_if"] = condition and Condition(condition["item"], tuple(condition["any_of"]))
    return Item(**plain)


def _scale(data: Mapping[str, Any]) -> Scale:
    plain = dict(data)
    plain["title"] = _words(plain["title"])
    for key in ("items", "reversed", "cut_offs"):
        plain[key] = tuple(plain.get(key, ()))
    return Scale(**plain)


def is_shown(item: Item, answers: Answers) -> bool:
    """Whether «vis hvis» lets the item be seen; the answer it hangs on must itself have been given."""
    if item.show_if is None:
        return True
    given = answers.get(item.show_if.item)
    chosen = given if isinstance(given, list) else [given]
    return any(code in item.show_if.any_of for code in chosen)
