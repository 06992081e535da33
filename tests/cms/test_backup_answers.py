"""A backup put back: what was withdrawn since is withdrawn again, and what nobody can open is told of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.core.management import call_command
from django.utils import timezone

from cms.backups import restoring
from cms.backups.making import make_backup
from courses import ledger
from courses.erasing import erase
from courses.models import User
from evaluation import informing
from evaluation.answers import closing, keys, withdrawing
from evaluation.models import Consent, Occasion, PairSalt, Participation, Response, SealedAnswer, Study
from tests.cms.backup_places import own_places
from tests.crowds import adults, all_answer, asked
from tests.factories import GroupFactory
from tests.study_factories import information, study, wave

if TYPE_CHECKING:
    from pathlib import Path

    from courses.models import Adult

__all__ = ["own_places"]

pytestmark = [
    pytest.mark.django_db(transaction=True, databases=["default", "answers"]),
    pytest.mark.usefixtures("own_places"),
]


@pytest.fixture
def of() -> Study:
    return study(is_research=True)


@pytest.fixture
def people(of: Study) -> list[Adult]:
    """Eight who have agreed."""
    made, letter = adults(GroupFactory(), 8, families=5), information(of)
    for adult in made:
        agree(adult, letter)
    return made


def agree(adult: Adult, letter: object) -> None:
    Consent.objects.create(
        user=adult.user, letter=letter, purpose="research", language="nb", given_on=timezone.localdate()
    )


def put_back(file: Path) -> restoring.Restored:
    return restoring.restore(file, replace=True)


def test_a_withdrawal_before_the_count_is_heard_again(of: Study, people: list[Adult], tmp_path: Path) -> None:
    at = asked(people, wave=wave(of))
    all_answer(people, at)
    file = make_backup(tmp_path / "out")
    assert informing.withdraw(people[0].user, of)
    day = Consent.objects.get(user=people[0].user).withdrawn_on
    done = put_back(file)
    assert done.again.withdrawn == 1
    assert Consent.objects.get(user=people[0].user).withdrawn_on == day
    assert Consent.objects.filter(withdrawn_on=None).count() == 7
    result = closing.close(Occasion.objects.get(pk=at.pk))
    assert (result.sealed, result.taken) == (9, 7)


@pytest.mark.parametrize("left", [False, True])
def test_answers_withdrawn_after_the_count_do_not_come_back_nor_of_whoever_then_left(
    of: Study, people: list[Adult], tmp_path: Path, left: bool
) -> None:
    at = asked(people, wave=wave(of))
    all_answer(people, at)
    closing.close(at)
    file = make_backup(tmp_path / "out")
    informing.withdraw(people[0].user, of)
    assert withdrawing.carry_out(of) == 1
    gone = set(User.objects.filter(pk=people[0].user_id).values_list("pk", flat=True))
    if left:
        erase(people[0])
    kept = set(Response.objects.values_list("pk", flat=True))
    put_back(file)
    assert set(Response.objects.values_list("pk", flat=True)) == kept
    assert User.objects.filter(pk__in=gone).exists() is not left
    assert not PairSalt.objects.filter(user__in=gone).exists()


@pytest.mark.parametrize("apart", [False, True])
@pytest.mark.parametrize("known", [False, True])
def test_whoever_withdrew_and_left_is_not_counted_again_wherever_the_keys_are(
    of: Study, people: list[Adult], tmp_path: Path, settings, apart: bool, known: bool
) -> None:
    """``known``: the backup is from after she withdrew, and from before it was carried out."""
    at = asked(people, wave=wave(of))
    all_answer(people, at)
    closing.close(at)
    early = make_backup(tmp_path / "early")
    informing.withdraw(people[0].user, of)
    late = make_backup(tmp_path / "late")
    assert withdrawing.carry_out(of) == 1
    erase(people[0])
    settings.SEAL_KEYS_APART = apart
    put_back(late if known else early)
    if apart:
        assert Response.objects.count() == 8
        call_command("close", due=True)
    assert Response.objects.count() == 7


def test_who_is_asked_later_is_not_asked_again_and_one_who_said_yes_again_is_in(
    of: Study, people: list[Adult], tmp_path: Path
) -> None:
    at = asked(people, wave=wave(of))
    before = make_backup(tmp_path / "before")
    informing.withdraw(people[0].user, of)
    agree(people[0], of.letters.get())
    after = make_backup(tmp_path / "after")
    put_back(after)
    assert Consent.objects.filter(user=people[0].user, withdrawn_on=None).count() == 1
    assert put_back(before).again.withdrawn == 1
    assert Participation.objects.get(occasion=at, user=people[0].user).state == "declined"


def test_a_second_withdrawal_on_the_same_day_is_heard_again_too(
    of: Study, people: list[Adult], tmp_path: Path
) -> None:
    informing.withdraw(people[0].user, of)
    agree(people[0], of.letters.get())
    between = make_backup(tmp_path / "between")
    informing.withdraw(people[0].user, of)
    assert put_back(between).again.withdrawn == 1
    assert not Consent.objects.filter(user=people[0].user, withdrawn_on=None).exists()


def test_the_ledger_tells_neither_who_nor_of_which_study(of: Study, people: list[Adult]) -> None:
    informing.withdraw(people[0].user, of)
    text = ledger.ledger_file().read_text()
    user = people[0].user
    for telling in (user.username, user.email, user.first_name, of.key, f"user {user.pk}"):
        assert str(telling) not in text
    erase(people[0])
    marks = {line.split()[1] for line in ledger.ledger_file().read_text().splitlines() if line[:4].isdigit()}
    assert len(marks) == 2  # nothing shows that the two are of one person
    assert len(ledger.marks()) == len(ledger.withdrawals()) == 1


def test_what_could_not_be_written_then_is_written_by_the_worker(
    of: Study, people: list[Adult], settings
) -> None:
    at = settings.ERASURE_LEDGER
    at.parent.mkdir(exist_ok=True)
    at.mkdir()
    assert informing.withdraw(people[0].user, of)
    at.rmdir()
    for _ in range(2):
        withdrawing.note_withdrawals()
    assert len(ledger.withdrawals()) == 1
    assert at.read_text().count("withdrawn") == 1


def test_boxes_without_a_key_are_told_of(
    of: Study, people: list[Adult], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    at = asked(people, wave=wave(of))
    all_answer(people, at)
    file = make_backup(tmp_path / "out")
    call_command("restore", file, replace=True)
    assert "kan ikke åpnes" not in capsys.readouterr().out
    keys.destroy_seal_key(at)
    call_command("restore", file, replace=True)
    said = capsys.readouterr().out
    assert f"måletidspunkt {at.pk} (8 svar)" in said
    assert "kan ikke åpnes" in said
    assert SealedAnswer.objects.count() == 8


def test_where_the_key_file_cannot_be_read_it_says_who_can_look(
    of: Study, people: list[Adult], tmp_path: Path, settings, capsys: pytest.CaptureFixture[str]
) -> None:
    asked(people, wave=wave(of))
    file = make_backup(tmp_path / "out")
    settings.SEAL_KEY_FILE.write_text("not for us")
    call_command("restore", file, replace=True)
    assert "close --due" in capsys.readouterr().out


def test_a_withdrawal_is_one_of_the_study_alone(of: Study, people: list[Adult], tmp_path: Path) -> None:
    other = study(is_research=True)
    agree(people[0], information(other))
    file = make_backup(tmp_path / "out")
    informing.withdraw(people[0].user, of)
    put_back(file)
    assert Consent.objects.filter(user=people[0].user, withdrawn_on=None).get().letter.study == other
