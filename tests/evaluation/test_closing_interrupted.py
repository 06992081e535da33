"""Closing that is killed, or lacks a key or a database: nothing is lost or doubled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from evaluation.answers import boxes, cleaning, closing, due, kept_keys, keys
from evaluation.models import ClosingBatch, Occasion, Response, SealedAnswer, TextAnswer
from tests.crowds import all_answer, asked
from tests.evaluation.eight_asked import at, group, people
from tests.study_factories import wave

if TYPE_CHECKING:
    from pathlib import Path

    from courses.models import Adult, Group

__all__ = ["at", "group", "people"]
pytestmark = pytest.mark.django_db(databases=["default", "answers"])


@pytest.mark.parametrize("stop", ["_draw_batch", "_write", "_take_away", "vacuum", "let_go"])
def test_killed_at_any_step_it_goes_on_from_there(
    people: list[Adult], at: Occasion, monkeypatch: pytest.MonkeyPatch, stop: str
) -> None:
    all_answer(people, at)

    def killed(*args: object, **fields: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(*((kept_keys, stop) if stop == "let_go" else (closing, stop)), killed)
        with pytest.raises(KeyboardInterrupt):
            closing.close(at)
    result = closing.close(at)
    assert (result.state, result.sealed, result.taken) == ("counted", 8, 8)
    assert Response.objects.count() == 8
    assert not SealedAnswer.objects.exists()
    at.refresh_from_db()
    assert kept_keys.is_let_go(at)
    assert kept_keys.unswept() == []


def test_killed_after_the_rows_were_written_nothing_is_written_twice(
    people: list[Adult], at: Occasion, monkeypatch: pytest.MonkeyPatch
) -> None:
    all_answer(people, at)

    def killed(*args: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(closing, "_finish", killed)
        with pytest.raises(KeyboardInterrupt):
            closing.close(at)
    before = set(Response.objects.values_list("pk", flat=True))
    assert (len(before), SealedAnswer.objects.count()) == (8, 8)
    closing.close(at)
    assert set(Response.objects.values_list("pk", flat=True)) == before
    assert ClosingBatch.objects.count() == 1


def test_two_closings_beside_each_other_write_once(
    people: list[Adult], at: Occasion, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other one runs through while this one has read the inbox and written nothing."""
    all_answer(people, at)
    write = closing._write

    def after_the_other(opened: list[object]) -> bool:
        monkeypatch.setattr(closing, "_write", write)
        closing.close(at)
        return write(opened)

    monkeypatch.setattr(closing, "_write", after_the_other)
    result = closing.close(at)
    assert result.state == "counted"
    assert Response.objects.count() == 8
    assert ClosingBatch.objects.count() == 1


@pytest.fixture
def own_keys(tmp_path: Path, settings: object) -> Path:
    path = tmp_path / "seal.json"
    settings.SEAL_KEY_FILE = path  # type: ignore[attr-defined]
    return path


def untouched(at: Occasion) -> bool:
    at.refresh_from_db()
    return at.state == "open" and SealedAnswer.objects.count() == 8 and not Response.objects.exists()


def test_without_the_key_nothing_is_moved_and_it_says_what_to_do(
    own_keys: Path, people: list[Adult], group: Group
) -> None:
    at = asked(people, wave=wave(), group=group)
    all_answer(people, at)
    kept = own_keys.read_bytes()
    own_keys.unlink()
    with pytest.raises(CommandError, match=r"mangler .* Ingenting er flyttet"):
        call_command("close", at.pk)
    assert untouched(at)
    own_keys.write_bytes(kept)
    own_keys.chmod(0o600)
    assert closing.close(at).taken == 8


def test_with_another_key_nothing_is_moved(own_keys: Path, people: list[Adult], group: Group) -> None:
    at = asked(people, wave=wave(), group=group)
    all_answer(people, at)
    keys.destroy_seal_key(at)
    keys._made(f"seal {at.pk}", boxes.new_private_key())
    with pytest.raises(keys.NoKeyError, match="ikke den svarene er forseglet med"):
        closing.close(at)
    assert untouched(at)


def test_with_another_pairing_key_nothing_is_moved(own_keys: Path, people: list[Adult], group: Group) -> None:
    at = asked(people, wave=wave(), group=group)
    all_answer(people, at)
    keys._destroyed(f"pair {at.wave.study_id}")
    with pytest.raises(keys.NoKeyError, match="Koblingsnøkkelen"):
        closing.close(at)
    keys._made(f"pair {at.wave.study_id}", b"x" * 32)
    with pytest.raises(keys.NoKeyError, match="fingeravtrykk"):
        closing.close(at)
    assert untouched(at)


def test_a_key_file_others_can_read_is_not_used(own_keys: Path, people: list[Adult], group: Group) -> None:
    at = asked(people, wave=wave(), group=group)
    all_answer(people, at)
    own_keys.chmod(0o644)
    with pytest.raises(keys.NoKeyError, match="kan leses av andre"):
        closing.close(at)
    assert untouched(at)


def test_the_answers_database_away_leaves_everything_sealed(
    people: list[Adult], at: Occasion, monkeypatch: pytest.MonkeyPatch
) -> None:
    all_answer(people, at)

    def away(*args: object, **fields: object) -> None:
        raise OperationalError("disk full")

    with monkeypatch.context() as patch:
        patch.setattr(TextAnswer.objects.__class__, "bulk_create", away)
        with pytest.raises(CommandError, match="Kjør kommandoen igjen"):
            call_command("close", at.pk)
    assert SealedAnswer.objects.count() == 8
    assert not ClosingBatch.objects.exists()
    assert closing.close(at).taken == 8


def test_the_worker_counts_what_has_ended_only_where_the_keys_are_its_own(
    people: list[Adult], at: Occasion, settings: object
) -> None:
    all_answer(people, at)
    Occasion.objects.filter(pk=at.pk).update(opens_at="2025-01-01T00:00Z", closes_at="2025-01-02T00:00Z")
    settings.SEAL_KEYS_APART = True  # type: ignore[attr-defined]
    due.end_windows()
    due.count_waiting()
    at.refresh_from_db()
    assert (at.state, Response.objects.count()) == ("closed", 0)
    settings.SEAL_KEYS_APART = False  # type: ignore[attr-defined]
    due.count_waiting()
    at.refresh_from_db()
    assert (at.state, Response.objects.count()) == ("counted", 8)


def test_a_sweep_that_others_kept_busy_is_done_by_the_next_run(
    people: list[Adult], at: Occasion, monkeypatch: pytest.MonkeyPatch
) -> None:
    all_answer(people, at)

    def busy() -> None:
        raise OperationalError("database is locked")

    with monkeypatch.context() as patch:
        patch.setattr(closing, "vacuum", busy)
        with pytest.raises(OperationalError):
            closing.close(at)
    at.refresh_from_db()
    assert kept_keys.unswept() == [at]
    due.count_waiting()
    assert kept_keys.is_let_go(at)
    assert cleaning.TRIES > 1
