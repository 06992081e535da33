"""An occasion's key outlives its count by a week: a backup from while it was open still gives its answers."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.utils import timezone

from courses.key_files import stored
from evaluation.answers import closing, due, kept_keys, keys
from evaluation.models import ClosingBatch, Occasion, Participation, Response, SealedAnswer, Study, TextAnswer
from tests.crowds import adults, all_answer, asked
from tests.evaluation.key_ceremonies import key_file
from tests.factories import GroupFactory
from tests.study_factories import occasion, wave

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["key_file"]
pytestmark = pytest.mark.django_db(databases=["default", "answers"])


@pytest.fixture
def at() -> Occasion:
    """Eight have answered."""
    group = GroupFactory()
    people = adults(group, 8, families=5)
    made = asked(people, wave=wave(), group=group)
    all_answer(people, made)
    return made


class Backup:
    """What a restore brings back of an occasion: its rows as they were, in both databases."""

    def __init__(self, at: Occasion) -> None:
        self.at, self.state = at, Occasion.objects.filter(pk=at.pk).values("state", "batch").get()
        self.boxes = list(SealedAnswer.objects.filter(occasion=at))
        self.asked = list(Participation.objects.filter(occasion=at).values("pk", "state"))

    def restore(self) -> Occasion:
        for model in (ClosingBatch, Response, TextAnswer, SealedAnswer):
            model.objects.all().delete()
        SealedAnswer.objects.bulk_create(self.boxes)
        for row in self.asked:
            Participation.objects.filter(pk=row["pk"]).update(state=row["state"])
        Occasion.objects.filter(pk=self.at.pk).update(**self.state)
        return Occasion.objects.get(pk=self.at.pk)


def test_a_backup_from_while_it_was_open_gives_every_answer_six_days_later(at: Occasion) -> None:
    backup = Backup(at)
    assert closing.close(at).taken == 8
    with time_machine.travel(timezone.now() + timedelta(days=6)):
        due.count_waiting()
        again = backup.restore()
        assert kept_keys.unopenable() == []
        assert closing.close(again).taken == 8
    assert Response.objects.count() == 8


def test_after_a_week_the_key_is_gone_from_the_file_and_what_came_back_is_told_of(
    at: Occasion, key_file: Path
) -> None:
    backup = Backup(at)
    key = stored(key_file)[f"seal {at.pk}"]
    closing.close(at)
    with time_machine.travel(timezone.now() + timedelta(days=7)):
        due.count_waiting()
        assert set(stored(key_file)) == {f"pair {at.wave.study_id}"}
        assert str(key).encode() not in b"".join(path.read_bytes() for path in key_file.parent.iterdir())
        again = backup.restore()
        assert kept_keys.unopenable() == [(at.pk, 8)]
        with pytest.raises(keys.NoKeyError):
            closing.close(again)


def test_a_week_is_counted_from_the_last_count_and_never_while_it_waits(at: Occasion) -> None:
    """Put back after six days and counted again: the earlier mark says nothing of this count."""
    backup = Backup(at)
    now = timezone.now()
    closing.close(at)
    with time_machine.travel(now + timedelta(days=6)):
        again = backup.restore()
    with time_machine.travel(now + timedelta(days=30)):
        kept_keys.destroy_over()
        assert keys.has_seal_key(again)
        closing.close(again)
        due.count_waiting()
        assert keys.has_seal_key(again)
    with time_machine.travel(now + timedelta(days=37)):
        call_command("close", again.pk)
        assert not keys.has_seal_key(again)


def test_the_sunset_takes_the_keys_that_were_kept(at: Occasion, key_file: Path) -> None:
    """Else an old copy of the inbox could pair what the sunset has promised nobody can."""
    closing.close(at)
    assert keys.has_seal_key(at)
    keys.sunset(Study.objects.get(pk=at.wave.study_id), ())
    assert stored(key_file) == {}


def test_counted_after_the_sunset_its_key_is_not_kept(at: Occasion, key_file: Path) -> None:
    keys.sunset(at.wave.study, ())
    assert keys.has_seal_key(at)
    assert closing.close(at).taken == 8
    assert stored(key_file) == {}


def test_a_database_that_is_busy_at_the_first_is_told_of_and_stops_no_other(
    at: Occasion, monkeypatch: pytest.MonkeyPatch
) -> None:
    group = GroupFactory()
    people = adults(group, 8, families=5)
    other = asked(people, wave=wave(), group=group)
    all_answer(people, other)
    Occasion.objects.update(opens_at="2025-01-01T00:00Z", closes_at="2025-01-02T00:00Z")
    real = closing.close

    def close(occasion: Occasion) -> closing.ClosingResult:
        if occasion.pk == at.pk:
            raise OperationalError("canceling statement due to lock timeout")
        return real(occasion)

    monkeypatch.setattr(closing, "close", close)
    with pytest.raises(CommandError, match="Kjør kommandoen igjen"):
        call_command("close", due=True)
    assert Response.objects.count() == 8
    assert SealedAnswer.objects.filter(occasion=at).count() == 8


def test_in_a_pool_one_lost_key_stops_no_other(key_file: Path) -> None:
    of, waiting = wave(), []
    for _ in range(3):
        group = GroupFactory(edition__programme=of.study.programme)
        people = adults(group, 3)
        each = asked(people, wave=of, group=group)
        all_answer(people, each)
        waiting.append(each)
    lost = waiting[0]
    closing.shut(lost)
    keys.destroy_seal_key(lost)
    assert [closing.close(each).state for each in waiting[1:]] == ["waiting", "counted"]
    assert Response.objects.count() == 6
    assert SealedAnswer.objects.filter(occasion=lost).count() == 3


def test_close_due_says_which_keys_are_missing_and_counts_the_rest(at: Occasion, capsys) -> None:
    group = GroupFactory()
    people = adults(group, 8, families=5)
    lost = asked(people, wave=wave(), group=group)
    all_answer(people, lost)
    keys.destroy_seal_key(lost)
    Occasion.objects.update(opens_at="2025-01-01T00:00Z", closes_at="2025-01-02T00:00Z")
    with pytest.raises(CommandError, match=rf"måletidspunkt {lost.pk} mangler .*Ingenting er flyttet"):
        call_command("close", due=True)
    assert "8 talt med" in capsys.readouterr().out
    assert SealedAnswer.objects.filter(occasion=lost).count() == 8
    assert not SealedAnswer.objects.exclude(occasion=lost).exists()


def test_the_key_of_an_occasion_that_a_restore_took_away_is_kept_for_a_week(at: Occasion) -> None:
    other = occasion(state="planned")
    SealedAnswer.objects.all().delete()
    Occasion.objects.exclude(pk=other.pk).delete()
    now = timezone.now()
    for days, left in ((0, {at.pk}), (6, {at.pk}), (7, set())):
        with time_machine.travel(now + timedelta(days=days)):
            kept_keys.destroy_over()
            assert keys.with_seal_key() == left


def test_a_new_occasion_never_gets_the_key_of_one_that_was_taken_away(at: Occasion, key_file: Path) -> None:
    """SQLite counts on from the restored copy: the number is used again."""
    other = occasion(state="planned")
    old, pk = stored(key_file)[f"seal {at.pk}"], at.pk
    SealedAnswer.objects.all().delete()
    Occasion.objects.exclude(pk=other.pk).delete()
    kept_keys.destroy_over()
    occasion(pk=pk)
    assert stored(key_file)[f"seal {pk}"] != old
    assert f"counted {pk}" not in stored(key_file)
    assert kept_keys.unopenable() == []


def test_beside_an_empty_database_which_waits_for_its_restore_no_key_is_marked(at: Occasion) -> None:
    SealedAnswer.objects.all().delete()
    Occasion.objects.all().delete()
    for days in (0, 30):
        with time_machine.travel(timezone.now() + timedelta(days=days)):
            kept_keys.destroy_over()
    assert keys.with_seal_key() == {at.pk}
