"""A YAML file that people read and correct → a draft; yaml_writing.py goes the other way.

Faults of the file are named with their line, all at once; what only keeps a draft from being opened
(faults.py) is no fault of the file. Loading what was just written changes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from courses.problems import Report
from courses.yamls import Key, Lined, checked, parsed, text_of
from evaluation.instruments import rows
from evaluation.instruments.definition import (
    KINDS,
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
from evaluation.instruments.drafts import WITH_ENDS, Draft, tidy, words
from evaluation.models import instruments as tables

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from courses.problems import Place
    from evaluation.instruments.drafts import Choices


class Fits:
    """The rules of a column of ours, but not that it must be filled in: a draft may be a frame."""

    def __init__(self, model: Any, name: str) -> None:
        self.field = model._meta.get_field(name)

    def clean(self, value: Any, _instance: None) -> None:
        """Raises ValidationError."""
        if value != "":
            self.field.run_validators(value)
            choices = {code for code, _label in self.field.flatchoices}
            if choices and value not in choices:
                raise ValidationError(_("Velg en av: %s.") % ", ".join(sorted(choices)))


def _texts(model: Any, *names: str, required: bool = False) -> dict[str, Key]:
    return {name: Key(str, Fits(model, name), required) for name in names}


def _number(model: Any, name: str, kind: type = int, *, required: bool = False) -> Key:
    return Key(kind, Fits(model, name), required)


VERSION_KEYS = {
    "key": Key(str, Fits(tables.Instrument, "key")),
    "version": _number(tables.InstrumentVersion, "number", required=True),
    "title": Key(dict),
    "intro": Key(dict, required=False),
    "minutes": _number(tables.InstrumentVersion, "minutes"),
    **_texts(tables.InstrumentVersion, "licence", "source", "translated_by"),
    "lists": Key(dict, required=False),
    "sections": Key(list),
    "items": Key(list),
    "scales": Key(list, required=False),
    "low_help": Key(dict, required=False),
}
SECTION_KEYS = {
    **_texts(tables.Section, "key", required=True),
    "title": Key(dict, required=False),
    "text": Key(dict, required=False),
}
CHOICE_KEYS = {
    "code": _number(tables.Choice, "code", required=True),
    "nb": Key(str, Fits(tables.Choice, "label_nb"), required=False),
    "nn": Key(str, Fits(tables.Choice, "label_nn"), required=False),
}
ITEM_KEYS = {
    **_texts(tables.Item, "key", "section", "kind", required=True),
    **{name: Key(dict, required=False) for name in ("text", "help", "low_end", "high_end", "show_if")},
    "choices": Key(str, Fits(tables.Item, "choice_list"), required=False),
    "low": _number(tables.Item, "low"),
    "high": _number(tables.Item, "high"),
    "not_yet": Key(bool, required=False),
}
CONDITION_KEYS = {"item": Key(str, Fits(tables.Item, "show_if_item")), "any_of": Key(list)}
SCALE_KEYS = {
    **_texts(tables.Scale, "key", required=True),
    "title": Key(dict, required=False),
    "items": Key(list),
    "reversed": Key(list, required=False),
    "min_answered": _number(tables.Scale, "min_answered", required=True),
    "low": _number(tables.Scale, "low", float, required=True),
    "high": _number(tables.Scale, "high", float, required=True),
    "multiply": _number(tables.Scale, "multiply", float),
    "cut_offs": Key(list, required=False),
    **_texts(tables.Scale, "method", "better", "source"),
}
LOW_HELP_KEYS = {
    "scale": Key(str, Fits(tables.InstrumentVersion, "low_help_scale")),
    "below": _number(tables.InstrumentVersion, "low_help_below", float, required=True),
    "text": Key(dict),
}


# --- reading
def of_bytes(content: bytes, name: str) -> Draft:
    """Raises PackageError with every fault of the file and its line."""
    report = Report()
    place = report.at(name)
    text = text_of(content, place)
    draft = None if text is None else of_text(text, place)
    report.raise_if_any()
    assert draft is not None  # noqa: S101 - without a draft there was a problem
    for fault in rows.misfits(draft):  # what no single line is too long for
        place.add(0, str(fault))
    report.raise_if_any()
    return draft


def of_text(text: str, place: Place) -> Draft | None:
    """The draft in ``text``; None, and ``place`` is told why, when it cannot be read."""
    before = len(place.report.problems)
    data = parsed(text, place)
    if data is None:
        return None
    draft = _draft(data, place)
    return draft if len(place.report.problems) == before else None


def _draft(data: Lined, place: Place) -> Draft:
    top = checked(data, VERSION_KEYS, place)
    lists = _lists(top, place)
    line = top.line_of("low_help")
    help_ = _checked(top["low_help"], LOW_HELP_KEYS, place, line) if "low_help" in top else None
    definition = Definition(
        key=top.get("key", ""),
        version=top.get("version", 1),
        title=_words(top, "title", place, tables.InstrumentVersion),
        intro=_words(top, "intro", place, tables.InstrumentVersion),
        minutes=top.get("minutes", 3),
        **{name: tidy(top.get(name, "")) for name in ("licence", "source", "translated_by")},
        sections=tuple(_section(row, place) for row in _rows(top, "sections", SECTION_KEYS, place)),
        items=tuple(_item(row, lists, place) for row in _rows(top, "items", ITEM_KEYS, place)),
        scales=tuple(_scale(row, place) for row in _rows(top, "scales", SCALE_KEYS, place)),
        low_help=None if help_ is None else _low_help(help_, place),
    )
    return Draft(definition, lists)


def _low_help(help_: Lined, place: Place) -> LowHelp:
    text = _words(help_, "text", place, tables.InstrumentVersion, column="low_help")
    return LowHelp(help_.get("scale", ""), help_.get("below", 0.0), text)


def _rows(top: Lined, name: str, keys: dict[str, Key], place: Place) -> Iterator[Lined]:
    for row in top.get(name, []):
        yield _checked(row, keys, place, top.line_of(name))


def _checked(row: Any, keys: dict[str, Key], place: Place, line: int) -> Lined:
    """A whole number where a decimal one may stand is one."""
    for each, key in keys.items() if isinstance(row, Lined) else ():
        if key.type is float and type(row.get(each)) is int:
            row[each] = float(row[each])
    return checked(row, keys, place, line)


def _words(row: Mapping[str, Any], name: str, place: Place, model: Any, column: str = "") -> Words:
    if not isinstance(row, Lined) or name not in row:
        return Words()
    fields = {
        language: Key(str, Fits(model, f"{column or name}_{language}"), required=False)
        for language in ("nb", "nn")
    }
    found = checked(row[name], fields, place, row.line_of(name))
    return words(found.get("nb", ""), found.get("nn", ""))


def _lists(top: Lined, place: Place) -> dict[str, Choices]:
    found: dict[str, Choices] = {}
    lists = top.get("lists", Lined())
    for name in lists:
        checked(lists, {each: Key(list) for each in lists}, place)
        if not isinstance(lists[name], list):
            continue
        choices = [checked(row, CHOICE_KEYS, place, lists.line_of(name)) for row in lists[name]]
        found[name] = tuple(
            Choice(row.get("code", 0), words(row.get("nb", ""), row.get("nn", ""))) for row in choices
        )
    return found


def _section(row: Lined, place: Place) -> Section:
    title, text = (_words(row, name, place, tables.Section) for name in ("title", "text"))
    return Section(row.get("key", ""), title, text)


def _item(row: Lined, lists: dict[str, Choices], place: Place) -> Item:
    kind = row.get("kind", "text")
    for name in _strangers(kind) & row.keys():
        sentence = _("«%(key)s» hører ikke til slaget «%(kind)s».")
        place.add(row.line_of(name), sentence % {"key": name, "kind": kind})
    if row.get("choices", next(iter(lists), "")) not in (*lists, ""):
        place.add(row.line_of("choices"), _("Svarlista «%s» finnes ikke.") % row["choices"])
    text, help_, low_end, high_end = (
        _words(row, name, place, tables.Item) for name in ("text", "help", "low_end", "high_end")
    )
    return Item(
        key=row.get("key", ""),
        kind=kind,
        section=row.get("section", ""),
        text=text,
        help=help_,
        choices=lists.get(row.get("choices", ""), ()),
        low=row.get("low", 0),
        high=row.get("high", 0),
        low_end=low_end,
        high_end=high_end,
        not_yet=row.get("not_yet", False),
        show_if=_condition(row, place),
    )


def _strangers(kind: str) -> set[str]:
    """Keys that say nothing for an item of this kind."""
    if kind not in KINDS:
        return set()
    has = {"choices": kind in WITH_CHOICES, "low": kind == "number", "high": kind == "number"}
    has |= {"low_end": kind in WITH_ENDS, "high_end": kind in WITH_ENDS}
    return {name for name, fits in has.items() if not fits}


def _condition(row: Lined, place: Place) -> Condition | None:
    if "show_if" not in row:
        return None
    line = row.line_of("show_if")
    found = checked(row["show_if"], CONDITION_KEYS, place, line)
    codes = found.get("any_of", [])
    if any(type(code) is not int for code in codes):
        place.add(found.line_of("any_of"), _("any_of: Hvert svar skal være en kode, et helt tall."))
        codes = []
    return Condition(found.get("item", ""), tuple(codes))


def _scale(row: Lined, place: Place) -> Scale:
    items, turned, cuts = (row.get(name, []) for name in ("items", "reversed", "cut_offs"))
    for name, keys in (("items", items), ("reversed", turned)):
        if any(not isinstance(key, str) for key in keys):
            place.add(row.line_of(name), _("%s: Hvert punkt skal være koden til et spørsmål.") % name)
    if strange := [key for key in turned if key not in items]:
        place.add(row.line_of("reversed"), _("«%s» er ikke blant spørsmålene i skalaen.") % strange[0])
    if any(type(cut) not in (int, float) for cut in cuts):
        place.add(row.line_of("cut_offs"), _("cut_offs: Hver grense skal være et tall."))
        cuts = []
    plain = {name: row[name] for name in ("method", "better", "multiply") if name in row}
    return Scale(
        key=row.get("key", ""),
        title=_words(row, "title", place, tables.Scale),
        items=tuple(map(str, items)),
        reversed=tuple(key for key in map(str, items) if key in turned),
        min_answered=row.get("min_answered", 1),
        low=row.get("low", 0.0),
        high=row.get("high", 0.0),
        cut_offs=tuple(float(cut) for cut in cuts),
        source=tidy(row.get("source", "")),
        **plain,
    )
