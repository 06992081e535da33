"""A backup without what waited sealed is put back: nobody's answer is gone in silence."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.core.management import call_command
from django.utils import timezone

from cms.backups import restoring
from cms.backups.making import make_backup
from evaluation import answering, study_words
from evaluation.answers import closing, due, keys, sealing
from evaluation.models import Consent, Occasion, Participation, Response, SealedAnswer
from tests.cms.backup_places import own_places
from tests.crowds import adults, all_answer, asked, version_of
from tests.factories import GroupFactory
from tests.study_factories import evening_wave, information, occasion, study, wave

if TYPE_CHECKING:
    from pathlib import Path

    from courses.models import Adult

__all__ = ["own_places"]

pytestmark = [
    pytest.mark.django_db(transaction=True, databases=["default", "answers"]),
    pytest.mark.usefixtures("own_places"),
]


@pytest.fixture
def people() -> list[Adult]:
    return adults(GroupFactory(), 6, families=5)


@pytest.fixture
def at(people: list[Adult]) -> Occasion:
    """Six have answered, all there were."""
    made = asked(people, wave=wave())
    all_answer(people, made)
    return made


def put_back_without(tmp_path: Path, *, inbox: bool = False) -> restoring.Restored:
    return restoring.restore(make_backup(tmp_path / "out", inbox=inbox), replace=True)


def fresh(at: Occasion) -> Occasion:
    return Occasion.objects.select_related("wave__study").get(pk=at.pk)


def test_where_the_form_is_still_open_whoever_had_answered_may_answer_again(
    people: list[Adult], at: Occasion, tmp_path: Path
) -> None:
    done = put_back_without(tmp_path)
    assert (done.again.lost.again, done.again.lost.for_good) == ({at.pk: 6}, {})
    assert set(Participation.objects.values_list("state", flat=True)) == {"open"}
    all_answer(people, fresh(at))
    result = closing.close(fresh(at))
    assert (result.state, result.taken) == ("counted", 6)


@pytest.mark.parametrize("shut", [False, True])
def test_where_it_has_closed_what_was_lost_is_stored_and_not_counted_as_nobody(
    at: Occasion, tmp_path: Path, shut: bool
) -> None:
    """``shut``: else its time had come, and no run had shut it."""
    Occasion.objects.filter(pk=at.pk).update(closes_at=timezone.now() - timedelta(minutes=1))
    if shut:
        closing.shut(at)
    done = put_back_without(tmp_path)
    assert (done.again.lost.again, done.again.lost.for_good) == ({}, {at.pk: 6})
    found = fresh(at)
    assert (found.state, found.lost_answers, bool(found.given_up_on)) == ("dropped", 6, True)
    assert study_words.occasion_state(found) == "opptil 9 svar gikk tapt med en sikkerhetskopi"
    due.count_waiting()
    assert closing.close(found).state == "dropped"
    assert not Response.objects.exists()


def test_a_backup_with_the_inbox_put_back_within_a_week_still_counts(at: Occasion, tmp_path: Path) -> None:
    closing.shut(at)
    whole = make_backup(tmp_path / "whole")
    put_back_without(tmp_path)
    due.count_waiting()
    assert keys.has_seal_key(at)
    restoring.restore(whole, replace=True)
    assert closing.close(fresh(at)).taken == 6


@pytest.mark.parametrize("answered", [True, False])
def test_no_sheet_from_before_is_remembered_not_even_of_whoever_said_no(
    people: list[Adult], tmp_path: Path, answered: bool
) -> None:
    at = asked(people, wave=wave())
    for adult in people[:2]:
        sealing.make_envelope(user=adult.user, occasion_id=at.pk)
    assert answering.decline(people[0].user, at.pk)
    if not answered:
        Participation.objects.filter(user=people[1].user).update(state="missed")
    put_back_without(tmp_path)
    assert not Participation.objects.filter(has_sheet=True).exists()


def test_an_anonymous_evening_may_be_answered_again_up_to_its_seats(tmp_path: Path) -> None:
    of = evening_wave()
    at = occasion(wave=of)
    forms = [(version_of(of), {"t01": 3})]
    for _ in range(4):
        sealing.submit_anonymous(occasion=at, forms=forms, limit=4)
    assert put_back_without(tmp_path).again.lost.again == {at.pk: 4}
    assert sealing.submit_anonymous(occasion=fresh(at), forms=forms, limit=4).is_new


def test_nothing_is_lost_where_nobody_answered_or_all_is_counted_or_the_inbox_is_there(
    people: list[Adult], at: Occasion, tmp_path: Path
) -> None:
    closing.close(at)
    closing.shut(asked(people, wave=wave()))
    lost = put_back_without(tmp_path).again.lost
    assert (lost.again, lost.for_good) == ({}, {})
    assert Response.objects.count() == 6
    waits = asked(people, wave=wave())
    all_answer(people, waits)
    lost = restoring.restore(make_backup(tmp_path / "whole"), replace=True).again.lost
    assert (lost.again, lost.for_good, SealedAnswer.objects.count()) == ({}, {}, 6)


def test_what_was_written_and_not_yet_swept_when_the_copy_was_made_is_not_lost(
    at: Occasion, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*args: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(closing, "_take_away", killed)
        with pytest.raises(KeyboardInterrupt):
            closing.close(at)
    lost = put_back_without(tmp_path).again.lost
    assert (lost.again, lost.for_good) == ({}, {})
    assert closing.close(fresh(at)).state == "counted"
    assert Response.objects.count() == 6


def test_whoever_took_her_answers_back_is_not_asked_again(people: list[Adult], tmp_path: Path) -> None:
    of = study(is_research=True)
    at, letter = asked(people, wave=wave(of)), information(of)
    given = {"letter": letter, "purpose": "research", "language": "nb", "given_on": letter.made_on}
    for adult in people:
        Consent.objects.create(user=adult.user, **given)
    all_answer(people, at)
    sealing.withdraw(people[0].user, of)
    assert put_back_without(tmp_path).again.lost.again == {at.pk: 5}
    assert Participation.objects.get(occasion=at, user=people[0].user).state != "open"


def test_whoever_restores_is_told_which_and_how_many(
    at: Occasion, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    closed = asked(adults(GroupFactory(), 6, families=5), wave=at.wave)
    all_answer([row.user.adult for row in closed.participations.all()], closed)
    closing.shut(closed)
    file = make_backup(tmp_path / "out", inbox=False)
    call_command("restore", file, replace=True)
    said = capsys.readouterr().out
    assert f"måletidspunkt {at.pk} (opptil 6 svar): de som hadde svart, kan svare på nytt" in said
    assert f"måletidspunkt {closed.pk} (opptil 6 svar): svarene er tapt" in said
