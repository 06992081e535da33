"""What waits for others is lost by nothing that happens meanwhile: erasure, a key away, a change of group."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import OperationalError
from django.utils import timezone

from courses.erasing import erase
from courses.models import Enrolment
from evaluation import opening
from evaluation.answers import closing, due, keys, sealing
from evaluation.models import Occasion, Participation, Response, SealedAnswer, Study
from tests.crowds import adults, all_answer, answer, answers, asked, version_of
from tests.evaluation.key_ceremonies import key_file
from tests.factories import EditionFactory, EnrolmentFactory, GroupFactory
from tests.study_factories import wave

if TYPE_CHECKING:
    from pathlib import Path

    from courses.models import Adult
    from evaluation.models import Wave

__all__ = ["key_file"]
pytestmark = pytest.mark.django_db(databases=["default", "answers"])


@pytest.fixture(autouse=True)
def ledger(settings: object, tmp_path: Path) -> None:
    settings.ERASURE_LEDGER = tmp_path / "erased.txt"  # type: ignore[attr-defined]


@pytest.fixture
def of() -> Wave:
    return wave()


def answered(of: Wave, many: int, families: int) -> tuple[list[Adult], Occasion]:
    group = GroupFactory(edition=EditionFactory(programme=of.study.programme))
    people = adults(group, many, families=families)
    at = asked(people, wave=of, group=group)
    all_answer(people, at)
    return people, at


def over(of: Wave, *, days_to_sunset: int = 29) -> None:
    today = timezone.localdate()
    Study.objects.filter(pk=of.study_id).update(
        starts_on=today - timedelta(days=90),
        ends_on=today - timedelta(days=1),
        sunset_on=today + timedelta(days=days_to_sunset),
    )


def states(*occasions: Occasion) -> list[str]:
    found = dict(Occasion.objects.values_list("pk", "state"))
    return [found[each.pk] for each in occasions]


# --- who has left
def test_one_who_is_erased_does_not_take_the_others_answers_with_her(of: Wave) -> None:
    people, at = answered(of, 5, 4)
    erase(people[1])
    assert closing.close(at).taken == 5


def test_a_group_that_was_erased_while_it_waited_is_counted_with_the_next(of: Wave) -> None:
    people, spring = answered(of, 4, 3)
    assert closing.close(spring).state == "waiting"
    for adult in people:
        erase(adult)
    _people, autumn = answered(of, 4, 3)
    assert set(closing.close(autumn).occasions) == {spring.pk, autumn.pk}
    assert Response.objects.count() == 8


def test_too_few_families_stay_too_few_when_some_are_erased(of: Wave) -> None:
    people, at = answered(of, 6, 3)
    for adult in people[:3]:
        erase(adult)
    assert closing.close(at).state == "waiting"
    assert not Response.objects.exists()
    over(of)
    due.count_waiting()
    assert (states(at), SealedAnswer.objects.count(), Response.objects.count()) == (["dropped"], 0, 0)


def test_two_who_have_become_one_household_since_are_the_two_they_answered_as(of: Wave) -> None:
    people, at = answered(of, 5, 4)
    moved, partner = people[1], people[2]
    moved.family, moved.seat = partner.family, 2
    moved.save()
    assert closing.close(at).state == "waiting"
    over(of)
    due.count_waiting()
    assert (states(at), Response.objects.count()) == (["counted"], 5)


# --- a key that is away
@pytest.mark.usefixtures("key_file")
def test_while_a_key_is_away_those_who_would_be_enough_with_it_wait(of: Wave) -> None:
    here, away = (answered(of, 3, 2)[1] for _ in range(2))
    for at in (here, away):
        closing.shut(at)
    kept = keys.seal_key(away)
    keys._destroyed(f"seal {away.pk}")
    over(of)
    due.count_waiting()
    assert (states(here, away), SealedAnswer.objects.count()) == (["closed", "closed"], 6)
    keys._made(f"seal {away.pk}", kept)
    due.count_waiting()
    assert (states(here, away), Response.objects.count()) == (["counted", "counted"], 6)


@pytest.mark.usefixtures("key_file")
@pytest.mark.parametrize("given_up", [False, True])
def test_a_key_that_is_lost_is_waited_for_until_it_is_given_up_or_the_sunset(
    of: Wave, given_up: bool
) -> None:
    here, away = (answered(of, 3, 2)[1] for _ in range(2))
    for at in (here, away):
        closing.shut(at)
    keys._destroyed(f"seal {away.pk}")
    over(of, days_to_sunset=29 if given_up else 0)
    if given_up:
        closing.drop_unread(away, given_up_on=timezone.localdate(), given_up_by="to", lost_answers=3)
    due.count_waiting()
    of.study.refresh_from_db()
    assert states(here) == ["dropped"]
    assert bool(of.study.sunset_done_on) is not given_up  # the promised day is kept


def test_while_the_answers_cannot_be_written_nothing_is_deleted(
    of: Wave, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second seems enough alone: it is opened after the first, and the two would be enough together."""
    (_people, few), (people, seems) = answered(of, 3, 2), answered(of, 5, 4)
    sealing.withdraw(people[1].user, of.study)
    for at in (few, seems):
        closing.shut(at)
    over(of)

    def fails(*args: object) -> None:
        raise OperationalError("borte")

    with monkeypatch.context() as patch:
        patch.setattr(closing, "_write", fails)
        due.count_waiting()
    assert (states(few, seems), SealedAnswer.objects.count()) == (["closed", "closed"], 9)
    due.count_waiting()
    assert (states(few, seems), Response.objects.count()) == (["counted", "counted"], 7)


