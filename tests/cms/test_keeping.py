"""What an edition shows is neither exchanged nor deleted in the admin, and the editor is told why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from wagtail.documents import get_document_model

from cms.models import PartPage, Picture, PinnedFile, PinnedRevision, Recording
from tests.cms.pages import CAPTIONS, make_pages, make_picture, make_recording, pictures_left_open
from tests.factories import EditionFactory
from tests.photos import photo

if TYPE_CHECKING:
    from django.test import Client

    from courses.models import User
    from tests.people import LogIn

pytestmark = [pytest.mark.django_db, pictures_left_open]
KEPT = "Filen er med i utgave 1.0 og kan ikke byttes ut. Last opp som en ny fil, og velg den i teksten."
NEW = {
    "picture": ("file", SimpleUploadedFile("ny.jpg", photo(), "image/jpeg")),
    "film": ("file", SimpleUploadedFile("ny.mp4", b"ny film")),
    "captions": ("captions", SimpleUploadedFile("ny.vtt", CAPTIONS + b"\nNye ord.\n")),
    "still": ("thumbnail", SimpleUploadedFile("ny.jpg", photo(), "image/jpeg")),
    "document": ("file", SimpleUploadedFile("ny.pdf", b"%PDF-1.4 ny")),
}


@pytest.fixture
def admin(editor: User, logged_in: LogIn) -> Client:
    return logged_in(editor)


def make_file(kind: str) -> tuple[Any, str, dict[str, Any]]:
    """A stored file, its field in PinnedFile, and what its form posts besides the new file."""
    if kind == "picture":
        return make_picture(), "picture", {"title": "Nytt navn", "tags": ""}
    if kind == "document":
        old = ContentFile(b"%PDF-1.4 gammel", name="ark.pdf")
        document = get_document_model().objects.create(title="Ark", file=old)
        return document, "document", {"title": "Nytt navn", "tags": ""}
    film = make_recording()
    transcript = '{"blocks": [{"key": "a", "text": "Hei", "type": "unstyled"}], "entityMap": {}}'
    return film, "recording", {"title": "Nytt navn", "transcript": transcript, "description": "own"}


def change(admin: Client, row: Any, posted: dict[str, Any]) -> str:
    """What the admin answers to a changed file, with the files it was given from their beginning."""
    names = {Picture: "wagtailimages:edit", Recording: "wagtailmedia:edit"}
    for value in posted.values():
        if hasattr(value, "seek"):
            value.seek(0)
    address = reverse(names.get(type(row), "wagtaildocs:edit"), args=[row.pk])
    return admin.post(address, posted, follow=True).content.decode()


def contents(row: Any) -> dict[str, bytes]:
    row.refresh_from_db()
    found = {}
    for name in ("file", "captions", "thumbnail"):
        if stored := getattr(row, name, None):
            with stored.storage.open(stored.name) as file:
                found[name] = file.read()
    return found


@pytest.mark.parametrize("kind", NEW)
def test_a_file_in_an_edition_is_not_exchanged_for_another(admin: Client, kind: str) -> None:
    row, pinned_as, posted = make_file(kind)
    field, new = NEW[kind]
    PinnedFile.objects.create(edition=EditionFactory(version="1.0"), **{f"{pinned_as}_id": row.pk})
    before = contents(row)
    assert KEPT in change(admin, row, posted | {field: new})
    assert contents(row) == before
    assert KEPT not in change(admin, row, posted)
    row.refresh_from_db()
    assert row.title == "Nytt navn"


@pytest.mark.parametrize("kind", NEW)
def test_a_file_in_no_edition_may_be_exchanged(admin: Client, kind: str) -> None:
    row, _pinned_as, posted = make_file(kind)
    field, new = NEW[kind]
    before = contents(row)
    assert "kan ikke byttes ut" not in change(admin, row, posted | {field: new})
    assert contents(row) != before


def test_captions_in_an_edition_are_not_taken_away(admin: Client) -> None:
    film, pinned_as, posted = make_file("film")
    Recording.objects.filter(pk=film.pk).update(type="audio")  # may lack them, were it not for the edition
    PinnedFile.objects.create(edition=EditionFactory(version="1.0"), **{f"{pinned_as}_id": film.pk})
    before = contents(film)
    assert KEPT in change(admin, film, posted | {"captions-clear": "on"})
    assert contents(film) == before


def test_several_pictures_at_once_are_kept_when_an_edition_shows_one(admin: Client, editor: User) -> None:
    loose, pinned = (make_picture(uploaded_by_user=editor) for _ in range(2))
    PinnedFile.objects.create(edition=EditionFactory(version="1.0"), picture=pinned)
    address = f"/cms/bulk/cms/picture/delete/?id={loose.pk}&id={pinned.pk}"
    answer = admin.post(address, follow=True)
    assert answer.redirect_chain == [(address, 302)]
    assert "Filen er med i utgave 1.0 og kan ikke slettes så lenge utgaven finnes." in answer.content.decode()
    assert Picture.objects.count() == 2


def test_several_pages_at_once_are_kept_when_an_edition_has_one(
    project_leader: User, logged_in: LogIn
) -> None:
    pages = make_pages(modules=1, parts=2)
    revision = pages.parts[0].latest_revision
    PinnedRevision.objects.create(edition=EditionFactory(version="1.0"), revision=revision)
    chosen = "&".join(f"id={part.pk}" for part in pages.parts)
    answer = logged_in(project_leader).post(f"/cms/bulk/wagtailcore/page/delete/?{chosen}", follow=True)
    assert "Siden er med i utgave 1.0 og kan ikke slettes. Avpubliser den" in answer.content.decode()
    assert PartPage.objects.count() == 2
