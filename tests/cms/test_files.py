"""Pictures, recordings and documents: nothing hidden in them, nothing open that should be shut."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings
from PIL import Image
from wagtail.documents import get_document_model

from cms.models import Picture, Recording

if TYPE_CHECKING:
    from pathlib import Path

    from django.http.response import HttpResponseBase
    from django.test import Client
    from pytest_django.fixtures import SettingsWrapper

    from courses.models import Adult, User
    from tests.people import LogIn

FILM = bytes(range(256)) * 40  # 10 240 bytes, each at a known place
GPS, CAMERA = 0x8825, "Kamera som røper"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folder(settings: SettingsWrapper, tmp_path: Path) -> None:
    local = "django.core.files.storage.FileSystemStorage"
    settings.STORAGES = settings.STORAGES | {
        alias: {"BACKEND": local, "OPTIONS": {"location": tmp_path / "media" / folder, "base_url": f"/filer/{folder}/"}}
        for alias, folder in (("default", "original"), ("public", "public"))
    }
    (tmp_path / "secret.txt").write_text("people.sqlite3")


def photo(kind: str = "JPEG", size: tuple[int, int] = (64, 32)) -> bytes:
    """A picture with a place, a camera and a rotation in its EXIF."""
    exif = Image.Exif()
    exif[0x010F] = CAMERA
    exif[0x0112] = 6  # lies on its side
    exif[GPS] = {1: "N", 2: (61.0, 27.0, 0.0), 3: "E", 4: (5.0, 51.0, 0.0)}
    target = io.BytesIO()
    Image.new("RGB", size, "#246").save(target, kind, exif=exif.tobytes())
    return target.getvalue()


@pytest.fixture
def picture() -> Picture:
    made: Picture = Picture.objects.create(title="Bilde", file=ContentFile(photo(), name="hytte.jpg"))
    return made


@pytest.fixture
def film() -> Recording:
    made: Recording = Recording.objects.create(
        title="Film",
        type="video",
        file=ContentFile(FILM, name="film.mp4"),
        captions=ContentFile(b"WEBVTT\n", name="film.vtt"),
        thumbnail=ContentFile(photo(), name="film.jpg"),
        duration=1,
    )
    return made


@pytest.fixture
def paper() -> object:
    return get_document_model().objects.create(
        title="Ark", file=ContentFile(b"%PDF-1.7 <script>alert(1)</script>", name="ark.pdf")
    )


def read(page: HttpResponseBase) -> bytes:
    return page.getvalue() if page.streaming else page.content


# ── hidden data ─────────────────────────────────────────────────────────────────────────────────────


def test_planted_data_is_there_before_the_upload() -> None:
    planted = Image.open(io.BytesIO(photo())).getexif()
    assert planted[0x010F] == CAMERA
    assert planted.get_ifd(GPS)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_uploaded_original_has_no_hidden_data_and_stands_upright(kind: str) -> None:
    stored = Picture.objects.create(title="x", file=ContentFile(photo(kind), name=f"x.{kind.lower()}"))
    with stored.file.open("rb") as file:
        content = file.read()
    found = Image.open(io.BytesIO(content))
    assert not found.getexif()
    assert "exif" not in found.info
    assert CAMERA.encode("latin-1")[:6] not in content
    assert found.size == (32, 64)
    assert (stored.width, stored.height) == (32, 64)


def test_rendition_has_no_hidden_data(picture: Picture) -> None:
    with picture.get_rendition("width-16|format-jpeg").file.open("rb") as file:
        assert not Image.open(file).getexif()


def test_still_of_a_film_has_no_hidden_data(logged_in: LogIn, adult: Adult, film: Recording) -> None:
    page = logged_in(adult).get(f"/filer/opptak/{film.pk}/stillbilde/")
    assert not Image.open(io.BytesIO(read(page))).getexif()


# ── who gets what ───────────────────────────────────────────────────────────────────────────────────


def test_anybody_gets_a_rendition_and_may_keep_it(client: Client, picture: Picture) -> None:
    page = client.get(f"/filer/bilde/{picture.get_rendition('width-16').file.name}")
    assert page.status_code == 200
    assert page["Content-Type"] == "image/jpeg"
    assert page["Cache-Control"] == "public, max-age=31536000, immutable"
    assert page["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert page["X-Content-Type-Options"] == "nosniff"
    assert not page.cookies


def test_pages_point_at_the_address_that_serves(picture: Picture, client: Client) -> None:
    rendition = picture.get_rendition("width-16")
    assert client.get(f"/filer/bilde/{rendition.file.name}").status_code == 200
    assert client.get(rendition.url.replace("/filer/public/", "/filer/bilde/")).status_code == 200


@pytest.mark.parametrize("folder", ["bilde", "original", "public", "bilde/original", "bilde/../original"])
def test_nobody_gets_an_original(
    client: Client, logged_in: LogIn, project_leader: User, picture: Picture, folder: str
) -> None:
    for browser in (client, logged_in(project_leader)):
        assert browser.get(f"/filer/{folder}/{picture.file.name}").status_code == 404
        assert browser.get(f"/media/{picture.file.name}").status_code == 404


@pytest.mark.parametrize(
    "name",
    [
        "../secret.txt",
        "../../secret.txt",
        "..%2f..%2fsecret.txt",
        "%2e%2e/%2e%2e/secret.txt",
        "..%252f..%252fsecret.txt",
        "/etc/passwd",
        "%2fetc%2fpasswd",
        "images/../../../secret.txt",
        "..\\..\\secret.txt",
        "x%00.jpg",
        "%00",
        "images",
        "",
        "x" * 300,
        "images/" + "a/" * 200,
        "\u202egpj.exe",
    ],
)
def test_no_name_leads_out_of_the_pictures(client: Client, picture: Picture, name: str) -> None:
    picture.get_rendition("width-16")
    client.raise_request_exception = False
    page = client.get(f"/filer/bilde/{name}")
    assert page.status_code == 404
    assert b"people.sqlite3" not in page.content


@pytest.mark.parametrize("headers", [{}, {"range": "bytes=0-1"}, {"if-none-match": "*"}])
@pytest.mark.parametrize("method", ["get", "head"])
def test_anonymous_gets_no_recording_and_no_document(
    client: Client, film: Recording, paper: object, method: str, headers: dict[str, str]
) -> None:
    for address in (
        f"/filer/opptak/{film.pk}/",
        f"/filer/opptak/{film.pk}/teksting.vtt",
        f"/filer/opptak/{film.pk}/stillbilde/",
        f"/filer/dokument/{paper.pk}/ark.pdf",  # type: ignore[attr-defined]
    ):
        page = getattr(client, method)(address, headers=headers)
        assert page.status_code == 302
        assert page["Location"].startswith("/logg-inn/?next=")


@pytest.mark.parametrize("address", ["/documents/1/ark.pdf", "/cms/documents/1/ark.pdf", "/images/x/1/original/"])
def test_wagtails_own_way_to_files_is_not_there(client: Client, paper: object, address: str) -> None:
    assert client.get(address, follow=True).status_code in (404, 200)
    assert b"%PDF" not in client.get(address, follow=True).content


def test_document_is_saved_and_never_run(logged_in: LogIn, adult: Adult, paper: object) -> None:
    page = logged_in(adult).get(f"/filer/dokument/{paper.pk}/ark.pdf")  # type: ignore[attr-defined]
    assert page["Content-Disposition"] == 'attachment; filename="ark.pdf"'
    assert page["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert page["X-Content-Type-Options"] == "nosniff"
    assert page["Content-Type"] == "application/pdf"
    assert "no-store" in page["Cache-Control"]
    assert read(page).startswith(b"%PDF")


@pytest.mark.parametrize("address", ["/filer/opptak/999/", "/filer/opptak/999/teksting.vtt", "/filer/dokument/999/x.pdf"])
def test_file_that_is_not_there_is_a_kind_404(logged_in: LogIn, adult: Adult, address: str) -> None:
    assert logged_in(adult).get(address).status_code == 404


def test_row_whose_file_is_lost_is_a_404(logged_in: LogIn, adult: Adult, film: Recording, paper: object) -> None:
    film.file.storage.delete(film.file.name)
    paper.file.storage.delete(paper.file.name)  # type: ignore[attr-defined]
    client = logged_in(adult)
    client.raise_request_exception = False
    assert client.get(f"/filer/opptak/{film.pk}/").status_code == 404
    assert client.get(f"/filer/dokument/{paper.pk}/ark.pdf").status_code == 404  # type: ignore[attr-defined]


# ── films in pieces ─────────────────────────────────────────────────────────────────────────────────


def test_whole_film(logged_in: LogIn, adult: Adult, film: Recording) -> None:
    page = logged_in(adult).get(f"/filer/opptak/{film.pk}/")
    assert (page.status_code, page["Content-Type"], page["Accept-Ranges"]) == (200, "video/mp4", "bytes")
    assert page["Content-Length"] == str(len(FILM))
    assert "no-store" in page["Cache-Control"]
    assert read(page) == FILM


@pytest.mark.parametrize(
    ("asked", "piece"),
    [
        ("bytes=0-", slice(0, None)),
        ("bytes=0-0", slice(0, 1)),
        ("bytes=100-199", slice(100, 200)),
        ("bytes=10239-", slice(10239, None)),
        ("bytes=10000-99999", slice(10000, None)),
        ("bytes=-500", slice(-500, None)),
        ("bytes=-99999", slice(0, None)),
    ],
)
def test_piece_of_a_film(logged_in: LogIn, adult: Adult, film: Recording, asked: str, piece: slice) -> None:
    page = logged_in(adult).get(f"/filer/opptak/{film.pk}/", headers={"range": asked})
    begins, ends, _ = piece.indices(len(FILM))
    assert page.status_code == 206
    assert page["Content-Range"] == f"bytes {begins}-{ends - 1}/{len(FILM)}"
    assert page["Content-Length"] == str(ends - begins)
    assert page["Content-Type"] == "video/mp4"
    assert read(page) == FILM[piece]


@pytest.mark.parametrize("asked", ["bytes=10240-", "bytes=99999-", "bytes=5-4", "bytes=-0"])
def test_piece_outside_the_film(logged_in: LogIn, adult: Adult, film: Recording, asked: str) -> None:
    page = logged_in(adult).get(f"/filer/opptak/{film.pk}/", headers={"range": asked})
    assert (page.status_code, page["Content-Range"]) == (416, f"bytes */{len(FILM)}")
    assert page.content == b""


@pytest.mark.parametrize("asked", ["bytes=-", "lines=1-2", "bytes=a-b", "bytes=0-1,5-6", "bytes=" + "9" * 5000 + "-"])
def test_range_that_is_not_understood_gives_no_error(
    logged_in: LogIn, adult: Adult, film: Recording, asked: str
) -> None:
    client = logged_in(adult)
    client.raise_request_exception = False
    assert client.get(f"/filer/opptak/{film.pk}/", headers={"range": asked}).status_code in (200, 416)


def test_head_of_a_film_has_its_length_without_the_film(logged_in: LogIn, adult: Adult, film: Recording) -> None:
    page = logged_in(adult).head(f"/filer/opptak/{film.pk}/")
    assert (page.status_code, page["Content-Length"]) == (200, str(len(FILM)))
    assert read(page) == b""


def test_captions_are_captions(logged_in: LogIn, adult: Adult, film: Recording) -> None:
    page = logged_in(adult).get(f"/filer/opptak/{film.pk}/teksting.vtt")
    assert page["Content-Type"] == "text/vtt; charset=utf-8"
    assert read(page) == b"WEBVTT\n"


# ── what an editor may upload ───────────────────────────────────────────────────────────────────────

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
GIF = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.svg", SVG),
        ("x.gif", GIF),
        ("x.jpg", SVG),
        ("x.png", GIF),
        ("x.jpg", b"<html><script>alert(1)</script></html>"),
        ("x.html", photo()),
        ("x.jpg", photo()[:200]),
    ],
)
def test_editor_cannot_upload_what_is_no_picture(logged_in: LogIn, editor: User, name: str, content: bytes) -> None:
    client = logged_in(editor)
    page = client.post("/cms/images/add/", {"title": "x", "file": SimpleUploadedFile(name, content)})
    assert page.status_code == 200
    page = client.post(
        "/cms/images/multiple/add/", {"title": "x", "files[]": SimpleUploadedFile(name, content)}
    )
    assert page.status_code in (200, 400)
    assert not Picture.objects.exists()


def test_editor_uploads_a_photo(logged_in: LogIn, editor: User) -> None:
    page = logged_in(editor).post(
        "/cms/images/multiple/add/", {"title": "Hytte", "files[]": SimpleUploadedFile("hytte.jpg", photo(), "image/jpeg")}
    )
    assert page.json()["success"] is True
    assert not Image.open(Picture.objects.get().file).getexif()


@override_settings(WAGTAILIMAGES_MAX_IMAGE_PIXELS=1000)
def test_editor_cannot_upload_a_bomb(logged_in: LogIn, editor: User) -> None:
    client = logged_in(editor)
    for size in ((100, 100), (65_500, 1)):
        client.post("/cms/images/add/", {"title": "x", "file": SimpleUploadedFile("x.jpg", photo(size=size))})
    assert not Picture.objects.exists()


@pytest.mark.parametrize("name", ["x.html", "x.svg", "x.docm", "x.exe", "x.pdf.js", "x.zip"])
def test_editor_cannot_upload_a_document_that_runs(logged_in: LogIn, editor: User, name: str) -> None:
    page = logged_in(editor).post("/cms/documents/add/", {"title": "x", "file": SimpleUploadedFile(name, b"MZ")})
    assert page.status_code == 200
    assert not get_document_model().objects.exists()