# --- a sheet of paper that waits
def put_in(adult: Adult, at: Occasion) -> None:
    code = sealing.make_envelope(user=adult.user, occasion_id=at.pk)
    given = {"t01": 4, "t02": 4, "t03": 4}
    sealing.submit_paper(occasion_id=at.pk, code=code, forms=[(version_of(at.wave), given)])


def state_of(adult: Adult, at: Occasion) -> str:
    return str(Participation.objects.get(occasion=at, user=adult.user).state)


def move(adult: Adult, of: Wave, many: int) -> tuple[list[Adult], Occasion]:
    """Into another group, which is asked in the same wave."""
    group = GroupFactory(edition=EditionFactory(programme=of.study.programme))
    Enrolment.objects.filter(adult=adult).delete()
    EnrolmentFactory(adult=adult, group=group)
    people = adults(group, many, families=many)
    return people, asked(people, wave=of, group=group)


def test_whoever_changes_group_while_her_sheet_waits_is_not_asked_again(of: Wave) -> None:
    group = GroupFactory(edition=EditionFactory(programme=of.study.programme))
    people = adults(group, 3, families=3)
    few = asked(people, wave=of, group=group)
    put_in(people[0], few)
    for n, adult in enumerate(people[1:]):
        answer(adult, few, answers(random.Random(n)))
    assert closing.close(few).state == "waiting"
    others, at = move(people[0], of, 3)
    opening.ask(at, timezone.now())
    assert not Participation.objects.filter(occasion=at, user=people[0].user).exists()
    for n, adult in enumerate(others):
        answer(adult, at, answers(random.Random(9 + n)))
    assert closing.close(at).taken == 6
    assert state_of(people[0], few) == "done"


@pytest.mark.parametrize("many", [2, 6])
def test_whose_sheet_never_came_back_has_missed_it_when_that_is_known(of: Wave, many: int) -> None:
    group = GroupFactory(edition=EditionFactory(programme=of.study.programme))
    people = adults(group, many, families=many)
    at = asked(people, wave=of, group=group)
    sealing.make_envelope(user=people[0].user, occasion_id=at.pk)
    all_answer(people[1:], at)
    closing.shut(at)
    assert state_of(people[0], at) == "handed"
    over(of)
    due.count_waiting()
    assert states(at) == ["dropped" if many == 2 else "counted"]
    assert state_of(people[0], at) == "missed"


def test_on_the_screen_nothing_is_taken_after_closing_from_whoever_was_given_paper(of: Wave) -> None:
    group = GroupFactory(edition=EditionFactory(programme=of.study.programme))
    people = adults(group, 3, families=3)
    at = asked(people, wave=of, group=group)
    sealing.make_envelope(user=people[0].user, occasion_id=at.pk)
    closing.shut(at)
    with pytest.raises(sealing.FormClosedError):
        answer(people[0], at, {"t01": 4})
    assert not SealedAnswer.objects.exists()
