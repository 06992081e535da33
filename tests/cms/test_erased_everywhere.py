"""Erase one adult: her name, mail, mobile and salts are in no byte of databases, files, mail or log."""

from __future__ import annotations

import gzip
import logging
import random
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection, connections
from django.db.models import CASCADE, DO_NOTHING, SET_NULL
from django.test import Client
from django.utils import timezone

from cms.backups.databases import file_of
from courses import erasure_requests
from courses.auditing import Action, record
from courses.erasing import erase
from courses.models import Adult, Family, InvitedAdult, User
from courses.notes import write_note
from evaluation.answers import closing
from evaluation.models import Consent, HouseholdSalt, Occasion, PairSalt, Response, TextAnswer
from tests import factories as made
from tests import study_factories
from tests.cms.test_own_data_is_whole import WAGTAIL
from tests.crowds import adults, answer, answers, asked
from tests.evening_factories import InvitedAdultFactory, MessageFactory
from tests.privacy.stores import files_now

if TYPE_CHECKING:
    from collections.abc import Iterator

    from courses.models import Group
    from tests.people import LogIn

NAME, MAIL, MOBILE = "Bergljotunn", "bergljotunn@eksempelpost.example.no", "+4799888777"
IS_POSTGRESQL = connection.vendor == "postgresql"
SALT, HOUSE = b"\xfa\x11salt-of-hers\xfe\x99", b"\xfb\x12salt-of-house\xfd"


def test_every_way_to_a_person_ends_with_her() -> None:
    """A new table that names a person fails here until it goes with her, or lets go of her."""
    people, wrong = (User, Adult, Family, InvitedAdult), []
    loose = {("courses", "InvitedAdult", "adult"), ("courses", "FamilyInvitation", "family")}  # by address
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if field.related_model not in people:
                continue
            where = (model._meta.app_label, model.__name__, field.name)
            does = field.remote_field.on_delete
            if field.related_model is User:
                fine = does in (CASCADE, SET_NULL) or (does is DO_NOTHING and where[0].startswith(WAGTAIL))
            else:
                fine = does is CASCADE or where in loose
            if not fine:
                wrong.append(".".join(where))
    assert wrong == []


@pytest.mark.django_db
def test_what_wagtail_wrote_down_of_her_lets_go(editor: User) -> None:
    from wagtail.models import ModelLogEntry

    made_by = made.EnrolmentFactory(adult__user=editor, adult__family=None, adult__seat=None).adult
    kind = apps.get_model("contenttypes", "ContentType").objects.get_for_model(User)
    entry = ModelLogEntry.objects.create(
        user=editor,
        action="wagtail.create",
        timestamp=timezone.now(),
        content_type=kind,
        object_id="1",
        label="Noe",
    )
    editor.roles.all().delete()
    erase(made_by)
    entry.refresh_from_db()
    assert entry.user_id is None


@pytest.fixture
def hers(group: Group, contact_person: User) -> Adult:
    """A person known in every table we have, with words that stand nowhere else."""
    user = made.UserFactory(first_name=NAME, email=MAIL, mobile=MOBILE)
    adult = made.EnrolmentFactory(group=group, adult__user=user).adult
    evening = made.EveningFactory(group=group, starts_at=timezone.now() - timedelta(days=1))
    made.AttendanceFactory(adult=adult, evening=evening, marked_by=contact_person)
    write_note(adult=adult, module=evening.module, part_key="d", block="r1", text="x")
    InvitedAdultFactory(adult=adult, name=NAME, email=MAIL)
    InvitedAdultFactory(name=NAME, mobile=MOBILE, email=None)
    made.InvitationFactory(name=NAME, email=MAIL.upper())
    MessageFactory(user=user)
    record(contact_person, Action.OPENED, about=[user])
    asked = study_factories.participation(study_factories.occasion(group=group), adult)
    study = asked.occasion.wave.study
    PairSalt.objects.create(study=study, user=user, salt=SALT)
    HouseholdSalt.objects.create(study=study, family=adult.family, salt=HOUSE)
    Consent.objects.create(
        user=user,
        letter=study_factories.information(study),
        purpose="research",
        language="nb",
        given_on=timezone.localdate(),
    )
    Response.objects.create(
        id=9, study=study.pk, wave="T0", phase="pilot", role="adult", version=1, vector=b"\5"
    )
    return adult


