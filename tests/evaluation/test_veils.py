"""Two rows of one person look no more alike than any two, and only the key file can tell."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from unittest import mock

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError

from courses.keys import make_key_file
from evaluation.answers import closing, due
from evaluation.answers.keys import NoKeyError
from evaluation.answers.veils import BLOCK, ID_BYTES, ids_of, unveiled, veiled
from evaluation.models import Occasion, Response, SealedAnswer
from tests.crowds import adults, all_answer, asked
from tests.factories import GroupFactory
from tests.paired import pairs_of
from tests.study_factories import study, wave

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_django.fixtures import SettingsWrapper

pytestmark = pytest.mark.django_db(databases=["default", "answers"])
SAME = b"samesame"


@pytest.fixture
def key_file(settings: SettingsWrapper, tmp_path: Path) -> Path:
    settings.KEY_FILE, settings.DEMO = tmp_path / "keys.json", False
    make_key_file(settings.KEY_FILE)
    return settings.KEY_FILE


def test_an_id_comes_back_and_is_never_locked_alike_twice(key_file: Path) -> None:
    rows = veiled([SAME] * 1000)
    assert len(set(rows)) == 1000
    assert {len(row) for row in rows} == {BLOCK}
    assert ids_of(rows) == [SAME] * 1000
    halves = {half for row in rows for half in (row[:ID_BYTES], row[ID_BYTES:])}
    assert len(halves) == 2000  # nor in any part


def test_nobody_is_nothing(key_file: Path) -> None:
    assert veiled([]) == []
    assert unveiled(b"") == b""


def test_another_key_is_found_out_and_pairs_nobody_wrongly(key_file: Path) -> None:
    rows = veiled([bytes([place]) * ID_BYTES for place in range(20)])
    key_file.unlink()
    make_key_file(key_file)
    with pytest.raises(NoKeyError, match="ikke den svarene ble låst med"):
        ids_of(rows)


# --- several keys in the file
def listed(key_file: Path, *names: str) -> None:
    """Puts the keys of those files, in that order, where the one key was."""
    pairs = [json.loads((key_file.parent / name).read_text())["pairs"] for name in names]
    key_file.write_text(json.dumps(json.loads(key_file.read_text()) | {"pairs": pairs}))


@pytest.fixture
def older_and_newer(key_file: Path) -> tuple[list[bytes], list[bytes]]:
    """Rows of before and after a new key was drawn; both lie in the file."""
    rows = []
    for name in ("older", "newer"):
        make_key_file(key_file.parent / name)
        listed(key_file, name)
        rows.append(veiled([bytes([place]) * ID_BYTES for place in range(100)]))
    listed(key_file, "newer", "older")
    return rows[0], rows[1]


def test_every_key_in_the_file_opens_what_it_locked(older_and_newer: tuple[list[bytes], list[bytes]]) -> None:
    older, newer = older_and_newer
    same = [bytes([place]) * ID_BYTES for place in range(100)]
    assert ids_of(older) == ids_of(newer) == same
    mixed = [row for both in zip(older, newer, strict=True) for row in both]
    assert ids_of(mixed) == [each for each in same for _twice in range(2)]
    assert len(unveiled(b"".join(mixed))) == 200 * BLOCK


def test_the_newest_of_them_locks(key_file: Path, older_and_newer: object) -> None:
    row = veiled([SAME])
    listed(key_file, "newer")
    assert ids_of(row) == [SAME]
    listed(key_file, "older")
    with pytest.raises(NoKeyError, match="ikke den svarene ble låst med"):
        ids_of(row)


def test_a_row_of_a_key_that_is_not_among_them_is_found_out(
    key_file: Path, older_and_newer: tuple[list[bytes], list[bytes]]
) -> None:
    make_key_file(key_file.parent / "third")
    listed(key_file, "third", "newer")
    older, newer = older_and_newer
    assert len(ids_of(newer)) == 100
    with pytest.raises(NoKeyError, match="ikke den svarene ble låst med"):
        ids_of([*newer, older[0]])


def test_what_was_counted_under_an_older_key_is_paired_with_what_is_counted_now(key_file: Path) -> None:
    people = adults(GroupFactory(), 6, families=5)
    of = study()
    for name, code in (("older", "T0"), ("newer", "T1")):
        make_key_file(key_file.parent / name)
        listed(key_file, *([name] if name == "older" else [name, "older"]))
        at = asked(people, wave=wave(of, code=code))
        all_answer(people, at)
        assert closing.close(at).taken == 6
    before, after = (set(pairs_of(Response.objects.filter(wave=code))) for code in ("T0", "T1"))
    assert before == after
    assert len(before) == 6


# --- no new key where answers are locked with another
def without_pairs(key_file: Path) -> str:
    content = json.loads(key_file.read_text())
    key = content.pop("pairs")
    key_file.write_text(json.dumps(content))
    return str(key)


def test_no_new_key_is_drawn_where_answers_are_locked_with_one_that_is_gone(key_file: Path) -> None:
    assert closing.close(counted()).taken == 6
    key = without_pairs(key_file)
    kept = json.loads(key_file.read_text())
    key_file.write_text(json.dumps({"notes": kept["notes"]}))
    with pytest.raises(CommandError, match=r"«pairs» er ikke laget.*Legg den gamle tilbake"):
        call_command("keys", "make")
    now = json.loads(key_file.read_text())
    assert set(now) == {"notes", "ledger"}  # what locks nothing yet is made
    key_file.write_text(json.dumps(now | {"pairs": key}))
    assert len(set(pairs_of(Response.objects.all()))) == 6


def test_nor_in_a_whole_new_file(key_file: Path) -> None:
    assert closing.close(counted()).taken == 6
    key_file.unlink()
    with pytest.raises(CommandError, match="«pairs» er ikke laget"):
        call_command("keys", "make")
    assert set(json.loads(key_file.read_text())) == {"notes", "ledger"}


def test_where_nothing_is_locked_yet_the_key_is_made(key_file: Path) -> None:
    without_pairs(key_file)
    call_command("keys", "make")
    assert "pairs" in json.loads(key_file.read_text())


def test_where_the_answers_cannot_be_read_what_was_counted_is_asked_of_the_people(key_file: Path) -> None:
    """The web's own user has no right in the answers database."""
    assert closing.close(counted()).taken == 6
    without_pairs(key_file)
    with (
        mock.patch.object(Response.objects, "exclude", side_effect=DatabaseError("permission denied")),
        pytest.raises(CommandError, match="«pairs» er ikke laget"),
    ):
        call_command("keys", "make")


