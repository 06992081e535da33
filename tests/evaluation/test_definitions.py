"""The one value of a questionnaire: JSON and back, what is shown, and which codes there are."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings

from evaluation.instruments.definition import NOT_YET, Condition, Definition, Item, Words, is_shown
from tests.evaluation.drawn import definitions
from tests.study_factories import definition, statement

if TYPE_CHECKING:
    from evaluation.instruments.definition import Answers


@given(definitions())
@settings(max_examples=40, deadline=None)
def test_json_gives_the_same_questionnaire_back(asked: Definition) -> None:
    assert Definition.from_data(json.loads(json.dumps(asked.as_data()))) == asked


def test_missing_nynorsk_falls_back_to_bokmal() -> None:
    assert Words("Ja").in_language("nn") == "Ja"
    assert Words("Hva", "Kva").in_language("nn") == "Kva"
    assert Words("Hva", "Kva").in_language("nb") == "Hva"


def test_codes_are_those_of_the_choices_and_eleven_for_zero_to_ten() -> None:
    assert statement("a").codes == (1, 2, 3, 4, 5)
    assert Item("b", "zero-to-ten", Words("Hvor?"), "del").codes == tuple(range(11))
    assert Item("c", "text", Words("Hva?"), "del").codes == ()


def test_texts_have_no_slot_in_the_vector() -> None:
    found = definition()
    assert [item.kind for item in found.text_items] == ["text"]
    assert len(found.coded_items) == len(found.items) - 1


@pytest.mark.parametrize(
    ("answers", "shown"),
    [({}, False), ({"a": 1}, True), ({"a": 3}, False), ({"a": [2, 3]}, True), ({"a": NOT_YET}, False)],
)
def test_an_item_is_shown_when_the_answer_it_hangs_on_was_given(answers: Answers, shown: bool) -> None:
    assert is_shown(statement("b", show_if=Condition("a", (1, 2))), answers) is shown


@pytest.mark.parametrize("data", [{}, {"key": "a"}, {**definition().as_data(), "ukjent": 1}])
def test_what_is_no_questionnaire_is_refused(data: dict[str, object]) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        Definition.from_data(data)
