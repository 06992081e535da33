"""The code on the wall: eight letters that lead to an evening's form while it is open, and nowhere else."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest
from django.core.cache import cache
from django.test import Client

from cms.logs import WithoutTokens
from evaluation.models import Occasion
from evaluation.models.studies import WALL_SIGNS, drawn_code
from tests.evaluation.evening_answers import at, evening
from tests.study_factories import occasion

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["at", "evening"]
pytestmark = pytest.mark.django_db(databases=["default", "answers"])


@pytest.fixture(autouse=True)
def _nobody_has_typed() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def test_a_code_is_eight_letters_that_are_not_taken_for_one_another() -> None:
    codes = {drawn_code() for _ in range(500)}
    assert len(codes) == 500
    assert all(len(code) == 8 and set(code) <= set(WALL_SIGNS) for code in codes)
    assert not set("ilo01") & set(WALL_SIGNS)


def test_it_leads_to_the_form_however_it_is_typed(at: Occasion) -> None:
    code = at.wall_code
    for typed in (
        code,
        code.upper(),
        f"{code[:4]} {code[4:]}",
        f"{code[:4]}-{code[4:]}",
        f"www.x.no/k/{code}/",
    ):
        page = Client().get("/k/", {"kode": typed})
        assert (page.status_code, page["Location"]) == (302, f"/kveldssvar/{at.nonce}/")
    page = Client().get(f"/k/{code}/", follow=True)
    assert page.status_code == 200
    assert "Utsagn t01" in page.content.decode()
    assert not page.cookies  # nobody is known by having typed it


@pytest.mark.parametrize(
    "typed", ["x", "abcdefgh", "a" * 5_000, "\x00\x00", "æøåæøåæø", "<script>", "١٢٣٤٥٦٧٨"]
)
def test_a_wrong_code_is_told_kindly_and_can_be_typed_again(at: Occasion, typed: str) -> None:
    page = Client().get("/k/", {"kode": typed})
    assert page.status_code == 422
    text = page.content.decode()
    assert "Koden åpner ikke noe skjema nå." in text
    assert "<script>" not in text.split("<main", 1)[1].split("</main", 1)[0]
    assert 'name="kode"' in text


@pytest.mark.parametrize("state", ["closed", "counted", "dropped"])
def test_after_close_it_is_as_wrong_as_any_other(at: Occasion, state: str) -> None:
    Occasion.objects.filter(pk=at.pk).update(state=state)
    dead, never = (Client().get(f"/k/{code}/") for code in (at.wall_code, "zzzzzzzz"))
    assert dead.status_code == never.status_code == 422
    words = dead.content.decode().replace(at.wall_code, "zzzzzzzz")
    assert words == never.content.decode()


def test_a_form_with_a_name_has_no_way_in_by_a_code(at: Occasion) -> None:
    other = occasion()
    assert Client().get(f"/k/{other.wall_code}/").status_code == 422


def test_guessing_is_stopped_and_right_ones_never_are(at: Occasion) -> None:
    said = [Client().get("/k/", {"kode": drawn_code()}).status_code for _ in range(61)]
    assert said[:60] == [422] * 60
    assert said[60] == 429
    assert Client().get(f"/k/{at.wall_code}/").status_code == 302  # from the same hall, the same minute


def test_of_whoever_types_a_right_one_nothing_is_kept(at: Occasion, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not for a moment either: a row that is deleted may lie in a database's files."""
    monkeypatch.setattr("allauth.core.internal.ratelimit.cache", None)  # whoever asks it anything fails
    assert Client().get(f"/k/{at.wall_code}/").status_code == 302


@pytest.mark.parametrize("line", ["GET /k/{} 302", "GET /k/?kode={} 302"])
def test_no_log_holds_it(line: str) -> None:
    record = logging.LogRecord("gunicorn", logging.INFO, "", 0, line.format("abcdefgh"), (), None)
    WithoutTokens().filter(record)
    assert "abcdefgh" not in record.getMessage()
