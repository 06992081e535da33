"""When all pairing has ended: families are as few as they could be, and no copy brings a pair back."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from unittest import mock

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, OperationalError, connections
from django.utils import timezone

from cms.backups.putting_right import put_right
from courses import ledger
from courses.models import AuditEvent
from evaluation.answers import closing, keys, unpaired, unpairing, veils
from evaluation.figures import tables
from evaluation.figures.disclosure import Population
from evaluation.models import Response, Study
from tests.crowds import adults, all_answer, asked
from tests.evaluation.key_ceremonies import TWO, key_file, run
from tests.evaluation.test_unpairing import counted, lose, paired, pairs
from tests.factories import GroupFactory
from tests.study_factories import study, wave

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["counted", "key_file", "pairs"]
pytestmark = pytest.mark.django_db(databases=["default", "answers"])


def told() -> Population:
    row = Response.objects.all()[:1].get()
    return tables.read(row.study, row.wave, row.phase, row.version, 4).population


def test_afterwards_families_are_no_more_than_there_could_be(
    counted: Study, pairs: Path, tmp_path: Path
) -> None:
    assert told() == Population(6, 5)
    keys.sunset(counted, ())
    run("unpair", *TWO, "--out", tmp_path / "bevis.txt")
    call_command("keys", "make")
    assert told() == Population(6, 3)


def test_what_is_counted_after_the_sunset_too_is_as_few_families_as_it_could_be(pairs: Path) -> None:
    people, of = adults(GroupFactory(), 10, families=7), study()
    at = asked(people, wave=wave(of))
    all_answer(people, at)
    keys.sunset(of, ())
    assert closing.close(at).taken == 10
    assert told() == Population(10, 5)
    assert not told().may_have_shares


@pytest.fixture
def ended(counted: Study, pairs: Path, tmp_path: Path) -> list[dict[str, Any]]:
    """All pairing has ended; the answers as a copy from before has them."""
    keys.sunset(counted, ())
    before = list(Response.objects.values())
    run("unpair", *TWO, "--out", tmp_path / "bevis.txt")
    return before


def test_a_backup_from_before_brings_no_pairs_back(
    ended: list[dict[str, Any]], counted: Study, pairs: Path
) -> None:
    AuditEvent.objects.all().delete()  # that copy knows nothing of it
    Response.objects.all().delete()
    Response.objects.bulk_create(Response(**row) for row in ended)
    put_right(inbox=True, made_on=timezone.localdate())
    assert (paired(), Response.objects.count()) == (0, 6)
    call_command("keys", "make")
    people = adults(GroupFactory(), 6, families=5)
    at = asked(people, wave=wave(study()))
    all_answer(people, at)
    assert closing.close(at).taken == 6
    put_right(inbox=True, made_on=timezone.localdate() + timedelta(days=1))  # of a copy from after it
    assert paired() == 6


def paired_by_a_new_key() -> None:
    call_command("keys", "make")
    people = adults(GroupFactory(), 6, families=5)
    at = asked(people, wave=wave(study()))
    all_answer(people, at)
    assert closing.close(at).taken == 6


def test_a_backup_from_later_that_day_keeps_its_new_pairs_and_one_from_before_does_not(
    ended: list[dict[str, Any]], counted: Study, pairs: Path
) -> None:
    paired_by_a_new_key()
    put_right(inbox=True, made_on=timezone.localdate())
    assert paired() == 6
    AuditEvent.objects.all().delete()  # as a copy from before it is
    put_right(inbox=True, made_on=timezone.localdate())
    assert paired() == 0


def test_a_backup_from_between_two_such_ends_on_one_day_brings_no_pairs_back(
    ended: list[dict[str, Any]], counted: Study, pairs: Path, tmp_path: Path
) -> None:
    paired_by_a_new_key()
    Study.objects.update(sunset_done_on=timezone.localdate(), key_fingerprint="")
    before, said = list(Response.objects.values()), list(AuditEvent.objects.values())
    with mock.patch.object(unpairing, "_require_told"):
        run("unpair", *TWO, "--out", tmp_path / "to.txt")
    call_command("keys", "make")
    AuditEvent.objects.all().delete()
    AuditEvent.objects.bulk_create(AuditEvent(**row) for row in said)
    Response.objects.all().delete()
    Response.objects.bulk_create(Response(**row) for row in before)
    assert paired() == 6
    put_right(inbox=True, made_on=timezone.localdate())
    assert paired() == 0


def test_the_ledger_is_told_by_the_worker_where_it_was_not_reached(
    ended: list[dict[str, Any]], pairs: Path
) -> None:
    ledger.ledger_file().unlink()
    for _again in range(2):
        unpaired.note()
    assert ledger.ledger_file().read_text().split() == [timezone.localdate().isoformat(), "unpaired"]


def test_who_may_not_read_answers_makes_a_new_key_after_it_and_not_once_something_is_counted(
    ended: list[dict[str, Any]], pairs: Path
) -> None:
    refused = DatabaseError("permission denied for table evaluation_response")
    with mock.patch.object(Response.objects, "exclude", side_effect=refused):
        assert not veils.is_used()
    call_command("keys", "make")
    people = adults(GroupFactory(), 6, families=5)
    at = asked(people, wave=wave(study()))
    all_answer(people, at)
    assert closing.close(at).taken == 6
    with mock.patch.object(Response.objects, "exclude", side_effect=refused):
        assert veils.is_used()


def test_where_no_database_answers_no_key_is_made(pairs: Path) -> None:
    lose(pairs)
    before = pairs.read_text()
    away = OperationalError("connection refused")
    with (
        mock.patch.object(Response.objects, "exclude", side_effect=away),
        mock.patch.object(connections["default"].introspection, "table_names", side_effect=away),
        pytest.raises(CommandError, match="Ingen er laget"),
    ):
        call_command("keys", "make")
    assert pairs.read_text() == before
