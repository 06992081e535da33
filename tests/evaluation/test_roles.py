"""The rights of deploy/postgresql-roles.sql, tried by those who have them. On real servers only."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from courses.models import AuditEvent, User
from evaluation.answers import keys, sealing
from evaluation.models import Occasion, Participation, Response, SealedAnswer, SealedNames, TextAnswer
from tests.conftest import REAL_SERVERS
from tests.crowds import adults, answer, answers, asked, version_of
from tests.evaluation.test_pairing import agreed
from tests.factories import GroupFactory
from tests.roles import address, as_role, give_roles
from tests.study_factories import study, wave

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Ask = Callable[[str, str, str], list[tuple[object, ...]]]

pytestmark = [
    pytest.mark.skipif(not REAL_SERVERS, reason="SQLite has no roles"),
    pytest.mark.django_db(transaction=True, databases=["default", "answers"]),
]


@pytest.fixture
def roles() -> None:
    """Given twice: it must be possible."""
    give_roles("default", "answers", "default", "answers")


@pytest.fixture
def ask(roles: None) -> Ask:
    """A statement as a role. Raises psycopg's InsufficientPrivilege."""
    import psycopg

    def asking(role: str, alias: str, statement: str) -> list[tuple[object, ...]]:
        with psycopg.connect(address(alias, role)) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    return asking


REFUSED = [
    ("egs_web", "default", "SELECT box FROM evaluation_sealedanswer"),
    ("egs_web", "default", "SELECT id FROM evaluation_sealedanswer"),
    ("egs_web", "default", "DELETE FROM evaluation_sealedanswer"),
    ("egs_web", "default", "UPDATE evaluation_sealedanswer SET occasion_id = 1"),
    ("egs_web", "default", "TRUNCATE evaluation_sealedanswer"),
    ("egs_web", "answers", "SELECT 1 FROM public.evaluation_response"),
    ("egs_web", "answers", "SELECT 1 FROM public.evaluation_textanswer"),
    ("egs_web", "answers", "SELECT 1 FROM public.evaluation_closingbatch"),
    ("egs_web", "answers", "SELECT 1 FROM public.django_migrations"),
    ("egs_web", "answers", "INSERT INTO public.evaluation_closingbatch VALUES (1, 0, 0, 0)"),
    ("egs_web", "answers", "CREATE TABLE public.mine (id int)"),
    ("egs_web", "default", "SELECT id FROM evaluation_sealednames"),
    ("egs_web", "default", "DELETE FROM evaluation_sealednames"),
    ("egs_web", "default", "SELECT 1 FROM evaluation_withdrawal"),
    ("egs_web", "default", "DELETE FROM evaluation_withdrawal"),
    ("egs_close", "default", "SELECT 1 FROM evaluation_pairsalt"),
    ("egs_close", "default", "SELECT email FROM courses_user"),
    ("egs_close", "default", "SELECT password FROM courses_user"),
    ("egs_close", "default", "SELECT 1 FROM django_session"),
    ("egs_close", "default", "UPDATE courses_user SET first_name = 'x'"),
    ("egs_close", "default", "SELECT 1 FROM courses_attendance"),
    ("egs_close", "answers", "DELETE FROM public.evaluation_closingbatch"),
    ("egs_close", "answers", "UPDATE public.evaluation_response SET bucket = 1"),
    *(
        ("egs_report", "default", f"SELECT {what}")
        for what in (
            "email FROM courses_user",
            "mobile FROM courses_user",
            "password FROM courses_user",
            "username FROM courses_user",
            "id FROM courses_user",
            "first_name FROM courses_user",
            "last_name FROM courses_user",
            "alias FROM courses_adult",
            "1 FROM courses_adult",
            "1 FROM courses_family",
            "1 FROM courses_walkin",
            "1 FROM courses_enrolment",
            "1 FROM courses_attendance",
            "1 FROM courses_assignment",
            "1 FROM courses_role",
            "1 FROM courses_yearcount",
            "1 FROM courses_eveninglog",
            "1 FROM courses_coreelementtick",
            "1 FROM evaluation_participation",
            "1 FROM courses_message",
            "1 FROM courses_note",
            "1 FROM courses_invitedadult",
            "1 FROM django_session",
            "1 FROM evaluation_consent",
            "1 FROM evaluation_householdsalt",
            "1 FROM evaluation_pairsalt",
            "1 FROM evaluation_withdrawal",
            "1 FROM evaluation_paperenvelope",
            "box FROM evaluation_sealednames",
            "box FROM evaluation_sealedanswer",
            "about_id FROM courses_auditevent",
        )
    ),
    ("egs_report", "default", "UPDATE evaluation_release SET phase = 'pilot'"),
    ("egs_report", "default", "DELETE FROM evaluation_release"),
    ("egs_report", "default", "DELETE FROM evaluation_releasednumber"),
    ("egs_report", "default", "UPDATE evaluation_releasedpicture SET title = ''"),
    ("egs_report", "default", "UPDATE evaluation_releasedraft SET people = NULL"),
    ("egs_report", "default", "UPDATE evaluation_releasedraft SET asked_on = NULL"),
    ("egs_report", "default", "UPDATE evaluation_study SET taken_back_on = NULL"),
    ("egs_report", "default", "UPDATE evaluation_occasion SET state = 'counted'"),
    ("egs_report", "default", "UPDATE evaluation_wave SET identity = 'named'"),
    (
        "egs_report",
        "default",
        "INSERT INTO evaluation_eveningverdict (occasion_id, snapshot) VALUES (1, '1')",
    ),
    ("egs_report", "default", "DELETE FROM courses_auditevent"),
    ("egs_report", "answers", "UPDATE public.evaluation_textanswer SET text = ''"),
    ("egs_report", "answers", "DELETE FROM public.evaluation_response"),
    ("egs_report", "answers", "SELECT 1 FROM public.evaluation_closingbatch"),
    ("egs_report", "answers", "INSERT INTO public.evaluation_closingbatch VALUES (1, 0, 0, 0)"),
    ("egs_backup", "default", "DELETE FROM courses_user"),
    ("egs_backup", "answers", "DELETE FROM public.evaluation_response"),
]
ALLOWED = [
    ("egs_web", "answers", "SELECT 1"),  # what /helse/ asks
    ("egs_web", "default", "SELECT count(*) FROM courses_user"),
    ("egs_report", "answers", "SELECT count(*) FROM public.evaluation_response"),
    ("egs_backup", "default", "SELECT count(*) FROM evaluation_sealedanswer"),
    ("egs_backup", "answers", "SELECT count(*) FROM public.evaluation_response"),
]


