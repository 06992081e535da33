"""Nobody is alone with an answer to a question outside every scale: her age would lead to her scores (R9)."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import numpy as np
import openpyxl
import pyreadstat
import pytest
from django.core.management import CommandError
from hypothesis import given
from hypothesis import strategies as st

from evaluation.answers.vectors import NOT_ANSWERED, NOT_RELEVANT
from evaluation.figures.disclosure import Population
from evaluation.instruments.definition import Choice, Item, Words
from evaluation.releases.exports import codebook
from evaluation.releases.exports.background import banded, told_values
from evaluation.releases.exports.columns import EMPTY
from evaluation.releases.exports.dataset import datasets
from tests.evaluation.exporting import NAME, export
from tests.evaluation.people_rows import let_out
from tests.study_factories import statement

if TYPE_CHECKING:
    from pathlib import Path

    from evaluation.models import Release
    from evaluation.releases.exports.dataset import Dataset

YES_NO = (Choice(1, Words("Ja", "Ja")), Choice(2, Words("Nei", "Nei")), Choice(3, Words("Vet ikke", "Veit")))
AGE = Item("alder", "number", Words("Hvor gammel er du?", "Kor gammal?"), "del", low=18, high=99)
KIN = Item("slekt", "one", Words("Slekt?", "Slekt?"), "del", choices=YES_NO)
HELP = Item("hjelp", "several", Words("Hva hjalp?", "Kva hjelpte?"), "del", choices=YES_NO)
STATEMENTS = [statement(f"t{nth}") for nth in range(3)]
PEOPLE = 40


def ages() -> list[int]:
    return [*(30 + nth % 10 for nth in range(PEOPLE - 1)), 83]


def released(background: list[Item], *given_of: list[int], homes: list[int] | None = None) -> Release:
    """Three statements and ``background``, which everybody answers alike both times."""
    draw = np.random.default_rng(4)
    columns = np.array(given_of).T
    first = draw.integers(1, 6, (PEOPLE, 3))
    second = np.clip(first + draw.integers(-1, 3, (PEOPLE, 3)), 1, 5)
    answers = {code: np.column_stack([each, columns]) for code, each in (("T0", first), ("T1", second))}
    return let_out([*STATEMENTS, *background], None, answers, homes)


def outside(of: Dataset) -> dict[str, list[int]]:
    """The columns that are of no scale and no place, by name."""
    return {
        each.name: each.values.tolist()
        for each in of.columns
        if not isinstance(each.values, list) and not each.name.startswith(("t", "skala"))
    }


pytestmark = pytest.mark.django_db(databases=["default", "answers"])


# --- what is told
def test_nobody_is_alone_with_her_age(tmp_path: Path) -> None:
    export(released([AGE], ages()), tmp_path)
    with (tmp_path / f"{NAME}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {"alder_T0", "alder_T1"} <= set(rows[0])
    for name in ("alder_T0", "alder_T1"):
        told = [row[name] for row in rows]
        assert len(set(told)) > 3  # or it would be safe by telling nothing
        assert min(map(told.count, told)) >= 5


def test_the_codebook_says_which_numbers_are_together() -> None:
    (found,) = datasets(released([AGE], ages()))
    for column in (each for each in found.columns if each.name.startswith("alder")):
        assert column.measure == "ordinal"
        labels = [words.nb for _code, words in column.choices]
        assert labels[0].startswith("18 til ")
        assert labels[-1].endswith(" til 99")
        assert {code for code, _words in column.choices} == set(column.values)
        assert "slått sammen" in column.note.nb
        assert "slegne saman" in column.note.nn


def test_every_format_says_that_it_was_made_coarser(tmp_path: Path) -> None:
    release = released([AGE, KIN], ages(), [1] * 20 + [2] * 15 + [3] * 5)
    for kind in ("csv", "xlsx", "sav", "ddi"):
        export(release, tmp_path / kind, kind)
    about = json.loads((tmp_path / "csv" / f"{NAME}.csv-metadata.json").read_text("utf-8"))
    (mine,) = (each for each in about["tableSchema"]["columns"] if each["name"] == "alder_T1")
    said = {
        "csv": mine["dc:description"][0]["@value"]
        + mine["schema:valueReference"][0]["schema:name"][0]["@value"],
        "sav": _of_sav(tmp_path / "sav" / f"{NAME}.sav"),
        "xlsx": _of_xlsx(tmp_path / "xlsx" / f"{NAME}.xlsx"),
        "ddi": _of_ddi(tmp_path / "ddi" / f"{NAME}.xml"),
    }
    for kind, words in said.items():
        assert "slått sammen" in words, kind
        assert "18 til " in words, kind


def _of_sav(path: Path) -> str:
    _frame, about = pyreadstat.read_sav(path)
    labels = about.variable_value_labels["alder_T1"].values()
    return " ".join([about.column_names_to_labels["alder_T1"] or "", *labels])


def _of_xlsx(path: Path) -> str:
    rows = openpyxl.load_workbook(path)["kodebok nb"].iter_rows(values_only=True)
    return " ".join(str(cell) for row in rows if row[0] == "alder_T1" for cell in row)


def _of_ddi(path: Path) -> str:
    root = ET.parse(path).getroot()  # noqa: S314
    (mine,) = (each for each in root.iter("{ddi:codebook:2_5}var") if each.get("name") == "alder_T1")
    return " ".join(mine.itertext())


def test_an_answer_few_gave_is_empty_and_those_that_are_left_stand_as_they_were_told() -> None:
    """Seven of no kin that is known, three who skipped it: ten empty cells, and the counts of the others."""
    given_of = [1] * 16 + [2] * 14 + [3] * 4 + [NOT_ANSWERED] * 3 + [NOT_RELEVANT] * 3
    release = released([KIN], given_of)
    (found,) = datasets(release)
    told = outside(found)["slekt_T1"]
    assert {each: told.count(each) for each in told} == {1: 16, 2: 14, EMPTY: 10}
    counts = next(row["counts"] for row in release.technical["items"] if row["item"] == "slekt")["after"]
    assert counts[:2] == [16, 14]
    (column,) = (each for each in found.columns if each.name == "slekt_T1")
    assert "Tom: svar som færre enn fem voksne i fire familier ga" in column.note.nb


def test_where_the_few_are_too_few_together_the_least_answer_goes_with_them() -> None:
    (found,) = datasets(released([KIN], [1] * 20 + [2] * 19 + [3]))
    told = outside(found)["slekt_T1"]
    assert {each: told.count(each) for each in told} == {1: 20, EMPTY: 20}


def test_an_answer_that_all_but_a_few_gave_leaves_nothing_to_tell() -> None:
    (found,) = datasets(released([KIN, AGE], [1] * 37 + [2, 3, 2], [40] * 38 + [50] * 2))
    assert not outside(found)


def test_families_are_counted_and_not_heads_alone() -> None:
    """Six adults of three homes."""
    homes = [1, 1, 2, 2, 3, 3, *range(4, PEOPLE - 2)]
    (found,) = datasets(released([KIN], [3] * 6 + [1] * 20 + [2] * 14, homes=homes))
    told = outside(found)["slekt_T1"]
    assert 3 not in told
    assert told.count(EMPTY) == 20


def test_each_choice_of_several_is_a_column_of_its_own() -> None:
    chosen = [0b001] * 20 + [0b011] * 18 + [0b111] * 2
    chosen[0] = chosen[1] = chosen[2] = 0b010
    release = released([HELP], chosen)
    told = outside(datasets(release)[0])
    assert "hjelp_2_T1" in told
    assert not {"hjelp_1_T1", "hjelp_3_T1"} & set(told)


def test_numbers_that_enough_gave_stand_as_they_are() -> None:
    (found,) = datasets(released([AGE], [30] * 20 + [31] * 20))
    (column,) = (each for each in found.columns if each.name == "alder_T1")
    assert (set(column.values), column.measure, column.note.nb) == ({30, 31}, "scale", "")


def test_a_file_of_nothing_but_what_few_gave_is_not_made(tmp_path: Path) -> None:
    answers = [[1]] * 36 + [[2]] * 2 + [[3]] * 2
    release = let_out([KIN], (), {"T0": answers, "T1": answers})
    with pytest.raises(CommandError, match="ingen data å hente ut"):
        export(release, tmp_path)
    assert not list(tmp_path.iterdir())


def test_items_of_a_told_scale_are_exact() -> None:
    (found,) = datasets(released([AGE], ages()))
    of_scale = [each for each in found.columns if each.name in ("t0_T1", "t1_T1", "t2_T1")]
    assert len(of_scale) == 3
    assert all(EMPTY not in each.values for each in of_scale)


def test_the_codebook_says_that_it_holds_for_each_answer_by_itself() -> None:
    rules = " ".join(rule.nb for rule in codebook.RULES)
    assert "slått sammen" in rules
    assert "hvert svar for seg" in rules


# --- any answers at all
people = st.lists(st.tuples(st.integers(0, 12), st.integers(1, 30)), min_size=1, max_size=60)


def crowds(values: list[int], homes: list[int]) -> dict[int, Population]:
    of: defaultdict[int, list[int]] = defaultdict(list)
    for value, home in zip(values, homes, strict=True):
        of[value].append(home)
    return {value: Population(len(lives), len(set(lives))) for value, lives in of.items()}


@given(people)
def test_whatever_was_answered_every_class_and_the_rest_is_a_crowd_or_nobody(
    given_of: list[tuple[int, int]],
) -> None:
    values, homes = (np.array(each) for each in zip(*given_of, strict=True))
    told = told_values(values, homes)
    kept = [int(value) if value in told else EMPTY for value in values]
    assert not told or all(each.may_have_mean for each in crowds(kept, homes.tolist()).values())


@given(people, st.integers(0, 12))
def test_bands_cover_every_number_and_are_crowds_at_every_wave(
    given_of: list[tuple[int, int]], later: int
) -> None:
    values, homes = (np.array(each) for each in zip(*given_of, strict=True))
    waves = [(values, homes), (np.minimum(values + later % 3, 12), homes)]
    bands = banded(0, 12, waves)
    if bands is None:
        return
    assert bands[0][0] == 0
    assert bands[-1][1] == 12
    assert all(one[1] + 1 == two[0] for one, two in pairwise(bands))
    for column, lives in waves:
        where = [
            next(nth for nth, (low, high) in enumerate(bands) if low <= value <= high) for value in column
        ]
        found = crowds(where, lives.tolist())
        assert set(found) == set(range(len(bands)))
        assert all(each.may_have_mean for each in found.values())
