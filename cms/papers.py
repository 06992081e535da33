"""Papers of a meeting: what a pdf, docx or odt is washed of before it is kept.

The kind is read from the content, never from the name. Out goes who wrote it and when, what was hidden
in it and what could run; what cannot be taken out without breaking the paper is refused, in words.
"""

from __future__ import annotations

import contextlib
import io
import re
import zlib
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from cms.paper_pictures import wash_picture
from cms.paper_zips import clean_zip

if TYPE_CHECKING:
    from django.core.files import File

MOST_BYTES = 10 << 20
MOST_UNPACKED = 60 << 20  # bytes of the object streams of a pdf, together
ZIP, PDF = b"PK\x03\x04", b"%PDF-"
# of every dictionary in a pdf: what it says of its maker, and what it starts by itself
NEVER = ("/Metadata", "/PieceInfo", "/LastModified", "/AA", "/JS", "/Thumb", "/AF", "/OpenAction", "/URLS")
ROOT_NEVER = ("/Collection", "/Perms", "/Legal", "/SpiderInfo", "/Extensions", "/DSS")
HIDDEN_NAMES = ("/JavaScript", "/EmbeddedFiles", "/Renditions", "/AlternatePresentations")
RUNS = {"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/Rendition", "/GoToE", "/RichMediaExecute"}
CARRIES = {"/FileAttachment", "/RichMedia", "/Screen", "/Movie", "/Sound", "/3D"}
PACKED = re.compile(rb"/(?:ObjStm|XRef)\b[^\x00]{0,400}?stream\r?\n")
MOST_PACKED = 2000  # such streams in one file; a writer puts a hundred objects in each
DEEPEST = 100  # dictionaries and arrays in one another; what a program writes is not ten deep


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
    """The same pages, written anew without metadata (pictures' too), attachments, scripts, older versions."""
    import pikepdf  # here, so that a web process that never meets a paper does not carry it

    _refuse_a_bomb(content)
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            _empty(pdf)
            target = io.BytesIO()
            pdf.save(target, deterministic_id=True)
    except pikepdf.PasswordError as error:
        raise ValidationError(
            _("PDF-filen er låst med passord. Lås den opp først."), code="locked"
        ) from error
    except (pikepdf.PdfError, zlib.error, ValueError, TypeError, RuntimeError, AttributeError) as error:
        raise ValidationError(_("PDF-filen er skadet og kan ikke åpnes."), code="broken") from error
    return target.getvalue()


def _refuse_a_bomb(content: bytes) -> None:
    """What unpacks to far more than it is would fill the memory. Pages' own streams are not unpacked."""
    bomb = ValidationError(_("PDF-filen er skadet og kan ikke åpnes."), code="bomb")
    if content.count(b"/ObjStm") + content.count(b"/XRef") > MOST_PACKED:
        raise bomb
    left, whole = MOST_UNPACKED, memoryview(content)  # a view: the rest is not copied for each stream
    for found in PACKED.finditer(content):
        with contextlib.suppress(zlib.error):
            left -= len(zlib.decompressobj().decompress(whole[found.end() :], left))
        if left <= 0:
            raise bomb


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
        wash_picture(thing)
    pdf.remove_unreferenced_resources()


def _empty_notes(page: Any) -> None:
    """Comments keep their place and words, not their writer; attachments and films go."""
    if "/Annots" not in page:
        return
    kept = [note for note in page.Annots if str(note.get("/Subtype", "")) not in CARRIES]
    for note in kept:
        if str(note.get("/Subtype", "")) != "/Widget":  # there /T is the name of a form field
            _drop(note, "/T", "/M", "/CreationDate", "/RC")
    page.Annots = kept


def _wash(thing: Any, depth: int = 0) -> None:
    """What lies directly in ``thing``, however deep, without the keys of ``NEVER`` and what runs something.

    Indirect objects inside it are not entered: each has its turn in ``_empty``. Raises ValueError for one
    that is deeper than any program writes.
    """
    import pikepdf

    if depth > DEEPEST:
        raise ValueError("Deeper than a paper is.")
    if isinstance(thing, (pikepdf.Dictionary, pikepdf.Stream)):
        _wash_keys(thing)
        inside = [one for _name, one in thing.items()]
    elif isinstance(thing, pikepdf.Array):
        for place in reversed([place for place, one in enumerate(thing) if _runs(one)]):
            del thing[place]
        inside = list(thing)
    else:
        return
    for one in inside:
        if isinstance(one, pikepdf.Object) and not one.is_indirect:
            _wash(one, depth + 1)


def _wash_keys(thing: Any) -> None:
    gone = [name for name, one in thing.items() if name in NEVER or _runs(one)]
    _drop(thing, *(thing.keys() if _runs(thing) else gone))


def _runs(thing: Any) -> bool:
    """Whether it is an action that runs something, sends something or opens something else."""
    import pikepdf

    return isinstance(thing, pikepdf.Dictionary) and str(thing.get("/S", "")) in RUNS
