"""Two rows of one person look no more alike than any two, and only the key file can tell."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from courses.keys import make_key_file
from evaluation.answers import closing, due
from evaluation.answers.keys import NoKeyError
from evaluation.answers.veils import BLOCK, ID_BYTES, ids_of, unveiled, veiled
from evaluation.models import Occasion, Response, SealedAnswer
from tests.crowds import adults, all_answer, asked
from tests.factories import GroupFactory
from tests.paired import pairs_of
from tests.study_factories import wave

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
