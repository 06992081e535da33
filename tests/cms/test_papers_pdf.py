"""Papers in PDF: who wrote them is not kept, nothing runs however deep it lies, a bad one is refused."""

from __future__ import annotations

import io
import zlib

import pikepdf
import pytest
from PIL import Image, ImageCms

from tests.cms.papers import WRITER, a_pdf, zipped
from tests.cms.test_papers import refusal, wash
from tests.photos import CAMERA, GPS, photo


def test_pdf_loses_writer_script_attachment_and_launch_and_keeps_its_page() -> None:
    clean, kind = wash(a_pdf(), "referat.docx")
    assert kind == "pdf"
    with pikepdf.open(io.BytesIO(clean)) as pdf:
        assert len(pdf.pages) == 1
        assert "/Metadata" not in pdf.Root
        assert "/OpenAction" not in pdf.Root
        assert "/Info" not in pdf.trailer
        assert not pdf.attachments
        notes = list(pdf.pages[0].Annots)
        assert str(notes[0].Contents) == "Se her"
        assert "/T" not in notes[0]
        assert "/A" not in notes[1]
    with pikepdf.open(io.BytesIO(clean)) as pdf:
        plain = io.BytesIO()
        pdf.save(plain, compress_streams=False, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    for word in (WRITER.encode(), b"JavaScript", b"app.alert", b"calc.exe", b"en fil inni", b"Launch"):
        assert word not in plain.getvalue()


SCRIPT = {"/S": pikepdf.Name.JavaScript, "/JS": pikepdf.String("app.alert('hei')")}


def a_pdf_with(key: str, value: object) -> bytes:
    """A page whose only note, written directly in the page, carries something."""
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=(300, 300))
    note = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 20, 20])
    note[key] = value
    page.obj.Annots = pikepdf.Array([note])
    target = io.BytesIO()
    pdf.save(target, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return target.getvalue()


def an_action(following: object) -> pikepdf.Dictionary:
    return pikepdf.Dictionary(
        {"/S": pikepdf.Name.URI, "/URI": pikepdf.String("https://www.bufdir.no/"), "/Next": following}
    )


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("/AA", pikepdf.Dictionary({"/E": pikepdf.Dictionary(SCRIPT)})),
        ("/A", an_action(pikepdf.Dictionary(SCRIPT))),
        ("/A", an_action(pikepdf.Array([pikepdf.Dictionary(SCRIPT), pikepdf.Dictionary(SCRIPT)]))),
        ("/A", an_action(pikepdf.Array([an_action(pikepdf.Array([pikepdf.Dictionary(SCRIPT)]))]))),
        ("/PA", pikepdf.Dictionary(SCRIPT)),
    ],
)
def test_pdf_runs_nothing_however_deep_it_lies(key: str, value: object) -> None:
    dirty = a_pdf_with(key, value)
    assert b"app.alert" in dirty
    clean = wash(dirty)[0]
    with pikepdf.open(io.BytesIO(clean)) as pdf:
        plain = io.BytesIO()
        pdf.save(plain, object_stream_mode=pikepdf.ObjectStreamMode.disable)
        assert ("/URI" in pdf.pages[0].Annots[0].get("/A", {})) == (key == "/A")
    for word in (b"app.alert", b"JavaScript", b"/AA"):
        assert word not in plain.getvalue()


def test_pdf_deeper_than_any_program_writes_is_refused() -> None:
    deep = pikepdf.Array([])
    for _depth in range(150):
        deep = pikepdf.Array([deep])
    assert refusal(a_pdf_with("/Deep", deep), "referat.pdf") == "broken"


def test_pdf_with_ever_so_many_packed_parts_is_refused() -> None:
    assert refusal(b"%PDF-1.7\n" + b"/ObjStm stream\n" * 3000, "referat.pdf") == "bomb"
    packed = b"/ObjStm stream\n" + zlib.compress(bytes(10 << 20))
    assert refusal(b"%PDF-1.7\n" + packed * 7, "referat.pdf") == "bomb"


