"""Questionnaires as XLSForm: what other programs read, what we read of theirs, and the same back."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from hypothesis import given, settings
from pyxform.xls2xform import convert

from courses.problems import PackageError
from evaluation.instruments import xlsform_reading, xlsforms
from evaluation.instruments.drafts import Draft
from evaluation.instruments.faults import faults
from tests.evaluation.drawn import definitions
from tests.study_factories import definition, statement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evaluation.instruments.definition import Definition

SURVEY = [
    "type",
    "name",
    "label",
    "label::Nynorsk (nn)",
    "relevant",
    "constraint",
    "parameters",
    "appearance",
]
ASKED: list[Sequence[Any]] = [
    ["begin group", "del-1", "Først", "Fyrst"],
    ["select_one enighet", "a", "Vi har det bra.", "Vi har det bra.", None, None, None, "likert"],
    ["integer", "b", "Hvor mange?", None, "${a} = '1' or ${a} = 2", ". >= 0 and . <= 9"],
    ["select_multiple enighet", "c", "Hvilke?", None, "selected(${a}, '1')"],
    ["range", "d", "Hvor sikker er du?"],
    ["end group"],
    ["text", "e", "Noe mer?"],
]
CHOICES: list[Sequence[Any]] = [
    ["list_name", "name", "label::Bokmål (nb)", "label::English (en)"],
    ["enighet", 1, "Uenig", "Disagree"],
    ["enighet", 2.0, "Enig", "Agree"],
]


def workbook(
    survey: Sequence[Sequence[Any]] = ASKED,
    choices: Sequence[Sequence[Any]] = CHOICES,
    *,
    heads: Sequence[str] = SURVEY,
    **others: Any,
) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    settings_ = [["form_title", "form_id", "version"], ["Et skjema", "et-skjema", 3]]
    sheets = {"survey": [heads, *survey], "choices": choices, "settings": settings_, **others}
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def read(content: bytes) -> Definition:
    return xlsform_reading.read(content, "skjema.xlsx").definition


def test_a_form_made_elsewhere_is_read() -> None:
    found = read(workbook())
    assert (found.key, found.version, found.title.nb) == ("et-skjema", 3, "Et skjema")
    assert [item.kind for item in found.items] == ["agreement", "number", "several", "zero-to-ten", "text"]
    assert found.items[0].text.nn == "Vi har det bra."
    assert found.items[0].codes == (1, 2)
    assert found.items[1].show_if is not None
    assert found.items[1].show_if.any_of == (1, 2)
    assert (found.items[1].low, found.items[1].high) == (0, 9)
    assert [item.section for item in found.items] == ["del-1"] * 4 + ["skjema"]


def test_a_form_made_elsewhere_lacks_licence_and_cannot_be_opened_yet() -> None:
    assert "Lisens mangler" in " ".join(map(str, faults(read(workbook()))))


@given(definitions())
@settings(max_examples=25, deadline=None)
def test_every_questionnaire_comes_back_as_it_was(drawn: Definition) -> None:
    assert read(xlsforms.workbook(Draft(drawn))) == drawn


def test_a_list_may_be_called_or_other() -> None:
    survey = [["select_one or_other", "a", "Hva?"], ["select_multiple or_other-or_other", "b", "Hvilke?"]]
    choices = [CHOICES[0], *([name, 1, "or_other"] for name in ("or_other", "or_other-or_other"))]
    assert [item.codes for item in read(workbook(survey, choices)).items] == [(1,), (1,)]


def test_names_of_lists_come_back() -> None:
    draft = xlsform_reading.read(workbook(), "skjema.xlsx")
    again = xlsform_reading.read(xlsforms.workbook(draft), "skjema.xlsx")
    assert again == draft
    assert list(again.lists) == ["enighet"]


def test_what_we_write_is_an_xlsform_to_its_own_compiler(tmp_path: Any) -> None:
    items = [statement("a"), statement("b", not_yet=True)]
    path = tmp_path / "skjema.xlsx"
    path.write_bytes(xlsforms.workbook(Draft(definition(items))))
    made = convert(path)
    assert made.warnings == []
    assert made.xform.count("<select1") == 2
    assert 'lang="Nynorsk (nn)"' in made.xform


def test_what_we_write_of_every_kind_is_an_xlsform_to_its_own_compiler(tmp_path: Any) -> None:
    path = tmp_path / "skjema.xlsx"
    path.write_bytes(xlsforms.workbook(xlsform_reading.read(workbook(), "skjema.xlsx")))
    made = convert(path)
    for tag in ("<select1", "<select ", "<range", "<input", "relevant="):
        assert tag in made.xform, tag


def test_no_cell_is_a_formula() -> None:
    items = [
        statement(key, text=type(statement(key).text)(f"{sign}1+1"))
        for key, sign in zip("abcd", "=+-@", strict=True)
    ]
    book = openpyxl.load_workbook(io.BytesIO(xlsforms.workbook(Draft(definition(items)))))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert "=1+1" in {cell.value for cell in cells}


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (["geopoint", "x", "Hvor?"], "«geopoint» kan ikke brukes"),
        (["image", "x", "Bilde"], "«image» kan ikke brukes"),
        (["begin repeat", "x", "Hvert barn"], "kan ikke brukes"),
        (["select_one enighet or_other", "x", "Annet?"], "kan ikke brukes"),
        (["select_one ukjent", "x", "Hva?"], "Svarlista «ukjent» finnes ikke"),
        (["text", "x", "Hvorfor?", None, "${a} = '1' and ${b} = 2"], "«relevant» kan bare"),
        (["text", "x", "Hvorfor?", None, "${a} = '1' or ${b} = 2"], "«relevant» kan bare"),
        (["text", "x", "Hvorfor?", None, "string-length(${a}) > 2"], "«relevant» kan bare"),
        (["integer", "x", "Hvor mange?", None, None, ". < 7"], "«constraint»"),
        (["range", "x", "Hvor mye?", None, None, None, "start=0 end=1 step=0.1"], "hele tall"),
        (["note", "x", "Husk at …"], "«note» kan bare"),
        (["text", "y" * 41, "For lang kode"], "40"),
        (["text", "æ ø", "Ikke en kode"], "Spørsmål «æ ø»"),
    ],
)
def test_what_we_cannot_ask_is_told_with_sheet_and_row(row: Sequence[Any], said: str) -> None:
    with pytest.raises(PackageError) as told:
        read(workbook([*ASKED, row]))
    found = [str(problem) for problem in told.value.problems if said in str(problem)]
    assert found, told.value.problems
    if "Spørsmål" not in said and said != "40":
        assert found[0].startswith("skjema.xlsx, arket «survey», linje 9: ")


def test_codes_that_are_no_numbers_are_told() -> None:
    with pytest.raises(PackageError, match="arket «choices», linje 4: Svarkoden «ja»"):
        read(workbook(choices=[*CHOICES, ["enighet", "ja", "Ja"]]))


def test_numbers_of_a_scale_that_are_none_are_told() -> None:
    scales = [list(xlsforms.SCALES), ["s", "Skala", "", "a", "mean", "mange", "1", "2"]]
    with pytest.raises(PackageError, match="arket «scales», linje 2: «min_answered» må være et tall"):
        read(workbook(scales=scales))


@pytest.mark.parametrize("content", [b"", b"ikke et ark", b"PK\x03\x04", b"\xd0\xcf\x11\xe0gammel"])
def test_what_is_no_workbook_is_told_and_never_breaks(content: bytes) -> None:
    with pytest.raises(PackageError):
        read(content)


def test_a_workbook_without_survey_is_told() -> None:
    book = openpyxl.Workbook()
    file = io.BytesIO()
    book.save(file)
    with pytest.raises(PackageError, match="survey"):
        read(file.getvalue())
