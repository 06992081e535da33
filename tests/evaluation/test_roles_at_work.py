"""Backing up, putting back and letting out, each by the role that deploy/postgresql-roles.sql has for it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connections
from django.utils import timezone

from cms.backups import restoring
from cms.backups.manifest import BackupError
from courses.keys import make_key_file
from courses.models import AuditEvent, User
from evaluation.answers import keys, standstill
from evaluation.models import Occasion, Release, ReleaseDraft, Response, SealedAnswer, Wave, WaveInstrument
from evaluation.synthetic import fill
from tests import factories as made
from tests.conftest import REAL_SERVERS
from tests.crowds import adults, all_answer, asked
from tests.evaluation.snapshots import released
from tests.evening_factories import EveningLogFactory
from tests.roles import address, as_role, give_roles
from tests.study_factories import frozen_version, occasion, statement, study, wave

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [
    pytest.mark.skipif(not REAL_SERVERS, reason="SQLite has no roles"),
    pytest.mark.django_db(transaction=True, databases=["default", "answers"]),
]


@pytest.fixture(autouse=True)
def places(tmp_path: Path, settings) -> dict[str, str]:
    """What a process of ours must be told, and this one knows as well."""
    give_roles("default", "answers")
    (tmp_path / "data").mkdir()
    settings.DATA_DIR = tmp_path / "data"
    settings.ERASURE_LEDGER, settings.RESTORING = tmp_path / "erased.txt", tmp_path / "data" / "restoring"
    return {"DATA_DIR": str(settings.DATA_DIR), "ERASURE_LEDGER": str(settings.ERASURE_LEDGER)}


def backed_up(tmp_path: Path, places: dict[str, str]) -> Path:
    done = as_role("egs_backup", "manage.py", "backup", "--out", str(tmp_path / "out"), **places)
    assert done.returncode == 0, done.stderr
    (file,) = (tmp_path / "out").glob("*.tar")
    return file


OPENED = """
import django; django.setup()
from django.test import Client
print([Client().get(path).status_code for path in ("/", "/hjelp/", "/helse/")])
"""


def test_the_backup_role_copies_and_the_web_role_opens_the_site_from_the_copy(
    tmp_path: Path, places: dict[str, str]
) -> None:
    import psycopg

    made.UserFactory(first_name="Berit")
    at = occasion(state="open")
    SealedAnswer.objects.create(id=5, occasion=at, box=b"lukket")
    file = backed_up(tmp_path, places)
    User.objects.filter(first_name="Berit").update(first_name="Senere")
    restoring.restore(file, replace=True)
    assert User.objects.filter(first_name="Berit").exists()
    assert not restoring.settings.RESTORING.exists()
    opened = as_role("egs_web", "-c", OPENED, **places)
    assert opened.stdout.strip() == "[200, 200, 200]", opened.stdout + opened.stderr
    with psycopg.connect(address("default", "egs_web")) as web:
        web.execute("INSERT INTO evaluation_sealedanswer (id, occasion_id, box) VALUES (6, %s, 'x')", [at.pk])
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            web.execute("SELECT box FROM evaluation_sealedanswer")
    with psycopg.connect(address("default", "egs_close"), autocommit=True) as closing:
        closing.execute("VACUUM (FULL) evaluation_sealedanswer")


def test_where_the_rights_cannot_be_given_the_site_stays_shut_and_it_says_how(
    tmp_path: Path, places: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = backed_up(tmp_path, places)
    refused = tmp_path / "roles.sql"
    refused.write_text("SELECT 1 FROM pg_authid_that_nobody_may_read")
    monkeypatch.setattr("cms.backups.rights.SQL", refused)
    with pytest.raises(BackupError, match=r"roles\.sql.*slett .*restoring"):
        restoring.restore(file, replace=True)
    assert restoring.settings.RESTORING.exists()


def test_while_a_backup_copies_no_batch_is_written_and_batches_do_not_wait_for_each_other() -> None:
    import psycopg

    def waits(statement: str) -> bool:
        with psycopg.connect(address("answers", "egs_close")) as other:
            other.execute("SET lock_timeout = '200ms'")
            try:
                other.execute(statement)
            except psycopg.errors.LockNotAvailable:
                return True
        return False

    shared = f"SELECT pg_advisory_xact_lock_shared({standstill.LOCK})"
    with standstill.no_batch_being_written():
        assert waits(shared)
    with standstill.writing():
        assert not waits(shared)
        assert waits(f"SELECT pg_advisory_xact_lock({standstill.LOCK})")


def test_a_batch_waits_some_minutes_for_a_copy_and_not_as_long_as_a_page() -> None:
    with standstill.writing(), connections["answers"].cursor() as cursor:
        for limit in ("lock_timeout", "statement_timeout"):
            cursor.execute(f"SHOW {limit}")
            assert cursor.fetchone() == (standstill.COPY_AT_MOST,)


@pytest.fixture
def waves() -> list[Wave]:
    """Before and after, counted, with thirty families."""
    of = study(key="piloten")
    version = frozen_version(items=[statement(f"t{number:02}") for number in range(1, 4)])
    found = []
    for order, code in enumerate(("T0", "T1")):
        each = wave(of, code=code, order=order, versions=[])
        WaveInstrument.objects.create(wave=each, version=version)
        found.append(each)
        at = occasion(wave=each, group=made.GroupFactory(edition__programme=of.programme))
        at.group.municipalities.add(made.MunicipalityFactory(region=of.region))
        Occasion.objects.filter(pk=at.pk).update(state=Occasion.State.COUNTED)
    fill(*found, "pilot", 30, seed=5)
    evening = made.EveningFactory(group=at.group, starts_at=timezone.now() - timedelta(days=2))
    for _each in range(6):
        enrolled = made.EnrolmentFactory(group=at.group, adult__family=made.FamilyFactory())
        made.AttendanceFactory(adult=enrolled.adult, evening=evening, state="present")
    EveningLogFactory(evening=evening, changed="Kortere runde.", minutes_off=10)
    return found


ASKED = """
import django; django.setup()
from courses.models import User
from evaluation.models import Wave
from evaluation.releases import releasing
print(releasing.ask(Wave.objects.get(pk={wave}), "pilot", User.objects.first()).state)
"""


def test_the_report_role_previews_lets_out_and_writes_the_report_and_the_data(
    waves: list[Wave], tmp_path: Path, places: dict[str, str]
) -> None:
    words = ("release", "piloten", "--wave", "T1", "--phase", "pilot")
    alone = as_role("egs_report", "manage.py", *words, **places)
    assert "Be om en forhåndsvisning på resultatsidene først" in alone.stderr, alone.stderr
    said = as_role("egs_web", "-c", ASKED.format(wave=waves[1].pk), **places)
    assert said.stdout.split() == ["asked"], said.stderr
    drafted = as_role("egs_report", "manage.py", "release", "--drafts", **places)
    assert "Regnet ut 1" in drafted.stdout, drafted.stderr
    assert ReleaseDraft.objects.get().state == "ready", ReleaseDraft.objects.get().why
    let_out = as_role("egs_report", "manage.py", *words, **places)
    assert "Kontrollsum" in let_out.stdout, let_out.stderr
    out, one = tmp_path / "rapport.docx", Release.objects.get()
    assert [row["attendance"] for row in one.snapshot["modules"]] == [100]
    assert not ReleaseDraft.objects.exists()
    written = as_role(
        "egs_report", "manage.py", "report", str(one.pk), "--technical", "--out", str(out), **places
    )
    assert out.exists(), written.stderr
    asked = ("export", str(one.pk), "--format", "csv", "--out", str(tmp_path / "data-set"))
    done = as_role("egs_report", "manage.py", *asked, **places)
    assert any((tmp_path / "data-set").glob("*.csv")), done.stderr
    assert AuditEvent.objects.filter(action="exported", actor=None, about=None).exists()


# --- the key that pairs
def pages_of_answers() -> int:
    with connections["answers"].cursor() as cursor:
        cursor.execute("SELECT pg_relation_filenode('evaluation_response')")
        return int(cursor.fetchone()[0])


@pytest.fixture
def owned_by_the_migrator() -> Iterator[None]:
    """As before deploy/postgresql-roles.sql was run again."""
    with connections["answers"].cursor() as cursor:
        cursor.execute("ALTER TABLE evaluation_response OWNER TO CURRENT_USER")
        cursor.execute("GRANT SELECT, UPDATE ON evaluation_response TO egs_close")
        yield
        cursor.execute("ALTER TABLE evaluation_response OWNER TO egs_close")


def test_who_may_not_vacuum_the_answers_is_told_to_have_it_done(
    tmp_path: Path, places: dict[str, str], settings: Any, owned_by_the_migrator: None
) -> None:
    settings.KEY_FILE = tmp_path / "keys.json"
    make_key_file(settings.KEY_FILE)
    two = ("--witness", "Kari Lie", "--witness", "Per Vik", "--out", str(tmp_path / "bevis.txt"))
    ended = as_role(
        "egs_close", "manage.py", "seal_keys", "unpair", *two, **places | {"KEY_FILE": str(settings.KEY_FILE)}
    )
    assert "er slettet" in ended.stdout, ended.stderr
    assert "[ ] «VACUUM (FULL) evaluation_response»" in (tmp_path / "bevis.txt").read_text()


def test_the_closing_role_ends_all_pairing_and_the_web_role_draws_no_new_key_before_that(
    tmp_path: Path, places: dict[str, str], settings
) -> None:
    """The web may not look into the answers: by what was counted it knows that some are locked."""
    settings.KEY_FILE, settings.SEAL_KEY_FILE = tmp_path / "keys.json", tmp_path / "seal.json"
    settings.SEAL_KEYS_APART = False
    make_key_file(settings.KEY_FILE)
    people = adults(made.GroupFactory(), 6, families=4)
    at = asked(people, wave=wave())
    all_answer(people, at)
    apart = places | {"SEAL_KEY_FILE": str(settings.SEAL_KEY_FILE), "KEY_FILE": str(settings.KEY_FILE)}
    closed = as_role("egs_close", "manage.py", "close", str(at.pk), **apart)
    assert "6 talt med" in closed.stdout, closed.stderr
    make_key_file(tmp_path / "web.json", without=["pairs"])
    refused = as_role(
        "egs_web", "manage.py", "keys", "make", **places | {"KEY_FILE": str(tmp_path / "web.json")}
    )
    assert "«pairs» er ikke laget" in refused.stderr
    keys.sunset(at.wave.study, ())
    released(at.wave, drawn=False)
    before = pages_of_answers()
    two = ("--witness", "Kari Lie", "--witness", "Per Vik", "--out", str(tmp_path / "bevis.txt"))
    ended = as_role("egs_close", "manage.py", "seal_keys", "unpair", *two, **apart)
    assert "6 svar kobles ikke lenger" in ended.stdout, ended.stderr
    assert Response.objects.filter(pair_id=None, household_id=None).count() == 6
    assert pages_of_answers() != before  # written anew: no dead row holds a pair
    assert "VACUUM" not in (tmp_path / "bevis.txt").read_text()
    later = as_role(
        "egs_web", "manage.py", "keys", "make", **places | {"KEY_FILE": str(tmp_path / "web.json")}
    )
    assert "La til pairs" in later.stdout, later.stderr
