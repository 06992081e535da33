"""A backup that is torn, forged, newer than the code or without its ledger is refused; nothing changes."""

from __future__ import annotations

import io
import tarfile
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connections

from cms.backups import restoring
from cms.backups.databases import engine_of
from cms.backups.making import backups_in, make_backup
from cms.backups.manifest import NAME, BackupError
from courses.erasing import erase
from courses.models import Adult, User
from tests.cms.backed_up import own_places, person

if TYPE_CHECKING:
    from pathlib import Path


__all__ = ["own_places", "person"]
pytestmark = [
    pytest.mark.django_db(transaction=True, databases=["default", "answers"]),
    pytest.mark.skipif(
        engine_of("default") != "sqlite", reason="PostgreSQL: tests/cms/test_backup_postgres.py"
    ),
]


def rewritten(file: Path, target: Path, change) -> Path:
    """The backup with its files changed: ``change(name, content)`` gives the new content or None."""
    with tarfile.open(file) as old, tarfile.open(target, "w") as new:
        for member in old:
            content = change(member.name, old.extractfile(member).read())
            if content is not None:
                member.size = len(content)
                new.addfile(member, io.BytesIO(content))
    return target


@pytest.mark.parametrize(
    "change",
    [
        lambda name, content: content.replace(b"en fil", b"EN FIL") if "media" in name else content,
        lambda name, content: None if name == NAME else content,
        lambda name, content: None if "media" in name else content,
        lambda name, content: b"ikke json" if name == NAME else content,
        lambda name, content: content[:5000] if name == "default.sqlite3" else content,
        lambda name, content: content.replace(b'"format": 1', b'"format": 99') if name == NAME else content,
    ],
)
def test_a_backup_that_is_not_whole_is_refused_and_nothing_has_changed(person: Adult, tmp_path: Path, change):
    file = rewritten(make_backup(tmp_path / "out"), tmp_path / "odelagt.tar", change)
    with pytest.raises(BackupError):
        restoring.restore(file, replace=True)
    assert User.objects.filter(pk=person.user_id).exists()
    assert not settings.RESTORING.exists()


def test_a_folder_that_is_a_file_is_told_of_and_no_copy_made(person: Adult, tmp_path: Path) -> None:
    (tmp_path / "en-fil").write_text("")
    with pytest.raises(CommandError, match=r"en-fil.*Ingen kopi er laget"):
        call_command("backup", out=tmp_path / "en-fil")


def test_a_path_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "ond.tar"
    with tarfile.open(file, "w") as archive:
        archive.addfile(tarfile.TarInfo("../ute.txt"), io.BytesIO())
    with pytest.raises(BackupError, match="uventet"):
        restoring.check(file)


def test_the_newest_that_is_whole_is_used_and_the_others_are_told_of(
    person: Adult, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    good = make_backup(out)
    for hour in ("23", "24"):
        broken = out / f"en-god-start-20991122T{hour}0000.tar"
        broken.write_bytes(good.read_bytes()[: -4096 * 3])
    call_command("restore", latest=out, replace=True)
    said = capsys.readouterr()
    assert str(good) in said.out
    assert said.err.count("er skadet") == 2
    for path in backups_in(out):
        path.write_bytes(b"")
    with pytest.raises(CommandError, match="Ingen hel"):
        call_command("restore", latest=out, replace=True)


def test_a_broken_file_says_which_other_to_try(person: Adult, tmp_path: Path) -> None:
    good = make_backup(tmp_path / "out")
    broken = tmp_path / "out" / "en-god-start-20991122T230000.tar"
    broken.write_bytes(b"nei")
    with pytest.raises(CommandError, match=good.name):
        call_command("restore", broken, replace=True)
    with pytest.raises(CommandError, match="finnes ikke"):
        call_command("restore", tmp_path / "ingen.tar", replace=True)


def test_without_the_ledgers_key_nothing_opens(person: Adult, tmp_path: Path, settings) -> None:
    file = make_backup(tmp_path / "out")
    erase(person)
    settings.DEMO, settings.KEY_FILE = False, tmp_path / "mangler.json"
    with pytest.raises(BackupError, match="slettet siden"):
        restoring.restore(file, replace=True)
    assert not User.objects.filter(first_name="Berit").exists()


def test_a_backup_from_newer_code_is_refused(person: Adult, tmp_path: Path) -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('courses', '9999_ny', '2099-01-01')"
        )
    file = make_backup(tmp_path / "out")
    with connections["default"].cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE name = '9999_ny'")
    with pytest.raises(BackupError, match="9999_ny"):
        restoring.restore(file, replace=True)
    assert User.objects.filter(pk=person.user_id).exists()


def test_without_the_ledger_it_is_asked_for(person: Adult, tmp_path: Path, settings) -> None:
    file = make_backup(tmp_path / "out")
    settings.ERASURE_LEDGER.unlink()
    with pytest.raises(BackupError, match="Slettelista"):
        restoring.restore(file, replace=True)
    assert restoring.restore(file, replace=True, without_ledger=True).again.erased == 0
