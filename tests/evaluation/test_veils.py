"""Two rows of one person look no more alike than any two, and only the key file can tell."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import ImproperlyConfigured

from courses.keys import make_key_file
from evaluation.answers.veils import BLOCK, ID_BYTES, ids_of, unveiled, veiled

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_django.fixtures import SettingsWrapper

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
    with pytest.raises(ImproperlyConfigured, match="ikke den svarene ble låst med"):
        ids_of(rows)


def test_a_file_without_the_key_says_what_to_do(key_file: Path) -> None:
    kept = json.loads(key_file.read_text())
    del kept["pairs"]
    key_file.write_text(json.dumps(kept))
    with pytest.raises(ImproperlyConfigured, match=r"manage\.py keys make"):
        veiled([SAME])
