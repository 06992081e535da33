"""What was sent against the questionnaire: what is hidden falls away, and a number is written in digits."""

from __future__ import annotations

import pytest
from django.http import QueryDict

from evaluation.instruments.checking import WrongAnswersError, check
from evaluation.instruments.definition import Condition, Definition, Item, Words
from evaluation.instruments.frozen import questionnaires_of
from evaluation.views import questions
from tests.study_factories import definition, frozen_version, wave


def _number(key: str, **more: object) -> Item:
    return Item(key, "number", Words(f"Hvor mange {key}?"), "del", low=0, high=12, **more)  # type: ignore[arg-type]


@pytest.fixture
def branching() -> Definition:
    """«b» opens «c», which opens «d»; «e» is always asked."""
    items = [
        _number("b"),
        _number("c", show_if=Condition("b", (1,)), not_yet=True),
        _number("d", show_if=Condition("c", (10,))),
        _number("e"),
    ]
    return definition(items, key="grener")


@pytest.mark.parametrize("wrong", [["99"], ["tolv"], ["1", "2"], ["not-yet", "3"]])
def test_a_wrong_value_in_a_question_that_is_not_asked_falls_away(
    branching: Definition, wrong: list[str]
) -> None:
    assert check(branching, {"b": ["0"], "c": wrong, "d": wrong, "e": ["3"]}) == {"b": 0, "e": 3}


def test_a_wrong_value_in_a_question_that_is_asked_is_told_and_opens_no_other(branching: Definition) -> None:
    with pytest.raises(WrongAnswersError) as told:
        check(branching, {"b": ["1"], "c": ["99"], "d": ["99"]})
    assert list(told.value.faults) == ["c"]


def test_a_question_hidden_behind_a_hidden_one_falls_away_with_it(branching: Definition) -> None:
    assert check(branching, {"b": ["0"], "c": ["10"], "d": ["4"]}) == {"b": 0}
    assert check(branching, {"b": ["1"], "c": ["10"], "d": ["4"]}) == {"b": 1, "c": 10, "d": 4}


@pytest.mark.django_db
def test_an_answer_and_not_yet_in_a_question_that_is_not_asked_does_not_refuse_the_form(
    branching: Definition,
) -> None:
    version = frozen_version(list(branching.items), key="grener")
    asked = questionnaires_of(wave(versions=[version]).pk)
    name = asked[0].name
    posted = QueryDict(mutable=True)
    posted.setlist(name("b"), ["0"])
    posted.setlist(name("c"), ["not-yet", "3"])
    assert questions.taken(asked, posted) == [(version, {"b": 0})]
    posted.setlist(name("b"), ["1"])
    with pytest.raises(WrongAnswersError) as told:
        questions.taken(asked, posted)
    assert told.value.faults == {name("c"): "Velg enten et svar eller «ikke aktuelt ennå»."}


@pytest.mark.parametrize(
    "written", ["1_0", "١٠", "１０", "²", "0x1", "1.0", "1e1", "--1", "- 1", "+", "1\x000"]
)
def test_what_is_no_whole_number_in_plain_digits_is_refused(branching: Definition, written: str) -> None:
    with pytest.raises(WrongAnswersError) as told:
        check(branching, {"e": [written]})
    assert told.value.faults == {"e": "Skriv et helt tall."}


@pytest.mark.parametrize(("written", "read"), [("10", 10), (" 10 ", 10), ("+7", 7), ("-0", 0), ("007", 7)])
def test_a_whole_number_may_have_a_sign_and_room_around_it(
    branching: Definition, written: str, read: int
) -> None:
    assert check(branching, {"e": [written]}) == {"e": read}
