"""What somebody took back is deleted before its key is, after the sunset too, and when she has left since."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from courses.erasing import erase, erase_user
from courses.keys import make_key_file
from evaluation.answers import ceremony, closing, due, keys, sealing
from evaluation.models import PairSalt, Response, Study, Withdrawal
from tests.crowds import adults, all_answer, answer, asked
from tests.evaluation.key_ceremonies import key_file
from tests.evaluation.test_pairing import agreed
from tests.factories import GroupFactory, RoleFactory
from tests.study_factories import participation, study, wave

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_django.fixtures import SettingsWrapper

    from courses.models import Adult, User

__all__ = ["key_file"]
pytestmark = pytest.mark.django_db(databases=["default", "answers"])


@pytest.fixture
def of() -> Study:
    return study(is_research=True)


@pytest.fixture
def people(of: Study) -> list[Adult]:
    """Seven who agreed, answered and are counted."""
    made = adults(GroupFactory(), 7, families=6)
    agreed(made, of)
    at = asked(made, wave=wave(of))
    all_answer(made, at)
    assert closing.close(at).taken == 7
    return made


def test_a_withdrawal_that_waits_is_carried_out_before_two_people_destroy_the_key(
    of: Study, people: list[Adult], tmp_path: Path
) -> None:
    sealing.withdraw(people[0].user, of)
    ceremony.end(Study.objects.get(pk=of.pk), ("Kari", "Per"), tmp_path / "bevis.txt")
    assert Response.objects.count() == 6


def test_a_withdrawal_that_came_while_the_rest_was_done_is_carried_out_before_the_key_goes(
    of: Study, people: list[Adult], monkeypatch: pytest.MonkeyPatch
) -> None:
    today = timezone.localdate()
    Study.objects.filter(pk=of.pk).update(ends_on=today - timedelta(days=1), sunset_on=today)
    done = due.kept_keys.destroy_over

    def then_she_withdraws() -> int:
        sealing.withdraw(people[0].user, of)
        return done()

    monkeypatch.setattr(due.kept_keys, "destroy_over", then_she_withdraws)
    due.count_waiting()
    assert Study.objects.get(pk=of.pk).sunset_done_on
    assert Response.objects.count() == 6


def test_a_lost_pairing_key_keeps_no_sunset_waiting(of: Study, people: list[Adult], tmp_path: Path) -> None:
    sealing.withdraw(people[0].user, of)
    keys._destroyed(f"pair {of.pk}")
    ceremony.end(Study.objects.get(pk=of.pk), ("Kari", "Per"), tmp_path / "bevis.txt")
    assert Study.objects.get(pk=of.pk).sunset_done_on


@pytest.fixture
def without_pairs(people: list[Adult], of: Study, tmp_path: Path, settings: SettingsWrapper) -> Path:
    """A key file that lacks «pairs», when one of the seven has withdrawn."""
    sealing.withdraw(people[0].user, of)
    content = json.loads(settings.KEY_FILE.read_text())
    settings.KEY_FILE, settings.DEMO = tmp_path / "lacks.json", False
    make_key_file(settings.KEY_FILE, without=["pairs"])
    (tmp_path / "whole.json").write_text(json.dumps(content))
    (tmp_path / "whole.json").chmod(0o600)
    return tmp_path / "whole.json"


def test_two_people_destroy_no_pairing_key_while_somebodys_answers_cannot_be_found(
    of: Study, without_pairs: Path, tmp_path: Path, settings: SettingsWrapper
) -> None:
    with pytest.raises(keys.NoKeyError, match=r"trukket svarene sine.*uten «pairs».*ikke slettet"):
        ceremony.end(Study.objects.get(pk=of.pk), ("Kari", "Per"), tmp_path / "bevis.txt")
    assert not Study.objects.get(pk=of.pk).sunset_done_on
    assert not list(tmp_path.glob("bevis*"))
    assert Withdrawal.objects.exists()
    settings.KEY_FILE = without_pairs
    ceremony.end(Study.objects.get(pk=of.pk), ("Kari", "Per"), tmp_path / "bevis.txt")
    assert Response.objects.count() == 6


def test_on_its_day_the_machine_waits_for_them_too_and_says_so(
    of: Study, without_pairs: Path, caplog: pytest.LogCaptureFixture, settings: SettingsWrapper
) -> None:
    today = timezone.localdate()
    Study.objects.filter(pk=of.pk).update(ends_on=today - timedelta(days=1), sunset_on=today)
    due.count_waiting()
    assert not Study.objects.get(pk=of.pk).sunset_done_on
    assert "uten «pairs»" in caplog.text
    settings.KEY_FILE = without_pairs
    due.count_waiting()
    assert Study.objects.get(pk=of.pk).sunset_done_on
    assert Response.objects.count() == 6


def signed(of: Study) -> User:
    """A contact person who has agreed, and whose form with her name is counted."""
    user: User = RoleFactory(kind="contact-person").user
    agreed([type("Somebody", (), {"user": user})], of)
    made = wave(of, code="M", audience="contact-person", identity="named")
    at = participation(asked([], wave=made), user).occasion
    answer(type("Somebody", (), {"user": user}), at, {"t01": 4})  # type: ignore[arg-type]
    assert closing.close(at).taken == 1
    return user


def test_named_answers_are_deleted_after_the_sunset_as_before(of: Study) -> None:
    user = signed(of)
    keys.sunset(of, ())
    sealing.withdraw(user, of)
    due.count_all_waiting([])
    assert not Response.objects.exists()


def test_whoever_leaves_before_the_job_has_run_leaves_nothing_of_what_she_took_back(
    of: Study, people: list[Adult]
) -> None:
    sealing.withdraw(people[0].user, of)
    erase(people[0])
    due.count_waiting()
    assert Response.objects.count() == 6
    assert not Withdrawal.objects.exists()


def test_a_contact_person_who_leaves_takes_the_signed_answers_she_took_back_with_her(of: Study) -> None:
    user = signed(of)
    sealing.withdraw(user, of)
    erase_user(user, may_hold_role=True)
    due.count_waiting()
    assert not Response.objects.exists()


def test_what_says_that_somebody_withdrew_does_not_say_who(of: Study, people: list[Adult]) -> None:
    user = people[0].user
    sealing.withdraw(user, of)
    row = Withdrawal.objects.get()
    assert (row.named, row.study) == (None, of)
    assert not PairSalt.objects.filter(user=user).exists()
    assert not PairSalt.objects.filter(salt=row.salt).exists()
