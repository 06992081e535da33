"""She withdraws while she is asked, sends, or is counted: nothing of hers stays behind."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection, connections
from django.utils import timezone

from evaluation import opening
from evaluation.answers import closing, due, sealing
from evaluation.models import Consent, Occasion, Participation, Response, SealedAnswer, Withdrawal
from tests.crowds import adults, all_answer, answer, asked
from tests.evaluation.test_pairing import agreed
from tests.factories import EditionFactory, GroupFactory
from tests.study_factories import occasion, study, wave

if TYPE_CHECKING:
    from collections.abc import Callable

    from courses.models import Adult
    from evaluation.models import Study

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "answers"])
GIVEN = {"t01": 4}


@pytest.fixture
def of() -> Study:
    return study(is_research=True)


@pytest.fixture
def people(of: Study) -> list[Adult]:
    made = adults(GroupFactory(edition=EditionFactory(programme=of.programme)), 7, families=6)
    agreed(made, of)
    return made


def beside(what: Callable[[], object]) -> threading.Thread:
    """Done by another process, as far as the database knows."""

    def run() -> None:
        try:
            what()
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_whoever_withdraws_while_she_is_asked_is_not_left_with_a_form_to_answer(
    of: Study, people: list[Adult], monkeypatch: pytest.MonkeyPatch
) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("one writer at a time")
    her = people[0]
    at = occasion(wave=wave(of), group=her.enrolments.get().group)
    really, threads = Participation.objects.bulk_create, []

    def slow(rows: Any, **how: Any) -> Any:
        threads.append(beside(lambda: sealing.withdraw(her.user, of)))
        threads[0].join(1)  # she has been found, and nothing is stored
        return really(rows, **how)

    monkeypatch.setattr(Participation.objects, "bulk_create", slow)
    assert opening.ask(at, timezone.now()) == 7
    threads[0].join(10)
    assert not threads[0].is_alive()
    assert Participation.objects.get(user=her.user).state == "declined"
    with pytest.raises(sealing.NotInvitedError):
        answer(her, at, GIVEN)


@pytest.mark.parametrize(("identity", "audience"), [("linked", "adult"), ("named", "contact-person")])
def test_without_a_consent_nothing_is_received_in_research(
    of: Study, people: list[Adult], identity: str, audience: str
) -> None:
    at = asked(people, wave=wave(of, identity=identity, audience=audience))
    Consent.objects.filter(user=people[0].user).update(withdrawn_on=timezone.localdate())
    with pytest.raises(sealing.NotInvitedError):
        answer(people[0], at, GIVEN)
    assert Participation.objects.get(user=people[0].user).state == "open"
    assert not SealedAnswer.objects.exists()
    assert answer(people[1], at, GIVEN).is_new


def test_a_consent_to_another_study_or_by_another_person_lets_nothing_in(
    of: Study, people: list[Adult]
) -> None:
    other = study(is_research=True)
    at = asked(people, wave=wave(other))
    agreed(people[1:], other)
    with pytest.raises(sealing.NotInvitedError):
        answer(people[0], at, GIVEN)
    assert answer(people[1], at, GIVEN).is_new


def test_a_course_asks_for_no_consent() -> None:
    people = adults(GroupFactory(), 1)
    assert answer(people[0], asked(people, wave=wave()), GIVEN).is_new


@pytest.mark.parametrize("ended", ["count", "drop"])
def test_a_withdrawal_in_the_moment_of_counting_leaves_no_sealed_box(
    of: Study, people: list[Adult], monkeypatch: pytest.MonkeyPatch, ended: str
) -> None:
    at = asked(people, wave=wave(of))
    all_answer(people, at)
    really, threads = closing._empty, []

    def slow(of_it: Occasion) -> None:
        really(of_it)
        if connection.vendor == "sqlite":  # one writer at a time: as if it had come through
            put = sealing.sealed_box(of_it, {"kind": "withdraw"} | sealing._who(people[0].user, of_it))
            sealing.put_box(of_it.pk, put)
            sealing.pairing.taken_back(people[0].user, of.pk)
        else:
            threads.append(beside(lambda: sealing.withdraw(people[0].user, of)))
            threads[0].join(5)

    monkeypatch.setattr(closing, "_empty", slow)
    closing.shut(at)
    closing.drop(at) if ended == "drop" else closing.close(at)
    monkeypatch.undo()
    for thread in threads:
        thread.join(10)
    assert SealedAnswer.objects.filter(occasion=at).count() == 1
    due.count_waiting()
    assert not SealedAnswer.objects.exists()
    assert not Withdrawal.objects.exists()
    assert Response.objects.count() == (0 if ended == "drop" else 6)
