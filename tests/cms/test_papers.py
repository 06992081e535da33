"""Papers of a meeting: nothing of who wrote them is kept, nothing in them runs, and a bad one is refused."""

from __future__ import annotations

import io
import shutil
import subprocess
import zipfile
from pathlib import Path

import docx
import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile

from cms.papers import MOST_BYTES, washed
from tests.cms.papers import WRITER, a_docm, a_docx, an_odt, parts_of, with_parts, zipped


def wash(content: bytes, name: str = "referat.pdf") -> tuple[bytes, str]:
    return washed(ContentFile(content, name=name))


def refusal(content: bytes, name: str = "referat.docx") -> str:
    with pytest.raises(ValidationError) as refused:
        wash(content, name)
    return str(refused.value.code)


def unpacked(content: bytes) -> bytes:
    return b"\n".join(name.encode() + part for name, part in parts_of(content).items())


def test_docx_loses_its_writer_everywhere_and_keeps_its_words() -> None:
    dirty = a_docx()
    assert unpacked(dirty).count(WRITER.encode()) >= 4
    clean, kind = wash(dirty, "hva som helst.exe")
    assert kind == "docx"
    assert WRITER.encode() not in unpacked(clean)
    document = docx.Document(io.BytesIO(clean))
    assert "Referat uten navn." in [paragraph.text for paragraph in document.paragraphs]
    assert len(document.inline_shapes) == 1


def test_docx_keeps_no_properties_no_hidden_data_and_no_dates() -> None:
    dirty = with_parts(
        a_docx(), {"docProps/custom.xml": "<a>hemmelig</a>", "customXml/item1.xml": "<b>hemmelig</b>"}
    )
    parts = parts_of(wash(dirty)[0])
    assert not [name for name in parts if name.startswith(("docProps", "customXml"))]
    assert b"hemmelig" not in b"".join(parts.values())
    assert b"rsid" not in parts["word/document.xml"]


def test_docx_forgets_the_template_it_was_made_from() -> None:
    dirty = a_docx(template="file:///C:/Users/kari.hemmelig/mal.dotx")
    assert b"kari.hemmelig" in unpacked(dirty)
    assert b"kari.hemmelig" not in unpacked(wash(dirty)[0])


def test_docx_may_have_an_ordinary_link() -> None:
    clean, _kind = wash(a_docx(linked="https://www.bufdir.no/"))
    assert b"https://www.bufdir.no/" in unpacked(clean)


@pytest.mark.parametrize("target", ["file:///etc/passwd", "\\\\server\\del", "javascript:alert(1)"])
def test_docx_with_a_link_to_elsewhere_is_refused(target: str) -> None:
    assert refusal(a_docx(linked=target)) == "external"


def test_macro_document_is_refused_whatever_it_is_called() -> None:
    assert refusal(a_docm(), "referat.docx") == "macros"
    assert refusal(with_parts(a_docx(), {"word/vbaProject.bin": b"\xd0\xcf"})) == "macros"


@pytest.mark.parametrize("name", ["word/embeddings/oleObject1.bin", "word/afchunk.mht", "word/media/a.exe"])
def test_docx_with_a_file_inside_is_refused(name: str) -> None:
    assert refusal(with_parts(a_docx(), {name: b"MZ"})) == "embedded"


def test_docx_that_fetches_a_picture_is_refused() -> None:
    rels = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="rId1" TargetMode="External" Target="https://spor.example.no/1.png"'
        ' Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"/></Relationships>'
    )
    assert refusal(with_parts(a_docx(), {"word/_rels/document.xml.rels": rels})) == "external"


def with_field(code: str, cut: int = 2) -> bytes:
    """A docx with a field, its code cut in two as Word does."""
    parts = parts_of(a_docx())
    begun = '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
    words = f"<w:r><w:instrText>{code[:cut]}</w:instrText><w:instrText>{code[cut:]}</w:instrText></w:r></w:p>"
    field = f"{begun}<w:r><w:instrText>PAGE</w:instrText></w:r>{begun}{words}"
    document = parts["word/document.xml"].replace(b"</w:p>", field.encode(), 1)
    return zipped(parts | {"word/document.xml": document})


@pytest.mark.parametrize(
    "code",
    [
        "DDEAUTO c:\\\\cmd.exe",
        'INCLUDEPICTURE "https://spor.example.no/"',
        'LINK Excel.Sheet.12 "c:\\\\tall.xlsx"',
        'link Excel.Sheet.12 "c:\\\\tall.xlsx"',
    ],
)
def test_docx_whose_fields_fetch_something_is_refused(code: str) -> None:
    assert refusal(with_field(code)) == "external"


def test_docx_field_may_lead_to_an_address_with_the_word_link() -> None:
    assert wash(with_field('HYPERLINK "https://example.no/link"'))[1] == "docx"


def test_part_named_in_capitals_is_washed_all_the_same() -> None:
    comments = '<w:comments xmlns:w="urn:w"><w:comment w:author="Kari Hemmelig"/></w:comments>'
    dirty = with_parts(a_docx(), {"word/OTHER.XML": comments, "DOCPROPS/core.xml": f"<a>{WRITER}</a>"})
    assert WRITER.encode() not in unpacked(wash(dirty)[0])


