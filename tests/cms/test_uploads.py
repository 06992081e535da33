"""What an editor may upload: photos and documents of known kinds, and nothing that runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings
from PIL import Image
from wagtail.documents import get_document_model

from cms.models import Picture, Recording
from tests.photos import photo

if TYPE_CHECKING:
    from courses.models import User
    from tests.people import LogIn

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore:Unclosed file <tempfile:ResourceWarning"),  # Wagtail's, of a rendition
]
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
GIF = (
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff,"
    b"\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.svg", SVG),
        ("x.gif", GIF),
        ("x.jpg", SVG),
        ("x.png", GIF),
        ("x.jpg", b"<html><script>alert(1)</script></html>"),
        ("x.html", photo()),
    ],
)
def test_editor_cannot_upload_what_is_no_picture(
    logged_in: LogIn, editor: User, name: str, content: bytes
) -> None:
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
        "/cms/images/multiple/add/",
        {"title": "Hytte", "files[]": SimpleUploadedFile("hytte.jpg", photo(), "image/jpeg")},
    )
    assert page.json()["success"] is True
    with Picture.objects.get().file.open("rb") as file:
        assert not Image.open(file).getexif()


@override_settings(WAGTAILIMAGES_MAX_IMAGE_PIXELS=1000)
def test_editor_cannot_upload_a_bomb(logged_in: LogIn, editor: User) -> None:
    client = logged_in(editor)
    for size in ((100, 100), (65_500, 1)):
        client.post("/cms/images/add/", {"title": "x", "file": SimpleUploadedFile("x.jpg", photo(size=size))})
    assert not Picture.objects.exists()


def test_editor_cannot_use_what_is_no_picture_as_a_still() -> None:
    film: Recording = Recording(
        title="Film",
        type="video",
        file=ContentFile(b"film", name="film.mp4"),
        captions=ContentFile(b"WEBVTT", name="film.vtt"),
        thumbnail=ContentFile(photo(), name="film.jpg"),
        duration=1,
        transcript="<p>Hei</p>",
        description="unneeded",
    )
    film.full_clean()
    for content in (SVG, GIF, b"<script>"):
        film.thumbnail = ContentFile(content, name="x.jpg")
        with pytest.raises(ValidationError, match="Stillbildet er ikke et bilde"):
            film.full_clean()


@pytest.mark.parametrize("name", ["x.html", "x.svg", "x.docm", "x.exe", "x.pdf.js", "x.zip"])
def test_editor_cannot_upload_a_document_that_runs(logged_in: LogIn, editor: User, name: str) -> None:
    page = logged_in(editor).post(
        "/cms/documents/add/", {"title": "x", "file": SimpleUploadedFile(name, b"MZ")}
    )
    assert page.status_code == 200
    assert not get_document_model().objects.exists()


def test_a_form_of_the_editor_may_have_thousands_of_fields(logged_in: LogIn, editor: User) -> None:
    many = {f"body-{number}-value": "x" for number in range(3000)}
    assert logged_in(editor).post("/cms/images/add/", many).status_code == 200  # read, and answered
