"""A spreadsheet of families, read with suspicion: .xlsx or .csv into rows of words, or one sentence why not.

What the rows mean is decided in ``courses/importing.py``. Nothing is computed, opened or fetched: a formula
is its last value, and a file that would unpack to far more than it weighs is refused before it is opened.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from typing import BinaryIO

MOST_BYTES = 2 << 20
MOST_UNPACKED = 40 << 20
MOST_AT_ONCE = 8 << 20  # of a part that is read whole; only the sheets are read line by line
MOST_ROWS, MOST_COLUMNS = 5_000, 30
MOST_COLUMNS_OF_ANY = 200  # a questionnaire in many languages has more than a list of families
LONGEST_CELL = 300
OLD_EXCEL = b"\xd0\xcf\x11\xe0"  # .xls, and .xlsx with a password
LOCKED = "EncryptedPackage".encode("utf-16-le")  # in the latter
ZIP = b"PK\x03\x04"

# How people name the columns → what they are. Compared in small letters, without spaces and signs.
COLUMNS = {
    "kommune": "municipality",
    "heimkommune": "municipality",
    "skjermet": "shielded",
    "skjerma": "shielded",
} | {
    f"{word}{number}": f"{meaning}_{number}"
    for number in (1, 2)
    for word, meaning in (
        ("fornavn", "name"),
        ("førenamn", "name"),
        ("fornamn", "name"),
        ("navn", "name"),
        ("namn", "name"),
        ("voksen", "name"),
        ("vaksen", "name"),
        ("epost", "email"),
        ("epostadresse", "email"),
        ("email", "email"),
        ("mobil", "mobile"),
        ("mobilnummer", "mobile"),
        ("telefon", "mobile"),
        ("tlf", "mobile"),
        ("dekknavn", "alias"),
        ("dekknamn", "alias"),
    )
}
TEMPLATE = "Kommune;Fornavn 1;E-post 1;Mobil 1;Fornavn 2;E-post 2;Mobil 2;Skjermet;Dekknavn 1;Dekknavn 2\r\n"


class SpreadsheetError(Exception):
    """The file as a whole cannot be used; the sentence says what to do."""


@dataclass(frozen=True)
class Row:
    """One line of the sheet: its number as the program shows it, and its words by what the column means."""

    number: int
    cells: dict[str, str]


def read(file: BinaryIO, size: int) -> list[Row]:
    """Every line with something in it. Raises SpreadsheetError."""
    if size > MOST_BYTES:
        raise SpreadsheetError(_("Fila er større enn 2 MB. Del den i flere, eller fjern bilder og farger."))
    content = file.read(MOST_BYTES + 1)
    lines = _xlsx(content) if content.startswith((ZIP, OLD_EXCEL)) else _csv(content)
    return _rows(lines)


def some_sheets(content: bytes, names: Collection[str]) -> dict[str, list[list[str]]]:
    """The lines of these sheets of an .xlsx, by their names in small letters; every cell as a word.

    Raises SpreadsheetError.
    """
    if len(content) > MOST_BYTES:
        raise SpreadsheetError(_("Fila er større enn 2 MB. Del den i flere, eller fjern bilder og farger."))
    found = {sheet.title.strip().lower(): sheet for sheet in _sheets(content)}
    return {name: list(_lines(found[name], MOST_COLUMNS_OF_ANY)) for name in names if name in found}


# --- lines from files
def _xlsx(content: bytes) -> Iterator[list[str]]:
    sheets = _sheets(content)
    if not sheets:
        raise SpreadsheetError(_("Fila har ikke noe ark."))
    yield from _lines(sheets[0])


def _sheets(content: bytes) -> list[Any]:
    import openpyxl  # here: with what it brings it weighs 20 MB in a process that may never meet a sheet

    _refuse_others(content)
    try:
        _refuse_bombs(content)
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        return list(book.worksheets)
    except SpreadsheetError:
        raise
    except Exception as error:  # a broken or hostile file raises anything
        raise SpreadsheetError(_broken()) from error


def _lines(sheet: Any, most_columns: int = MOST_COLUMNS) -> Iterator[list[str]]:
    try:
        for line in sheet.iter_rows(
            max_row=MOST_ROWS + 2, max_col=most_columns, min_row=1, min_col=1, values_only=True
        ):
            yield [_word(value) for value in line]
    except Exception as error:
        raise SpreadsheetError(_broken()) from error


def _refuse_bombs(content: bytes) -> None:
    """Refuses what unpacks to too much, by what is written in the package and not by unpacking it."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        parts = package.infolist()
        names = {part.filename for part in parts}
        whole = [part.file_size for part in parts if not part.filename.startswith("xl/worksheets/")]
        too_much = (
            sum(part.file_size for part in parts) > MOST_UNPACKED or max(whole, default=0) > MOST_AT_ONCE
        )
        if len(parts) > 1_000 or too_much:
            raise SpreadsheetError(
                _("Fila er mye større utpakket enn den ser ut til. Kopier radene til en ny fil.")
            )
        if "xl/workbook.xml" not in names:
            raise SpreadsheetError(_no_workbook())
        if any(part.flag_bits & 1 for part in parts):  # packed with a password
            raise SpreadsheetError(_locked())


