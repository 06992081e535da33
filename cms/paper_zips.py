"""Word (docx) and OpenDocument (odt) files, written anew: each is a zip of XML.

Only parts of known kinds are kept. Names of writers go from properties, comments and tracked changes;
pictures lose where and when they were taken. Macros, embedded files and what would fetch something from
elsewhere are refused.
"""

from __future__ import annotations

import io
import lzma
import posixpath
import re
import zipfile
import zlib
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils.translation import gettext as _
from lxml import etree
from PIL import Image, UnidentifiedImageError

from cms.models.files import without_hidden_data

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_PARTS, MOST_UNPACKED, MOST_RATIO = 2000, 80 << 20, 300  # ratio: of parts above a megabyte
KINDS = {
    "xml",
    "rels",
    "rdf",
    "png",
    "jpg",
    "jpeg",
    "gif",
    "bmp",
    "tif",
    "tiff",
    "emf",
    "wmf",
    "svg",
    "odttf",
}
# what zipfile and the unpackers under it raise for a damaged file
BROKEN = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError),
    *(NotImplementedError, RuntimeError),
)
DOCX_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
ODT = b"application/vnd.oasis.opendocument.text"
DOCX_DROPPED = ("docProps/", "customXml/", "_xmlsignatures/", "docMetadata/", "word/people.xml", "customUI/")
ODT_DROPPED = ("Thumbnails/", "Configurations2/", "META-INF/documentsignatures.xml", "layout-cache")
ODT_WRITERS = ("creator", "creator-initials", "initial-creator", "author-name", "author-initials")
MACRO_PARTS = re.compile(r"(^|/)(vbaProject|vbaData|activeX|Basic|Scripts)\b", re.IGNORECASE)
# as the first word of a field: «link» in an address of an ordinary link is none
FETCHES = re.compile(
    r"(?<!\S)(DDE|DDEAUTO|INCLUDE|INCLUDETEXT|INCLUDEPICTURE|IMPORT|DATABASE|LINK)\b", re.IGNORECASE
)
SAFE_LINK = re.compile(r"(https?://|mailto:|#)", re.IGNORECASE)
MINIMAL_META = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<office:document-meta'
    b' xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" office:version="1.3">'
    b"<office:meta/></office:document-meta>"
)


def clean_zip(content: bytes) -> tuple[bytes, str]:
    """The document written anew, and its kind. Raises ValidationError."""
    try:
        parts = _read(content)
    except BROKEN as error:
        raise _broken() from error
    if parts.get("mimetype", b"").strip() == ODT:
        return _write(_clean_odt(parts), first="mimetype"), "odt"
    if "[Content_Types].xml" in parts:
        return _write(_clean_docx(parts), first="[Content_Types].xml"), "docx"
    raise ValidationError(
        _("Filen er ikke en PDF, et Word-dokument (.docx) eller et OpenDocument (.odt)."), code="kind"
    )


def _broken() -> ValidationError:
    return ValidationError(_("Dokumentet er skadet og kan ikke åpnes."), code="broken")


def _refuse_macros() -> ValidationError:
    return ValidationError(
        _("Dokumentet har makroer. Lagre det uten makroer, eller som PDF, og prøv igjen."), code="macros"
    )


def _refuse_embedded() -> ValidationError:
    return ValidationError(
        _("Dokumentet har andre filer inni seg. Lagre det som PDF, og prøv igjen."), code="embedded"
    )


def _refuse_fetching() -> ValidationError:
    return ValidationError(
        _("Dokumentet henter noe utenfra når det åpnes. Lagre det som PDF, og prøv igjen."), code="external"
    )


def _read(content: bytes) -> dict[str, bytes]:
    """Every part by its name, never more than what is reasonable. Raises ValidationError for a bomb."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        rows = [row for row in packed.infolist() if not row.is_dir()]
        sizes = sum(row.file_size for row in rows)
        swollen = any(
            row.file_size > 1 << 20 and row.file_size > MOST_RATIO * max(row.compress_size, 1) for row in rows
        )
        if len(rows) > MOST_PARTS or sizes > MOST_UNPACKED or swollen:
            raise _broken()
        if len({row.filename for row in rows}) < len(rows):
            raise _broken()  # two parts of one name: what is checked might not be what is opened
        return {row.filename: packed.read(row) for row in rows}


def _write(parts: dict[str, bytes], *, first: str) -> bytes:
    """A new zip without dates; odt wants its kind first and not compressed."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as packed:
        for name in [first, *sorted(set(parts) - {first})]:
            how = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            packed.writestr(zipfile.ZipInfo(name), parts[name], compress_type=how)
    return target.getvalue()


def _kept(parts: dict[str, bytes], dropped: tuple[str, ...]) -> dict[str, bytes]:
    """Without what is dropped. Raises ValidationError for macros and for parts of unknown kinds."""
    for name in parts:
        if MACRO_PARTS.search(name):
            raise _refuse_macros()
    beginnings = tuple(beginning.lower() for beginning in dropped)
    kept = {name: part for name, part in parts.items() if not name.lower().startswith(beginnings)}
    for name in kept:
        if name != "mimetype" and name.rpartition(".")[2].lower() not in KINDS:
            raise _refuse_embedded()
    return {name: _clean_picture(name, part) for name, part in kept.items()}


def _clean_picture(name: str, part: bytes) -> bytes:
    if name.rpartition(".")[2].lower() not in ("jpg", "jpeg", "png"):
        return part
    try:
        return without_hidden_data(ContentFile(part, name=name)).read()
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError) as error:
        raise _broken() from error


