"""Questionnaires as YAML: what people write, what they get told, and the same back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings

from courses.problems import PackageError, Report
from evaluation.instruments import yaml_files, yaml_writing
from evaluation.instruments.drafts import Draft
from evaluation.instruments.faults import faults
from tests.evaluation.drawn import definitions

if TYPE_CHECKING:
    from evaluation.instruments.definition import Definition

WHOLE = """\
key: lite-skjema
version: 2
title: {nb: Et lite skjema, nn: Eit lite skjema}
licence: Eget
source: Oss
translated_by: ikke oversatt
lists:
  enighet:
  - {code: 1, nb: Uenig, nn: Usamd}
  - {code: 2, nb: Enig, nn: Samd}
sections:
- {key: del-1, title: {nb: Først}}
items:
- {key: a, section: del-1, kind: agreement, text: {nb: Vi har det bra.}, choices: enighet}
- {key: b, section: del-1, kind: text, text: {nb: Si hvorfor.}, show_if: {item: a, any_of: [1]}}
scales:
- {key: bra, title: {nb: Bra}, items: [a], min_answered: 1, low: 1, high: 2}
"""


def read(text: str) -> Draft:
    report = Report()
    draft = yaml_files.of_text(text, report.at("lite.yaml"))
    report.raise_if_any()
    assert draft is not None
    return draft


def test_a_file_is_read_as_it_stands() -> None:
    definition = read(WHOLE).definition
    assert faults(definition) == []
    assert definition.version == 2
    assert definition.items[0].codes == (1, 2)
    assert definition.items[1].show_if is not None
    assert definition.items[1].show_if.any_of == (1,)
    assert definition.scales[0].high == 2


def test_names_of_lists_are_kept() -> None:
    assert "choices: enighet" in yaml_writing.text_of(read(WHOLE))


def test_what_is_written_is_read_and_written_the_same() -> None:
    first = yaml_writing.text_of(read(WHOLE))
    assert yaml_writing.text_of(read(first)) == first


@given(definitions())
@settings(max_examples=40, deadline=None)
def test_every_questionnaire_comes_back_as_it_was(definition: Definition) -> None:
    assert faults(definition) == []
    assert read(yaml_writing.text_of(Draft(definition))).definition == definition


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("version: 2", "version: to", 2, "et helt tall"),
        ("key: lite-skjema\n", "", 1, "«key» mangler"),
        ("source: Oss", "kilde: Oss", 5, "«kilde» er ukjent"),
        ("licence: Eget", "licence: Eget\nlicence: Ditt", 5, "står to ganger"),
        ("choices: enighet", "choices: enig", 14, "Svarlista «enig» finnes ikke"),
        ("kind: agreement", "kind: grad", 14, "Velg en av"),
        ("kind: text", "kind: text, low: 3", 15, "hører ikke til slaget"),
        ("any_of: [1]", "any_of: [ja]", 15, "en kode, et helt tall"),
        ("items: [a]", "items: [a], reversed: [c]", 17, "ikke blant spørsmålene"),
        ("code: 2,", "code: to,", 10, "et helt tall"),
        ("nb: Enig", f"nb: {'x' * 121}", 10, "120"),
        ("min_answered: 1,", "", 17, "«min_answered» mangler"),
        ("sections:\n", "sections: ingen\n", 12, "kan ikke leses"),
    ],
)
def test_a_fault_of_the_file_is_named_with_file_and_line(old: str, new: str, line: int, said: str) -> None:
    assert old in WHOLE
    with pytest.raises(PackageError) as told:
        read(WHOLE.replace(old, new, 1))
    found = [problem for problem in told.value.problems if said in problem.sentence]
    assert found, told.value.problems
    assert (found[0].path, found[0].line) == ("lite.yaml", line)


@pytest.mark.parametrize(
    "value",
    [
        "2027-02-30",
        "2027-01-01 25:00:00",
        pytest.param("9" * 5000, id="5 000 digits"),
        "!!int abc",
        "!!int ''",
        "!!float abc",
        "!!bool abc",
        "!!timestamp abc",
        "[1, 2027-02-30]",
        "{a: !!int abc}",
    ],
)
def test_a_value_that_is_none_of_its_kind_is_named_with_its_line(value: str) -> None:
    with pytest.raises(PackageError) as caught:
        read(WHOLE.replace("version: 2", f"version: {value}"))
    (problem,) = caught.value.problems
    assert (problem.line, problem.sentence) == (
        2,
        "Verdien kan ikke leses. Er den tekst, sett anførselstegn rundt.",
    )


def test_a_value_that_is_no_plain_one_is_refused_without_the_librarys_words() -> None:
    with pytest.raises(PackageError) as caught:
        read(WHOLE.replace("version: 2", "version: !!python/object/apply:os.system [ls]"))
    (problem,) = caught.value.problems
    assert problem.sentence == "YAML-en kan ikke leses her. Se på innrykk, kolon og anførselstegn."


def test_all_faults_are_told_at_once() -> None:
    wrong = WHOLE.replace("version: 2", "version: to").replace("kind: text", "kind: bilde")
    with pytest.raises(PackageError) as told:
        read(wrong)
    assert {problem.line for problem in told.value.problems} == {2, 15}


def test_a_frame_without_wording_is_a_draft_and_no_fault_of_the_file() -> None:
    draft = read(WHOLE.replace("text: {nb: Vi har det bra.}, ", ""))
    assert draft.definition.items[0].text.nb == ""
    assert ["«a»: Teksten på bokmål mangler." in str(fault) for fault in faults(draft.definition)] == [True]


@pytest.mark.parametrize(
    "content",
    [b"\xff\xfe", b"key: \x00", b"- en\n- liste", b"", b"{{{", b"&a [*a]", b"[" * 9_000, b"key: \x07"],
)
def test_what_is_no_questionnaire_is_told_and_never_breaks(content: bytes) -> None:
    with pytest.raises(PackageError) as told:
        yaml_files.of_bytes(content, "noe.yaml")
    assert told.value.problems[0].path == "noe.yaml"
