"""A draft → an XLSForm (.xlsx), as KoBo, ODK and REDCap's tools read it; xlsform_reading.py reads it back.

    survey    one row per item, sections as groups       choices   the lists of answers
    settings  title, code, version                       about     licence, source, ends … (ours)
    scales    how items become scores (ours)

Every cell is written as text, so that no program takes a sentence for a formula.
"""

from __future__ import annotations

import io
from itertools import groupby
from typing import TYPE_CHECKING

from evaluation.instruments.definition import Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from evaluation.instruments.definition import Condition, Definition, Item, Scale
    from evaluation.instruments.drafts import Choices, Draft

NB, NN = "Bokmål (nb)", "Nynorsk (nn)"
Row = dict[str, str]
SURVEY = (
    *("type", "name", f"label::{NB}", f"label::{NN}", f"hint::{NB}", f"hint::{NN}"),
    *("relevant", "constraint", "parameters", "appearance"),
    *("not_yet", "low_end_nb", "low_end_nn", "high_end_nb", "high_end_nn"),  # ours: XLSForm has no such thing
)
CHOICES = ("list_name", "name", f"label::{NB}", f"label::{NN}")
SETTINGS = ("form_title", "form_id", "version", "default_language")
SCALES = (
    *("name", "title_nb", "title_nn", "items", "method", "min_answered", "low", "high", "better"),
    *("multiply", "cut_offs", "source"),
)
ABOUT = ("key", "value")
TYPES = {"number": "integer", "text": "text", "zero-to-ten": "range"}
INTRO = "_intro"  # the ending of the name of a section's note


def workbook(draft: Draft) -> bytes:
    """The file."""
    import openpyxl  # here: it weighs 20 MB in a process that may never make a sheet

    definition, names = draft.definition, draft.list_names()
    sheets: tuple[tuple[str, tuple[str, ...], Iterable[Row]], ...] = (
        ("survey", SURVEY, _survey(definition, names)),
        ("choices", CHOICES, _choices(draft.all_lists())),
        ("settings", SETTINGS, [_settings(definition)]),
        ("about", ABOUT, _about(definition)),
        ("scales", SCALES, map(_scale, definition.scales)),
    )
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, columns, rows in sheets:
        sheet = book.create_sheet(title)
        _write(sheet, 1, columns)
        for place, row in enumerate(rows, start=2):
            _write(sheet, place, [row.get(name, "") for name in columns])
        sheet.freeze_panes = "A2"
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _write(sheet: object, place: int, words: Iterable[str]) -> None:
    for column, word in enumerate(words, start=1):
        if word:
            cell = sheet.cell(row=place, column=column)  # type: ignore[attr-defined]
            cell.value, cell.data_type = word, "s"


def _survey(definition: Definition, names: dict[Choices, str]) -> Iterator[Row]:
    sections = {section.key: section for section in definition.sections}
    kinds = {item.key: item.kind for item in definition.items}
    for key, items in groupby(definition.items, key=lambda item: item.section):
        section = sections.get(key)
        yield {"type": "begin_group", "name": key, **_label(section.title if section else Words())}
        if section and section.text != Words():
            yield {"type": "note", "name": key + INTRO, **_label(section.text)}
        for item in items:
            yield _question(item, names, kinds)
        yield {"type": "end_group", "name": key}


def _question(item: Item, names: dict[Choices, str], kinds: Mapping[str, str]) -> Row:
    kind = TYPES.get(item.kind) or ("select_multiple" if item.kind == "several" else "select_one")
    if kind.startswith("select"):
        kind = f"{kind} {names.get(item.choices, '')}".strip()
    return {
        "type": kind,
        "name": item.key,
        **_label(item.text),
        f"hint::{NB}": item.help.nb,
        f"hint::{NN}": item.help.nn,
        "relevant": _relevant(item.show_if, kinds) if item.show_if else "",
        "constraint": f". >= {item.low} and . <= {item.high}" if item.kind == "number" else "",
        "parameters": "start=0 end=10 step=1" if item.kind == "zero-to-ten" else "",
        "appearance": "likert" if item.kind == "agreement" else "",
        "not_yet": "yes" if item.not_yet else "",
        "low_end_nb": item.low_end.nb,
        "low_end_nn": item.low_end.nn,
        "high_end_nb": item.high_end.nb,
        "high_end_nn": item.high_end.nn,
    }


def _label(text: Words) -> Row:
    return {f"label::{NB}": text.nb, f"label::{NN}": text.nn}


def _relevant(condition: Condition, kinds: Mapping[str, str]) -> str:
    asked, kind = f"${{{condition.item}}}", kinds.get(condition.item, "")
    each = {
        "several": "selected({asked}, '{code}')",
        "number": "{asked} = {code}",
        "zero-to-ten": "{asked} = {code}",
    }.get(kind, "{asked} = '{code}'")
    return " or ".join(each.format(asked=asked, code=code) for code in condition.any_of)


def _choices(lists: dict[str, Choices]) -> Iterator[Row]:
    for name, choices in lists.items():
        for choice in choices:
            yield {"list_name": name, "name": str(choice.code), **_label(choice.label)}


def _settings(definition: Definition) -> Row:
    values = (definition.title.nb, definition.key, str(definition.version), NB)
    return dict(zip(SETTINGS, values, strict=True))


def _about(definition: Definition) -> list[Row]:
    help_ = definition.low_help
    values = {
        "title_nn": definition.title.nn,
        "intro_nb": definition.intro.nb,
        "intro_nn": definition.intro.nn,
        "minutes": str(definition.minutes),
        "licence": definition.licence,
        "source": definition.source,
        "translated_by": definition.translated_by,
        "low_help_scale": help_.scale if help_ else "",
        "low_help_below": number(help_.below) if help_ else "",
        "low_help_nb": help_.text.nb if help_ else "",
        "low_help_nn": help_.text.nn if help_ else "",
    }
    return [{"key": key, "value": value} for key, value in values.items() if value]


def _scale(scale: Scale) -> Row:
    return {
        "name": scale.key,
        "title_nb": scale.title.nb,
        "title_nn": scale.title.nn,
        "items": ", ".join(f"-{key}" if key in scale.reversed else key for key in scale.items),
        "method": scale.method,
        "min_answered": str(scale.min_answered),
        "low": number(scale.low),
        "high": number(scale.high),
        "better": scale.better,
        "multiply": number(scale.multiply),
        "cut_offs": " ".join(map(number, scale.cut_offs)),
        "source": scale.source,
    }


def number(value: float) -> str:
    """5 and not 5.0, and every decimal there is."""
    return repr(float(value)).removesuffix(".0")
