"""National help numbers and the word list: help.yaml and words.yaml ⇄ rows."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from courses.models import HelpNumber, Word
from courses.models.facts import are_windows
from courses.yamls import Key, Lined, checked, parsed, text_in, written

if TYPE_CHECKING:
    from pathlib import Path

    from cms.packages.loading import Outcome
    from courses.problems import Place

NUMBER_TEXTS = ("key", "label", "label_nn", "number", "who", "who_nn", "hours", "hours_nn")
NUMBER_KEYS = {
    **{name: Key(str, HelpNumber._meta.get_field(name)) for name in NUMBER_TEXTS},
    "windows": Key(list),
    "source": Key(str, HelpNumber._meta.get_field("source")),
    "checked": Key(date),
    "owner": Key(str, HelpNumber._meta.get_field("owner")),
}
WORD_KEYS = {name: Key(str, Word._meta.get_field(name)) for name in ("word", "word_nn", "text", "text_nn")}


def read_numbers(path: Path, place: Place) -> list[dict[str, Any]]:
    """Field values of HelpNumber, in the file's order."""
    rows: list[dict[str, Any]] = []
    for row in _rows(path, "numbers", NUMBER_KEYS, "key", place):
        for window in row.get("windows", []):
            if sentence := _window_problem(window):
                place.add(row.line_of("windows"), sentence)
        row["checked_on"] = row.pop("checked", None)
        row["position"] = len(rows) + 1
        rows.append(dict(row, windows=[dict(window) for window in row.get("windows", []) if window]))
    return rows


def _window_problem(window: Any) -> str:
    if are_windows([window]):
        return ""
    return _("En åpningstid skrives med days: [mon, …], from: '15:00' og to: '08:00'.")


def read_words(path: Path, place: Place) -> list[dict[str, Any]]:
    """Field values of Word."""
    return [dict(row) for row in _rows(path, "words", WORD_KEYS, "word", place)]


def _rows(path: Path, name: str, keys: dict[str, Key], unique: str, place: Place) -> list[Lined]:
    text = text_in(path, place)
    data = parsed(text, place) if text is not None else None
    if data is None:
        return []
    found = checked(data, {name: Key(list)}, place)
    rows = [checked(row, keys, place, data.line_of(name)) for row in found.get(name, [])]
    seen: set[str] = set()
    for row in rows:
        if row.get(unique) in seen:
            place.add(row.line_of(unique), _("«%s» står to ganger.") % row[unique])
        seen.add(row.get(unique, ""))
    return rows


def load_numbers(rows: list[dict[str, Any]], outcome: Outcome) -> None:
    """The national rows follow the file; those the file does not have are named and left."""
    stored = {row.key: row for row in HelpNumber.objects.filter(municipality=None)}
    _follow(HelpNumber, "key", stored, rows, outcome)


def load_words(rows: list[dict[str, Any]], outcome: Outcome) -> None:
    _follow(Word, "word", {row.word: row for row in Word.objects.all()}, rows, outcome)


def _follow(
    model: Any, key: str, stored: dict[str, Any], rows: list[dict[str, Any]], outcome: Outcome
) -> None:
    for values in rows:
        row = stored.pop(values[key], None) or model()
        if row.pk and all(getattr(row, name) == value for name, value in values.items()):
            outcome.unchanged += 1
            continue
        outcome.count(created=not row.pk)
        for name, value in values.items():
            setattr(row, name, value)
        row.save()
    outcome.left += [f"{model._meta.verbose_name} «{row}»" for row in stored.values()]


def written_numbers() -> str:
    rows = HelpNumber.objects.filter(municipality=None).order_by("position", "key")
    return written({"numbers": [{key: getattr(row, _column(key)) for key in NUMBER_KEYS} for row in rows]})


def _column(key: str) -> str:
    return "checked_on" if key == "checked" else key


def written_words() -> str:
    rows = sorted(Word.objects.all(), key=lambda row: _norwegian(row.word))
    return written({"words": [{key: getattr(row, key) for key in WORD_KEYS} for row in rows]})


def _norwegian(word: str) -> str:
    """Sorts æ, ø and å last, on any database."""
    return word.casefold().translate(str.maketrans("æøå", "{|}"))
