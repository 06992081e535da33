"""Whoever took her answers back and says yes again: what she may answer, what counts, what she is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from courses.erasing import erase_user
from evaluation import answering, informing
from evaluation.answers import closing, due, sealing, withdrawing
from evaluation.models import (
    Consent,
    Occasion,
    Participation,
    Response,
    SealedAnswer,
    Study,
    Wave,
    Withdrawal,
)
from tests.crowds import adults, all_answer, answer, asked, version_of
from tests.evaluation.form_posts import SCRIPT, address, answers_to, state_of
from tests.evaluation.key_ceremonies import key_file
from tests.factories import EditionFactory, EveningFactory, GroupFactory, RoleFactory
from tests.study_factories import occasion, participation, study, wave

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client

    from courses.models import Adult, Group, User
    from tests.people import LogIn

__all__ = ["key_file"]
pytestmark = pytest.mark.django_db(databases=["default", "answers"])
GIVEN = {"t01": 4}


@pytest.fixture
def of() -> Study:
    return study(is_research=True)


def agree(user: User, of: Study, *, agrees: bool = True) -> None:
    letter = informing.keep_letter(of)
    informing.acknowledge(user, letter, mark=letter.checksum, agrees=agrees)


def send(user: User, at: Occasion) -> sealing.Receipt:
    return sealing.submit(user=user, occasion_id=at.pk, forms=[(version_of(at.wave), GIVEN)])


# --- signed forms, after each evening
@pytest.fixture
def leading(of: Study, key_file: Path) -> User:
    user: User = RoleFactory(kind="contact-person").user
    agree(user, of)
    return user


@pytest.fixture
def after_each(of: Study) -> Wave:
    after = {"audience": "contact-person", "identity": "named", "anchor": "each-evening"}
    return wave(of, code="LK", opens_after_days=0, open_for_days=7, **after)


def evening_form(of: Wave, user: User, group: Group, **fields: Any) -> Occasion:
    at = occasion(wave=of, group=group, evening=EveningFactory(group=group, **fields))
    participation(at, user)
    return at


@pytest.fixture
def group(of: Study) -> Group:
    made: Group = GroupFactory(edition=EditionFactory(programme=of.programme))
    return made


def test_what_she_signs_after_agreeing_again_is_not_deleted_by_the_old_withdrawal(
    of: Study, leading: User, after_each: Wave, group: Group
) -> None:
    first = evening_form(after_each, leading, group)
    sealing.withdraw(leading, of)
    agree(leading, of)
    second = evening_form(after_each, leading, group)
    third = evening_form(after_each, leading, group)
    send(leading, second)
    for at in (first, second):
        closing.shut(at)
        due.count_all_waiting([])
    assert Response.objects.count() == 1
    assert not Withdrawal.objects.exists()
    send(leading, third)
    assert closing.close(third).taken == 1
    due.count_all_waiting([])
    assert Response.objects.count() == 2


def test_the_same_module_in_another_group_is_another_form(
    of: Study, leading: User, after_each: Wave, group: Group
) -> None:
    first = evening_form(after_each, leading, group)
    send(leading, first)
    sealing.withdraw(leading, of)
    agree(leading, of)
    elsewhere = GroupFactory(edition=group.edition)
    again = evening_form(after_each, leading, elsewhere, module=first.evening.module)
    send(leading, again)
    assert closing.close(again).taken == 1  # before the one she took back
    due.count_all_waiting([])
    assert closing.close(first).taken == 0
    due.count_all_waiting([])
    assert Response.objects.count() == 1


def test_signed_answers_that_are_counted_while_she_withdraws_are_deleted_by_the_next_run(
    of: Study, leading: User, after_each: Wave, group: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = evening_form(after_each, leading, group)
    send(leading, at)
    written = closing._write

    def then_she_withdraws(opened: Any) -> bool:
        sealing.withdraw(leading, of)
        return written(opened)

    monkeypatch.setattr(closing, "_write", then_she_withdraws)
    assert closing.close(at).taken == 1
    assert withdrawing.carry_out(of) == 1
    assert not Response.objects.exists()
    assert not Withdrawal.objects.exists()


@pytest.mark.parametrize("leaves", [False, True])
def test_what_was_signed_after_agreeing_again_goes_with_her_and_not_with_what_she_took_back(
    of: Study, leading: User, after_each: Wave, group: Group, leaves: bool
) -> None:
    hers, first = leading.pk, evening_form(after_each, leading, group)
    send(leading, first)
    assert closing.close(first).taken == 1
    sealing.withdraw(leading, of)
    agree(leading, of)
    second = evening_form(after_each, leading, group)
    send(leading, second)
    if leaves:
        erase_user(leading, may_hold_role=True)
    closing.shut(second)
    due.count_all_waiting([])
    kept = list(Response.objects.values_list("named", "occasion"))
    assert kept == ([] if leaves else [(hers, second.pk)])
    assert not Withdrawal.objects.exists()


def test_a_signed_form_she_took_back_stays_closed_and_says_so(
    of: Study, leading: User, after_each: Wave, group: Group, logged_in: LogIn
) -> None:
    at, unanswered = (evening_form(after_each, leading, group) for _ in range(2))
    send(leading, at)
    browser = logged_in(leading)
    informing.withdraw(leading, of)
    agree(leading, of)
    for each in (at, unanswered):
        page = browser.get(address(each), follow=True).content.decode()
        assert "Skjemaet er lukket for deg" in page
        assert "Et nytt ja gjelder fra neste skjema" in page
        assert "Jeg vil svare likevel" not in page
        browser.post(address(each, end="likevel/"))
        sent = browser.post(address(each), answers_to(each, leading, t01="4"), headers=SCRIPT)
        assert (sent.status_code, sent.json()) == (409, {"status": "declined"})
    assert "mottatt, takk" not in browser.get("/min/").content.decode()
    later = evening_form(after_each, leading, group)
    browser.post(address(later), answers_to(later, leading, t01="4"))
    assert closing.close(later).taken == 1


# --- linked forms
@pytest.fixture
def people(of: Study, group: Group) -> list[Adult]:
    made = adults(group, 6, families=5)
    for each in made:
        agree(each.user, of)
    return made


@pytest.fixture
def at(of: Study, people: list[Adult], group: Group) -> Occasion:
    return asked(people, wave=wave(of), group=group)


@pytest.fixture
def browser(people: list[Adult], logged_in: LogIn) -> Client:
    return logged_in(people[0])


def own(at: Occasion, adult: Adult) -> Participation:
    return Participation.objects.get(occasion=at, user=adult.user)


@pytest.mark.parametrize("had_answered", [False, True])
def test_an_open_form_is_hers_to_answer_when_she_agrees_again_and_counts_once(
    of: Study, people: list[Adult], at: Occasion, browser: Client, had_answered: bool
) -> None:
    if had_answered:
        answer(people[0], at, {"t01": 1})
    informing.withdraw(people[0].user, of)
    assert state_of(own(at, people[0])) == "declined"
    assert f"/skjema/{at.pk}/" not in browser.get("/min/").content.decode()
    letter = informing.letter_of(of)
    assert letter is not None
    browser.post(f"/min/undersokelse/{of.pk}/", {"mark": letter.checksum, "agrees": "yes"})
    assert f"/skjema/{at.pk}/" in browser.get("/min/").content.decode()
    browser.post(address(at), answers_to(at, people[0], t01="4"))
    assert state_of(own(at, people[0])) == "done"
    all_answer(people[1:], at)
    assert closing.close(at).taken == 6
    due.count_all_waiting([])
    assert Response.objects.count() == 6
    assert not Withdrawal.objects.exists()


def test_a_sheet_from_before_she_withdrew_does_not_count_when_she_agrees_again(
    of: Study, people: list[Adult], at: Occasion
) -> None:
    code = sealing.make_envelope(user=people[0].user, occasion_id=at.pk)
    sealing.withdraw(people[0].user, of)
    agree(people[0].user, of)
    assert state_of(own(at, people[0])) == "open"
    sealing.submit_paper(occasion_id=at.pk, code=code, forms=[(version_of(at.wave), GIVEN)])
    all_answer(people, at)
    assert closing.close(at).taken == 6  # once, what she gave since


def test_while_no_consent_stands_the_form_shows_the_letter_and_no_way_back(
    of: Study, people: list[Adult], at: Occasion, browser: Client
) -> None:
    informing.withdraw(people[0].user, of)
    page = browser.get(address(at)).content.decode()
    assert "Jeg vil svare likevel" not in page
    assert "Ombestemmer du deg, kan du svare" not in page
    assert f"/min/undersokelse/{of.pk}/?next=" in page
    browser.post(address(at, end="likevel/"))
    assert state_of(own(at, people[0])) == "declined"


def test_at_the_next_form_she_may_change_her_mind_like_everybody(
    of: Study, people: list[Adult], at: Occasion, browser: Client, group: Group
) -> None:
    informing.withdraw(people[0].user, of)
    agree(people[0].user, of)
    later = asked(people, wave=wave(of, code="T1"), group=group)
    browser.post(address(later, end="nei/"))
    assert "Jeg vil svare likevel" in browser.get(address(later)).content.decode()
    browser.post(address(later, end="likevel/"))
    assert state_of(own(later, people[0])) == "open"
    assert state_of(own(at, people[0])) == "open"


def test_a_no_to_one_form_stays_a_no_when_a_new_letter_is_agreed_to(
    of: Study, people: list[Adult], at: Occasion
) -> None:
    answering.decline(people[0].user, at.pk)
    Study.objects.filter(pk=of.pk).update(purpose_nb="Noe mer.")
    agree(people[0].user, Study.objects.get(pk=of.pk))
    assert state_of(own(at, people[0])) == "declined"
    assert answering.undo_decline(people[0].user, at.pk)


def test_who_said_no_to_the_new_letter_answers_when_she_has_said_yes_to_it(
    of: Study, people: list[Adult], at: Occasion
) -> None:
    Study.objects.filter(pk=of.pk).update(purpose_nb="Noe mer.")
    of = Study.objects.get(pk=of.pk)
    agree(people[0].user, of, agrees=False)
    assert not answering.undo_decline(people[0].user, at.pk)
    agree(people[0].user, of)
    assert state_of(own(at, people[0])) == "open"


def test_a_receipt_of_what_was_taken_back_says_so(
    of: Study, people: list[Adult], at: Occasion, browser: Client
) -> None:
    all_answer(people, at)
    receipt = address(at, end="takk/")
    assert "kan du trekke svarene til" in browser.get(receipt).content.decode()
    closing.close(at)
    informing.withdraw(people[0].user, of)
    for _standing in ("withdrawn", "agreed again"):
        page = browser.get(receipt).content.decode()
        assert "Du trakk samtykket" in page
        assert "kan du trekke svarene til" not in page
        agree(people[0].user, of)
    assert Consent.objects.filter(purpose="research", withdrawn_on=None).count() == 6
    assert SealedAnswer.objects.count() == 0
    assert Consent.objects.get(withdrawn_on__isnull=False).withdrawn_on == timezone.localdate()
