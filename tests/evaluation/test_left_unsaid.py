"""Below a limit a figure of the technical appendix does not just vanish: a sentence says what it takes."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from docx import Document

from evaluation.releases import formulas, left_unsaid, releasing
from evaluation.releases.reports import technical_report
from evaluation.synthetic import fill
from tests.evaluation.release_rows import PILOT, counted, second_wave

if TYPE_CHECKING:
    from evaluation.models import Release

pytestmark = pytest.mark.django_db(databases=["default", "answers"])


def let_out(people: int, *, slow: bool = False) -> Release:
    after = second_wave()
    counted(after)
    fill(after.study.waves.get(code="T0"), after, PILOT, people, seed=5)
    return releasing.release(after, PILOT, releasing.content_of(after, PILOT, slow=slow))


def said_of(made: Release) -> list[str]:
    (row,) = made.technical["scales"]
    assert row["why"] == ""
    return [sentence.partition(":")[0] for sentence in left_unsaid.sentences(row)]


def test_of_few_people_the_appendix_says_what_is_not_worked_out() -> None:
    made = let_out(10)
    assert {"ω", "Pålitelig endring", "Klyngerobust intervall", "Blandet modell"} <= set(said_of(made))
    content = technical_report(made, "nb")
    assert content is not None
    paragraphs = [each.text for each in Document(BytesIO(content)).paragraphs]
    assert "Dette er ikke regnet ut her, eller kan ikke vises:" in paragraphs
    assert str(left_unsaid.ITEMS["omega"]) in paragraphs


def test_what_is_there_is_not_said_to_be_missing() -> None:
    made = let_out(150, slow=True)
    assert not set(said_of(made)) & {"Intervall og effektstørrelser", "Wilcoxon og Hodges–Lehmann"}


def test_every_figure_that_can_be_missing_has_a_sentence() -> None:
    level: dict[str, Any] = {"alpha": None, "omega": None, "spearman_brown": None, "ends": None}
    row = {"items": 3, "before": level, "after": level, "change": {"effects": None}}
    row |= dict.fromkeys(left_unsaid.OTHERS)
    assert len(left_unsaid.sentences(row)) == 2 + len(left_unsaid.ITEMS) + len(left_unsaid.OTHERS)
    assert left_unsaid.sentences(level | {"items": 2, "ends": {}}) == [str(left_unsaid.ITEMS["alpha"])]


@pytest.mark.parametrize(
    "what",
    ["Kvelder og endring", "Falt fra mot ble", "Hvert hjem én gang", "Svarandel og frafall", "Gjennomføring"],
)
def test_every_kind_of_figure_has_its_formula(what: str) -> None:
    assert what in {name for name, _how, _source in formulas.table()}


def test_the_interval_of_d_av_is_said_to_be_our_own() -> None:
    (row,) = (row for row in formulas.table() if row[0] == "d_av")
    assert "vårt eget" in row[1]
    assert row[2] == "Lakens 2013"
