"""A film with something hidden in it, and how a file is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.core.files.base import ContentFile

from cms.models import PinnedFile, Recording
from tests.photos import photo

if TYPE_CHECKING:
    from django.http.response import HttpResponseBase

    from courses.models import Edition

FILM = bytes(range(256)) * 40  # 10 240 bytes, each at a known place


@pytest.fixture(autouse=True, scope="module")
def secret() -> None:
    """What lies beside the media folder in real life."""
    (settings.MEDIA_ROOT / "public").mkdir(parents=True, exist_ok=True)
    (settings.DATA_DIR / "secret.txt").write_text("people.sqlite3")
    (settings.MEDIA_ROOT / "secret.txt").write_text("people.sqlite3")


@pytest.fixture
def film(edition: Edition) -> Recording:
    """A film that the edition shows."""
    made: Recording = Recording.objects.create(
        title="Film",
        type="video",
        file=ContentFile(FILM, name="film.mp4"),
        captions=ContentFile(b"WEBVTT\n", name="film.vtt"),
        thumbnail=ContentFile(photo(), name="film.jpg"),
        duration=1,
    )
    PinnedFile.objects.create(edition=edition, recording=made)
    return made


def read(page: HttpResponseBase) -> bytes:
    """Its content; a streamed file is closed when it has been read."""
    content: bytes = page.getvalue() if page.streaming else page.content
    return content
