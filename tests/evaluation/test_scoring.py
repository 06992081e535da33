"""A score is what the frozen rule says of each person, whichever way it is counted."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.answers.vectors import NOT_ANSWERED, NOT_RELEVANT
from evaluation.figures.scoring import Rule, complete_items, joint, rows_in_common, scores, slots
from evaluation.instruments.definition import Choice, Definition, Item, Scale, Section, Words

FIVE = tuple(Choice(code, Words(str(code))) for code in range(1, 6))
ITEMS = tuple(Item(key, "agreement", Words(key), "s", choices=FIVE) for key in "abcd")


def definition(**scale: object) -> Definition:
    rule = {"key": "s", "title": Words("S"), "items": tuple("abcd"), "low": 1, "high": 5, "min_answered": 3}
    sections = (Section("s", Words("s")),)
    return Definition("x", Words("x"), "l", "s", "t", sections, ITEMS, (Scale(**(rule | scale)),))  # type: ignore[arg-type]


def rows(*people: list[int]) -> np.ndarray:
    return slots([np.array(people, dtype=np.int16)], 4)


def score_of(definition: Definition, answers: list[int]) -> float:
    rule = Rule.of(definition, definition.scales[0])
    return float(rule.scores_of(rule.codes(rows(answers)))[0])


def test_a_turned_item_counts_the_other_way() -> None:
    assert score_of(definition(reversed=("b",)), [5, 1, 5, 5]) == 5


def test_a_missing_answer_is_left_out_of_the_mean_while_enough_are_there() -> None:
    assert score_of(definition(), [5, NOT_ANSWERED, 4, 3]) == 4
    assert np.isnan(score_of(definition(), [5, NOT_ANSWERED, NOT_RELEVANT, 3]))


def test_a_sum_is_prorated_and_multiplied() -> None:
    assert score_of(definition(method="sum", multiply=4), [5, NOT_ANSWERED, 4, 3]) == 64


answers = st.lists(st.sampled_from([1, 2, 3, 4, 5, NOT_ANSWERED, NOT_RELEVANT]), min_size=4, max_size=4)


@given(st.lists(answers, min_size=1, max_size=12))
def test_counted_scores_are_those_of_each_person(people: list[list[int]]) -> None:
    made = definition(reversed=("d",))
    rule = Rule.of(made, made.scales[0])
    expected = []
    for each in people:
        turned = [6 - answer if place == 3 else answer for place, answer in enumerate(each) if answer > 0]
        if len(turned) >= 3:
            expected.append(sum(turned) / len(turned))
    told = scores(rule, rule.codes(rows(*people)))
    assert told.sample.n == len(expected)
    assert told.invalid == len(people) - len(expected)
    assert told.prorated == sum(1 for each in people if sum(answer > 0 for answer in each) == 3)
    assert sorted(told.sample.expanded()) == pytest.approx(sorted(expected))


@given(st.lists(st.tuples(answers, answers), min_size=1, max_size=12))
def test_pairs_are_those_with_a_score_both_times(people: list[tuple[list[int], list[int]]]) -> None:
    made = definition()
    rule = Rule.of(made, made.scales[0])
    before, after = (rule.codes(rows(*(each[side] for each in people))) for side in (0, 1))
    both = ~np.isnan(rule.scores_of(before)) & ~np.isnan(rule.scores_of(after))
    counted = joint(rule, before, after)
    assert counted.n == both.sum()
    if counted.n:
        moved = (rule.scores_of(after) - rule.scores_of(before))[both]
        assert counted.differences().mean == pytest.approx(moved.mean(), abs=1e-9)


def test_only_whole_answers_tell_how_items_hang_together() -> None:
    made = definition(reversed=("a",))
    rule = Rule.of(made, made.scales[0])
    found = rows([1, 2, 3, 4], [1, NOT_ANSWERED, 3, 4])
    assert complete_items(rule, found, np.array([0, 1])).tolist() == [[5.0, 2.0, 3.0, 4.0]]


def as_ids(*ids: bytes) -> np.ndarray:
    return np.frombuffer(b"".join(ids), dtype="<u8")


def test_people_are_found_again_by_their_pair_id() -> None:
    ids = [bytes([place]) * 8 for place in range(1, 5)]
    first, second = rows_in_common(as_ids(*ids), as_ids(ids[3], ids[0], b"x" * 8))
    assert {(int(a), int(b)) for a, b in zip(first, second, strict=True)} == {(3, 0), (0, 1)}
