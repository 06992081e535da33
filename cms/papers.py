"""Papers of a meeting: what a pdf, docx or odt is washed of before it is kept.

The kind is read from the content, never from the name. Out goes who wrote it and when, what was hidden
in it and what could run; what cannot be taken out without breaking the paper is refused, in words.
"""

from __future__ import annotations

import io
import re
import zlib
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from cms.paper_zips import clean_zip

if TYPE_CHECKING:
    from django.core.files import File

MOST_BYTES = 10 << 20
MOST_UNPACKED = 60 << 20  # bytes of one object stream of a pdf
ZIP, PDF = b"PK\x03\x04", b"%PDF-"
# of every dictionary in a pdf: what it says of its maker, and what it starts by itself
NEVER = ("/Metadata", "/PieceInfo", "/LastModified", "/AA", "/JS", "/Thumb", "/AF", "/OpenAction", "/URLS")
ROOT_NEVER = ("/Collection", "/Perms", "/Legal", "/SpiderInfo", "/Extensions", "/DSS")
HIDDEN_NAMES = ("/JavaScript", "/EmbeddedFiles", "/Renditions", "/AlternatePresentations")
RUNS = {"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/Rendition", "/GoToE", "/RichMediaExecute"}
CARRIES = {"/FileAttachment", "/RichMedia", "/Screen", "/Movie", "/Sound", "/3D"}
PACKED = re.compile(rb"/(?:ObjStm|XRef)\b[^\x00]{0,400}?stream\r?\n")


def washed(file: File[bytes]) -> tuple[bytes, str]:
    """The paper without what it should not carry, and its kind: pdf, docx or odt.

    Raises ValidationError, in words for whoever uploads.
    """
    if file.size > MOST_BYTES:
        raise ValidationError(_("Filen er for stor. Den kan være på høyst 10 MB."), code="size")
    content = file.read(MOST_BYTES + 1)
    if content.startswith(PDF):
        return clean_pdf(content), "pdf"
    if content.startswith(ZIP):
        return clean_zip(content)
    raise ValidationError(
        _("Filen er ikke en PDF, et Word-dokument (.docx) eller et OpenDocument (.odt)."), code="kind"
    )


def clean_pdf(content: bytes) -> bytes:
    """The same pages, written anew: without metadata, attachments, scripts and older versions."""
    import pikepdf  # here, so that a web process that never meets a paper does not carry it

    _refuse_a_bomb(content)
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            _empty(pdf)
            target = io.BytesIO()
            pdf.save(target, deterministic_id=True)
    except pikepdf.PasswordError as error:
        raise ValidationError(_("PDF-filen er låst med passord. Lås den opp først."), code="locked") from error
    except (pikepdf.PdfError, ValueError, TypeError, RuntimeError, AttributeError) as error:
        raise ValidationError(_("PDF-filen er skadet og kan ikke åpnes."), code="broken") from error
    return target.getvalue()


def _refuse_a_bomb(content: bytes) -> None:
    """What unpacks to far more than it is would fill the memory. Pages' own streams are not unpacked."""
    for found in PACKED.finditer(content):
        try:
            unpacked = zlib.decompressobj().decompress(content[found.end() :], MOST_UNPACKED)
        except zlib.error:
            continue
        if len(unpacked) >= MOST_UNPACKED:
            raise ValidationError(_("PDF-filen er skadet og kan ikke åpnes."), code="bomb")


def _drop(holder: Any, *names: str) -> None:
    for name in names:
        if name in holder:
            del holder[name]


def _empty(pdf: Any) -> None:
    """Takes out what names the maker, what is hidden, and what runs."""
    _drop(pdf.trailer, "/Info")
    root = pdf.Root
    _drop(root, *ROOT_NEVER)
    _drop(root.get("/Names", {}), *HIDDEN_NAMES)
    _drop(root.get("/AcroForm", {}), "/XFA")
    for page in pdf.pages:
        _empty_notes(page.obj)
    for thing in pdf.objects:
        _wash(thing)
    pdf.remove_unreferenced_resources()


def _empty_notes(page: Any) -> None:
    """Comments keep their place and words, not their writer; attachments and films go."""
    if "/Annots" not in page:
        return
    kept = [note for note in page.Annots if str(note.get("/Subtype", "")) not in CARRIES]
    for note in kept:
        if str(note.get("/Subtype", "")) != "/Widget":  # there /T is the name of a form field
            _drop(note, "/T", "/M", "/CreationDate", "/RC")
        if "/A" in note:
            _wash_action(note, "/A")
    page.Annots = kept


def _wash(thing: Any) -> None:
    """A dictionary or a stream without the keys of ``NEVER``, and without actions that run something."""
    import pikepdf

    if not isinstance(thing, (pikepdf.Dictionary, pikepdf.Stream)):
        return
    _drop(thing, *NEVER)
    for name in ("/A", "/Next"):
        if name in thing:
            _wash_action(thing, name)
    if str(thing.get("/S", "")) in RUNS:
        _drop(thing, *thing.keys())


def _wash_action(holder: Any, name: str) -> None:
    import pikepdf

    action = holder[name]
    if isinstance(action, pikepdf.Dictionary) and str(action.get("/S", "")) in RUNS:
        del holder[name]
