"""What a note's form answers: where the sentence stands, and that a deleted note is said to be deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from courses.notes import LONGEST, kept_notes, write_note

if TYPE_CHECKING:
    from courses.models import Adult, Module
    from tests.people import LogIn

pytestmark = pytest.mark.django_db
PART = "/kurs/en-god-start/modul-1/del-1/"
NOTE = f"{PART}r1/notat/"
TOP = 'role="alert">Notatet er ikke lagret ennå. <a href="#s-r1">'


@pytest.fixture
def module(adult: Adult) -> Module:
    return adult.enrolments.get().group.edition.programme.modules.get(number=1)


@pytest.mark.parametrize(
    ("text", "mark", "status"), [("x" * (LONGEST + 1), "", 422), ("Noe annet.", "en-annen", 409)]
)
def test_a_note_that_was_refused_is_told_of_at_the_top_with_a_way_to_it(
    adult: Adult, module: Module, logged_in: LogIn, text: str, mark: str, status: int
) -> None:
    write_note(adult=adult, module=module, part_key="del-1", block="r1", text="Det som står.")
    page = logged_in(adult).post(NOTE, {"text": text, "mark": mark})
    words = page.content.decode()
    assert page.status_code == status
    assert words.index(TOP) < words.index("<h1")
    assert f'action="{NOTE}#s-r1"' in words
    assert "autofocus" in words


def test_a_page_where_nothing_was_refused_has_no_such_message_and_takes_no_focus(
    adult: Adult, logged_in: LogIn
) -> None:
    words = logged_in(adult).get(PART).content.decode()
    assert "ikke lagret ennå" not in words
    assert "autofocus" not in words


def test_the_address_of_a_refused_note_opened_again_leads_to_its_part(adult: Adult, logged_in: LogIn) -> None:
    answer = logged_in(adult).get(NOTE)
    assert (answer.status_code, answer["Location"]) == (302, f"{PART}#s-r1")


def test_an_emptied_note_is_said_once_to_be_deleted(adult: Adult, module: Module, logged_in: LogIn) -> None:
    write_note(adult=adult, module=module, part_key="del-1", block="r1", text="Bort med det.")
    mark = kept_notes(adult, module.pk, "del-1")["r1"].mark
    client = logged_in(adult)
    answer = client.post(NOTE, {"text": "  ", "mark": mark}, follow=True)
    assert "Notatet er slettet" in answer.content.decode()
    assert "Notatet er slettet" not in client.get(PART).content.decode()


def test_an_empty_field_where_nothing_stood_deletes_nothing(adult: Adult, logged_in: LogIn) -> None:
    answer = logged_in(adult).post(NOTE, {"text": "", "mark": ""}, follow=True)
    assert "Notatet er slettet" not in answer.content.decode()
