"""A spreadsheet of families, as Excel and as CSV, and what the import says of each row."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import openpyxl

from courses import spreadsheets
from courses.spreadsheets import Row

if TYPE_CHECKING:
    from collections.abc import Sequence


HEADS = [
    "Kommune",
    "Fornavn 1",
    "E-post 1",
    "Mobil 1",
    "Fornavn 2",
    "E-post 2",
    "Mobil 2",
    "Skjermet",
    "Dekknavn 1",
]
GOOD = ["Vika", "Astrid", "astrid@example.no", "", "Ole", "", "400 00 009", "nei", ""]


def xlsx(rows: Sequence[Sequence[Any]], heads: Sequence[Any] = HEADS) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (heads, *rows):
        sheet.append(list(row))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def csv_file(*lines: str, delimiter: str = ";", encoding: str = "utf-8-sig") -> bytes:
    return "\r\n".join([delimiter.join(HEADS), *lines]).encode(encoding)


def read(content: bytes) -> list[Row]:
    return spreadsheets.read(io.BytesIO(content), len(content))