@pytest.mark.parametrize("how", [zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA])
def test_damaged_zip_is_refused_and_no_error(how: int) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", how) as packed:
        packed.writestr("[Content_Types].xml", "et langt innhold " * 40)
    content = bytearray(target.getvalue())
    content[60:75] = b"\xff" * 15
    assert refusal(bytes(content)) == "broken"


def test_xml_that_defines_entities_is_refused() -> None:
    bomb = '<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;">]><a>&c;</a>'
    assert refusal(with_parts(a_docx(), {"word/styles.xml": bomb})) == "broken"


def test_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    assert refusal(with_parts(a_docx(), {"word/media/stor.bmp": bytes(30 << 20)})) == "broken"
    many = {f"word/media/{number}.bmp": b"" for number in range(2100)}
    assert refusal(with_parts(a_docx(), many)) == "broken"


def test_two_parts_of_one_name_are_refused() -> None:
    content = bytearray(with_parts(a_docx(), {"word/other.xml": b"<a/>"}))
    assert refusal(bytes(content.replace(b"word/other.xml", b"word/styles.xm"))) in ("embedded", "broken")
    assert refusal(bytes(content.replace(b"word/other.xml", b"word/header.xml"))) == "broken"


@pytest.mark.parametrize(
    "content", [b"MZ\x90\x00 et program", b"", b"PK\x03\x04 ikke en zip", b"<html>", b"%PDF-1.7"]
)
def test_what_is_no_paper_is_refused_whatever_it_is_called(content: bytes) -> None:
    assert refusal(content, "referat.pdf") in ("kind", "broken")


def test_other_zips_are_no_papers() -> None:
    assert refusal(zipped({"hei.txt": b"hei"})) == "kind"
    assert refusal(zipped({"mimetype": b"application/epub+zip", "a.xml": b"<a/>"})) == "kind"


def test_thirty_megabytes_are_too_much() -> None:
    assert refusal(b"%PDF-1.7" + bytes(30 << 20)) == "size"
    assert MOST_BYTES == 10 << 20


def test_odt_loses_its_writer_and_keeps_its_words() -> None:
    dirty = an_odt()
    assert unpacked(dirty).count(WRITER.encode()) == 2
    clean, kind = wash(dirty)
    parts = parts_of(clean)
    assert kind == "odt"
    assert WRITER.encode() not in unpacked(clean)
    assert b"Referat uten navn." in parts["content.xml"]
    assert next(iter(parts)) == "mimetype"
    assert b"Thumbnails" not in unpacked(clean)


def test_odt_loses_its_printer_and_the_writer_in_its_fields() -> None:
    settings = (
        '<office:document-settings xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
        ' xmlns:config="urn:oasis:names:tc:opendocument:xmlns:config:1.0">'
        '<config:config-item config:name="PrinterName">Kontor til Kari Hemmelig</config:config-item>'
        '<config:config-item config:name="PrintTables">true</config:config-item></office:document-settings>'
    )
    fields = "".join(
        f"<text:{name}>{WRITER}</text:{name}>"
        for name in ("author-name", "initial-creator", "creator", "sender-lastname")
    )
    dirty = an_odt(f"<text:p>{fields}</text:p>", **{"settings.xml": settings.encode()})
    clean = unpacked(wash(dirty)[0])
    assert WRITER.encode() not in clean
    assert b">true<" in clean


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ('<draw:image xlink:href="https://spor.example.no/1.png"/>', "external"),
        ('<text:a xlink:href="javascript:alert(1)">her</text:a>', "external"),
        ('<text:a xlink:href="file:///etc/passwd">her</text:a>', "external"),
        ('<script:event-listener script:event-name="dom:load"/>', "macros"),
        ("<draw:object-ole/>", "embedded"),
    ],
)
def test_odt_that_runs_or_fetches_something_is_refused(body: str, code: str) -> None:
    assert refusal(an_odt(body)) == code


def test_odt_with_macros_is_refused() -> None:
    assert refusal(an_odt(**{"Basic/Standard/Module1.xml": b"<a/>"})) == "macros"


def test_odt_may_have_an_ordinary_link() -> None:
    clean, _kind = wash(an_odt('<text:a xlink:href="https://www.bufdir.no/">her</text:a>'))
    assert b"https://www.bufdir.no/" in unpacked(clean)


@pytest.mark.parametrize("made", [a_docx, an_odt])
def test_washed_document_opens_in_libreoffice(made: object, tmp_path: Path) -> None:
    office = shutil.which("soffice") or shutil.which("libreoffice")
    assert office, "libreoffice-writer-nogui is missing: `make test` says how to install it"
    clean, kind = wash(made())  # type: ignore[operator]
    paper = tmp_path / f"referat.{kind}"
    paper.write_bytes(clean)
    profile = f"-env:UserInstallation=file://{tmp_path / 'profil'}"
    command = [office, profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), str(paper)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    assert (tmp_path / "referat.pdf").stat().st_size > 1000
