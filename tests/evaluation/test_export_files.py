"""What is written is read back by another library: values, labels, codes for no answer, and how many."""

from __future__ import annotations

import csv
import json
import math
import shutil
import statistics
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import openpyxl
import pyreadstat
import pytest
from scipy import stats

from evaluation.instruments.definition import Item
from evaluation.releases.exports import csv_files, ddi_files, r_script, sav_files, xlsx_files
from evaluation.releases.exports.columns import EMPTY
from evaluation.releases.exports.dataset import datasets
from tests.evaluation.export_rows import released

if TYPE_CHECKING:
    from evaluation.releases.exports.columns import Column
    from evaluation.releases.exports.dataset import Dataset

pytestmark = pytest.mark.django_db(databases=["default", "answers"])
DDI = {"d": "ddi:codebook:2_5"}
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
FEWEST_FOR_INTERVAL = 6
Cell = str | float | None


@pytest.fixture
def data() -> Dataset:
    (found,) = datasets(released(24))
    return found


def cells(column: Column) -> list[Cell]:
    """As they should come back: nothing for nothing."""
    if isinstance(column.values, list):
        return [cell or None for cell in column.values]
    return [None if cell != cell or cell == EMPTY else cell for cell in column.values.tolist()]


def labels(column: Column, language: str = "nb") -> dict[float, str]:
    return {code: words.in_language(language) for code, words in (*column.choices, *column.missing)}


def answers_only(column: Column) -> list[float | None]:
    """Without the codes for no answer."""
    codes = {code for code, _why in column.missing}
    return [None if cell in codes else cell for cell in cells(column)]  # type: ignore[misc]


# --- csv
def read_csvw(folder: Path, name: str) -> tuple[dict[str, Any], dict[str, list[Cell]]]:
    """By the metadata alone: its dialect, datatypes and nulls."""
    about = json.loads((folder / f"{name}.csv-metadata.json").read_text("utf-8"))
    types = {"string": str, "integer": int, "double": float}
    with (folder / about["url"]).open(encoding=about["dialect"]["encoding"], newline="") as file:
        rows = list(csv.DictReader(file, delimiter=about["dialect"]["delimiter"]))
    read: dict[str, list[Cell]] = {}
    for column in about["tableSchema"]["columns"]:
        cast = types[column["datatype"]["base"]]
        texts = [row[column["titles"]] for row in rows]
        read[column["name"]] = [None if text in column["null"] else cast(text) for text in texts]
    return about, read


def test_csv_comes_back_by_its_own_types(data: Dataset, tmp_path: Path) -> None:
    csv_files.write(data, tmp_path, "nb")
    about, read = read_csvw(tmp_path, data.name)
    assert about["schema:size"] == data.n == len(read["respondent"])
    assert list(read) == [column.name for column in data.columns]
    for column in data.columns:
        assert read[column.name] == answers_only(column)


def test_csv_says_what_its_codes_mean_in_both_languages(data: Dataset, tmp_path: Path) -> None:
    csv_files.write(data, tmp_path, "nb")
    about, _read = read_csvw(tmp_path, data.name)
    for told, column in zip(about["tableSchema"]["columns"], data.columns, strict=True):
        values = told.get("schema:valueReference", [])
        for nth, language in enumerate(("nb", "nn")):
            found = {value["schema:value"]: value["schema:name"][nth]["@value"] for value in values}
            assert found == labels(column, language)
            assert told["rdfs:label"][nth]["@value"] == column.label.in_language(language)
        missing = {str(v["schema:value"]) for v in values if v["schema:category"] == "missing"}
        assert {"", *missing} == set(told["null"])
        if column.kind == "whole":
            limits = told["datatype"]
            inside = [cell for cell in answers_only(column) if cell is not None]
            assert all(limits["minimum"] <= cell <= limits["maximum"] for cell in inside)


# --- xlsx
def test_xlsx_comes_back_and_has_no_formula(data: Dataset, tmp_path: Path) -> None:
    xlsx_files.write(data, tmp_path, "nb")
    book = openpyxl.load_workbook(tmp_path / f"{data.name}.xlsx")
    assert book.sheetnames == ["data", "kodebok nb", "kodebok nn"]
    heading, *rows = book["data"].iter_rows(values_only=True)
    assert list(heading) == [column.name for column in data.columns]
    assert len(rows) == data.n
    for place, column in enumerate(data.columns):
        kept = cells(column)
        if column.kind == "decimal":  # a workbook has sixteen figures
            kept = [cell and pytest.approx(cell, rel=1e-15) for cell in kept]
        assert [row[place] for row in rows] == kept
    types = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert types <= {"s", "n"}
    assert not any(cell.hyperlink for sheet in book for row in sheet.iter_rows() for cell in row)


