"""Pictures, recordings and documents: nothing hidden in them, nothing open that should be shut."""

from __future__ import annotations

import io
import re
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from PIL import Image
from wagtail.documents import get_document_model

from cms.models import Picture, PinnedFile, Recording
from tests.cms.pages import rewrite
from tests.cms.shown_files import film, read, secret
from tests.editions import make_edition
from tests.factories import EnrolmentFactory
from tests.photos import CAMERA, GPS, photo
from tests.tree import make_tree

if TYPE_CHECKING:
    from django.test import Client

    from courses.models import Adult, Edition, User
    from tests.people import LogIn


__all__ = ["film", "secret"]
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore:Unclosed file <tempfile:ResourceWarning"),  # Wagtail's, of a rendition
]


@pytest.fixture
def picture() -> Picture:
    made: Picture = Picture.objects.create(title="Bilde", file=ContentFile(photo(), name="hytte.jpg"))
    return made


@pytest.fixture
def paper(edition: Edition) -> Any:
    """A document that the edition shows."""
    made = get_document_model().objects.create(
        title="Ark", file=ContentFile(b"%PDF-1.7 <script>alert(1)</script>", name="ark.pdf")
    )
    PinnedFile.objects.create(edition=edition, document=made)
    return made


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
    assert CAMERA.encode() not in content
    assert found.size == (32, 64)
    assert (stored.width, stored.height) == (32, 64)


def test_rendition_has_no_hidden_data(picture: Picture, client: Client) -> None:
    page = client.get(picture.get_rendition("width-16|format-jpeg").url)
    assert not Image.open(io.BytesIO(read(page))).getexif()


def test_still_of_a_film_has_no_hidden_data(logged_in: LogIn, adult: Adult, film: Recording) -> None:
    page = logged_in(adult).get(f"/filer/opptak/{film.pk}/stillbilde/")
    assert not Image.open(io.BytesIO(read(page))).getexif()


# ── who gets what ───────────────────────────────────────────────────────────────────────────────────


def test_anybody_gets_a_rendition_and_may_keep_it(client: Client, picture: Picture) -> None:
    page = client.get(f"/filer/bilde/{picture.get_rendition('width-16').file.name}")
    page.close()
    assert page.status_code == 200
    assert page["Content-Type"] == "image/jpeg"
    assert page["Cache-Control"] == "public, max-age=31536000, immutable"
    assert page["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert page["X-Content-Type-Options"] == "nosniff"
    assert not page.cookies


def test_pages_point_at_the_address_that_serves(picture: Picture, client: Client) -> None:
    rendition = picture.get_rendition("width-16")
    assert rendition.url == f"/filer/bilde/{rendition.file.name}"
    assert read(client.get(rendition.url)).startswith(b"\xff\xd8")


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
    client: Client, film: Recording, paper: Any, method: str, headers: dict[str, str]
) -> None:
    for address in (
        f"/filer/opptak/{film.pk}/",
        f"/filer/opptak/{film.pk}/teksting.vtt",
        f"/filer/opptak/{film.pk}/stillbilde/",
        f"/filer/dokument/{paper.pk}/ark.pdf",
    ):
        page = getattr(client, method)(address, headers=headers)
        assert page.status_code == 302
        assert page["Location"].startswith("/logg-inn/?next=")


@pytest.mark.parametrize(
    "address", ["/documents/1/ark.pdf", "/cms/documents/1/ark.pdf", "/images/x/1/original/"]
)
def test_wagtails_own_way_to_files_is_not_there(client: Client, paper: Any, address: str) -> None:
    assert client.get(address, follow=True).status_code in (404, 200)
    assert b"%PDF" not in client.get(address, follow=True).content


