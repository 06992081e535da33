"""The same on PostgreSQL, with its own programs: in, out, and nobody back who has been erased."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.core.management import CommandError, call_command
from django.db import connections

from cms.backups import databases, restoring
from cms.backups.making import make_backup
from cms.backups.manifest import BackupError
from courses.erasing import erase
from courses.models import Erasure, User
from evaluation.models import Response
from tests import factories as made

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.django_db(transaction=True, databases=["default", "answers"])]
on_postgresql = pytest.mark.skipif(connections["default"].vendor != "postgresql", reason="make test-postgres")


@pytest.fixture(autouse=True)
def _own_places(tmp_path: Path, settings):
    settings.ERASURE_LEDGER = tmp_path / "erased.txt"
    settings.RESTORING = tmp_path / "restoring"
    yield
    settings.RESTORING.unlink(missing_ok=True)


@on_postgresql
def test_in_and_out_and_nobody_back(tmp_path: Path) -> None:
    goes, stays = (made.EnrolmentFactory(adult__user__first_name=name).adult for name in ("Berit", "Jan"))
    Response.objects.create(id=7, study=1, wave="T0", phase="pilot", role="adult", version=1, vector=b"\1\2")
    file = make_backup(tmp_path / "out")
    erase(goes)
    Erasure.objects.all().delete()
    Response.objects.all().delete()
    with pytest.raises(BackupError, match="folk fra før"):
        restoring.restore(file)
    done = restoring.restore(file, replace=True)
    assert done.again.erased == 1
    assert list(User.objects.filter(first_name__in=["Berit", "Jan"])) == [stays.user]
    assert bytes(Response.objects.get().vector) == b"\1\2"
    assert not restoring.settings.RESTORING.exists()


@on_postgresql
def test_a_broken_dump_changes_nothing(tmp_path: Path) -> None:
    user = made.UserFactory()
    file = make_backup(tmp_path / "out")
    file.write_bytes(file.read_bytes().replace(b"PGDMP", b"PGDMQ"))
    with pytest.raises(BackupError, match="skadet"):
        restoring.restore(file, replace=True)
    assert User.objects.filter(pk=user.pk).exists()


def test_without_its_programs_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(databases, "DEBIAN", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BackupError, match="postgresql-client"):
        databases.program("pg_dump")
    if connections["default"].vendor == "postgresql":
        with pytest.raises(CommandError, match="postgresql-client"):
            call_command("backup", out=tmp_path / "out")