@pytest.mark.parametrize("language", ["nb", "nn"])
def test_the_codebook_sheet_has_every_label(data: Dataset, tmp_path: Path, language: str) -> None:
    xlsx_files.write(data, tmp_path, "nb")
    sheet = openpyxl.load_workbook(tmp_path / f"{data.name}.xlsx")[f"kodebok {language}"]
    rows = list(sheet.iter_rows(values_only=True))
    for column in data.columns:
        mine = [row for row in rows if row[0] == column.name]
        assert mine[0][1].startswith(column.label.in_language(language))
        assert {row[6]: row[7] for row in mine[1:]} == labels(column, language)
        assert {row[6] for row in mine if row[8]} == {code for code, _why in column.missing}


# --- sav
@pytest.mark.parametrize("language", ["nb", "nn"])
def test_sav_comes_back_with_labels_missing_codes_and_measures(
    data: Dataset, tmp_path: Path, language: str
) -> None:
    (path,) = sav_files.write(data, tmp_path, language)
    frame, about = pyreadstat.read_sav(path, user_missing=True)
    assert (len(frame), list(frame)) == (data.n, [column.name for column in data.columns])
    for column in data.columns:
        found = [None if cell in ("", None) or cell != cell else cell for cell in frame[column.name]]
        assert found == cells(column)
        assert about.column_names_to_labels[column.name].startswith(column.label.in_language(language))
        assert about.variable_value_labels.get(column.name, {}) == labels(column, language)
        codes = {each["lo"] for each in about.missing_ranges.get(column.name, [])}
        assert codes == {code for code, _why in column.missing}
        assert about.variable_measure[column.name] == column.measure
    read_as_missing, _about = pyreadstat.read_sav(path)
    for column in (each for each in data.columns if each.kind == "whole"):
        found = [None if cell != cell else cell for cell in read_as_missing[column.name]]
        assert found == answers_only(column)


# --- DDI
ORDER = ["labl", "valrng", "invalrng", "txt", "catgry", "varFormat"]  # in a variable, by the schema


def test_ddi_comes_back_with_labels_missing_codes_and_n(data: Dataset, tmp_path: Path) -> None:
    (path,) = ddi_files.write(data, tmp_path, "nb")
    root = ET.parse(path).getroot()  # noqa: S314 (our own file)
    assert (root.tag, root.get("version")) == ("{ddi:codebook:2_5}codeBook", "2.5")
    assert [child.tag.partition("}")[2] for child in root] == ["docDscr", "stdyDscr", "fileDscr", "dataDscr"]
    assert root.findtext(".//d:caseQnty", namespaces=DDI) == str(data.n)
    conditions = root.findtext(".//d:useStmt/d:conditions", namespaces=DDI) or ""
    assert conditions.startswith("Bare for forskningspartneren, etter avtale.")
    assert conditions.endswith("gi ikke fila videre.")
    variables = root.findall(".//d:var", DDI)
    assert [each.get("name") for each in variables] == [column.name for column in data.columns]
    for variable, column in zip(variables, data.columns, strict=True):
        tags = [child.tag.partition("}")[2] for child in variable]
        assert tags == sorted(tags, key=ORDER.index)
        for language in ("nb", "nn"):
            told = {
                float(each.findtext("d:catValu", namespaces=DDI) or "nan"): each.findtext(
                    f"d:labl[@{LANG}='{language}']", namespaces=DDI
                )
                for each in variable.findall("d:catgry", DDI)
            }
            assert told == labels(column, language)
        missing = {int(each.get("VALUE", "")) for each in variable.findall("d:invalrng/d:item", DDI)}
        assert missing == {code for code, _why in column.missing}
        assert missing == {
            int(each.findtext("d:catValu", namespaces=DDI) or "")
            for each in variable.findall("d:catgry[@missing='Y']", DDI)
        }


