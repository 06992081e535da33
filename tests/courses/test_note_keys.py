"""Keys that are wrong, changed or gone: no note is lost by it, and what is typed stands in its field."""

from __future__ import annotations

import json
import stat
from io import StringIO
from typing import TYPE_CHECKING

import pytest
from django.core.management import CommandError, call_command

from courses.erasing import mark_of
from courses.keys import keys, make_key_file
from courses.models import Adult, Module, Note, NoteKey
from courses.notes import (
    WRAPPED_BYTES,
    NotesClosedError,
    _seal,
    kept_notes,
    notes_of,
    rewrap_all,
    write_note,
)

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client
    from pytest_django.fixtures import SettingsWrapper

    from tests.people import LogIn

pytestmark = pytest.mark.django_db

PART = "/kurs/en-god-start/modul-1/del-1/"
ADDRESS = f"{PART}r1/notat/"
TEXT = "Det vi fikk til i går."
CLOSED = "Notatet kan ikke åpnes akkurat nå. Det er ikke slettet."


@pytest.fixture
def path(tmp_path: Path, settings: SettingsWrapper) -> Path:
    """A key file of this test alone; outside the demo, which makes what is missing."""
    settings.KEY_FILE, settings.DEMO = tmp_path / "keys.json", False
    make_key_file(settings.KEY_FILE)
    return settings.KEY_FILE


@pytest.fixture
def module(adult: Adult) -> Module:
    return adult.enrolments.get().group.edition.programme.modules.get(number=1)


@pytest.fixture
def noted(path: Path, adult: Adult, module: Module) -> Adult:
    write(adult, module)
    return adult


@pytest.fixture
def client(noted: Adult, logged_in: LogIn) -> Client:
    return logged_in(noted)


def write(adult: Adult, module: Module, text: str = TEXT) -> None:
    write_note(adult=adult, module=module, part_key="del-1", block="r1", text=text)


def read(adult: Adult, module: Module) -> dict[str, str]:
    return notes_of(adult, module.pk, "del-1")


def rotate_and_rewrap() -> None:
    for action in ("rotate", "rewrap"):
        call_command("keys", action, stdout=StringIO())


def replace(path: Path) -> None:
    path.unlink()
    make_key_file(path)


def spoil(path: Path) -> None:
    path.write_text("{")


def close(path: Path) -> None:
    path.chmod(0o640)


WRONG = [replace, spoil, close, lambda path: path.unlink()]


@pytest.mark.parametrize("wrong", WRONG)
def test_a_note_under_a_wrong_key_is_said_to_be_shut(path: Path, client: Client, wrong) -> None:
    wrong(path)
    page = client.get(PART)
    assert page.status_code == 200
    assert CLOSED in page.content.decode()
    assert "<textarea" not in page.content.decode()


@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize("typed", ["", "Noe helt nytt."])
def test_writing_under_a_wrong_key_keeps_both_the_note_and_what_was_typed(
    path: Path, noted: Adult, module: Module, client: Client, wrong, typed: str
) -> None:
    mark = kept_notes(noted, module.pk, "del-1")["r1"].mark
    right = path.read_text()
    wrong(path)
    page = client.post(ADDRESS, {"text": typed, "mark": mark})
    assert page.status_code == 503
    assert "Notatet kan ikke lagres akkurat nå." in page.content.decode()
    assert f">{typed}</textarea>" in page.content.decode()
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text(right)
    assert read(noted, module) == {"r1": TEXT}


def test_a_first_note_without_a_key_file_stands_in_its_field(
    path: Path, adult: Adult, logged_in: LogIn
) -> None:
    path.unlink()
    page = logged_in(adult).post(ADDRESS, {"text": TEXT, "mark": ""})
    assert page.status_code == 503
    assert f">{TEXT}</textarea>" in page.content.decode()
    assert not NoteKey.objects.exists()


def test_one_row_that_does_not_open_is_neither_written_over_nor_deleted(noted: Adult, module: Module) -> None:
    Note.objects.update(sealed=b"x" * 60)
    for text in ("", "Noe nytt."):
        with pytest.raises(NotesClosedError):
            write(noted, module, text)
    assert bytes(Note.objects.get().sealed) == b"x" * 60


def test_rotating_wraps_every_key_anew_and_opens_every_note(
    path: Path, noted: Adult, other_adult: Adult, module: Module
) -> None:
    write(other_adult, module, "Mitt eget.")
    before, ledger = keys("notes"), mark_of(noted.user)
    wrapped = {bytes(row.wrapped) for row in NoteKey.objects.all()}
    sealed = bytes(Note.objects.get(adult=noted).sealed)
    rotate_and_rewrap()
    assert keys("notes")[1:] == before
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not wrapped & {bytes(row.wrapped) for row in NoteKey.objects.all()}
    assert bytes(Note.objects.get(adult=noted).sealed) == sealed
    assert (read(noted, module), read(other_adult, module)) == ({"r1": TEXT}, {"r1": "Mitt eget."})
    assert mark_of(noted.user) == ledger


