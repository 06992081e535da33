"""Whoever was given a sheet, says no and then yes after all: she answers once, also where she moves group."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone

from evaluation import answering, opening
from evaluation.answers import closing, sealing
from evaluation.models import Consent, Occasion, Participation, Response
from tests.crowds import adults, all_answer, answer, asked, version_of
from tests.factories import EditionFactory, EnrolmentFactory, GroupFactory
from tests.study_factories import information, occasion, study, wave

if TYPE_CHECKING:
    from courses.models import Adult, Group
    from evaluation.models import Study

pytestmark = pytest.mark.django_db(databases=["default", "answers"])
GIVEN = {"t01": 4}


@pytest.fixture
def of() -> Study:
    return study()


@pytest.fixture
def group(of: Study) -> Group:
    made: Group = GroupFactory(edition=EditionFactory(programme=of.programme))
    return made


@pytest.fixture
def people(group: Group) -> list[Adult]:
    return adults(group, 6, families=5)


@pytest.fixture
def at(of: Study, people: list[Adult], group: Group) -> Occasion:
    return asked(people, wave=wave(of), group=group)


def own(at: Occasion, adult: Adult) -> str:
    return Participation.objects.get(occasion=at, user=adult.user).state


def key(at: Occasion, code: str) -> None:
    assert sealing.submit_paper(occasion_id=at.pk, code=code, forms=[(version_of(at.wave), GIVEN)]).is_new


def moved_to(adult: Adult, group: Group, at: Occasion) -> Occasion:
    """She takes part in another group now, whose form of the same wave is open."""
    yesterday = timezone.localdate() - timedelta(days=1)
    adult.enrolments.update(starts_on=yesterday, ends_on=yesterday)
    elsewhere = GroupFactory(edition=group.edition)
    EnrolmentFactory(adult=adult, group=elsewhere)
    return occasion(wave=at.wave, group=elsewhere)


@pytest.mark.parametrize("keyed", [True, False])
def test_whoever_had_a_sheet_when_she_said_no_has_it_when_she_says_yes(
    people: list[Adult], at: Occasion, keyed: bool
) -> None:
    code = sealing.make_envelope(user=people[0].user, occasion_id=at.pk)
    if keyed:
        key(at, code)
    assert answering.decline(people[0].user, at.pk)
    assert answering.undo_decline(people[0].user, at.pk)
    assert own(at, people[0]) == "paper"
    all_answer(people[1:], at)
    closing.shut(at)
    assert own(at, people[0]) == "handed"  # asked nowhere else before it is counted
    assert closing.close(at).taken == (6 if keyed else 5)
    assert own(at, people[0]) == ("done" if keyed else "missed")


def test_her_sheet_and_a_form_in_another_group_are_not_counted_both(
    people: list[Adult], at: Occasion, group: Group
) -> None:
    key(at, sealing.make_envelope(user=people[0].user, occasion_id=at.pk))
    answering.decline(people[0].user, at.pk)
    answering.undo_decline(people[0].user, at.pk)
    all_answer(people[1:], at)
    closing.shut(at)
    there = moved_to(people[0], group, at)
    opening.ask_latecomers(timezone.now())
    assert not there.participations.filter(user=people[0].user).exists()
    closing.close(at)
    opening.ask_latecomers(timezone.now())
    assert not there.participations.filter(user=people[0].user).exists()
    assert Response.objects.count() == 6


def test_while_she_says_no_in_one_group_she_is_asked_in_no_other_and_may_still_say_yes(
    people: list[Adult], at: Occasion, group: Group
) -> None:
    answering.decline(people[0].user, at.pk)
    there = moved_to(people[0], group, at)
    opening.ask_latecomers(timezone.now())
    assert not there.participations.exists()
    assert answering.undo_decline(people[0].user, at.pk)
    opening.ask_latecomers(timezone.now())
    assert not there.participations.exists()
    assert answer(people[0], at, GIVEN).is_new


def test_whoever_had_no_sheet_is_asked_as_before_and_so_is_whoever_took_hers_back(
    people: list[Adult], at: Occasion, of: Study
) -> None:
    answering.decline(people[1].user, at.pk)
    answering.undo_decline(people[1].user, at.pk)
    assert own(at, people[1]) == "open"
    for hers, says_no_first in ((people[0], False), (people[2], True)):
        sealing.make_envelope(user=hers.user, occasion_id=at.pk)
        if says_no_first:
            answering.decline(hers.user, at.pk)
        sealing.withdraw(hers.user, of)  # the sheet is out by her salt
        answering.undo_decline(hers.user, at.pk)
        assert own(at, hers) == "open"


# --- beside what runs at the same time
def test_what_she_takes_back_is_gone_through_in_one_order(people: list[Adult], of: Study) -> None:
    """Whoever else holds several of her rows takes them in the same: none waits for the other for ever."""
    of = study(is_research=True)
    letter = information(of)
    Consent.objects.create(
        user=people[0].user, letter=letter, purpose="research", language="nb", given_on=letter.made_on
    )
    rounds = [occasion(wave=wave(of, code=f"T{n}")) for n in range(4)]
    Occasion.objects.filter(pk=rounds[3].pk).update(opens_at=rounds[0].opens_at - timedelta(days=1))
    for each in (rounds[2], rounds[0], rounds[3], rounds[1]):
        Participation.objects.create(occasion=each, user=people[0].user)
    gone_through: list[int] = []

    def watch(execute, sql, params, many, context):  # type: ignore[no-untyped-def]
        if sql.startswith('INSERT INTO "evaluation_sealedanswer"'):
            gone_through.append(params[1])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        sealing.withdraw(people[0].user, of)
    assert gone_through == [each.pk for each in rounds]


@pytest.mark.django_db(transaction=True, databases=["default", "answers"])
def test_a_yes_that_comes_while_the_form_is_shut_leaves_nobody_waiting_for_an_answer(
    people: list[Adult], at: Occasion
) -> None:
    """Held by the occasion's row, as an answer is: it comes before, and is missed, or it comes too late."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite lets one write at a time")
    answering.decline(people[0].user, at.pk)
    said, may_go = threading.Event(), threading.Event()

    def yes() -> None:
        with transaction.atomic():
            assert answering.undo_decline(people[0].user, at.pk)
            said.set()
            may_go.wait(10)
        connections.close_all()

    def shut() -> None:
        said.wait(10)
        closing.shut(Occasion.objects.get(pk=at.pk))
        connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(yes), pool.submit(shut)]
        said.wait(10)
        threading.Event().wait(0.5)
        may_go.set()
        for each in both:
            each.result()
    assert own(at, people[0]) == "missed"
