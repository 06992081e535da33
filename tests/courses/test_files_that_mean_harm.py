"""A file that cannot be used, or means harm, is refused at once with one sentence."""

from __future__ import annotations

import io
import time
import zipfile

import pytest

from courses.spreadsheets import SpreadsheetError
from tests.courses.family_sheets import GOOD, csv_file, read, xlsx

pytestmark = pytest.mark.django_db


def bomb() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/workbook.xml", "<workbook/>")
        package.writestr("xl/worksheets/sheet1.xml", b"0" * (60 << 20))
    return file.getvalue()


def many_parts() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as package:
        for number in range(1_100):
            package.writestr(f"{number}", "")
    return file.getvalue()


def entities() -> bytes:
    """An .xlsx whose shared strings grow a billion times when they are read."""
    source, file = io.BytesIO(xlsx([GOOD])), io.BytesIO()
    laughs = '<!DOCTYPE l [<!ENTITY a "ha">' + "".join(
        f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)
    )
    with zipfile.ZipFile(source) as package, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as out:
        for name in package.namelist():
            text = package.read(name).decode()
            if name.endswith(("sharedStrings.xml", "sheet1.xml")):
                text = laughs + "]>" + text.replace("Astrid", "&j;").split("?>")[-1]
            out.writestr(name, text)
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "Fila er tom"),
        (b"   \r\n", "Fila er tom"),
        (b"x" * (3 << 20), "større enn 2 MB"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 600, "gammel Excel"),
        (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "passord"),
        (b"PK\x03\x04broken", "kan ikke leses"),
        (xlsx([GOOD])[:-300], "kan ikke leses"),
        (bomb(), "utpakket"),
        (many_parts(), "utpakket"),
        (b"Navn\0;E-post\r\n", "kan ikke leses"),
        (b"%PDF-1.7 noe", "overskrifter"),
        (b"Kommune;By\r\nVika;Oslo\r\n", "overskrifter"),
        (b"Fornavn 1;Alder\r\nAstrid;40\r\n", "overskrifter"),
        (b"Fornavn 1;E-post 1;E-post 1\r\na;b;c\r\n", "to ganger"),
        (csv_file(), "ingen familier"),
        (csv_file(*[";".join(GOOD)] * 5_001), "5000"),
        (b'Fornavn 1;E-post 1\r\n"Astrid' + b"x" * 200_000, "kan ikke leses"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_one_sentence(content: bytes, words: str) -> None:
    with pytest.raises(SpreadsheetError) as error:
        read(content)
    assert words in str(error.value)


def test_a_file_that_laughs_a_billion_times_is_refused_at_once() -> None:
    begun = time.monotonic()
    with pytest.raises(SpreadsheetError):
        read(entities())
    assert time.monotonic() - begun < 5


def test_only_what_is_inside_the_limits_of_a_sheet_is_read() -> None:
    wide = [*GOOD, *[None] * 50, "gjemt langt ute"]
    assert all("gjemt" not in word for row in read(xlsx([wide])) for word in row.cells.values())
    [row] = read(xlsx([["Vika", "A" * 5_000, *GOOD[2:]]]))
    assert len(row.cells["name_1"]) == 300
