"""A disk that is full in the middle of it all: what is sealed stays sealed, and the next run takes it all."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.core.management import CommandError, call_command
from django.db import connections

from evaluation.answers import closing, kept_keys, keys
from evaluation.models import ClosingBatch, Occasion, Response, SealedAnswer
from tests.crowds import adults, all_answer, asked
from tests.factories import GroupFactory
from tests.study_factories import wave

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [
    pytest.mark.django_db(transaction=True, databases=["default", "answers"]),
    pytest.mark.skipif(connections["default"].vendor != "sqlite", reason="only SQLite can be told how full"),
]
MANY = 60  # enough answers that their rows need pages the database has not got


@pytest.fixture
def at(tmp_path: Path, settings: object) -> Occasion:
    settings.SEAL_KEY_FILE = tmp_path / "keys" / "seal.json"  # type: ignore[attr-defined]
    group = GroupFactory()
    people = adults(group, MANY)
    made = asked(people, wave=wave(), group=group)
    all_answer(people, made)
    return made


@contextmanager
def full(alias: str) -> Iterator[None]:
    """The database may not grow by a page: SQLite says «database or disk is full», as it does of a disk."""
    with connections[alias].cursor() as cursor:
        cursor.execute("VACUUM")
        (pages,) = cursor.execute("PRAGMA page_count").fetchone()
        cursor.execute(f"PRAGMA max_page_count = {pages}")
        try:
            yield
        finally:
            cursor.execute("PRAGMA max_page_count = 1073741823")


def test_no_room_for_the_rows_leaves_everything_sealed(at: Occasion) -> None:
    with full("answers"), pytest.raises(CommandError, match=r"full.*Kjør kommandoen igjen"):
        call_command("close", at.pk)
    assert not ClosingBatch.objects.exists()
    assert not Response.objects.exists()
    assert SealedAnswer.objects.count() == MANY
    assert closing.close(at).taken == MANY
    assert Response.objects.count() == MANY


def test_no_room_for_the_key_file_is_said_and_the_next_run_lets_the_key_go(
    at: Occasion, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room(*args: object, **fields: object) -> None:
        raise OSError(28, "No space left on device", "seal.json.new")

    with monkeypatch.context() as patch:
        patch.setattr(keys, "replace", no_room)
        with pytest.raises(CommandError, match="No space left on device"):
            call_command("close", at.pk)
    assert Response.objects.count() == MANY
    assert kept_keys.unswept() == [Occasion.objects.get(pk=at.pk)]
    call_command("close", due=True)
    assert kept_keys.unswept() == []


def test_what_was_deleted_is_in_no_file_after_the_sweep(at: Occasion) -> None:
    """Free pages hold what was deleted until somebody writes over them."""
    box = bytes(SealedAnswer.objects.first().box)
    closing.close(at)
    connections["default"].close()
    content = b"".join(path.read_bytes() for path in Path(_file()).parent.glob(f"{Path(_file()).name}*"))
    assert box[100:160] not in content


def _file() -> str:
    return str(connections["default"].settings_dict["NAME"])
