"""No word in a file is a formula; codes and names are such as every program takes."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.instruments.definition import Item, Words
from evaluation.releases.exports.cells import never_a_formula, plain, shortened
from evaluation.releases.exports.columns import Codes, Names
from tests.evaluation.export_rows import NASTY, SCALES
from tests.study_factories import statement

pytestmark = pytest.mark.django_db(databases=["default", "answers"])


@pytest.mark.parametrize(
    "start", ["=", "+", "-", "@", "\t=", "\r=", "\n=", "＝", "＋", "－", "＠", "|", ' "=', "'+"]
)
def test_no_start_of_a_formula_is_left(start: str) -> None:
    assert never_a_formula(f"{start}cmd").startswith("'")


@given(st.text() | st.sampled_from(NASTY))
def test_any_text_can_be_written_and_is_left_as_it_is_without_control_characters(text: str) -> None:
    kept = plain(text)
    ET.fromstring(f"<a>{kept.replace('&', '&amp;').replace('<', '&lt;')}</a>")  # noqa: S314
    assert plain(kept) == kept
    assert kept.encode("utf-8", "strict") or not text.strip() or not text.isprintable()
    assert len(shortened(text, 40).encode()) <= 40


def test_codes_for_no_answer_are_below_every_answer() -> None:
    number = Item("n", "number", Words("n", "n"), "del", low=-20, high=300)
    assert Codes.below([number], SCALES).lowest == -99
    far = Item("n", "number", Words("n", "n"), "del", low=-97, high=0)
    assert Codes.below([far, statement("t01")], SCALES).lowest == -999


@given(st.lists(st.tuples(st.text(max_size=90), st.sampled_from(["T0", "T1", "t1"])), max_size=20))
def test_names_of_columns_are_never_two_alike_to_spss(keys: list[tuple[str, str]]) -> None:
    names = Names()
    given_names = [names.new(*key) for key in keys]
    assert len({name.casefold() for name in given_names}) == len(given_names)
    assert all(name.isascii() and name.isidentifier() and len(name) < 65 for name in given_names)
