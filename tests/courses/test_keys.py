"""The key file: made once, read by its owner alone, and never silently replaced."""

from __future__ import annotations

import base64
import json
import os
import stat
from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command

from courses.keys import add_next_key, key, make_key_file

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_django.fixtures import SettingsWrapper


@pytest.fixture
def path(tmp_path: Path, settings: SettingsWrapper) -> Path:
    """A key file that is not there yet."""
    settings.KEY_FILE = tmp_path / "house" / "keys.json"
    return settings.KEY_FILE


def test_a_key_file_is_for_its_owner_alone_and_holds_keys_of_32_bytes(path: Path) -> None:
    make_key_file(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(key("notes")) == 32


def test_a_power_cut_brings_no_older_key_file_back(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    forced, really = [], os.fsync

    def fsync(number: int) -> None:
        forced.append(stat.S_IFMT(os.fstat(number).st_mode))
        really(number)

    monkeypatch.setattr(os, "fsync", fsync)
    make_key_file(path)
    add_next_key(path, "notes")
    assert forced == [stat.S_IFREG, stat.S_IFDIR] * 2  # the words, then the name they stand under


def test_two_key_files_are_never_alike(tmp_path: Path) -> None:
    for name in ("one", "two"):
        make_key_file(tmp_path / name)
    assert (tmp_path / "one").read_text() != (tmp_path / "two").read_text()


def test_the_demo_makes_its_own_key_file(path: Path, settings: SettingsWrapper) -> None:
    settings.DEMO = True
    first = key("notes")
    assert key("notes") == first
    assert path.exists()


def test_a_missing_key_file_says_what_to_do(path: Path, settings: SettingsWrapper) -> None:
    settings.DEMO = False
    with pytest.raises(ImproperlyConfigured, match=r"manage\.py keys make"):
        key("notes")
    assert not path.exists()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o601])
def test_a_key_file_that_others_can_open_is_refused(path: Path, mode: int) -> None:
    make_key_file(path)
    path.chmod(mode)
    with pytest.raises(ImproperlyConfigured, match="kan leses av andre"):
        key("notes")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{}", "mangler nøkkelen «notes»"),
        ("not json", "mangler nøkkelen «notes»"),
        (json.dumps({"notes": "!"}), "«notes»"),
        (json.dumps({"notes": base64.b64encode(b"short").decode()}), "har feil lengde"),
    ],
)
def test_a_broken_key_file_is_refused(path: Path, settings: SettingsWrapper, content: str, said: str) -> None:
    settings.DEMO = False
    make_key_file(path)
    path.write_text(content)
    with pytest.raises(ImproperlyConfigured, match=said):
        key("notes")


@pytest.mark.django_db(databases=["default", "answers"])  # whether something is locked with what is missing
def test_the_command_makes_a_file_and_never_writes_over_one(path: Path) -> None:
    call_command("keys", "make")
    before = path.read_text()
    with pytest.raises(CommandError, match="ikke rørt"):
        call_command("keys", "make")
    assert path.read_text() == before