def test_a_new_key_that_is_lost_before_it_was_copied_takes_no_note_with_it(
    path: Path, noted: Adult, other_adult: Adult, module: Module
) -> None:
    copy = path.read_text()
    said = StringIO()
    call_command("keys", "rotate", stdout=said)
    assert "Ta en kopi" in said.getvalue()
    assert "keys rewrap" in said.getvalue()
    write(other_adult, module, "Skrevet etterpå.")
    path.write_text(copy)
    assert (read(noted, module), read(other_adult, module)) == ({"r1": TEXT}, {"r1": "Skrevet etterpå."})


def test_a_copy_made_after_rotating_opens_what_is_wrapped_afterwards(
    path: Path, noted: Adult, other_adult: Adult, module: Module
) -> None:
    call_command("keys", "rotate", stdout=StringIO())
    copy = path.read_text()
    call_command("keys", "rewrap", stdout=StringIO())
    write(other_adult, module, "Skrevet etterpå.")
    path.write_text(copy)
    assert (read(noted, module), read(other_adult, module)) == ({"r1": TEXT}, {"r1": "Skrevet etterpå."})


@pytest.mark.parametrize("action", ["rotate", "drop"])
def test_a_key_that_waits_is_taken_into_use_before_anything_else(
    path: Path, noted: Adult, action: str
) -> None:
    call_command("keys", "rotate", stdout=StringIO())
    before = path.read_text()
    with pytest.raises(CommandError, match="keys rewrap"):
        call_command("keys", action)
    assert path.read_text() == before


def test_rewrapping_that_stopped_halfway_goes_on_at_the_next_try(
    path: Path, noted: Adult, module: Module
) -> None:
    wrapped = bytes(NoteKey.objects.get().wrapped)
    rotate_and_rewrap()
    NoteKey.objects.update(wrapped=wrapped)
    call_command("keys", "rewrap", stdout=StringIO())
    assert len(keys("notes")) == 2
    call_command("keys", "drop", stdout=StringIO())
    assert read(noted, module) == {"r1": TEXT}


def test_old_keys_open_what_a_backup_brings_back_until_they_are_dropped(
    path: Path, noted: Adult, module: Module
) -> None:
    from_backup = bytes(NoteKey.objects.get().wrapped)
    rotate_and_rewrap()
    NoteKey.objects.update(wrapped=from_backup)
    assert read(noted, module) == {"r1": TEXT}
    call_command("keys", "drop", stdout=StringIO())
    assert len(keys("notes")) == 1
    assert read(noted, module) == {"r1": TEXT}
    NoteKey.objects.update(wrapped=from_backup)
    assert kept_notes(noted, module.pk, "del-1")["r1"].text is None


def test_no_key_is_dropped_while_somebody_s_does_not_open(path: Path, noted: Adult) -> None:
    rotate_and_rewrap()
    NoteKey.objects.update(wrapped=b"x" * WRAPPED_BYTES)
    with pytest.raises(CommandError, match="Ingen nøkkel er fjernet"):
        call_command("keys", "drop")
    assert len(keys("notes")) == 2


def test_a_key_wrapped_before_there_were_ids_opens_and_gets_one(
    path: Path, noted: Adult, module: Module
) -> None:
    row = NoteKey.objects.get()
    NoteKey.objects.update(wrapped=bytes(row.wrapped)[-WRAPPED_BYTES:])
    assert read(noted, module) == {"r1": TEXT}
    assert rewrap_all() == (1, 0)
    assert len(bytes(NoteKey.objects.get().wrapped)) == WRAPPED_BYTES + 4
    assert read(noted, module) == {"r1": TEXT}


@pytest.mark.django_db(databases=["default", "answers"])  # whether something is locked with what is missing
def test_a_file_with_one_key_as_text_still_opens(path: Path, noted: Adult, module: Module) -> None:
    old = json.loads(path.read_text())
    path.write_text(json.dumps({"notes": old["notes"][0]}))
    assert read(noted, module) == {"r1": TEXT}
    call_command("keys", "make", stdout=StringIO())
    assert set(json.loads(path.read_text())) == {"notes", "ledger", "pairs"}
    call_command("keys", "rotate", stdout=StringIO())
    assert read(noted, module) == {"r1": TEXT}


def test_rotating_without_a_file_says_what_to_do(path: Path) -> None:
    path.unlink()
    with pytest.raises(CommandError, match=r"manage\.py keys make"):
        call_command("keys", "rotate")


def test_a_key_moved_to_another_adult_opens_nothing_after_rotating(
    path: Path, noted: Adult, other_adult: Adult, module: Module
) -> None:
    outer = keys("notes")[0]
    NoteKey.objects.update(wrapped=_seal(outer, b"k" * 32, f"adult {other_adult.pk}"))
    assert rewrap_all() == (0, 1)
