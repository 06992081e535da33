"""A session that ended while somebody wrote: the note comes back, and the way in leads to a page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from courses.models import Adult, Note

if TYPE_CHECKING:
    from tests.people import LogIn

pytestmark = pytest.mark.django_db

PART = "/kurs/en-god-start/modul-1/del-1/"
NOTE = f"{PART}r1/notat/"
TEXT = "Det jeg tenkte på <i kveld>"


def token_in(page: str) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert found
    return found[1]


def test_a_note_sent_after_the_session_ended_comes_back_with_its_text(adult: Adult) -> None:
    answer = Client().post(NOTE, {"text": TEXT, "mark": "abc"})
    page = answer.content.decode()
    assert answer.status_code == 401
    assert "Det jeg tenkte på &lt;i kveld&gt;</textarea>" in page
    assert 'name="mark" value="abc"' in page
    assert f'action="{NOTE}"' in page
    assert "no-store" in answer["Cache-Control"]
    assert not Note.objects.exists()


def test_a_note_with_an_old_token_comes_back_and_is_saved_at_the_next_press(
    adult: Adult, logged_in: LogIn
) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = logged_in(adult).cookies
    refused = strict.post(NOTE, {"text": TEXT, "mark": "", "csrfmiddlewaretoken": "gammelt"})
    page = refused.content.decode()
    assert "Det jeg tenkte på" in page
    saved = strict.post(NOTE, {"text": TEXT, "mark": "", "csrfmiddlewaretoken": token_in(page)})
    assert saved.status_code == 302
    assert Note.objects.filter(adult=adult).exists()


@pytest.mark.parametrize(
    ("came_from", "back_to"),
    [(f"http://testserver{PART}", PART), ("", "/min/"), ("https://ond.example/x/", "/min/")],
)
def test_a_tap_after_the_session_ended_leads_back_to_the_page_it_was_made_on(
    adult: Adult, came_from: str, back_to: str
) -> None:
    answer = Client(headers={"referer": came_from}).post(f"{PART}lest/")
    assert answer.status_code == 302
    assert answer["Location"] == f"/logg-inn/?next={back_to}"


def test_an_address_that_only_takes_a_form_says_so_in_norwegian(adult: Adult, logged_in: LogIn) -> None:
    answer = logged_in(adult).get(f"{PART}lest/")
    assert answer.status_code == 405
    assert answer["Allow"] == "POST"
    assert "Denne adressen kan ikke åpnes" in answer.content.decode()