def _parsed(part: bytes) -> etree._Element:
    """Raises ValidationError for what is no XML, and for XML that defines entities."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_pis=False)
    try:
        root = etree.fromstring(part, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise _broken() from error
    if root.getroottree().docinfo.doctype:
        raise _broken()
    return root


def _printed(root: etree._Element) -> bytes:
    printed: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return printed


def _each(parts: dict[str, bytes], ending: str, wash: Callable[[str, etree._Element], None]) -> None:
    for name in [name for name in parts if name.lower().endswith(ending)]:
        root = _parsed(parts[name])
        wash(name, root)
        parts[name] = _printed(root)


# --- docx


def _clean_docx(parts: dict[str, bytes]) -> dict[str, bytes]:
    types = _parsed(parts["[Content_Types].xml"])
    named = {str(row.get("ContentType", "")) for row in types}
    if any("macroEnabled" in kind or "vbaProject" in kind for kind in named):
        raise _refuse_macros()
    if DOCX_MAIN not in named:
        raise ValidationError(
            _("Filen er ikke en PDF, et Word-dokument (.docx) eller et OpenDocument (.odt)."), code="kind"
        )
    kept = _kept(parts, DOCX_DROPPED)
    for row in list(types):
        if row.get("PartName") and str(row.get("PartName")).lstrip("/") not in kept:
            types.remove(row)
    kept["[Content_Types].xml"] = _printed(types)
    _each(kept, ".rels", lambda name, root: _wash_relationships(name, root, kept))
    _each(kept, ".xml", _wash_docx_part)
    return kept


def _wash_relationships(name: str, root: etree._Element, parts: dict[str, bytes]) -> None:
    """Keeps ordinary links and what is in the file. Raises ValidationError for what is fetched."""
    folder = posixpath.dirname(posixpath.dirname(name))
    for row in list(root):
        kind, target = str(row.get("Type", "")).rpartition("/")[2], str(row.get("Target", ""))
        if kind == "attachedTemplate":  # it tells a user name, and Word does without it
            root.remove(row)
        elif row.get("TargetMode") == "External":
            if kind != "hyperlink" or not SAFE_LINK.match(target):
                raise _refuse_fetching()
        elif not target.startswith("#"):
            inside = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
            if posixpath.normpath(inside) not in parts:
                root.remove(row)


def _wash_docx_part(name: str, root: etree._Element) -> None:
    if name == "[Content_Types].xml":
        return
    codes = []
    for one in list(root.iter(etree.Element)):
        local = etree.QName(one).localname
        if local == "attachedTemplate" and (above := one.getparent()) is not None:
            above.remove(one)
        elif local == "instrText":  # a field's code may be cut in many
            codes.append(one.text or "")
        elif local == "fldChar":
            codes.append("\n")
        for key in list(one.attrib):
            _wash_attribute(one, key, codes)
    if FETCHES.search("".join(codes)):
        raise _refuse_fetching()


def _wash_attribute(one: etree._Element, key: str, codes: list[str]) -> None:
    """Who wrote a comment or a change, and when; the marks of editing sessions."""
    local = etree.QName(key).localname
    if local in ("author", "initials"):
        one.set(key, "")
    elif local.startswith("rsid") or (local in ("date", "dateUtc") and etree.QName(key).namespace):
        del one.attrib[key]
    elif local == "instr":
        codes.append(f"\n{one.get(key)}\n")


# --- odt


def _clean_odt(parts: dict[str, bytes]) -> dict[str, bytes]:
    kept = _kept(parts, ODT_DROPPED)
    for name in kept:
        if posixpath.basename(name) == "meta.xml":
            kept[name] = MINIMAL_META
    if "content.xml" not in kept or "META-INF/manifest.xml" not in kept:
        raise _broken()
    _each(kept, ".xml", lambda name, root: _wash_odt_part(name, root, kept))
    return kept


def _wash_odt_part(name: str, root: etree._Element, parts: dict[str, bytes]) -> None:
    if name == "META-INF/manifest.xml":
        for row in list(root):
            path = next((str(value) for key, value in row.attrib.items() if key.endswith("full-path")), "")
            if path != "/" and not path.endswith("/") and path not in parts:
                root.remove(row)
        return
    for one in list(root.iter(etree.Element)):
        local = etree.QName(one).localname
        if _tells_who_or_when(one, local):
            one.text = ""
        elif local in ("event-listener", "script"):
            raise _refuse_macros()
        elif local in ("object-ole", "plugin", "applet", "floating-frame", "dde-source"):
            raise _refuse_embedded()
        _refuse_foreign(one, local)


def _tells_who_or_when(one: etree._Element, local: str) -> bool:
    """Who wrote, who sends, when, and on which printer; a date in the text is not meant."""
    if local == "config-item":
        return any(str(value).startswith("Printer") for value in one.attrib.values())
    if local == "date":
        return "purl.org/dc" in (etree.QName(one).namespace or "")
    return local in ODT_WRITERS or local.startswith("sender-")


def _refuse_foreign(one: etree._Element, local: str) -> None:
    """Links that are clicked may lead out; what is shown must lie in the file."""
    for key, value in one.attrib.items():
        if etree.QName(key).localname != "href":
            continue
        leads_out = re.match(r"([a-z][a-z0-9+.-]*:|/|\.\.)", str(value), re.IGNORECASE)
        if leads_out and not (local == "a" and SAFE_LINK.match(str(value))):
            raise _refuse_fetching()
