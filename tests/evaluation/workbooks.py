"""Files that are called .xlsx and cannot be read, each with what is said of it."""

from __future__ import annotations

import io
import zipfile

from evaluation.instruments import xlsforms
from evaluation.instruments.drafts import Draft
from tests.study_factories import definition

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # how .xls begins, and an .xlsx with a password
WHOLE = xlsforms.workbook(Draft(definition(key="hel")))


def _packed(name: str, content: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as package:
        package.writestr(name, content)
    return file.getvalue()


def _changed(part: str, content: bytes) -> bytes:
    """A workbook one of whose parts is something else."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(WHOLE)) as package, zipfile.ZipFile(file, "w") as out:
        for name in package.namelist():
            out.writestr(name, content if name == part else package.read(name))
    return file.getvalue()


def _flipped() -> bytes:
    """Whole to look at, with a byte that became another on its way."""
    with zipfile.ZipFile(io.BytesIO(WHOLE)) as package:
        part = package.getinfo("xl/worksheets/sheet1.xml")
    place = part.header_offset + 30 + len(part.filename) + part.compress_size // 2
    return WHOLE[:place] + bytes([WHOLE[place] ^ 0xFF]) + WHOLE[place + 1 :]


def _locked() -> bytes:
    """Packed with the password of a zip program: the first bit of each part's flags."""
    content = bytearray(_packed("xl/workbook.xml", b"<workbook/>"))
    content[6] |= 1
    content[content.rindex(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


PASSWORD = "Fila har passord. Lagre den uten passord, og prøv igjen."
BROKEN = "Fila kan ikke leses. Den er skadet, eller bare en del av den kom med."
NOT_EXCEL = "Fila er ikke en Excel-fil, selv om navnet tyder på det."
BAD: dict[str, tuple[bytes, str]] = {
    "cut": (WHOLE[:-300], BROKEN),
    "cut in half": (WHOLE[: len(WHOLE) // 2], BROKEN),
    "one byte wrong": (_flipped(), BROKEN),
    "no package at all": (b"PK\x03\x04" + b"\0" * 40, BROKEN),
    "no sheet where the workbook says one is": (_changed("xl/workbook.xml", b"<a"), BROKEN),
    "a sheet that is no XML": (_changed("xl/worksheets/sheet1.xml", b"ikke xml"), BROKEN),
    "text": ("type;name;label\ntext;a;Åh".encode(), NOT_EXCEL),
    "a page": (b"<html><table></table></html>", NOT_EXCEL),
    "a PDF": (b"%PDF-1.7\n\xe2\xe3", NOT_EXCEL),
    "old Excel": (OLE + b"\0" * 600, "Fila er gammel Excel (.xls). Lagre den som .xlsx, og prøv igjen."),
    "locked by Excel": (OLE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), PASSWORD),
    "locked by a zip program": (_locked(), PASSWORD),
    "a zip of other things": (_packed("bilde.png", b"x"), NOT_EXCEL),
    "a Word file": (_packed("word/document.xml", b"<w/>"), NOT_EXCEL),
    "empty": (b"", "Fila er tom."),
    "spaces": (b" \n", "Fila er tom."),
}