def test_locked_pdf_is_refused_with_a_reason() -> None:
    assert refusal(a_pdf(password="hemmelig"), "referat.pdf") == "locked"


def test_pdf_that_swells_is_refused() -> None:
    swollen = zlib.compress(bytes(80 << 20))
    content = b"%PDF-1.7\n1 0 obj\n<</Type /ObjStm /N 1 /First 4 /Filter /FlateDecode>>\nstream\n" + swollen
    assert refusal(content + b"\nendstream endobj", "referat.pdf") == "bomb"


def test_what_follows_a_pdf_is_not_kept() -> None:
    clean, _kind = wash(a_pdf() + zipped({"skjult.txt": b"skjult fil"}))
    assert b"skjult" not in clean


SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def a_pdf_with_a_picture(content: bytes, *filters: str, **fields: object) -> bytes:
    """A page that shows one picture of 64 times 32."""
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=(300, 300))
    picture = pikepdf.Stream(pdf, content)
    picture.update(
        {"/Type": pikepdf.Name.XObject, "/Subtype": pikepdf.Name.Image, "/Width": 64, "/Height": 32,
         "/ColorSpace": pikepdf.Name.DeviceRGB, "/BitsPerComponent": 8}
    )  # fmt: skip
    picture.Filter = pikepdf.Array([pikepdf.Name(one) for one in filters])
    for name, value in fields.items():
        picture[f"/{name}"] = value
    page.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=pdf.make_indirect(picture)))
    page.obj.Contents = pdf.make_stream(b"q 300 0 0 300 0 0 cm /Im0 Do Q")
    target = io.BytesIO()
    pdf.save(target)
    return target.getvalue()


def picture_in(content: bytes) -> tuple[bytes, Image.Image]:
    """The packed picture of the first page, and what it shows."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        raw = pdf.pages[0].Resources.XObject.Im0.read_raw_bytes()
    return raw, Image.open(io.BytesIO(raw))


@pytest.mark.parametrize("packed_twice", [False, True])
@pytest.mark.parametrize("progressive", [False, True])
def test_photo_in_a_pdf_shows_the_same_and_tells_neither_place_nor_camera(
    packed_twice: bool, progressive: bool
) -> None:
    taken = photo(size=(64, 32), progressive=progressive, comment=WRITER, icc_profile=SRGB)
    behind = taken + photo()  # telephones keep a film or another picture behind the first
    dirty = (
        a_pdf_with_a_picture(zlib.compress(behind), "/FlateDecode", "/DCTDecode")
        if packed_twice
        else a_pdf_with_a_picture(behind, "/DCTDecode")
    )
    raw, shown = picture_in(wash(dirty)[0])
    original = Image.open(io.BytesIO(taken))
    assert GPS in original.getexif()
    assert not shown.getexif()
    assert "comment" not in shown.info
    assert shown.info["icc_profile"] == original.info["icc_profile"]
    assert shown.tobytes() == original.tobytes()
    for telling in (b"Exif", CAMERA.encode(), WRITER.encode()):
        assert telling not in raw


def test_jpeg_2000_in_a_pdf_loses_what_is_written_beside_the_picture() -> None:
    target = io.BytesIO()
    Image.new("RGB", (64, 32), "#246").save(target, "JPEG2000")
    telling = b"http://ns.adobe.com/ " + WRITER.encode()
    boxed = target.getvalue() + (8 + len(telling)).to_bytes(4, "big") + b"xml " + telling
    raw, shown = picture_in(wash(a_pdf_with_a_picture(boxed, "/JPXDecode"))[0])
    assert raw == target.getvalue()
    assert shown.size == (64, 32)


@pytest.mark.parametrize(
    "filters", [["/DCTDecode"], ["/LZWDecode", "/DCTDecode"], ["/FlateDecode", "/DCTDecode"]]
)
def test_pdf_with_a_picture_that_cannot_be_washed_is_refused(filters: list[str]) -> None:
    assert refusal(a_pdf_with_a_picture(b"no picture", *filters), "referat.pdf") == "broken"
