"""The data set as a workbook: the data, and a codebook sheet in each written language.

Every word is written as a word, so that no program takes it for a formula or an address.
"""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING

from xlsxwriter import Workbook

from evaluation.releases.exports import codebook
from evaluation.releases.exports.cells import one_line
from evaluation.releases.exports.columns import EMPTY
from evaluation.releases.exports.errors import NotExportedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from xlsxwriter.worksheet import Worksheet

    from evaluation.releases.exports.columns import Column
    from evaluation.releases.exports.dataset import Dataset

MOST_ROWS = 1_048_575  # of a sheet, without the heading
MOST_COLUMNS = 16_384
AT_ONCE = 20_000
SAFE = {
    "constant_memory": True,  # a row is on disk when the next is begun
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}
HEADINGS = {
    "nb": ["Navn", "Tekst", "Måling", "Målenivå", "Lavest", "Høyest", "Verdi", "Betyr", "Mangler"],
    "nn": ["Namn", "Tekst", "Måling", "Målenivå", "Lågast", "Høgast", "Verdi", "Tyder", "Manglar"],
}
IS_MISSING = {"nb": "ja", "nn": "ja"}


def write(of: Dataset, folder: Path, _language: str) -> list[Path]:
    """Raises NotExportedError where a sheet is too small."""
    if of.n > MOST_ROWS or len(of.columns) > MOST_COLUMNS:
        raise NotExportedError(
            f"Et regneark har plass til {MOST_ROWS} rader og {MOST_COLUMNS} kolonner. Velg csv eller sav."
        )
    path = folder / f"{of.name}.xlsx"
    made = datetime.combine(of.release.made_on, time())
    with Workbook(path, SAFE) as book:
        book.set_properties({"created": made})  # not now: the same rows are the same file
        _data(of, book.add_worksheet("data"))
        for language in ("nb", "nn"):
            _codebook(of, book.add_worksheet(f"kodebok {language}"), language)
    return [path]


def _data(of: Dataset, sheet: Worksheet) -> None:
    for place, column in enumerate(of.columns):
        sheet.write_string(0, place, column.name)
    for start in range(0, of.n, AT_ONCE):
        cells = [_plain(column, start, start + AT_ONCE) for column in of.columns]
        for nth, row in enumerate(zip(*cells, strict=True), start=start + 1):
            for place, cell in enumerate(row):
                if isinstance(cell, str):
                    sheet.write_string(nth, place, cell)
                elif cell is not None:
                    sheet.write_number(nth, place, cell)


def _plain(column: Column, start: int, end: int) -> Sequence[str | float | None]:
    if isinstance(column.values, list):
        return [cell or None for cell in column.values[start:end]]
    found = column.values[start:end].tolist()
    return [None if cell != cell or cell == EMPTY else cell for cell in found]


def _codebook(of: Dataset, sheet: Worksheet, language: str) -> None:
    lines = [[one_line(words.in_language(language))] for words in codebook.about(of)]
    rows = [*lines, [], HEADINGS[language], *(row for each in of.columns for row in _rows(each, language))]
    for nth, row in enumerate(rows):
        for place, cell in enumerate(row):
            if isinstance(cell, str):
                sheet.write_string(nth, place, cell)
            elif cell is not None:
                sheet.write_number(nth, place, cell)


def _rows(column: Column, language: str) -> Iterator[Sequence[str | float | None]]:
    """A line for the column, and one for each of its values."""
    text = f"{column.label.in_language(language)} {column.note.in_language(language)}"
    measure = codebook.MEASURES[column.measure].in_language(language)
    yield [column.name, one_line(text), column.wave, measure, column.low, column.high]
    for code, words in column.choices:
        yield [column.name, *[None] * 5, code, one_line(words.in_language(language))]
    for code, words in column.missing:
        yield [column.name, *[None] * 5, code, one_line(words.in_language(language)), IS_MISSING[language]]
