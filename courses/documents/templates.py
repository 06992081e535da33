"""Somebody's own Word file as the ground of ours: its styles, page, head and foot, without its text."""

from __future__ import annotations

from copy import deepcopy
from io import BytesIO
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from docx import Document
from docx.oxml.ns import qn

from courses.documents.styles import PARAGRAPHS, TABLE_STYLE, new_file, written_in

if TYPE_CHECKING:
    from docx.document import Document as WordFile

# what the look of a report hangs on; the rest is ours where the template has nothing of that name
NEEDED = ("Title", "Subtitle", "Heading 1", "Heading 2", "List Bullet", "List Number", "Caption")
BROKEN = (ValueError, KeyError, OSError, SyntaxError)  # a zip, a part or its XML; python-docx has no one name


class TemplateError(Exception):
    """The template cannot be used; the message says what is missing, in Norwegian."""


def from_template(content: bytes, language: str) -> WordFile:
    """An empty document with the template's looks, in «nb» or «nn». Raises TemplateError."""
    document = _opened(content)
    names = {style.name for style in document.styles}
    if missing := [name for name in NEEDED if name not in names]:
        raise TemplateError(
            _(
                "Malen mangler disse stilene: %(names)s. Bruk hver av dem på en linje i malen, "
                "og lagre den på nytt."
            )
            % {"names": ", ".join(missing)}
        )
    body = document.element.body
    for piece in list(body):
        if piece.tag != qn("w:sectPr"):
            body.remove(piece)
    _add_ours(document, names, language)
    written_in(document, language)
    return document


def _opened(content: bytes) -> WordFile:
    from zipfile import BadZipFile

    try:
        return Document(BytesIO(content))
    except (BadZipFile, *BROKEN):
        raise TemplateError(_("Malen kan ikke leses. Den må være en Word-fil (.docx).")) from None


def _add_ours(document: WordFile, names: set[str | None], language: str) -> None:
    """Our own styles that the template has none of, on its own fonts and colours."""
    ours = new_file(language).styles
    for name in (*PARAGRAPHS, TABLE_STYLE, "Hyperlink"):
        if name in names:
            continue
        style = deepcopy(ours[name].element)
        for fonts in style.iter(qn("w:rFonts")):
            fonts.getparent().remove(fonts)
        document.styles.element.append(style)