def test_a_file_without_the_key_says_what_to_do(key_file: Path) -> None:
    kept = json.loads(key_file.read_text())
    del kept["pairs"]
    key_file.write_text(json.dumps(kept))
    with pytest.raises(NoKeyError, match=r"manage\.py keys make"):
        veiled([SAME])


def counted(many: int = 6) -> Occasion:
    people = adults(GroupFactory(), many, families=5)
    at = asked(people, wave=wave())
    all_answer(people, at)
    return at


def test_nothing_is_counted_with_another_key_than_what_was_counted_before(key_file: Path) -> None:
    """Else it could never be paired with the rest again, and the boxes would be gone."""
    first, second = counted(), counted()
    assert closing.close(first).taken == 6
    kept = key_file.read_bytes()
    key_file.unlink()
    make_key_file(key_file)
    faults: list[str] = []
    due.count_all_waiting(faults)  # others go on, and what is to be destroyed is
    with pytest.raises(NoKeyError, match="ikke den svarene ble låst med"):
        closing.close(second)
    assert SealedAnswer.objects.filter(occasion=second).count() == 6
    key_file.write_bytes(kept)
    assert closing.close(Occasion.objects.get(pk=second.pk)).taken == 6
    assert len(set(pairs_of(Response.objects.all()))) == 12


def test_without_the_key_nothing_is_moved(key_file: Path) -> None:
    at = counted()
    kept = json.loads(key_file.read_text())
    key_file.write_text(json.dumps({name: value for name, value in kept.items() if name != "pairs"}))
    with pytest.raises(NoKeyError, match=r"manage\.py keys make"):
        closing.close(at)
    assert (SealedAnswer.objects.count(), Response.objects.count()) == (6, 0)
