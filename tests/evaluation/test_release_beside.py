"""Beside what is out already: nobody follows from the difference, whoever came, left or asked in between."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from evaluation.answers.veils import ID_BYTES, veiled
from evaluation.models import Occasion, Response, Wave
from evaluation.releases import releasing, working_out
from evaluation.releases.asked import asked, awaits
from evaluation.releases.working_out import work_out
from evaluation.synthetic import fill
from tests.paired import pair_of, pairs_of, rows_of
from tests.study_factories import frozen_version, occasion, statement, study, wave

if TYPE_CHECKING:
    from evaluation.models import Release, Study

pytestmark = pytest.mark.django_db(databases=["default", "answers"])
PILOT, LATER = "pilot", "implementation"


def counted_wave(of: Study, order: int, **fields: Any) -> Wave:
    each = wave(of, code=f"T{order}", order=order, **fields)
    at = occasion(wave=each)
    Occasion.objects.filter(pk=at.pk).update(state=Occasion.State.COUNTED)
    return each


@pytest.fixture
def waves() -> list[Wave]:
    """Before, after and half a year after, of one questionnaire; sixty families at the first two."""
    of = study(key="piloten")
    version = frozen_version(items=[statement(f"t{number:02}") for number in range(1, 5)], key="trygg")
    found = [counted_wave(of, order, versions=[version]) for order in range(3)]
    fill(*found[:2], PILOT, 60, seed=5)
    return found


def answered_again(but: int = 0) -> None:
    """Those of T1 but for the first ``but`` answer at T2 as they did then."""
    for place, row in enumerate(list(Response.objects.filter(wave="T1").order_by("pk"))[but:]):
        row.pk, row.wave = 2_000_000_000 + place, "T2"
        row.save(force_insert=True)


def withdrawn(code: str = "T1", people: int = 1) -> None:
    for row in Response.objects.filter(wave=code, phase=PILOT).order_by("pk")[:people]:
        rows_of({pair_of(row)}).delete()


def told(of: Wave, phase: str = PILOT) -> tuple[dict[str, Any], dict[str, Any]]:
    return work_out(of, phase, slow=False)


def let_out(of: Wave, phase: str = PILOT) -> Release:
    return releasing.release(of, phase, releasing.content_of(of, phase, slow=False))


# --- two of one study at once
def test_of_two_that_were_worked_out_the_second_is_worked_out_again_when_the_first_is_out(
    waves: list[Wave],
) -> None:
    answered_again(but=1)
    first, second = (releasing.content_of(each, PILOT, slow=False) for each in waves[1:])
    releasing.release(waves[1], PILOT, first)
    with pytest.raises(releasing.OutdatedError):
        releasing.release(waves[2], PILOT, second)
    assert let_out(waves[2]).snapshot["scales"][0]["alone"]


# --- the rows are no longer those that were released
@pytest.mark.parametrize("change", ["withdrawn", "came"])
def test_beside_a_release_whose_rows_have_changed_nothing_of_the_scale_is_told(
    waves: list[Wave], change: str
) -> None:
    let_out(waves[1])
    if change == "withdrawn":
        withdrawn()
    else:
        row = Response.objects.filter(wave="T0").order_by("pk")[0]
        row.pair_id, row.household_id = veiled([b"x" * ID_BYTES, b"y" * ID_BYTES])
        for place, code in enumerate(("T0", "T1")):
            row.pk, row.wave = 2_100_000_000 + place, code
            row.save(force_insert=True)
    answered_again()
    for part in told(waves[2]):
        assert [row["why"] for row in part["scales"]] == ["beside"]
        assert part["sites"] == []
        assert all(row["why"] for row in part["items"])


def test_beside_a_release_whose_every_row_is_gone_nothing_is_told(waves: list[Wave]) -> None:
    answered_again()
    let_out(waves[1])
    Response.objects.filter(wave="T1").delete()
    assert [row["why"] for row in told(waves[2])[0]["scales"]] == ["beside"]


def test_beside_a_release_that_told_who_left_one_of_those_who_took_hers_back_hides_the_scale(
    waves: list[Wave],
) -> None:
    gone = pairs_of(Response.objects.filter(wave="T1").order_by("pk")[:12])
    rows_of(gone).filter(wave="T1").delete()
    (row,) = let_out(waves[1]).technical["scales"]
    assert row["stayed_or_left"]
    answered_again()
    assert told(waves[2])[0]["scales"][0]["why"] == ""
    rows_of(gone[:1]).delete()
    assert told(waves[2])[0]["scales"][0]["why"] == "beside"


# --- pilot and implementation
def test_the_pilots_change_is_told_as_it_was_let_out_whoever_has_withdrawn_since(waves: list[Wave]) -> None:
    out = let_out(waves[1])
    fill(*waves[:2], LATER, 40, seed=7)
    before = [part["phases"] for part in told(waves[1], LATER)]
    withdrawn(people=5)
    assert [part["phases"] for part in told(waves[1], LATER)] == before
    assert before[0][0]["pilot"] == out.snapshot["scales"][0]["change"]
    assert before[1][0]["difference"]["interval"]


# --- first asked after the course
def test_what_is_first_asked_after_the_course_is_told_with_its_next_time(waves: list[Wave]) -> None:
    new = frozen_version(items=[statement(f"n{number}") for number in range(1, 5)], key="nytt")
    of = waves[0].study
    first, second = counted_wave(of, 3, versions=[new]), counted_wave(of, 4, versions=[new])
    fill(first, second, PILOT, 60, seed=6)
    (only,) = asked(first, PILOT)
    assert awaits(first, only)
    (again,) = asked(second, PILOT)
    assert again.pairs is not None
    assert not awaits(second, again)
    (row,) = told(second)[0]["scales"]
    assert (row["why"], "change" in row) == ("", True)
    assert [row["why"] for row in told(first)[0]["scales"]] == ["with-pairs"]


# --- as it is stored
def test_no_minus_nought_is_let_out(waves: list[Wave], monkeypatch: pytest.MonkeyPatch) -> None:
    """PostgreSQL stores it as nought, and the release would no longer be the one its checksum is of."""
    monkeypatch.setattr(working_out, "dose", lambda *_all: ([{"rho": -0.0}], [{"interval": [-0.0, 0.1]}]))
    snapshot, technical = told(waves[1])
    assert str(snapshot["dose"]) == "[{'rho': 0.0}]"
    assert str(technical["dose"]) == "[{'interval': [0.0, 0.1]}]"
