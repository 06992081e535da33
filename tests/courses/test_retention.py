"""Three years later every table holds only what the retention table allows, and the archive has its part."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import timedelta
from io import StringIO
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from cms import retention
from cms.lasting import people_over
from cms.retention import TABLE, NotKeptError, keep_to_the_table, retain, rows_over
from courses.auditing import Action, record
from courses.models import (
    Adult,
    AuditEvent,
    Family,
    Invitation,
    InvitedAdult,
    Message,
    PrivacyReport,
    User,
    WalkIn,
)
from evaluation.answers.due import count_waiting, end_windows
from evaluation.models import (
    HouseholdSalt,
    Occasion,
    PairSalt,
    PaperEnvelope,
    Participation,
    SealedAnswer,
    Study,
)
from tests import factories as made
from tests import study_factories
from tests.evening_factories import FamilyInvitationFactory, InvitedAdultFactory, MessageFactory
from tests.tree import make_tree

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from courses.models import Group, Municipality

pytestmark = pytest.mark.django_db(databases=["default", "answers"])
LATER = timedelta(days=3 * 365)


@pytest.fixture(autouse=True)
def _own_archive(settings, tmp_path: Path) -> None:
    settings.ARCHIVE_DIR, settings.ERASURE_LEDGER = tmp_path / "arkiv", tmp_path / "erased.txt"


@pytest.fixture
def full(adult: Adult, other_adult: Adult, group: Group, municipality: Municipality) -> Adult:
    """A row in every table that the job keeps to, as it stands today."""
    now = timezone.now()
    evening = made.EveningFactory(group=group, starts_at=now - timedelta(days=1))
    made.AttendanceFactory(adult=adult, evening=evening, state="present")
    WalkIn.objects.create(evening=evening, name="Per")
    MessageFactory(user=adult.user, state="sent", sent_at=now)
    InvitedAdultFactory(email="aldri@example.no")
    waiting = FamilyInvitationFactory(group=group, waiting=True, municipality=municipality)
    InvitedAdultFactory(invitation=waiting, email="venter@example.no")
    made.InvitationFactory()
    record(
        made.RoleFactory(ends_on=timezone.localdate() + timedelta(days=30)).user,
        Action.OPENED,
        about=[adult.user],
    )
    PrivacyReport.objects.create(municipality=municipality, text="Noe skjedde.")
    PrivacyReport.objects.create(municipality=municipality, sent_at=now)
    study = study_factories.study()
    occasion = study_factories.occasion(wave=study_factories.wave(study), group=group)
    study_factories.participation(occasion, adult)
    study_factories.participation(occasion, made.RoleFactory().user)
    PairSalt.objects.create(study=study, user=adult.user, salt=b"1" * 16)
    HouseholdSalt.objects.create(study=study, family=adult.family, salt=b"2" * 16)
    SealedAnswer.objects.create(id=9, occasion=occasion, box=b"x")
    counted = study_factories.occasion(wave=study_factories.wave(study, code="T1"), state="counted")
    PaperEnvelope.objects.create(id=9, occasion=counted, box=b"x")  # left behind
    Client().force_login(adult.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return adult


def test_today_nothing_is_over(full: Adult) -> None:
    assert rows_over() == {}
    assert not any(retain().values())
    assert Adult.objects.filter(pk=full.pk).exists()


def test_three_years_later_something_is_over_everywhere_and_then_nothing_is(full: Adult) -> None:
    still_works = made.RoleFactory(kind="project-leader", municipality=None).user
    with time_machine.travel(timezone.now() + LATER, tick=False):
        end_windows()
        count_waiting()
        held = {kept.key for kept in TABLE if kept.over is not None}
        # empty when its adults go; swept with what was counted
        assert held - rows_over().keys() == {"families", "envelopes"}
        call_command("retain")
        assert rows_over() == {}
        day = timezone.localdate()
        assert not Adult.objects.exists()
        assert not Family.objects.exists()
        assert not AuditEvent.objects.filter(on__lt=day - timedelta(days=731)).exists()
        for model in (
            Message,
            InvitedAdult,
            Invitation,
            PrivacyReport,
            Participation,
            PairSalt,
            HouseholdSalt,
        ):
            assert not model.objects.exists(), model
        assert not SealedAnswer.objects.exists()
        assert not PaperEnvelope.objects.exists()
        assert not Session.objects.exists()
        assert list(WalkIn.objects.values_list("name", flat=True)) == [""]
        without_role = User.objects.exclude(pk__in=User.objects.filter(roles__ends_on=None).values("pk"))
        assert not without_role.filter(roles__isnull=False).exists()
        assert User.objects.filter(pk=still_works.pk).exists()


@pytest.mark.parametrize("state", ["open", "closed"])
def test_nothing_goes_of_a_study_in_which_something_waits_to_be_counted(full: Adult, state: str) -> None:
    asked = (SealedAnswer, PaperEnvelope, Participation, PairSalt, HouseholdSalt)
    Occasion.objects.filter(state="open").update(state=state)
    with time_machine.travel(timezone.now() + LATER, tick=False):
        for sunset in (None, timezone.localdate()):
            Study.objects.update(sunset_done_on=sunset)
            retain(leave=frozenset({"people", "families"}))
            assert all(model.objects.exists() for model in asked)
        Occasion.objects.filter(state=state).update(state="counted")
        Study.objects.update(sunset_done_on=None)
        retain(leave=frozenset({"people", "families"}))
        assert all(model.objects.exists() for model in asked)


def test_a_line_that_fails_is_told_and_stops_no_other(full: Adult, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(now: datetime) -> int:
        raise OSError("disken er full")

    broken = tuple(replace(kept, remove=fails) if kept.key == "messages" else kept for kept in TABLE)
    monkeypatch.setattr(retention, "TABLE", broken)
    with time_machine.travel(timezone.now() + LATER, tick=False):
        with pytest.raises(NotKeptError):
            keep_to_the_table()
        assert Message.objects.exists()
        assert not PrivacyReport.objects.exists()
        Message.objects.all().delete()
        said = StringIO()
        with pytest.raises(SystemExit):
            call_command("retain", stderr=said)
        assert "messages" in said.getvalue()


def test_the_archive_has_the_attendance_of_whoever_went(full: Adult, settings) -> None:
    with time_machine.travel(timezone.now() + LATER, tick=False):
        retain()
    files = sorted(settings.ARCHIVE_DIR.iterdir())
    assert [path.suffix for path in files] == [".csv", ".docx"]
    rows = list(csv.reader(files[0].read_text(encoding="utf-8-sig").splitlines(), delimiter=";"))
    assert rows[1][0] == full.user.first_name
    assert rows[1][6] == "til stede"


def test_whoever_cannot_be_archived_stays_and_the_others_go(
    full: Adult, other_adult: Adult, settings, tmp_path
):
    (tmp_path / "fil").touch()
    settings.ARCHIVE_DIR = tmp_path / "fil" / "arkiv"
    with time_machine.travel(timezone.now() + LATER, tick=False):
        with pytest.raises(SystemExit):
            call_command("retain")
        assert set(Adult.objects.values_list("pk", flat=True)) == {full.pk}


@pytest.mark.parametrize(("days", "over"), [(180, False), (185, True)])
def test_six_months_after_the_last_evening(adult: Adult, group: Group, days: int, over: bool) -> None:
    evening = made.EveningFactory(group=group, starts_at=timezone.now() + timedelta(days=30))
    assert (adult.user_id in people_over(evening.starts_at + timedelta(days=days))) is over


def test_the_last_form_counts_from_its_closing(adult: Adult, group: Group) -> None:
    evening = made.EveningFactory(group=group, starts_at=timezone.now())
    study = study_factories.study(programme=group.edition.programme)
    study_factories.wave(
        study, code="T2", anchor="last-evening", opens_after_days=180, open_for_days=14, versions=[]
    )
    assert adult.user_id not in people_over(evening.starts_at + timedelta(days=185 + 180))
    assert adult.user_id in people_over(evening.starts_at + timedelta(days=185 + 194))


def test_whoever_left_goes_six_months_after_she_left(adult: Adult, group: Group) -> None:
    made.EveningFactory(group=group, starts_at=timezone.now() + timedelta(days=200))
    adult.enrolments.update(ends_on=timezone.localdate())
    assert adult.user_id in people_over(timezone.now() + timedelta(days=185))


def test_whoever_has_a_role_stays(contact_person: User) -> None:
    trainee = made.EnrolmentFactory(adult__user=contact_person, adult__family=None, adult__seat=None).adult
    assert trainee.user_id not in people_over(timezone.now() + LATER)


def test_the_demos_people_stay(full: Adult, settings) -> None:
    settings.DEMO = True
    with time_machine.travel(timezone.now() + LATER, tick=False):
        keep_to_the_table()
        assert Adult.objects.filter(pk=full.pk).exists()
        settings.DEMO = False
        keep_to_the_table()
        assert not Adult.objects.filter(pk=full.pk).exists()


def test_the_page_about_privacy_shows_the_same_table(client: Client) -> None:
    make_tree()
    text = client.get("/personvern/").content.decode()
    for kept in TABLE:
        assert str(kept.what) in text, kept.key
    assert "/personvern/avvik/" in text


def test_each_line_has_a_key_of_its_own() -> None:
    keys = [kept.key for kept in TABLE]
    assert sorted(keys) == sorted(set(keys))