def contents() -> Iterator[tuple[str, bytes]]:
    """Everything on the disk that is the service's: databases with what lies beside them, media, mail.

    Of PostgreSQL the files of both databases. Its log of changes is the server's own and is reused: whoever
    has that has the machine."""
    if IS_POSTGRESQL:
        yield from (
            (name, held) for name, held in files_now(settings.MEDIA_ROOT).items() if name[:3] != "wal"
        )
    else:
        for alias in ("default", "answers"):
            connections[alias].close()
            for path in file_of(alias).parent.glob(f"{file_of(alias).name}*"):
                yield path.name, path.read_bytes()
    for folder in (settings.MEDIA_ROOT, settings.MAILBOX_DIR):
        for path in folder.rglob("*") if folder.exists() else ():
            if path.is_file():
                held = path.read_bytes()
                yield path.name, gzip.decompress(held) if path.suffix == ".gz" else held


def vacuum() -> None:
    """What whoever runs PostgreSQL does, or its autovacuum in time: README. SQLite does it by itself."""
    for alias in ("default", "answers") if IS_POSTGRESQL else ():
        with connections[alias].cursor() as cursor:
            cursor.execute("VACUUM (FULL, ANALYZE)")


def hits() -> list[str]:
    wanted = [NAME.lower().encode(), MAIL.encode(), MOBILE.encode(), MOBILE[3:].encode(), SALT, HOUSE]
    return [
        f"{name}: {words!r}"
        for name, held in contents()
        for words in wanted
        if words in held or words in held.lower()
    ]


@pytest.mark.django_db(transaction=True, databases=["default", "answers"])
def test_no_byte_of_her_is_left(hers: Adult, logged_in: LogIn, caplog, settings, tmp_path) -> None:
    """Nor in what others wrote of her, which is counted when she has left."""
    settings.MAILBOX_DIR = settings.EMAIL_FILE_PATH = tmp_path / "mailbox"
    if settings.DEMO:  # elsewhere nothing that is sent is kept
        settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.ARCHIVE_DIR, settings.ERASURE_LEDGER = tmp_path / "arkiv", tmp_path / "erased.txt"
    caplog.set_level(logging.DEBUG)
    logged_in(hers).get("/min/opplysninger/")
    Client().post("/logg-inn/", {"login": MAIL})
    cache.set(f"noe-{hers.pk}", 1)
    made.RoleFactory(kind="project-leader", municipality=None)
    erasure_requests.ask(hers)
    group = hers.enrolments.get().group
    others = adults(group, 6, families=5)
    at = asked(others, wave=study_factories.wave(), group=group)
    for number, adult in enumerate(others):
        answer(adult, at, answers(random.Random(number), f"{NAME} sa at {NAME.upper()}s mann kom"))
    before = hits()
    assert {line.partition(": ")[0].partition("/")[0] for line in before} >= {
        "default" if IS_POSTGRESQL else file_of("default").name
    }
    assert len(before) >= 5
    caplog.clear()
    call_command("erase", str(hers.pk))
    assert closing.close(Occasion.objects.get(pk=at.pk)).taken == 6
    vacuum()
    assert hits() == []
    assert not any(words.lower() in caplog.text.lower() for words in (NAME, MAIL, MOBILE))
    assert Response.objects.count() == 1 + 6  # what was answered without a name stays
    assert set(TextAnswer.objects.values_list("text", flat=True)) == {"[navn] sa at [navn] mann kom"}
    assert settings.ERASURE_LEDGER.read_text().count("\n") >= 1


@pytest.mark.django_db
def test_search_holds_no_person() -> None:
    """Wagtail indexes pages, pictures and documents: no model of people can get in."""
    from wagtail.search.index import get_indexed_models

    ours = {model for model in get_indexed_models() if model._meta.app_label in ("courses", "evaluation")}
    assert not ours & {User, Adult, Family, InvitedAdult}
    for model in ours:
        assert not any(field.related_model in (User, Adult) for field in model._meta.concrete_fields), model