def _refuse_others(content: bytes) -> None:
    """Refuses what is no workbook, or a locked one, by how it begins."""
    if not content.strip():
        raise SpreadsheetError(_("Fila er tom."))
    if content.startswith(OLD_EXCEL) and LOCKED in content:
        raise SpreadsheetError(_locked())
    if content.startswith(OLD_EXCEL):
        raise SpreadsheetError(_("Fila er gammel Excel (.xls). Lagre den som .xlsx, og prøv igjen."))
    if not content.startswith(ZIP):
        raise SpreadsheetError(_no_workbook())


def _locked() -> str:
    return _("Fila har passord. Lagre den uten passord, og prøv igjen.")


def _no_workbook() -> str:
    return _(
        "Fila er ikke en Excel-fil, selv om navnet tyder på det."
        " Åpne den i programmet den er laget i, og lagre den som .xlsx."
    )


def _broken() -> str:
    return _(
        "Fila kan ikke leses. Den er skadet, eller bare en del av den kom med."
        " Hent den eller lagre den på nytt, og prøv igjen."
    )


def _unreadable() -> str:
    return _("Fila kan ikke leses. Lagre den på nytt som .xlsx eller .csv, og prøv igjen.")


def _word(value: Any) -> str:
    """A cell as its reader sees it: 40000000.0 is 40000000."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "ja" if value else "nei"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value)


def _csv(content: bytes) -> Iterator[list[str]]:
    text = _decoded(content)
    if "\0" in text:
        raise SpreadsheetError(_unreadable())
    head = text.partition("\n")[0]
    delimiter = max(";\t,", key=head.count)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    except csv.Error as error:
        raise SpreadsheetError(_unreadable()) from error


def _decoded(content: bytes) -> str:
    """Excel saves .csv as UTF-8 with a mark, as UTF-16, or as Windows' own."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


# --- rows from lines
def _rows(lines: Iterator[list[str]]) -> list[Row]:
    rows: list[Row] = []
    meanings: list[str] = []
    for number, line in enumerate(lines, start=1):
        words = [_clean(word) for word in line[:MOST_COLUMNS]]
        if not any(words):
            continue
        if not meanings:
            meanings = _meanings(words)
            continue
        if len(rows) >= MOST_ROWS:
            raise SpreadsheetError(_("Fila har mer enn 5000 rader. Del den i flere."))
        pairs = zip(meanings, words, strict=False)
        rows.append(Row(number, {meaning: word for meaning, word in pairs if meaning}))
    if not meanings:
        raise SpreadsheetError(_("Fila er tom."))
    if not rows:
        raise SpreadsheetError(_("Fila har overskrifter, men ingen familier."))
    return rows


def _clean(word: str) -> str:
    """Without control signs and double spaces; a cell of a thousand words is cut."""
    seen = "".join(sign if sign.isprintable() else " " for sign in word[: LONGEST_CELL + 1])
    return " ".join(seen.split())[:LONGEST_CELL]


def _meanings(heads: list[str]) -> list[str]:
    """What each column is; «» for one we do not know. The first line must be the headings."""
    found = [_meaning(head) for head in heads]
    known = [meaning for meaning in found if meaning]
    if len(set(known)) < len(known):
        pairs = zip(heads, found, strict=True)
        twice = next(head for head, meaning in pairs if meaning and found.count(meaning) > 1)
        raise SpreadsheetError(_("Kolonnen «%(name)s» står to ganger.") % {"name": twice[:40]})
    if "name_1" not in known or not {"email_1", "mobile_1"} & set(known):
        raise SpreadsheetError(
            _(
                "Den første raden må være overskrifter, og «Fornavn 1» og «E-post 1» eller «Mobil 1»"
                " må være med. Last gjerne ned malen."
            )
        )
    return found


def _meaning(head: str) -> str:
    bare = re.sub(r"[^0-9a-zæøå]", "", head.lower())
    return COLUMNS.get(bare, COLUMNS.get(f"{bare}1", ""))
