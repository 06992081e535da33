"""What other programs' forms say that ours cannot: told with sheet and row, never left out in silence."""

from __future__ import annotations

import pytest

from courses.problems import PackageError
from evaluation.instruments.conditions import condition_faults
from evaluation.instruments.definition import Condition, Words
from tests.evaluation.test_xlsforms import CHOICES, read, workbook

Cells = dict[str, str]
ONE = {"type": "select_one enighet", "name": "a", "label": "Har dere fosterbarn?"}
TEXT = {"type": "text", "name": "x", "label": "Hvorfor?"}
GROUP = {"type": "begin group", "name": "del-1", "label": "Om det", "relevant": "${a} = '1'"}
END = {"type": "end group"}


def made(*rows: Cells, before: int = 0) -> bytes:
    """A workbook with these rows below each other; ``before`` is how many empty columns stand first."""
    heads = [
        *(f"notat {place}" for place in range(before)),
        *dict.fromkeys(head for row in rows for head in row),
    ]
    return workbook([[row.get(head) for head in heads] for row in rows], heads=heads)


def told(*rows: Cells) -> list[str]:
    with pytest.raises(PackageError) as error:
        read(made(*rows))
    return [str(problem) for problem in error.value.problems]


# --- columns
@pytest.mark.parametrize(
    ("row", "column"),
    [
        (ONE | {"choice_filter": "name < 2"}, "choice_filter"),
        (ONE | {"constraint": ". != '2'"}, "constraint"),
        (ONE | {"media::image": "bilde.png"}, "image"),
        (ONE | {"media::audio::Bokmål (nb)": "lyd.mp3"}, "audio"),
        (ONE | {"image": "bilde.png"}, "image"),
        (ONE | {"video::Nynorsk (nn)": "film.mp4"}, "video"),
        (ONE | {"calculation": "1 + 1"}, "calculation"),
        (ONE | {"bind::calculate": "1 + 1"}, "calculation"),
        (ONE | {"parameters": "randomize=true"}, "parameters"),
        (ONE | {"appearance": "search('skoler')"}, "appearance"),
        (ONE | {"default": "1"}, "default"),
        (ONE | {"trigger": "${a}"}, "trigger"),
        (ONE | {"read_only": "yes"}, "readonly"),
        (TEXT | {"constraint": "regex(., '^[0-9]{4}$')"}, "constraint"),
        (TEXT | {"bind::readonly": "true()"}, "readonly"),
        ({"type": "range", "name": "r", "label": "Hvor?", "constraint": ". > 2"}, "constraint"),
        (
            {"type": "note", "name": "n", "label": "Til dere det gjelder", "relevant": "${a} = '1'"},
            "relevant",
        ),
        (GROUP | {"media::image": "bilde.png"}, "image"),
    ],
)
def test_a_column_that_changes_what_is_asked_or_answered_is_told(row: Cells, column: str) -> None:
    found = told(row)
    assert any(
        said.startswith("skjema.xlsx, arket «survey», linje 2: ") and f"«{column}" in said for said in found
    ), found


def test_a_picture_of_an_answer_is_told() -> None:
    heads, *answers = CHOICES
    with pytest.raises(PackageError, match=r"arket «choices», linje 3: .*«image»"):
        read(workbook(choices=[[*heads, "media::image"], answers[0], [*answers[1], "glad.png"]]))


def test_a_text_without_a_type_is_told() -> None:
    assert "linje 3: «type» mangler" in " ".join(told(ONE, {"label": "Glemt"}))


@pytest.mark.parametrize(
    "harmless",
    [
        {"required": "yes", "required_message": "Du må svare"},
        {"constraint_message": "Feil", "guidance_hint": "Les sakte"},
        {"readonly": "no", "bind::required": "true()", "body::accuracyThreshold": "5"},
        {"appearance": "minimal", "label::English (en)": "Do you?"},
    ],
)
def test_what_changes_neither_question_nor_answers_is_let_by(harmless: Cells) -> None:
    assert [item.key for item in read(made(ONE | harmless)).items] == ["a"]


def test_a_disabled_row_is_not_asked() -> None:
    assert [item.key for item in read(made(ONE, TEXT | {"disabled": "yes"})).items] == ["a"]


def test_columns_far_to_the_right_are_read_too() -> None:
    asked = read(made(ONE, TEXT | {"relevant": "${a} = '1'"}, before=60))
    assert asked.items[1].show_if == Condition("a", (1,))


def test_an_empty_column_of_the_same_name_takes_nothing_away() -> None:
    after = {"type": "text", "name": "y", "label": "Mer?", "bind::relevant": "${a} = '2'"}
    asked = read(made(ONE, TEXT | {"relevant": "${a} = '1'"}, after))
    assert [item.show_if for item in asked.items[1:]] == [Condition("a", (1,)), Condition("a", (2,))]


def test_headings_may_have_one_colon() -> None:
    asked = read(made({"type": "text", "name": "x", "label:Norsk": "Hvorfor?", "label:Nynorsk": "Kvifor?"}))
    assert asked.items[0].text == Words("Hvorfor?", "Kvifor?")


def test_a_second_text_before_the_questions_is_told_and_does_not_replace_the_first() -> None:
    note = {"type": "note", "name": "n", "label": "Hei"}
    assert "linje 3: En «note» kan bare stå først" in " ".join(told(note, note | {"name": "m"}, ONE))


# --- groups
def test_a_group_without_a_name_is_told_and_drops_no_condition() -> None:
    inner = {"type": "begin group", "name": "del-2", "label": "Mer"}
    assert "linje 3: Gruppa mangler «name»" in " ".join(
        told(ONE, GROUP | {"name": ""}, inner, TEXT, END, END)
    )


def test_a_condition_is_read_whatever_language_its_heading_names() -> None:
    asked = read(made(ONE, TEXT | {"relevant::nb": "${a} = '1'"}))
    assert asked.items[1].show_if == Condition("a", (1,))


def test_a_groups_condition_is_that_of_each_question_in_it_and_of_none_after() -> None:
    after = TEXT | {"name": "z"}
    asked = read(made(ONE, GROUP, TEXT, TEXT | {"name": "y"}, END, after))
    assert [item.show_if for item in asked.items] == [None, *[Condition("a", (1,))] * 2, None]
    assert not list(condition_faults(asked))


def test_within_such_a_group_a_question_may_hang_on_another_of_it() -> None:
    inner = ONE | {"name": "b"}
    asked = read(made(ONE, GROUP, inner, TEXT | {"relevant": "${b} = '2'"}, END))
    assert [item.show_if for item in asked.items[1:]] == [Condition("a", (1,)), Condition("b", (2,))]


def test_two_conditions_at_once_are_told() -> None:
    first = ONE | {"name": "b"}
    found = told(ONE, first, GROUP, TEXT | {"relevant": "${b} = '2'"}, END)
    assert "linje 5: Gruppa har «relevant»" in " ".join(found)


def test_a_groups_condition_that_we_cannot_ask_is_told_once() -> None:
    found = told(ONE, GROUP | {"relevant": "${a} > 1"}, TEXT, TEXT | {"name": "y"}, END)
    assert len(found) == 1
    assert "linje 3: «relevant» kan bare" in found[0]
