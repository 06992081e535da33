"""Private notes: sealed in the database, seen by their writer alone, and never lost on the way."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from courses.models import Adult, Module, Note, NoteKey
from courses.notes import LONGEST, PAD_TO, NoteTooLongError, notes_of, write_note
from courses.typed import cleaned
from tests import factories as made

if TYPE_CHECKING:
    from tests.people import LogIn

pytestmark = pytest.mark.django_db

PART = "/kurs/en-god-start/modul-1/del-1/"
ADDRESS = f"{PART}r1/notat/"
TEXT = "I går gråt vi begge to, og det var fint."
SEALING = 12 + 16  # bytes: nonce and tag
CLOSED = "Notatet kan ikke åpnes akkurat nå. Det er ikke slettet."


@pytest.fixture
def module(adult: Adult) -> Module:
    return adult.enrolments.get().group.edition.programme.modules.get(number=1)


def write(adult: Adult, module: Module, text: str = TEXT, block: str = "r1") -> None:
    write_note(adult=adult, module=module, part_key="del-1", block=block, text=text)


def read(adult: Adult, module: Module) -> dict[str, str]:
    return notes_of(adult, module.pk, "del-1")


def test_a_note_comes_back_as_it_was_written(adult: Adult, module: Module) -> None:
    text = "Først.\n\nSå: «å være der» – 🧡"
    write(adult, module, text)
    assert read(adult, module) == {"r1": text}


def test_a_note_is_written_over_and_taken_away(adult: Adult, module: Module) -> None:
    write(adult, module, "en")
    write(adult, module, "to")
    assert read(adult, module) == {"r1": "to"}
    write(adult, module, "  \n ")
    assert not Note.objects.exists()


def test_the_other_adult_of_the_family_sees_nothing_of_it(
    adult: Adult, other_adult: Adult, module: Module, logged_in: LogIn
) -> None:
    write(adult, module)
    write(other_adult, module, "Mitt eget.")
    assert read(other_adult, module) == {"r1": "Mitt eget."}
    assert not Note.objects.visible_to(other_adult.user).filter(adult=adult).exists()
    page = logged_in(other_adult).get(PART).content.decode()
    assert TEXT not in page
    assert "Mitt eget." in page


def test_nothing_of_a_note_can_be_read_in_the_database(adult: Adult, module: Module) -> None:
    write(adult, module)
    stored = bytes(Note.objects.get().sealed) + bytes(NoteKey.objects.get().wrapped)
    pieces = [TEXT[start : start + 4].encode() for start in range(len(TEXT) - 3)]
    assert not [piece for piece in pieces if piece in stored]


def test_the_size_of_a_note_tells_little(adult: Adult, module: Module) -> None:
    sizes = set()
    for length in (1, 10, PAD_TO - 4):
        write(adult, module, "a" * length)
        sizes.add(len(bytes(Note.objects.get().sealed)))
    assert sizes == {PAD_TO + SEALING}
    write(adult, module, "a" * (PAD_TO - 3))
    assert len(bytes(Note.objects.get().sealed)) == 2 * PAD_TO + SEALING


def test_the_same_text_is_never_sealed_alike(adult: Adult, module: Module) -> None:
    write(adult, module)
    first = bytes(Note.objects.get().sealed)
    write(adult, module)
    assert bytes(Note.objects.get().sealed) != first


@pytest.mark.parametrize("moved", ["adult", "block", "part", "module"])
def test_a_row_that_is_moved_does_not_open(
    adult: Adult, other_adult: Adult, module: Module, moved: str
) -> None:
    write(adult, module)
    write(other_adult, module, "Mitt eget.", block="r9")
    elsewhere = {
        "adult": {"adult": other_adult},
        "block": {"block": "r2"},
        "part": {"part_key": "del-2"},
        "module": {"module": module.programme.modules.get(number=2)},
    }[moved]
    Note.objects.filter(block="r1").update(**elsewhere)
    row = Note.objects.exclude(block="r9").get()
    assert notes_of(row.adult, row.module_id, row.part_key).keys() <= {"r9"}


def test_a_key_of_another_adult_opens_nothing(adult: Adult, other_adult: Adult, module: Module) -> None:
    write(adult, module)
    write(other_adult, module, "Mitt eget.")
    wrapped = bytes(NoteKey.objects.get(adult=other_adult).wrapped)
    NoteKey.objects.filter(adult=adult).update(wrapped=wrapped)
    assert read(adult, module) == {}


def test_notes_end_with_their_key(adult: Adult, module: Module, logged_in: LogIn) -> None:
    write(adult, module)
    NoteKey.objects.filter(adult=adult).delete()
    assert read(adult, module) == {}
    assert logged_in(adult).get(PART).status_code == 200
    write(adult, module, "Et nytt.")
    assert read(adult, module) == {"r1": "Et nytt."}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("a\x00b", "ab"),
        ("a\ud800b", "ab"),
        ("a\x07\x1bb", "ab"),
        ("a\ufffe\ufdd0\U0001ffffb", "ab"),  # Unicode promises that these are never signs
        ("en\r\nto\rtre", "en\nto\ntre"),
        ("ett\tto", "ett\tto"),
        ("\u202eא\u200f ب", "\u202eא\u200f ب"),
        ("  rom  ", "rom"),
        ("👩‍👧 å", "👩‍👧 å"),
    ],
)
def test_only_what_nobody_typed_is_taken_out(typed: str, kept: str) -> None:
    assert cleaned(typed) == kept


@given(st.text())
def test_whatever_is_typed_can_be_stored_and_is_cleaned_once(text: str) -> None:
    clean = cleaned(text)
    clean.encode("utf-8")
    assert cleaned(clean) == clean


def test_a_note_is_saved_from_the_page_and_stands_there_afterwards(adult: Adult, logged_in: LogIn) -> None:
    client = logged_in(adult)
    assert client.post(ADDRESS, {"text": TEXT})["Location"] == f"{PART}#s-r1"
    assert f">{TEXT}</textarea>" in client.get(PART).content.decode().replace("\n", "")


def test_a_note_that_is_too_long_comes_back_with_a_sentence_and_nothing_is_stored(
    adult: Adult, module: Module, logged_in: LogIn
) -> None:
    write(adult, module, "Det gamle.")
    long = "å" * 100_000
    page = logged_in(adult).post(ADDRESS, {"text": long})
    text = page.content.decode()
    assert page.status_code == 422
    assert "Notatet er på 100000 tegn, og det er plass til 20000." in text
    assert f"{long}</textarea>" in text
    assert read(adult, module) == {"r1": "Det gamle."}


def test_the_longest_note_there_is_room_for_is_kept_and_one_more_is_not(adult: Adult, module: Module) -> None:
    write(adult, module, "å" * LONGEST)
    assert len(read(adult, module)["r1"]) == LONGEST
    with pytest.raises(NoteTooLongError):
        write(adult, module, "å" * (LONGEST + 1))
    assert len(read(adult, module)["r1"]) == LONGEST


@pytest.mark.parametrize("block", ["t1", "r2", "l1"])
def test_a_note_belongs_to_a_reflection_of_the_part(adult: Adult, logged_in: LogIn, block: str) -> None:
    page = logged_in(adult).post(f"{PART}{block}/notat/", {"text": TEXT})
    assert page.status_code == 404
    assert not Note.objects.exists()


def test_nothing_of_a_note_reaches_a_log(
    adult: Adult, logged_in: LogIn, caplog: pytest.LogCaptureFixture
) -> None:
    client = logged_in(adult)
    with caplog.at_level(logging.DEBUG):
        client.post(ADDRESS, {"text": TEXT})
        client.post(ADDRESS, {"text": TEXT * 1000})
        client.post(ADDRESS, {"text": f"{TEXT} Og mer."})
        client.get(PART)
    assert "gråt" not in caplog.text


def test_notes_that_are_shut_are_not_shown_and_ask_for_a_new_login(
    adult: Adult, module: Module, logged_in: LogIn
) -> None:
    write(adult, module)
    client = logged_in(adult)
    session = client.session
    session["notes_shut"] = True
    session.save()
    text = client.get(PART).content.decode()
    assert TEXT not in text
    assert "<textarea" not in text
    assert 'action="/kurs/las-opp/"' in text
    assert f'name="next" value="{PART}#s-r1"' in text


def test_what_was_being_written_when_the_notes_shut_is_still_saved(
    adult: Adult, module: Module, logged_in: LogIn
) -> None:
    client = logged_in(adult)
    session = client.session
    session["notes_shut"] = True
    session.save()
    assert client.post(ADDRESS, {"text": TEXT}).status_code == 302
    assert read(adult, module) == {"r1": TEXT}
    page = client.post(ADDRESS, {"text": "å" * (LONGEST + 1)})
    assert "å" * (LONGEST + 1) in page.content.decode()


def test_unlocking_asks_who_it_is_and_leads_back(adult: Adult, logged_in: LogIn) -> None:
    page = logged_in(adult).post("/kurs/las-opp/", {"next": f"{PART}#s-r1"})
    address = urlsplit(page["Location"])
    assert (address.netloc, address.path) == ("", reverse("account_reauthenticate"))
    assert parse_qs(address.query) == {"next": [f"{PART}#s-r1"]}


def test_a_key_is_made_once_for_each_adult(adult: Adult, module: Module) -> None:
    write(adult, module)
    wrapped = bytes(NoteKey.objects.get().wrapped)
    write(adult, module, "Et til.", block="r2")
    assert bytes(NoteKey.objects.get().wrapped) == wrapped
    assert len(read(adult, module)) == 2


def test_a_row_that_is_not_a_note_is_left_out(adult: Adult, module: Module) -> None:
    write(adult, module)
    made.NoteFactory(adult=adult, module=module, part_key="del-1", block="r2", sealed=b"x" * 60)
    assert read(adult, module) == {"r1": TEXT}


def test_a_note_that_does_not_open_is_shown_as_shut_and_its_field_is_not_there(
    adult: Adult, module: Module, logged_in: LogIn
) -> None:
    made.NoteFactory(adult=adult, module=module, part_key="del-1", block="r1", sealed=b"x" * 60)
    made.NoteKeyFactory(adult=adult, wrapped=b"x" * 60)
    page = logged_in(adult).get(PART).content.decode()
    assert CLOSED in page
    assert "<textarea" not in page