def test_document_is_saved_and_never_run(logged_in: LogIn, adult: Adult, paper: Any) -> None:
    page = logged_in(adult).get(f"/filer/dokument/{paper.pk}/ark.pdf")
    assert re.fullmatch(r'attachment; filename="ark\w*\.pdf"', page["Content-Disposition"])
    assert page["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert page["X-Content-Type-Options"] == "nosniff"
    assert page["Content-Type"] == "application/pdf"
    assert "no-store" in page["Cache-Control"]
    assert read(page).startswith(b"%PDF")


@pytest.mark.parametrize(
    "address", ["/filer/opptak/999/", "/filer/opptak/999/teksting.vtt", "/filer/dokument/999/x.pdf"]
)
def test_file_that_is_not_there_is_a_kind_404(logged_in: LogIn, adult: Adult, address: str) -> None:
    assert logged_in(adult).get(address).status_code == 404


def test_row_whose_file_is_lost_is_a_404(logged_in: LogIn, adult: Adult, film: Recording, paper: Any) -> None:
    film.file.storage.delete(film.file.name)
    paper.file.storage.delete(paper.file.name)
    client = logged_in(adult)
    client.raise_request_exception = False
    assert client.get(f"/filer/opptak/{film.pk}/").status_code == 404
    assert client.get(f"/filer/dokument/{paper.pk}/ark.pdf").status_code == 404


def addresses(film: Recording, paper: Any) -> list[str]:
    own = f"/filer/opptak/{film.pk}/"
    return [own, f"{own}teksting.vtt", f"{own}stillbilde/", f"/filer/dokument/{paper.pk}/ark.pdf"]


def answers(client: Client, film: Recording, paper: Any) -> set[int]:
    found = set()
    for address in addresses(film, paper):
        page = client.get(address)
        read(page)
        found.add(page.status_code)
    return found


def test_files_go_to_who_reads_the_edition_that_shows_them(
    logged_in: LogIn, adult: Adult, contact_person: User, researcher: User, film: Recording, paper: Any
) -> None:
    outsider = EnrolmentFactory(group__edition=make_edition()).adult
    former = EnrolmentFactory(
        group=adult.enrolments.get().group, starts_on=date(2020, 1, 1), ends_on=date(2020, 1, 2)
    ).adult
    coming = EnrolmentFactory(group=adult.enrolments.get().group, starts_on=date(2999, 1, 1)).adult
    assert answers(logged_in(adult), film, paper) == {200}
    assert answers(logged_in(contact_person), film, paper) == {200}
    assert answers(logged_in(outsider), film, paper) == {404}
    assert answers(logged_in(former), film, paper) == {200}  # she reads her parts after the course too
    assert answers(logged_in(coming), film, paper) == {404}


def test_files_of_no_edition_go_to_editors_alone(
    logged_in: LogIn, adult: Adult, contact_person: User, editor: User, film: Recording, paper: Any
) -> None:
    PinnedFile.objects.all().delete()
    assert answers(logged_in(editor), film, paper) == {200}
    for person in (adult, contact_person):
        assert answers(logged_in(person), film, paper) == {404}


def test_document_of_a_public_page_goes_to_everybody_while_it_is_public(
    client: Client, logged_in: LogIn, adult: Adult, paper: Any
) -> None:
    PinnedFile.objects.all().delete()
    info = make_tree().info
    address = f"/filer/dokument/{paper.pk}/ark.pdf"
    rewrite(info, body=[("download", {"document": paper, "title": "Ark"})])
    for browser in (client, logged_in(adult)):
        assert read(browser.get(address)).startswith(b"%PDF")
        assert browser.get(f"/filer/dokument/{paper.pk}1/ark.pdf").status_code in (302, 404)
    info.refresh_from_db()
    info.unpublish()
    assert client.get(address).status_code == 302
    assert logged_in(adult).get(address).status_code == 404


def test_an_id_larger_than_the_database_is_a_404(logged_in: LogIn, adult: Adult) -> None:
    client = logged_in(adult)
    for number in (2**63, 10**40):
        assert client.get(f"/filer/opptak/{number}/").status_code == 404
        assert client.get(f"/filer/dokument/{number}/x.pdf").status_code == 404


def test_the_editor_meets_documents_with_a_working_address(
    logged_in: LogIn, project_leader: User, paper: Any
) -> None:
    client = logged_in(project_leader)
    assert paper.url == f"/filer/dokument/{paper.pk}/{paper.filename}"
    for name in ("wagtaildocs:index", "wagtaildocs_chooser:choose", "wagtaildocs:add_multiple"):
        assert client.get(reverse(name)).status_code == 200
    assert paper.url in client.get(reverse("wagtaildocs:index")).content.decode()
    for name in ("wagtaildocs:edit", "wagtaildocs_chooser:chosen"):
        assert client.get(reverse(name, args=[paper.pk])).status_code == 200
    assert read(client.get(paper.url)).startswith(b"%PDF")
