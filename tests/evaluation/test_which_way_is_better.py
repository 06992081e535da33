"""Wherever a change is told, so is which way it went: also where low is good, or neither end is."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

import docx
import pytest
from django.utils.translation import override

from evaluation.releases import (
    words,
    words_of_dose,
    words_of_lights,
    words_of_modules,
    words_of_numbers,
    words_of_phases,
    words_of_places,
    words_of_programme,
)
from evaluation.releases.exports import codebook
from evaluation.releases.pictures import change_table, pictures
from evaluation.releases.reports import place_report, steering_report, technical_report
from tests.evaluation import snapshots
from tests.study_factories import study, wave

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evaluation.models import Release

pytestmark = pytest.mark.django_db(databases=["default", "answers"])

LOW = {"better": "low", "before": 3.4, "after": 3.0, "change": 0.4, "rounded": False}
BETTER = {"nb": "0,4 til det bedre", "nn": "0,4 til det betre"}
BETWEEN = {"nb": "0,1 og 0,6 til det bedre", "nn": "0,1 og 0,6 til det betre"}


def stress(**more: Any) -> dict[str, Any]:
    return snapshots.scale("stress", "Stress", **(LOW | more))


def surfaces(row: dict[str, Any], language: str) -> dict[str, str]:
    """All that is said and shown of a change, but for documents."""
    phases = {"pilot": 0.4, "implementation": 0.4, "difference": 0.1}
    band = {"label": snapshots.both("Fire"), "why": "", "n": "10–19", "change": 0.4}
    told = snapshots.snapshot(scales=[row], dose=[row | {"rho": 0.2, "words": "weak", "bands": [band]}])
    told["study"]["primary_outcome"] = "hverdag.stress"
    drawn = {each["name"]: each for each in pictures(told) if each["language"] == language}
    names = ("endring-1", "skala-hverdag-stress")
    return {
        "finding": words.finding(row, language),
        "in short": words.in_short(row, language),
        "table": str(change_table([row], language)),
        "place": str(words_of_places.as_cells(row)),
        "RE-AIM": words_of_programme.reach({"what": "change", "chosen": True, "row": row}, language),
        "phases": words_of_phases.between_phases(row | phases, language),
        "dose": str(drawn["kvelder"]["table"]),
        **{f"words of {name}": drawn[name]["words"] for name in names},
        **{f"table of {name}": str(drawn[name]["table"]) for name in names},
    }


def said_by(row: dict[str, Any], language: str) -> Iterator[tuple[str, str]]:
    for where, said in surfaces(row, language).items():
        yield where, said.replace("\\xa0", " ")


@pytest.mark.parametrize("language", ["nb", "nn"])
def test_a_fall_where_low_is_good_is_said_to_be_for_the_better_everywhere(language: str) -> None:
    with override(language):
        for where, said in said_by(stress(), language):
            assert BETTER[language] in said, where
            assert "+0,4" not in said, where
            if where != "dose":
                assert BETWEEN[language] in said, where


def test_the_same_words_are_used_where_high_is_good_and_others_where_neither_is() -> None:
    with override("nb"):
        for better, way in (("high", "til det bedre"), ("neither", "opp")):
            row = stress(better=better, before=3.0, after=3.4)
            for where, said in said_by(row, "nb"):
                assert f"0,4 {way}" in said, where


@pytest.mark.parametrize(
    ("ends", "better", "said"),
    [
        ([0.1, 0.5], "low", "0,1 og 0,5 til det bedre"),
        ([-0.5, -0.1], "high", "0,1 og 0,5 til det verre"),
        ([-0.2, 0.3], "high", "0,2 til det verre og 0,3 til det bedre"),
        ([-0.2, 0.3], "neither", "0,2 ned og 0,3 opp"),
        ([0.0, 0.3], "high", "0,0 og 0,3 til det bedre"),
        ([-0.3, 0.0], "neither", "0,0 og 0,3 ned"),
        ([0.0, 0.0], "high", "0,0 og 0,0"),
        (None, "high", "–"),
    ],
)
def test_an_interval_says_which_way_each_end_is(ends: list[float] | None, better: str, said: str) -> None:
    with override("nb"):
        assert words_of_numbers.between(ends, {"better": better}) == said


def test_no_change_goes_no_way() -> None:
    with override("nb"):
        assert words_of_numbers.moved(0.0, {"better": "low"}) == "0,0"


def test_those_who_left_are_said_to_have_been_better_or_worse_off() -> None:
    """Their difference is of the score as it is: higher stress is worse, and higher trust is better."""
    left = {"why": "", "n": "5–9", "stayed": 3.0, "left": 3.4, "difference": 0.4, "interval": [0.1, 0.6]}
    with override("nb"):
        said = {each: words.who_left(stress(better=each, left=left)) for each in ("low", "high", "neither")}
    assert "0,1 og 0,6 til det verre for dem som bare svarte før" in said["low"]
    assert "0,1 og 0,6 til det bedre for dem" in said["high"]
    assert "0,1 og 0,6 opp for dem" in said["neither"]


def test_homes_and_groups_say_it_as_well() -> None:
    clusters = {"why": "", "groups": 12, "interval": [0.1, 0.6]}
    with override("nb"):
        said = " ".join(words.closer(stress(households={"why": "", "change": 0.4, "interval": [0.1, 0.6]})))
        grouped = " ".join(words.closer(stress(clusters=clusters)))
    assert "Hvert hjem telt én gang: 0,4 til det bedre, trolig mellom 0,1 og 0,6 til det bedre." in said
    assert "12 grupper er ulike: trolig mellom 0,1 og 0,6 til det bedre." in grouped


def test_a_rank_correlation_is_no_change_and_has_no_direction_of_the_scale() -> None:
    row = {"why": "", "rho": 0.3, "interval": [-0.1, 0.5], "words": "some", "better": "low"}
    with override("nb"):
        assert "trolig mellom −0,1 og 0,5." in words_of_dose.dose(row)


def test_the_picture_says_what_right_and_plus_are() -> None:
    rows = [stress(), snapshots.scale("stil", "Stil", better="neither")]
    told = snapshots.snapshot(scales=rows)
    drawn = {each["name"]: each["svg"] for each in pictures(told) if each["language"] == "nb"}
    assert "Til høyre (pluss) er bedre." in drawn["endring-1"]
    assert "Til høyre (pluss) er opp." in drawn["endring-2"]


# --- documents
def words_in(file: bytes | None) -> str:
    assert file
    paper = docx.Document(BytesIO(file))
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    return "\n".join([paragraph.text for paragraph in paper.paragraphs] + cells).replace("\u00a0", " ")


@pytest.fixture
def made() -> Release:
    told = snapshots.snapshot(scales=[stress()], sites=[stress(municipality=1, name="Fjellvik")])
    told["study"]["primary_outcome"] = "hverdag.stress"
    return snapshots.released(wave(study(), code="T1"), told)


@pytest.mark.parametrize("language", ["nb", "nn"])
def test_documents_say_which_way_too(made: Release, language: str) -> None:
    for said in (steering_report(made, language), place_report(made, 1, language)):
        assert BETTER[language] in words_in(said)
        assert "+0,4" not in words_in(said)


@pytest.mark.parametrize(
    ("language", "plus"), [("nb", "Pluss er til det bedre."), ("nn", "Pluss er til det betre.")]
)
def test_the_technical_appendix_says_what_plus_is(made: Release, language: str, plus: str) -> None:
    assert plus in words_in(technical_report(made, language))


def test_whoever_reads_the_data_is_told_how_a_change_is_turned() -> None:
    said = [rule for rule in codebook.RULES if "til det bedre" in rule.nb]
    assert [("til det betre" in rule.nn, "snudd" in rule.nb) for rule in said] == [(True, True)]


# --- what to decide
@pytest.mark.parametrize(("better", "beyond"), [("low", "er over grensen"), ("high", "er under grensen")])
def test_a_red_light_is_above_its_limit_where_low_is_good(better: str, beyond: str) -> None:
    row = snapshots.criterion("outcome", "red", 3.4, green=2, red=3) | {"title": snapshots.both("Stress")}
    with override("nb"):
        said = " ".join(words_of_lights.decisions([row | {"better": better}], "nb"))
    assert beyond in said
    with override("nn"):
        said = " ".join(words_of_lights.decisions([row | {"better": better}], "nn"))
    assert beyond.replace("grensen", "grensa") in said


@pytest.mark.parametrize(
    ("measure", "asked"),
    [
        ("attendance", "Er oppmøte og logg ført"),
        ("adherence", "Er oppmøte og logg ført"),
        ("pairs", "Hvordan får dere nok svar?"),
        ("outcome", "Hvordan får dere nok svar?"),
    ],
)
def test_what_is_missing_is_what_the_light_is_made_of(measure: str, asked: str) -> None:
    with override("nb"):
        (said, _next) = words_of_lights.decisions([snapshots.criterion(measure, "none", None)], "nb")
    assert asked in said


# --- ends of a range
@pytest.mark.parametrize(
    ("low", "high", "said"), [(12.5, 62.5, "12,5 til 62,5"), (1.0, 5.0, "1 til 5"), (-0.25, 2, "−0,25 til 2")]
)
def test_the_ends_of_a_range_are_those_of_the_scale(low: float, high: float, said: str) -> None:
    with override("nb"):
        assert f"på en skala fra {said}" in words.of_range({"low": low, "high": high, "better": "neither"})
        verdict = words_of_modules.verdict({"why": "", "verdict": 4.2, "high": high})
    assert verdict.endswith(said.rpartition(" ")[2])