def test_nobody_may_do_more_than_her_work(ask: Ask) -> None:
    import psycopg

    for role, alias, statement in REFUSED:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            pytest.fail(f"{role} may: {statement} {ask(role, alias, statement)}")
    for role, alias, statement in ALLOWED:
        ask(role, alias, statement)


MAY_BE_REPORTED = {
    *("criterion", "eveningverdict", "instrument", "instrumentversion", "occasion", "release"),
    *("releasedraft", "releasednumber", "releasedpicture", "study", "wave", "waveinstrument"),
    *("correction", "edition", "editionmodule", "editionpart", "evening", "group", "group_municipalities"),
    *("module", "municipality", "parttext", "programme", "region"),
    *("document", "auditevent"),  # of this its id alone
}


def test_whoever_reports_reads_the_answers_and_no_table_of_people(ask: Ask) -> None:
    """Whatever tables there come to be."""
    seen = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    seen += " AND has_any_column_privilege(oid, 'SELECT')"
    told = {str(name).split("_", 1)[1] for (name,) in ask("egs_report", "default", seen)}
    assert told == MAY_BE_REPORTED
    answers = {str(name) for (name,) in ask("egs_report", "answers", seen)}
    assert answers == {"evaluation_response", "evaluation_textanswer"}


SUBMIT = """
import django; django.setup()
from courses.models import User
from evaluation.answers import sealing
from evaluation.models import InstrumentVersion
version = InstrumentVersion.objects.get(pk={version})
for user in User.objects.filter(pk__in={users}):
    print(sealing.submit(user=user, occasion_id={occasion}, forms=[(version, {answers})]).state)
"""


def test_the_web_role_seals_and_the_closing_role_counts(
    roles: None, tmp_path: Path, settings: object
) -> None:
    """Each in a process of its own with nothing but its role's rights; the worker may not close."""
    import random

    people = adults(GroupFactory(), 6, families=4)
    settings.SEAL_KEY_FILE = tmp_path / "seal.json"  # type: ignore[attr-defined]
    at = asked(people, wave=wave())
    script = SUBMIT.format(
        version=version_of(at.wave).pk,
        users=[adult.user.pk for adult in people],
        occasion=at.pk,
        answers=answers(random.Random(1), "sa Person1 til meg"),
    )
    said = as_role("egs_web", "-c", script)
    assert said.stdout.split() == ["received"] * 6, said.stderr
    assert SealedAnswer.objects.count() == 6
    apart = {"SEAL_KEY_FILE": str(tmp_path / "seal.json")}
    refused = as_role("egs_web", "manage.py", "close", str(at.pk), **apart)
    assert refused.returncode, refused.stdout
    assert Occasion.objects.get(pk=at.pk).state == "open"
    closed = as_role("egs_close", "manage.py", "close", str(at.pk), **apart)
    assert "6 forseglet, 6 talt med" in closed.stdout, closed.stderr
    assert Response.objects.count() == 6
    assert not SealedAnswer.objects.exists()
    assert set(Participation.objects.values_list("state", flat=True)) == {"done"}


