"""Her own no to a form is hers to take back: agreeing to a letter opens only what consent had closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from courses.models import Message
from evaluation import answering, informing, opening
from evaluation.models import Occasion, Participation, Study
from tests.crowds import adults, asked
from tests.evaluation.form_posts import address, state_of
from tests.factories import EditionFactory, GroupFactory
from tests.study_factories import study, wave

if TYPE_CHECKING:
    from courses.models import Adult, Group, User
    from tests.people import LogIn

pytestmark = pytest.mark.django_db(databases=["default", "answers"])


@pytest.fixture
def of() -> Study:
    return study(is_research=True)


def agree(user: User, of: Study, *, agrees: bool = True) -> None:
    letter = informing.keep_letter(Study.objects.get(pk=of.pk))
    informing.acknowledge(user, letter, mark=letter.checksum, agrees=agrees)


def new_letter(of: Study) -> None:
    Study.objects.filter(pk=of.pk).update(purpose_nb="Noe mer.")


@pytest.fixture
def group(of: Study) -> Group:
    made: Group = GroupFactory(edition=EditionFactory(programme=of.programme))
    return made


@pytest.fixture
def person(of: Study, group: Group) -> Adult:
    made = adults(group, 1, families=1)[0]
    agree(made.user, of)
    return made


@pytest.fixture
def refused(of: Study, person: Adult, group: Group) -> Occasion:
    """She said no to this form herself."""
    at = asked([person], wave=wave(of), group=group)
    assert answering.decline(person.user, at.pk)
    return at


@pytest.fixture
def waiting(of: Study, person: Adult, group: Group) -> Occasion:
    """This one she has not answered."""
    return asked([person], wave=wave(of, code="T1"), group=group)


def state(at: Occasion, person: Adult) -> str:
    return state_of(Participation.objects.get(occasion=at, user=person.user))


@pytest.mark.parametrize("how", ["no to the new letter", "consent withdrawn"])
def test_agreeing_again_opens_what_consent_had_closed_and_not_what_she_refused(
    of: Study, person: Adult, refused: Occasion, waiting: Occasion, how: str
):
    if how == "consent withdrawn":
        assert informing.withdraw(person.user, of)
    else:
        new_letter(of)
        agree(person.user, of, agrees=False)
    assert state(waiting, person) == "declined"
    agree(person.user, of)
    assert state(waiting, person) == "open"
    assert state(refused, person) == "declined"


def test_no_reminder_of_what_she_refused_comes_back_when_she_agrees_to_a_newer_letter(
    of: Study, person: Adult, group: Group
):
    at = asked([], wave=wave(of), group=group)
    opening.ask(at, at.opens_at)
    answering.decline(person.user, at.pk)
    new_letter(of)
    agree(person.user, of, agrees=False)
    agree(person.user, of)
    rows = Message.objects.filter(thing=answering.thing(at.pk))
    assert rows.exists()
    assert set(rows.values_list("state", "why")) == {("skipped", "declined")}


def test_she_may_still_take_her_no_back_when_she_has_agreed_again(
    of: Study, person: Adult, refused: Occasion, logged_in: LogIn
):
    informing.withdraw(person.user, of)
    agree(person.user, of)
    browser = logged_in(person)
    assert "Jeg vil svare likevel" in browser.get(address(refused)).content.decode()
    browser.post(address(refused, end="likevel/"))
    assert state(refused, person) == "open"


def test_a_no_that_was_taken_back_is_a_no_no_more(of: Study, person: Adult, refused: Occasion):
    answering.undo_decline(person.user, refused.pk)
    new_letter(of)
    agree(person.user, of, agrees=False)
    agree(person.user, of)
    assert state(refused, person) == "open"
