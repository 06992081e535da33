"""Pictures and documents of a package: files in the folder «files» ⇄ Picture and Document."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.utils.translation import gettext as _
from PIL import Image, UnidentifiedImageError
from wagtail.documents import get_document_model

from cms.models import Picture
from cms.models.files import without_hidden_data

if TYPE_CHECKING:
    from pathlib import Path

    from cms.packages.contents import Piece
    from courses.problems import Place

FIELD = {"picture": "image", "download": "document"}  # kind of piece → its field that holds the file


def check_files(pieces: list[Piece], folder: Path, place: Place) -> None:
    """Tells ``place`` of files that are missing or of a kind the editor would not take."""
    for piece in pieces:
        if piece.kind in FIELD and (sentence := _problem(piece, folder)):
            place.add(piece.line, sentence)


def _problem(piece: Piece, folder: Path) -> str:
    name = piece.values[FIELD[piece.kind]]
    picture = piece.kind == "picture"
    allowed = settings.WAGTAILIMAGES_EXTENSIONS if picture else settings.WAGTAILDOCS_EXTENSIONS
    if PurePosixPath(name).suffix.lower().lstrip(".") not in allowed:
        sentence = _("«%(name)s» er ikke en av filtypene %(allowed)s.")
        return sentence % {"name": name, "allowed": ", ".join(allowed)}
    if not (folder / name).is_file():
        return _("Filen «%s» finnes ikke i mappa files.") % name
    if picture:
        try:
            with Image.open(folder / name) as opened:
                opened.verify()
        except (UnidentifiedImageError, OSError, SyntaxError):
            return _("«%s» er ikke et bilde som kan åpnes.") % name
    return ""


def with_stored_files(pieces: list[Piece], folder: Path) -> list[Piece]:
    """The same pieces with primary keys for file names. Stores what is not stored already."""
    return [
        replace(piece, values=piece.values | {FIELD[piece.kind]: _stored(piece, folder)})
        if piece.kind in FIELD
        else piece
        for piece in pieces
    ]


def _stored(piece: Piece, folder: Path) -> int:
    name = piece.values[FIELD[piece.kind]]
    content = (folder / name).read_bytes()
    file = ContentFile(content, name=name)
    if piece.kind == "picture":
        clean = without_hidden_data(file).read()  # a new picture is stored so, an exported one is so
        found = Picture.objects.filter(file_hash__in=[_hash(content), _hash(clean)]).order_by("pk").first()
        picture = found or Picture.objects.create(title=PurePosixPath(name).stem, file=file)
        return int(picture.pk)
    model = get_document_model()
    if document := model.objects.filter(file_hash=_hash(content)).order_by("pk").first():
        return int(document.pk)
    document = model(title=piece.values["title"], file=file)
    document._set_document_file_metadata()
    document.save()
    return int(document.pk)


def _hash(content: bytes) -> str:
    """As Wagtail makes ``file_hash``: for recognising a file, not for safety."""
    return hashlib.sha1(content, usedforsecurity=False).hexdigest()


def file_of(piece: Piece) -> tuple[str, Any]:
    """(name in the folder, stored file) of a piece that comes from a page."""
    model = Picture if piece.kind == "picture" else get_document_model()
    file = model.objects.get(pk=piece.values[FIELD[piece.kind]]).file
    return PurePosixPath(file.name).name, file
