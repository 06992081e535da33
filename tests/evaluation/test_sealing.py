"""An answer goes in sealed, once, and only from those who are asked while the form is open."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.utils import timezone

from courses.models import Message
from evaluation.answers import boxes, closing, keys, paper_codes, sealing
from evaluation.models import (
    Consent,
    HouseholdSalt,
    Occasion,
    PairSalt,
    Participation,
    SealedAnswer,
)
from tests.crowds import adults, all_answer, answer, answers, asked, version_of
from tests.factories import GroupFactory, UserFactory
from tests.study_factories import (
    evening_wave,
    frozen_version,
    information,
    occasion,
    participation,
    statement,
    study,
    wave,
)

if TYPE_CHECKING:
    from courses.models import Adult

pytestmark = pytest.mark.django_db(databases=["default", "answers"])
GIVEN = {"t01": 4, "t02": 5, "t03": 2, "tall": 7, "ord": "Kanarifugl i fjellet"}


@pytest.fixture
def people() -> list[Adult]:
    return adults(GroupFactory(), 2, families=1)


@pytest.fixture
def at(people: list[Adult]) -> Occasion:
    return asked(people, wave=wave())


def content(at: Occasion) -> dict[str, object]:
    return boxes.open_box(keys.seal_key(at), bytes(SealedAnswer.objects.get(occasion=at).box))


def test_what_is_sent_is_received_once_and_lies_there_sealed(people: list[Adult], at: Occasion) -> None:
    receipt = answer(people[0], at, GIVEN)
    assert receipt.is_new
    assert Participation.objects.get(occasion=at, user=people[0].user).state == "done"
    box = bytes(SealedAnswer.objects.get().box)
    assert len(box) % boxes.STEP == 0
    assert b"Kanarifugl" not in box
    assert content(at)["forms"] == [{"version": version_of(at.wave).pk, "answers": GIVEN}]


def test_the_same_form_again_changes_nothing(people: list[Adult], at: Occasion) -> None:
    answer(people[0], at, GIVEN)
    receipt = answer(people[0], at, GIVEN | {"t01": 1})
    assert receipt == sealing.ALREADY
    assert SealedAnswer.objects.count() == 1


def test_a_replay_after_closing_is_told_that_it_came_before(people: list[Adult], at: Occasion) -> None:
    answer(people[0], at, GIVEN)
    closing.shut(at)
    assert answer(people[0], at, GIVEN) == sealing.ALREADY
    assert SealedAnswer.objects.count() == 1


@pytest.mark.parametrize("state", ["closed", "counted", "dropped"])
def test_a_form_after_close_is_refused(people: list[Adult], at: Occasion, state: str) -> None:
    Occasion.objects.filter(pk=at.pk).update(state=state)
    with pytest.raises(sealing.FormClosedError):
        answer(people[0], at, GIVEN)
    assert not SealedAnswer.objects.exists()


def test_a_form_before_it_opens_is_refused(people: list[Adult]) -> None:
    planned = asked(people, wave=wave(), state="planned")
    with pytest.raises(sealing.FormClosedError):
        answer(people[0], planned, GIVEN)


def test_whoever_is_not_asked_cannot_answer(at: Occasion) -> None:
    with pytest.raises(sealing.NotInvitedError):
        sealing.submit(user=UserFactory(), occasion_id=at.pk, forms=[(version_of(at.wave), GIVEN)])
    assert not SealedAnswer.objects.exists()


def test_an_occasion_that_is_not_there_is_nobodys(people: list[Adult]) -> None:
    with pytest.raises(sealing.NotInvitedError):
        sealing.submit(user=people[0].user, occasion_id=10**9, forms=[])


def test_whoever_said_no_has_nothing_to_send(people: list[Adult], at: Occasion) -> None:
    Participation.objects.filter(user=people[0].user).update(state="declined")
    with pytest.raises(sealing.NotInvitedError):
        answer(people[0], at, GIVEN)


def test_whoever_was_given_paper_may_answer_here_instead(people: list[Adult], at: Occasion) -> None:
    sealing.make_envelope(user=people[0].user, occasion_id=at.pk)
    assert answer(people[0], at, GIVEN).is_new


def test_the_key_of_the_draft_and_the_reminders_go_with_it(people: list[Adult], at: Occasion) -> None:
    user, thing = people[0].user, f"form:{at.pk}"
    Participation.objects.filter(occasion=at, user=user).update(draft_key=b"k" * 32)
    for step, who in (("reminder", user), ("reminder-2", user), ("reminder", people[1].user)):
        Message.objects.create(
            user=who,
            kind="form",
            thing=thing,
            step=step,
            due_at=timezone.now(),
            message_id=f"<{step}{who.pk}@x>",
        )
    answer(people[0], at, GIVEN)
    assert Participation.objects.get(occasion=at, user=user).draft_key is None
    assert set(Message.objects.filter(state="planned").values_list("user", flat=True)) == {people[1].user.pk}


def test_nothing_is_stored_when_something_fails_on_the_way(
    people: list[Adult], at: Occasion, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object, **fields: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(sealing, "take_out", fail)
    with pytest.raises(OSError, match="disk full"):
        answer(people[0], at, GIVEN)
    assert not SealedAnswer.objects.exists()
    assert Participation.objects.get(occasion=at, user=people[0].user).state == "open"


def test_every_box_of_an_occasion_is_equally_long(at: Occasion) -> None:
    people = adults(at.group, 3)
    Participation.objects.bulk_create(Participation(occasion=at, user=each.user) for each in people)
    for adult, text in zip(people, ("", "a" * 2_000, "🦊" * 2_000), strict=True):
        answer(adult, at, GIVEN | {"ord": text})
    sealing.withdraw(people[0].user, at.wave.study)
    lengths = {len(bytes(box)) for box in SealedAnswer.objects.values_list("box", flat=True)}
    assert len(lengths) == 1


def test_a_person_has_one_salt_and_her_household_another(people: list[Adult]) -> None:
    of = study()
    for code in ("T0", "T1"):
        all_answer(people, asked(people, wave=wave(of, code=code)))
    assert PairSalt.objects.count() == 2
    assert HouseholdSalt.objects.count() == 1
    salts = [bytes(each) for each in PairSalt.objects.values_list("salt", flat=True)]
    assert {len(salt) for salt in salts} == {16}
    assert len(set(salts)) == 2


def test_ids_of_boxes_are_drawn(people: list[Adult], at: Occasion) -> None:
    for person in people:
        answer(person, at, GIVEN)
    ids = list(SealedAnswer.objects.values_list("pk", flat=True))
    assert all(pk > 2**40 for pk in ids)  # one in eight million is smaller


def test_queries_do_not_grow_with_the_form(
    people: list[Adult], django_assert_max_num_queries: pytest.FixtureRequest
) -> None:
    long = frozen_version([statement(f"t{n:03}") for n in range(200)])
    at = asked(people, wave=wave(versions=[long]))
    given = {f"t{n:03}": 3 for n in range(200)}
    with django_assert_max_num_queries(16):  # the first time, when salts are drawn
        sealing.submit(user=people[0].user, occasion_id=at.pk, forms=[(long, given)])


def test_an_anonymous_form_counts_and_stops_at_the_limit() -> None:
    at = occasion(wave=evening_wave())
    form = [(version_of(at.wave), GIVEN)]
    for _ in range(2):
        assert sealing.submit_anonymous(occasion=at, forms=form, limit=2).is_new
    with pytest.raises(sealing.FormFullError):
        sealing.submit_anonymous(occasion=at, forms=form, limit=2)
    at.refresh_from_db()
    assert (at.received, SealedAnswer.objects.count()) == (2, 2)
    first = SealedAnswer.objects.first()
    assert first is not None
    assert set(boxes.open_box(keys.seal_key(at), bytes(first.box))) == {"kind", "forms"}


def test_an_anonymous_form_after_close_and_one_to_a_linked_occasion_are_refused(at: Occasion) -> None:
    closed = occasion(wave=evening_wave(), state="closed")
    for refused in (closed, at):
        with pytest.raises(sealing.FormClosedError):
            sealing.submit_anonymous(occasion=refused, forms=[(version_of(refused.wave), GIVEN)], limit=9)
    assert not SealedAnswer.objects.exists()


def test_a_named_form_says_who_inside_the_seal_and_draws_no_salt() -> None:
    user = UserFactory()
    at = occasion(wave=wave(audience="contact-person", identity="named"))
    participation(at, user)
    sealing.submit(user=user, occasion_id=at.pk, forms=[(version_of(at.wave), GIVEN)])
    assert content(at)["named"] == user.pk
    assert not PairSalt.objects.exists()


def test_paper_is_sealed_without_anybody_knowing_whose_it_is(people: list[Adult], at: Occasion) -> None:
    code = sealing.make_envelope(user=people[0].user, occasion_id=at.pk)
    assert len(code) == paper_codes.LENGTH
    form = [(version_of(at.wave), GIVEN)]
    assert sealing.submit_paper(occasion_id=at.pk, code=code, forms=form).is_new
    assert sealing.submit_paper(occasion_id=at.pk, code=code, forms=form) == sealing.ALREADY
    assert SealedAnswer.objects.count() == 1
    assert Participation.objects.get(occasion=at, user=people[0].user).state == "paper"
    assert "pair_salt" not in content(at)


def test_paper_is_not_given_to_whoever_has_answered_and_not_taken_after_close(
    people: list[Adult], at: Occasion
) -> None:
    code = sealing.make_envelope(user=people[1].user, occasion_id=at.pk)
    answer(people[0], at, GIVEN)
    with pytest.raises(sealing.NotInvitedError):
        sealing.make_envelope(user=people[0].user, occasion_id=at.pk)
    closing.shut(at)
    with pytest.raises(sealing.FormClosedError):
        sealing.submit_paper(occasion_id=at.pk, code=code, forms=[(version_of(at.wave), GIVEN)])


def test_withdrawing_ends_what_is_asked_and_leaves_a_sealed_message(people: list[Adult]) -> None:
    of = study(is_research=True)
    letter = information(of)
    user = people[0].user
    Consent.objects.create(
        user=user, letter=letter, purpose="research", language="nb", given_on=timezone.localdate()
    )
    first, second = (asked(people, wave=wave(of, code=code)) for code in ("T0", "T1"))
    answer(people[0], first, answers(random.Random(2)))
    sealing.withdraw(user, of)
    states = dict(Participation.objects.filter(user=user).values_list("occasion", "state"))
    assert states == {first.pk: "declined", second.pk: "declined"}
    assert SealedAnswer.objects.filter(occasion=first).count() == 2
    assert Consent.objects.get().withdrawn_on is not None
    sealing.withdraw(user, of)  # once more: nothing breaks


def test_the_inbox_is_only_written_to(people: list[Adult], at: Occasion) -> None:
    """The web role may do nothing else there: no id comes back, and nothing is looked up."""
    said: list[str] = []

    def hear(execute, sql, params, many, context):  # type: ignore[no-untyped-def]
        said.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(hear):
        answer(people[0], at, GIVEN)
    about = [sql for sql in said if SealedAnswer._meta.db_table in sql]
    assert len(about) == 1
    assert about[0].startswith("INSERT")
    assert "RETURNING" not in about[0]


def test_windows_that_have_ended_take_nothing_in_once_the_worker_has_been_by(
    people: list[Adult], at: Occasion
) -> None:
    from evaluation.answers.due import end_windows

    Occasion.objects.filter(pk=at.pk).update(closes_at=timezone.now() - timedelta(minutes=1))
    assert end_windows() == 1
    with pytest.raises(sealing.FormClosedError):
        answer(people[0], at, GIVEN)
    assert Participation.objects.get(user=people[0].user).state == "missed"