# --- the main table again
def worked_out_again(read: dict[str, list[Any]], row: Any) -> dict[str, float | None]:
    """From the csv's own items, by textbook formulas and Python's own statistics."""
    columns = [
        [
            score(row.scale, {item.key: (item, read[names[nth]][person]) for item, names in row.items})
            for person in range(len(read["respondent"]))
        ]
        for nth in range(len(row.scores))
    ]
    for name, scores in zip(row.scores, columns, strict=True):
        assert [s if s is None else pytest.approx(s, abs=1e-12) for s in scores] == read[name]
    pairs = [(one, two) for one, two in zip(*columns, strict=True) if None not in (one, two)]
    sign = -1 if row.scale.better == "low" else 1
    moved = [sign * (two - one) for one, two in pairs]
    n, mean, sd = len(moved), statistics.fmean(moved), statistics.stdev(moved)
    assert n >= FEWEST_FOR_INTERVAL
    margin = stats.t.ppf(0.975, n - 1) * sd / math.sqrt(n)
    before, after = (statistics.fmean(values) for values in zip(*pairs, strict=True))
    numbers = (n, before, after, mean, mean - margin, mean + margin, mean / sd)
    return dict(zip(r_script.NUMBERS, numbers, strict=True))


def score(scale: Any, given: dict[str, tuple[Item, int | None]]) -> float | None:
    ends = {key: (min(i.codes or (i.low,)), max(i.codes or (i.high,))) for key, (i, _a) in given.items()}
    known = [
        sum(ends[key]) - answer if key in scale.reversed else answer
        for key, (_item, answer) in given.items()
        if answer is not None
    ]
    if len(known) < max(1, scale.min_answered):
        return None
    times = len(scale.items) if scale.method == "sum" else 1
    return statistics.fmean(known) * scale.multiply * times


def test_the_main_table_is_worked_out_again_from_the_csv(data: Dataset, tmp_path: Path) -> None:
    csv_files.write(data, tmp_path, "nb")
    _about, read = read_csvw(tmp_path, data.name)
    assert [row.scale.key for row in data.main_table] == ["trygg", "uro"]
    for row in data.main_table:
        released_numbers = r_script.main_numbers(data, row)
        assert worked_out_again(read, row) == pytest.approx(released_numbers, rel=1e-9, abs=1e-9)


def test_a_changed_answer_is_not_the_release_any_more(data: Dataset, tmp_path: Path) -> None:
    """The comparison is able to fail."""
    csv_files.write(data, tmp_path, "nb")
    _about, read = read_csvw(tmp_path, data.name)
    place = next(nth for nth, score in enumerate(read["skala_trygg_T1"]) if score is not None)
    read["skala_trygg_T1"][place] += 1  # type: ignore[operator]
    with pytest.raises(AssertionError):
        worked_out_again(read, data.main_table[0])


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="needs R (Debian: r-base-core, r-cran-haven)")
def test_r_reads_csv_and_sav_and_finds_the_releases_main_table(data: Dataset, tmp_path: Path) -> None:
    csv_files.write(data, tmp_path, "nb")
    sav_files.write(data, tmp_path, "nb")
    (script,) = r_script.write(data, tmp_path, f"{data.name}.csv")
    for given_file in ([], [f"{data.name}.sav"]):
        done = subprocess.run(
            ["Rscript", "--vanilla", script.name, *given_file],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        found = list(csv.DictReader(line for line in done.stdout.splitlines() if line[:1] != "#"))
        for line, row in zip(found, data.main_table, strict=True):
            expected = r_script.main_numbers(data, row)
            assert line["scale"] == row.scale.key
            assert {name: float(line[name]) for name in expected} == pytest.approx(expected, abs=1e-9)
        assert "Største avvik" in done.stdout


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="needs R (Debian: r-base-core)")
def test_the_r_script_stops_when_the_data_are_not_the_release(data: Dataset, tmp_path: Path) -> None:
    csv_files.write(data, tmp_path, "nb")
    (script,) = r_script.write(data, tmp_path, f"{data.name}.csv")
    file = tmp_path / f"{data.name}.csv"
    lines = file.read_text("utf-8").splitlines(keepends=True)
    file.write_text("".join(lines[:-4]), "utf-8")
    done = subprocess.run(
        ["Rscript", "--vanilla", script.name], cwd=tmp_path, capture_output=True, check=False
    )
    assert done.returncode != 0
