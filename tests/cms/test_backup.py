"""A backup holds everything but keys and logins; put back, it brings nobody back who has been erased."""

from __future__ import annotations

import json
import os
import sqlite3
import tarfile
import time
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connections
from django.test import Client
from django.utils import timezone

from cms.backups import restoring
from cms.backups.databases import engine_of, file_of
from cms.backups.making import drop_old, make_backup
from cms.backups.manifest import NAME, BackupError
from courses.erasing import erase
from courses.models import Adult, Erasure, Message, Note, User
from courses.notes import notes_of
from evaluation.models import Response, SealedAnswer
from tests import factories as made
from tests import study_factories
from tests.cms.backed_up import own_places, person
from tests.evening_factories import MessageFactory

if TYPE_CHECKING:
    from pathlib import Path


__all__ = ["own_places", "person"]
pytestmark = [
    pytest.mark.django_db(transaction=True, databases=["default", "answers"]),
    pytest.mark.skipif(
        engine_of("default") != "sqlite", reason="PostgreSQL: tests/cms/test_backup_postgres.py"
    ),
]


def tables(path: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as database:
        return database.execute(query).fetchall()


def test_everything_comes_back_on_an_empty_machine(person: Adult, tmp_path: Path) -> None:
    Response.objects.create(id=7, study=1, wave="T0", phase="pilot", role="adult", version=1, vector=b"\1\2")
    file = make_backup(tmp_path / "out")
    began = time.monotonic()
    restoring.restore(file, into=tmp_path / "fresh")
    assert time.monotonic() - began < 60
    fresh = tmp_path / "fresh"
    assert tables(fresh / "people.sqlite3", "SELECT first_name FROM courses_user WHERE first_name='Berit'")
    assert tables(fresh / "answers.sqlite3", "SELECT id, vector FROM evaluation_response") == [(7, b"\1\2")]
    assert (fresh / "media" / "original" / "bilde.txt").read_bytes() == b"en fil"
    assert sorted(path.name for path in fresh.iterdir()) == ["answers.sqlite3", "media", "people.sqlite3"]


def test_whoever_was_erased_since_does_not_come_back(person: Adult, tmp_path: Path) -> None:
    stays = made.EnrolmentFactory(adult__user__first_name="Jan").adult
    file, address = make_backup(tmp_path / "out"), person.user.email
    erase(person)
    Erasure.objects.all().delete()  # the older database knows nothing of it: the file beside the keys does
    done = restoring.restore(file, replace=True)
    assert done.again.erased == 1
    assert list(User.objects.filter(first_name__in=["Berit", "Jan"])) == [stays.user]
    assert not Note.objects.exists()
    assert Erasure.objects.count() == 1
    connections["default"].close()
    assert str(address).encode() not in file_of("default").read_bytes()


def test_what_was_here_is_moved_aside_and_the_notes_still_open(person: Adult, tmp_path: Path) -> None:
    file = make_backup(tmp_path / "out")
    note = person.notes.get()
    made.UserFactory(first_name="Siden")
    done = restoring.restore(file, replace=True)
    assert done.moved_to
    assert (done.moved_to / "media" / "original" / "bilde.txt").exists()
    assert not User.objects.filter(first_name="Siden").exists()
    assert notes_of(Adult.objects.get(pk=person.pk), note.module_id, "del-1") == {"r1": "Et notat."}


def test_nobody_is_logged_in_and_what_was_due_is_not_sent_twice(person: Adult, tmp_path: Path) -> None:
    assert Session.objects.exists()
    later = MessageFactory(user=person.user, due_at=timezone.now() + timedelta(days=2))
    done = restoring.restore(make_backup(tmp_path / "out"), replace=True)
    assert done.again.stopped == 1
    assert not Session.objects.exists()
    assert set(Message.objects.values_list("pk", "state")) == {
        (later.pk, "planned"),
        (Message.objects.exclude(pk=later.pk).get().pk, "skipped"),
    }


def test_people_who_are_here_are_not_written_over(person: Adult, tmp_path: Path) -> None:
    file = make_backup(tmp_path / "out")
    with pytest.raises(BackupError, match="folk fra før"):
        restoring.restore(file)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "noe.txt").touch()
    with pytest.raises(BackupError, match="ikke tom"):
        restoring.restore(file, into=tmp_path / "full")


