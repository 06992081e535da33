"""Pictures of single items: which end is best, every kind of answer, and a name each scale's own."""

from __future__ import annotations

import re
from io import BytesIO
from typing import TYPE_CHECKING, Any

import docx
import pytest
from django.utils.translation import override

from evaluation.instruments.definition import Scale, Words
from evaluation.releases import words
from evaluation.releases.items import told_items
from evaluation.releases.pictures import pictures
from evaluation.releases.reports import steering_report, technical_report
from evaluation.views import release_told
from tests.evaluation import snapshots
from tests.evaluation.change_told import one
from tests.study_factories import definition, statement, study, wave

if TYPE_CHECKING:
    from evaluation.models import Release

pytestmark = pytest.mark.django_db(databases=["default", "answers"])


def drawn(language: str = "nb", **told: Any) -> dict[str, dict[str, Any]]:
    found = pictures(snapshots.snapshot(**told))
    return {each["name"]: each for each in found if each["language"] == language}


# --- which end is best
@pytest.mark.parametrize(
    ("better", "turned", "best"),
    [("high", (), "last"), ("high", ("a",), "first"), ("low", (), "first"), ("low", ("a",), "last")],
)
def test_an_item_says_which_end_of_its_answers_is_the_best(
    better: Any, turned: tuple[str, ...], best: str
) -> None:
    scale = Scale("ro", Words("Ro"), ("a",), 1, 5, 1, reversed=turned, better=better)
    asked = definition([statement("a"), statement("b")], scales=(scale,))
    told, _whole = told_items(asked, {}, {})
    assert [row["best"] for row in told] == [best, ""]


def test_where_two_scales_do_not_agree_neither_end_is_best() -> None:
    scales = (
        Scale("ro", Words("Ro"), ("a",), 1, 5, 1),
        Scale("uro", Words("Uro"), ("a",), 1, 5, 1, better="low"),
    )
    told, _whole = told_items(definition([statement("a")], scales=scales), {}, {})
    assert told[0]["best"] == ""


@pytest.mark.parametrize(("language", "said"), [("nb", "(best: helt uenig)"), ("nn", "(best: helt uenig)")])
def test_a_turned_item_says_in_picture_words_and_table_that_disagreeing_is_best(
    language: str, said: str
) -> None:
    rows = [
        snapshots.item("trygg1", "Jeg vet hva jeg kan gjøre.") | {"best": "last"},
        snapshots.item("trygg2", "Jeg gir opp.") | {"best": "first"},
    ]
    found = drawn(language, items=rows)["svar-hverdag-trygg"]
    assert found["table"][2][0] == f"Jeg gir opp. {said}"
    assert f"Jeg gir opp. {said}" in found["words"]
    assert "best:" in found["svg"]
    assert "best" not in found["table"][1][0]


# --- every kind
def test_one_of_a_list_and_nought_to_ten_are_drawn_with_a_bar_for_each_answer() -> None:
    often = [snapshots.both(each) for each in ("Aldri", "Av og til", "Ofte")]
    ten = [snapshots.both(str(each)) for each in range(11)]
    rows = [
        snapshots.item("hvor-ofte", "Hvor ofte?")
        | {"kind": "one", "answers": often, "shares": {"after": {"percent": [20, 50, 30], "mostly": None}}},
        snapshots.item("hvor-fornøyd", "Hvor fornøyd?")
        | {
            "kind": "zero-to-ten",
            "answers": ten,
            "shares": {"after": {"percent": [0] * 5 + [20] * 5 + [0], "mostly": None}},
        },
        snapshots.item("noe", "Noe?") | {"kind": "one", "answers": often, "why": "few", "shares": {}},
    ]
    found = drawn(items=rows)
    first, second = found["andre-1-hverdag"], found["andre-2-hverdag"]
    assert (first["title"], second["title"]) == ("Hvor ofte?", "Hvor fornøyd?")
    assert first["table"] == [
        ["Svar", "Andel"],
        *(["Aldri", "20\u00a0%"], ["Av og til", "50\u00a0%"], ["Ofte", "30\u00a0%"]),
    ]
    assert first["words"] == "Hvor ofte: flest, om lag 50\u00a0%, svarte «av og til»."
    assert len(second["table"]) == 12
    assert not [name for name in found if name.startswith("andre-3")]