LEAVE = """
import django; django.setup()
from courses.models import User
User.objects.get(pk={user}).delete()
print("left")
"""


def test_the_web_role_seals_the_names_that_the_closing_role_takes_out(
    roles: None, tmp_path: Path, settings: object
) -> None:
    """Somebody leaves between; the web may not read what it has put in."""
    import random

    group = GroupFactory()
    people = adults(group, 7, families=7)
    User.objects.filter(pk=people[6].user_id).update(first_name="Bergljotunn")
    settings.SEAL_KEY_FILE = tmp_path / "seal.json"  # type: ignore[attr-defined]
    at = asked(people, wave=wave(), group=group)
    for number, adult in enumerate(people[:6]):
        answer(adult, at, answers(random.Random(number), "sa Bergljotunn til meg"))
    said = as_role("egs_web", "-c", LEAVE.format(user=people[6].user_id))
    assert said.stdout.split() == ["left"], said.stderr
    assert SealedNames.objects.count() == 1
    closed = as_role("egs_close", "manage.py", "close", str(at.pk), SEAL_KEY_FILE=str(tmp_path / "seal.json"))
    assert "6 forseglet, 6 talt med" in closed.stdout, closed.stderr
    assert set(TextAnswer.objects.values_list("text", flat=True)) == {"sa [navn] til meg"}
    assert not SealedNames.objects.exists()


WITHDRAW = """
import django; django.setup()
from courses.models import User
from evaluation.answers import sealing
from evaluation.models import Study
sealing.withdraw(User.objects.get(pk={user}), Study.objects.get(pk={study}))
print("withdrawn")
"""


def test_the_closing_role_makes_keys_sweeps_and_carries_out_what_was_withdrawn(
    roles: None, tmp_path: Path, settings: object
) -> None:
    settings.SEAL_KEY_FILE = tmp_path / "seal.json"  # type: ignore[attr-defined]
    settings.SEAL_KEYS_APART = False  # type: ignore[attr-defined]
    people = adults(GroupFactory(), 6, families=4)
    at = asked(people, wave=wave())
    for adult in people:
        sealing.submit(user=adult.user, occasion_id=at.pk, forms=[(version_of(at.wave), {"t01": 2})])
    planned = asked(people, wave=wave(at.wave.study, code="T1"), state="planned")
    Occasion.objects.filter(pk=at.pk).update(opens_at="2025-01-01T00:00Z", closes_at="2025-01-02T00:00Z")
    apart = {"SEAL_KEY_FILE": str(tmp_path / "seal.json")}
    made = as_role("egs_close", "manage.py", "seal_keys", "make", **apart)
    assert "1 måletidspunkter" in made.stdout, made.stderr
    planned.refresh_from_db()
    assert planned.public_key
    closed = as_role("egs_close", "manage.py", "close", "--due", **apart)
    assert "6 talt med" in closed.stdout, closed.stderr
    said = as_role("egs_web", "-c", WITHDRAW.format(user=people[0].user.pk, study=at.wave.study_id))
    assert said.stdout.split() == ["withdrawn"], said.stderr
    out = str(tmp_path / "bevis.txt")
    two = ("--witness", "Kari Lie", "--witness", "Per Vik", "--out", out)
    ended = as_role("egs_close", "manage.py", "seal_keys", "sunset", at.wave.study.key, *two, **apart)
    assert "er slettet" in ended.stdout, ended.stderr
    assert Response.objects.count() == 5  # what she took back went before the key


def test_the_closing_role_gives_up_what_nobody_can_open(
    roles: None, tmp_path: Path, settings: object
) -> None:
    settings.SEAL_KEY_FILE = tmp_path / "seal.json"  # type: ignore[attr-defined]
    of = study(is_research=True)
    people = adults(GroupFactory(), 6, families=4)
    agreed(people, of)
    at = asked(people, wave=wave(of))
    for adult in people:
        sealing.submit(user=adult.user, occasion_id=at.pk, forms=[(version_of(at.wave), {"t01": 2})])
    keys.destroy_seal_key(at)
    words = ("manage.py", "give_up", str(at.pk), "--by", "Kari Lie", "--by", "Per Vik")
    apart = {"SEAL_KEY_FILE": str(tmp_path / "seal.json")}
    said = as_role("egs_close", *words, **apart)
    assert "gi opp opptil 6 forseglede svar" in said.stdout, said.stderr
    AuditEvent.objects.update(on=timezone.localdate() - timedelta(days=1))
    done = as_role("egs_close", *words, **apart)
    assert "tapt for godt" in done.stdout, done.stderr
    assert not SealedAnswer.objects.exists()
    assert Occasion.objects.get(pk=at.pk).state == "dropped"
