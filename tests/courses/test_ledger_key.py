"""The ledger of the erased knows its key: with another one erased people would come back from a copy."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from django.core.management import CommandError, call_command

from cms.management.commands import work
from courses import ledger
from courses.erasing import erase, replay
from courses.keys import make_key_file
from courses.ledger import LedgerError
from courses.models import User
from tests.factories import UserFactory

if TYPE_CHECKING:
    from pathlib import Path

    from courses.models import Adult

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_ledger(settings, tmp_path: Path) -> None:
    settings.ERASURE_LEDGER = tmp_path / "erased.txt"


@pytest.fixture
def other_key(adult: Adult, other_adult: Adult, settings, tmp_path: Path) -> str:
    """Somebody has been erased; the key file is another than her mark was made with. Her name."""
    name: str = adult.user.username
    erase(adult)
    settings.KEY_FILE, settings.DEMO = tmp_path / "other.json", False
    return name


@pytest.mark.django_db(databases=["default", "answers"])
def test_no_new_ledger_key_is_made_where_somebody_is_erased_by_an_old_one(other_key: str, settings) -> None:
    make_key_file(settings.KEY_FILE, without=["ledger"])
    for _in_a_file_and_a_new_one in range(2):
        with pytest.raises(CommandError, match=r"«ledger» er ikke laget: slettelista .*erased\.txt"):
            call_command("keys", "make")
        assert "ledger" not in json.loads(settings.KEY_FILE.read_text())
        settings.KEY_FILE.unlink()


def test_with_another_key_than_the_ledgers_a_replay_stops_and_nobody_more_is_marked(
    other_key: str, other_adult: Adult, settings
) -> None:
    make_key_file(settings.KEY_FILE)
    UserFactory(username=other_key)  # restored
    before = settings.ERASURE_LEDGER.read_text()
    for what in (replay, lambda: erase(other_adult)):
        with pytest.raises(LedgerError, match="skrevet med en annen nøkkel «ledger»"):
            what()
    assert User.objects.filter(pk=other_adult.user_id).exists()
    assert settings.ERASURE_LEDGER.read_text() == before


def test_a_ledger_from_before_it_said_its_key_is_still_replayed(adult: Adult, settings) -> None:
    name = adult.user.username
    erase(adult)
    forget_the_key_of(settings.ERASURE_LEDGER)
    UserFactory(username=name)
    assert replay() == 1


def forget_the_key_of(file: Path) -> None:
    """As ledgers were before they said it."""
    lines = file.read_text().splitlines()
    file.write_text("".join(f"{line}\n" for line in lines if not line.startswith("key ")))


def test_a_ledger_from_before_is_told_its_key_by_the_worker_so_that_another_is_known_at_once(
    adult: Adult, settings, tmp_path: Path
) -> None:
    assert ledger.note_key in work.STEPS
    ledger.note_key()
    assert not settings.ERASURE_LEDGER.exists()  # nothing is there that a key must find
    erase(adult)
    whole = settings.ERASURE_LEDGER.read_text()
    forget_the_key_of(settings.ERASURE_LEDGER)
    for _again in range(2):
        ledger.note_key()
    assert sorted(settings.ERASURE_LEDGER.read_text().split()) == sorted(whole.split())
    settings.KEY_FILE, settings.DEMO = tmp_path / "other.json", False
    make_key_file(settings.KEY_FILE)
    with pytest.raises(LedgerError, match="skrevet med en annen nøkkel «ledger»"):
        replay()


def test_putting_back_says_nothing_of_a_key_that_may_be_another(adult: Adult, settings) -> None:
    erase(adult)
    forget_the_key_of(settings.ERASURE_LEDGER)
    before = settings.ERASURE_LEDGER.read_text()
    replay()
    assert settings.ERASURE_LEDGER.read_text() == before