@pytest.mark.parametrize(
    ("percent", "said"),
    [
        ([5, 5, 20, 35, 35], "flest svarte «litt enig» og «helt enig», om lag 35\u00a0% hver."),
        (
            [30, 30, 5, 5, 30],
            "flest svarte «helt uenig», «litt uenig» og «helt enig», om lag 30\u00a0% hver.",
        ),
        ([5, 5, 20, 40, 30], "flest, om lag 40\u00a0%, svarte «litt enig»."),
    ],
)
def test_answers_that_are_told_as_the_same_share_are_all_named(percent: list[int], said: str) -> None:
    """Told in steps of five: which of them is the larger is not known, and the bars are as long."""
    row = snapshots.item("trygg1", "Jeg vet.") | {"shares": {"after": {"percent": percent, "mostly": None}}}
    assert drawn(items=[row])["svar-hverdag-trygg"]["words"] == f"Jeg vet: {said}"


# --- names
def test_a_picture_with_a_long_name_is_found_by_its_page_and_its_report() -> None:
    long = snapshots.scale("skalaen-" + "x" * 31, "Lang") | {"instrument": "skjemaet-" + "y" * 30}
    other = long | {"scale": long["scale"][:-1] + "z"}
    found = drawn(scales=[long, other])
    assert all(len(name) <= 80 for name in found)
    for row in (long, other):
        mine = [name for name in found if re.search(release_told.of_scale(row), name)]
        assert sorted(name.partition("-")[0] for name in mine) == ["skala", "spredning"]


def test_items_of_another_questionnaire_with_the_same_key_are_not_the_scales() -> None:
    told = snapshots.snapshot()
    mine, theirs = (
        snapshots.item("trygg1", "Min."),
        snapshots.item("trygg1", "Deres.") | {"instrument": "annet"},
    )
    hidden = {"why": "few", "shares": {}}
    told["items"] = [mine, theirs | hidden]
    assert release_told.scale(told, told["scales"][1])["hidden"] == []
    assert [row["instrument"] for row in told["items"] if words.is_of(row, told["scales"][1])] == ["hverdag"]


@pytest.fixture
def made() -> Release:
    """Whose primary outcome has a key that another's begins with."""
    longer = snapshots.scale("trygg-hjemme", "Trygg hjemme", keys=["hjemme1"])
    told = snapshots.snapshot(
        scales=[snapshots.scale("trygg", "Trygg i oppdraget"), longer],
        items=[snapshots.item("trygg1", "Jeg vet."), snapshots.item("hjemme1", "Vi vet.")],
    )
    return snapshots.released(wave(study(), code="T1"), told)


def said_in(file: bytes) -> str:
    paper = docx.Document(BytesIO(file))
    return "\n".join(each.text for each in paper.paragraphs)


def test_the_report_shows_the_items_of_the_primary_outcome_alone(made: Release) -> None:
    said = said_in(steering_report(made, "nb"))
    assert "Trygg i oppdraget: svarene på hvert spørsmål" in said
    assert "Trygg hjemme: svarene" not in said


def test_the_appendix_has_the_counts_of_when_they_think_back(made: Release) -> None:
    with override("nb"):
        paper = docx.Document(BytesIO(technical_report(made, "nb")))
        assert any(each.text == "Når de tenker tilbake" for each in paper.paragraphs)
        assert any(cell.text == "17" for table in paper.tables for cell in table._cells)
        made.technical["look_back"][0] |= {"counts": [], "why": "few"}
        assert "Når de tenker tilbake" not in said_in(technical_report(made, "nb"))


def test_one_of_a_list_keeps_its_place_among_those_that_are_told() -> None:
    told, _whole = told_items(definition([one("oppmote")]), {}, {})
    assert (told[0]["kind"], told[0]["best"]) == ("one", "")