def test_keys_are_not_in_it_and_nobody_else_can_read_it(person: Adult, tmp_path: Path) -> None:
    file = make_backup(tmp_path / "out")
    keys = settings.KEY_FILE.read_text()
    content = file.read_bytes()
    assert file.stat().st_mode & 0o077 == 0
    for name, kept in json.loads(keys).items():
        for key in [kept] if isinstance(kept, str) else kept:
            assert key.encode() not in content, name
    with tarfile.open(file) as archive:
        assert sorted(archive.getnames()) == [
            "answers.sqlite3",
            "default.sqlite3",
            NAME,
            "media/original/bilde.txt",
        ]


def test_sealed_answers_can_be_left_out(tmp_path: Path) -> None:
    SealedAnswer.objects.create(id=5, occasion=study_factories.occasion(state="planned"), box=b"lukket " * 40)
    with_them, without = make_backup(tmp_path / "a"), make_backup(tmp_path / "b", inbox=False)
    assert b"lukket lukket" in with_them.read_bytes()
    assert b"lukket lukket" not in without.read_bytes()


def test_the_site_is_shut_while_a_backup_is_put_back(settings) -> None:
    restoring.shut()
    page, health = Client().get("/hjelp/"), Client().get("/helse/")
    assert (page.status_code, health.status_code) == (503, 503)
    assert page["Retry-After"] == "60"
    assert health.json() == {"status": "down", "restoring": True}
    restoring.open_again()
    assert Client().get("/hjelp/").status_code == 200


def test_the_site_is_shut_from_before_the_ledger_is_read_until_the_restored_is_in_place(
    person: Adult, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else somebody erased between the two would come back."""
    file = make_backup(tmp_path / "out")
    shut: list[bool] = []
    ready = restoring.put_right

    def watched(**how: Any) -> restoring.Again:
        shut.append(settings.RESTORING.exists())
        return ready(**how)

    monkeypatch.setattr(restoring, "put_right", watched)
    restoring.restore(file, replace=True)
    restoring.restore(file, into=tmp_path / "fresh")  # a drill shuts nothing
    assert shut == [True, False]
    assert not settings.RESTORING.exists()


@pytest.mark.parametrize("was_shut", [False, True])
def test_a_restore_that_fails_before_it_moves_anything_leaves_the_site_as_it_was(
    person: Adult, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, was_shut: bool
) -> None:
    file = make_backup(tmp_path / "out")

    def fails(**_how: Any) -> restoring.Again:
        raise BackupError("nei")

    monkeypatch.setattr(restoring, "put_right", fails)
    if was_shut:
        restoring.shut()
    with pytest.raises(BackupError):
        restoring.restore(file, replace=True)
    assert settings.RESTORING.exists() is was_shut


def test_old_backups_go_but_never_the_last(tmp_path: Path) -> None:
    for day in range(3):
        path = tmp_path / f"en-god-start-2026010{day + 1}T000000.tar"
        path.touch()
        os.utime(path, (0, 0))
    other = tmp_path / "noe-annet.tar"
    other.touch()
    os.utime(other, (0, 0))
    assert drop_old(tmp_path, 35) == 2
    assert sorted(path.name for path in tmp_path.glob("*.tar")) == [
        "en-god-start-20260103T000000.tar",
        "noe-annet.tar",
    ]


def test_the_command_says_what_is_not_in_it(person: Adult, tmp_path: Path, capsys) -> None:
    call_command("backup", out=tmp_path / "out")
    said = capsys.readouterr().out
    assert "Nøklene er ikke med" in said
    assert "sekunder" in said


def test_what_was_moved_aside_goes_after_a_week(settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    aside, other = tmp_path / "before-restore-20260101T000000", tmp_path / "media"
    aside.mkdir()
    (aside / "people.sqlite3").touch()
    other.mkdir(exist_ok=True)
    assert restoring.drop_aside() == 0
    with time_machine.travel(timezone.now() + timedelta(days=8)):
        assert restoring.drop_aside() == 1
    assert not aside.exists()
    assert other.exists()
