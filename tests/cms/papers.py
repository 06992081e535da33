"""Papers to try: what Word, LibreOffice, a PDF writer and somebody with bad intentions would hand in."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import docx
import pikepdf
from docx.opc.constants import RELATIONSHIP_TYPE
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Mapping

ATTACHED_TEMPLATE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate"
WRITER = "Kari Hemmelig"
ODT_KIND = "application/vnd.oasis.opendocument.text"


def a_docx(text: str = "Referat uten navn.", *, template: str = "", linked: str = "") -> bytes:
    """As Word writes it: a writer in its properties and comments, a picture with a place."""
    document = docx.Document()
    properties = document.core_properties
    properties.author = properties.last_modified_by = WRITER
    properties.comments = properties.title = f"{WRITER} skrev"
    run = document.add_paragraph(text).runs[0]
    document.add_comment(run, text="Se her", author=WRITER, initials="KH")
    document.add_picture(io.BytesIO(a_photo()))
    if linked:
        document.part.relate_to(linked, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    if template:
        document.part._settings_part.relate_to(template, ATTACHED_TEMPLATE, is_external=True)
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def a_photo() -> bytes:
    picture = Image.new("RGB", (40, 30), "teal")
    exif = Image.Exif()
    exif[0x013B] = WRITER
    target = io.BytesIO()
    picture.save(target, "JPEG", exif=exif)
    return target.getvalue()


def with_parts(content: bytes, more: Mapping[str, bytes | str]) -> bytes:
    """A zip with some parts added or replaced."""
    parts = parts_of(content) | {
        name: part.encode() if isinstance(part, str) else part for name, part in more.items()
    }
    return zipped(parts)


def zipped(parts: Mapping[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, part in parts.items():
            packed.writestr(name, part)
    return target.getvalue()


def parts_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def a_docm() -> bytes:
    """A macro document under an honest name."""
    parts = parts_of(a_docx())
    types = parts["[Content_Types].xml"].replace(
        b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
        b"application/vnd.ms-word.document.macroEnabled.main+xml",
    )
    return zipped(parts | {"[Content_Types].xml": types, "word/vbaProject.bin": b"\xd0\xcf\x11\xe0macro"})


def an_odt(body: str = "<text:p>Referat uten navn.</text:p>", **more: bytes) -> bytes:
    spaces = (
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
        ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
        ' xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xlink="http://www.w3.org/1999/xlink"'
        ' xmlns:meta="urn:oasis:names:tc:opendocument:xmlns:meta:1.0"'
        ' xmlns:script="urn:oasis:names:tc:opendocument:xmlns:script:1.0"'
    )
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"'
        ' manifest:version="1.3">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{ODT_KIND}"/>'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
        '<manifest:file-entry manifest:full-path="meta.xml" manifest:media-type="text/xml"/>'
        '<manifest:file-entry manifest:full-path="Thumbnails/thumbnail.png" manifest:media-type="image/png"/>'
        "</manifest:manifest>"
    )
    comment = (
        f"<office:annotation><dc:creator>{WRITER}</dc:creator><text:p>Se her</text:p></office:annotation>"
    )
    return zipped(
        {
            "mimetype": ODT_KIND.encode(),
            "content.xml": (
                f"<office:document-content {spaces}><office:body><office:text>{body}"
                f"<text:p>{comment}</text:p></office:text></office:body></office:document-content>"
            ).encode(),
            "meta.xml": (
                f"<office:document-meta {spaces}><office:meta><dc:creator>{WRITER}</dc:creator>"
                "</office:meta></office:document-meta>"
            ).encode(),
            "META-INF/manifest.xml": manifest.encode(),
            "Thumbnails/thumbnail.png": b"en liten tegning",
        }
        | more
    )


def a_pdf(*, password: str = "") -> bytes:
    """A page with a writer in two places, a script that runs when it opens, a file inside and a comment."""
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=(300, 300))
    pdf.docinfo["/Author"] = WRITER
    with pdf.open_metadata() as metadata:
        metadata["dc:creator"] = [WRITER]
    script = pdf.make_indirect(
        pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert('hei')"))
    )
    pdf.Root.OpenAction = script
    pdf.Root.Names = pikepdf.Dictionary(
        JavaScript=pikepdf.Dictionary(Names=pikepdf.Array([pikepdf.String("a"), script]))
    )
    pdf.attachments["hemmelig.txt"] = b"en fil inni"
    note = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot,
        Subtype=pikepdf.Name.Text,
        Rect=pikepdf.Array([0, 0, 20, 20]),
        T=pikepdf.String(WRITER),
        Contents=pikepdf.String("Se her"),
    )
    link = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot,
        Subtype=pikepdf.Name.Link,
        Rect=pikepdf.Array([0, 0, 20, 20]),
        A=pikepdf.Dictionary(S=pikepdf.Name.Launch, F=pikepdf.String("calc.exe")),
    )
    page.obj.Annots = pikepdf.Array([pdf.make_indirect(note), pdf.make_indirect(link)])
    target = io.BytesIO()
    locked = pikepdf.Encryption(owner=password, user=password) if password else False
    pdf.save(target, encryption=locked)
    return target.getvalue()
