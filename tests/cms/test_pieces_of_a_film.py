"""A film is sent whole or in pieces, as a player asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cms.models import Recording
from tests.cms.shown_files import FILM, film, read, secret

if TYPE_CHECKING:
    from courses.models import Adult
    from tests.people import LogIn


__all__ = ["film", "secret"]
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore:Unclosed file <tempfile:ResourceWarning"),  # Wagtail's, of a rendition
]


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


@pytest.mark.parametrize(
    "asked", ["bytes=-", "lines=1-2", "bytes=a-b", "bytes=0-1,5-6", "bytes=" + "9" * 5000 + "-"]
)
def test_range_that_is_not_understood_gives_no_error(
    logged_in: LogIn, adult: Adult, film: Recording, asked: str
) -> None:
    client = logged_in(adult)
    client.raise_request_exception = False
    page = client.get(f"/filer/opptak/{film.pk}/", headers={"range": asked})
    assert (page.status_code, read(page)) == (200, FILM)


def test_head_of_a_film_has_its_length_without_the_film(
    logged_in: LogIn, adult: Adult, film: Recording
) -> None:
    page = logged_in(adult).head(f"/filer/opptak/{film.pk}/")
    assert (page.status_code, page["Content-Length"]) == (200, str(len(FILM)))
    assert read(page) == b""


def test_captions_are_captions(logged_in: LogIn, adult: Adult, film: Recording) -> None:
    page = logged_in(adult).get(f"/filer/opptak/{film.pk}/teksting.vtt")
    assert page["Content-Type"] == "text/vtt; charset=utf-8"
    assert read(page) == b"WEBVTT\n"
