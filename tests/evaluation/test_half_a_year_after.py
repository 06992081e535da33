"""Half a year after: of nearly the same people only the level now is told, and no answer before follows."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from unittest import mock

import pytest
from django.utils.translation import override

from evaluation.answers.vectors import NOT_ANSWERED
from evaluation.models import Release, Response, Wave
from evaluation.releases import releasing, scale_rows, words_of_programme
from evaluation.releases.reports import steering_report, technical_report
from evaluation.releases.words import closer
from evaluation.synthetic import fill
from tests.evaluation.change_told import LATER, PILOT, told, waves
from tests.paired import pairs_of, rows_of

if TYPE_CHECKING:
    from courses.models import User
    from tests.people import LogIn

__all__ = ["waves"]
pytestmark = pytest.mark.django_db(databases=["default", "answers"])
NOTHING = NOT_ANSWERED.to_bytes(2, "little", signed=True)


def answered_half_a_year_after(waves: tuple[Wave, Wave, Wave], but: int) -> None:
    """Those of T1 but for the first ``but`` people answer the same again, in another order."""
    trygg = waves[2].instruments.get().version_id
    rows = list(Response.objects.filter(wave="T1", version=trygg).order_by("pk"))[but:]
    for place, row in enumerate(reversed(rows)):
        row.pk, row.wave = place + 1, "T2"
        row.save(force_insert=True)


# --- half a year after
def let_out(of: Wave, phase: str = PILOT) -> Release:
    return releasing.release(of, phase, releasing.content_of(of, phase, slow=False))


def test_of_nearly_the_same_people_only_the_level_now_is_told(waves: tuple[Wave, Wave, Wave]) -> None:
    fill(*waves[:2], PILOT, 60, seed=5)
    let_out(waves[1])
    answered_half_a_year_after(waves, but=1)
    snapshot, technical = told(waves[2])
    (row,), (whole,) = snapshot["scales"], technical["scales"]
    assert (row["why"], row["alone"], whole["alone"]) == ("", True, True)
    assert row["mean"] == round(whole["mean"], 1)
    of_before = {"before", "change", "mean_before", "sd_before", "correlation", "d_av", "ranks", "left"}
    assert not of_before & set(json.dumps([row, whole]).replace('"', " ").replace(":", " ").split())
    assert snapshot["sites"] == technical["sites"] == []
    shown = [each for each in snapshot["items"] if not each["why"]]
    assert shown
    assert all(list(each["shares"]) == ["after"] for each in shown)


def test_pages_and_reports_of_a_level_alone_say_why_the_change_is_not_there(
    waves: tuple[Wave, Wave, Wave], logged_in: LogIn, project_leader: User
) -> None:
    fill(*waves[:2], PILOT, 60, seed=5)
    let_out(waves[1])
    answered_half_a_year_after(waves, but=1)
    made = let_out(waves[2])
    client = logged_in(project_leader)
    assert "gjennomsnittet er" in client.get(f"/resultater/{made.pk}/").content.decode()
    for page in ("skalaer", "moduler", "metode"):
        assert client.get(f"/resultater/{made.pk}/{page}/").status_code == 200
    (row,) = made.snapshot["scales"]
    assert any("bare nivået nå" in sentence for sentence in closer(row))
    for report in (steering_report, technical_report):
        assert report(made, "nb")[:2] == b"PK"


def test_of_the_same_people_the_whole_is_told(waves: tuple[Wave, Wave, Wave]) -> None:
    fill(*waves[:2], PILOT, 60, seed=5)
    let_out(waves[1])
    answered_half_a_year_after(waves, but=0)
    (row,) = told(waves[2])[0]["scales"]
    assert (row["why"], row["alone"]) == ("", False)
    assert row["left"] == {"why": "beside"}


def test_whoever_left_too_much_out_the_first_time_is_not_told_of_by_the_difference(
    waves: tuple[Wave, Wave, Wave],
) -> None:
    """She is among both pairs and had no score at one: the level before is of all but her, and of all."""
    fill(*waves[:2], PILOT, 60, seed=5)
    answered_half_a_year_after(waves, but=0)
    trygg = waves[2].instruments.get().version_id
    someone = Response.objects.filter(wave="T1", version=trygg).order_by("pk")[0]
    Response.objects.filter(pk=someone.pk).update(vector=NOTHING * 12)
    let_out(waves[1])
    (row,) = told(waves[2])[0]["scales"]
    assert row["alone"]


def test_what_is_made_of_single_items_is_told_only_of_waves_whose_items_are(
    waves: tuple[Wave, Wave, Wave],
) -> None:
    """Half a year after the items before are not told again: alpha would say how they hang together."""
    fill(*waves[:2], PILOT, 60, seed=5)
    (whole,) = told(waves[1])[1]["scales"]
    assert whole["before"]["alpha"]
    let_out(waves[1])
    answered_half_a_year_after(waves, but=0)
    (row,), (whole,) = (part["scales"] for part in told(waves[2]))
    assert (whole["before"]["alpha"], whole["reliable"], row["spread"]) == (None, None, {"why": "alike"})
    assert whole["after"]["alpha"]


def test_what_is_told_of_nearly_the_same_people_hangs_on_no_answer_they_gave_before(
    waves: tuple[Wave, Wave, Wave],
) -> None:
    """Nor does whether it is told: all may have been at the top before, or at the bottom, or anywhere."""
    fill(*waves[:2], PILOT, 20, seed=5)
    let_out(waves[1])
    answered_half_a_year_after(waves, but=1)
    first = told(waves[2])
    after = set(pairs_of(Response.objects.filter(wave="T2")))
    someone = rows_of(after).filter(wave="T0").order_by("pk")[0]
    for answer in (b"\x01\x00", b"\x05\x00"):
        Response.objects.filter(pk=someone.pk).update(vector=answer * 12)
        with mock.patch.object(scale_rows, "have_changed", return_value=False):
            assert told(waves[2]) == first


# --- whether it lasts
def said_of_lasting(of: Wave) -> str:
    """As RE-AIM says it, of a release worked out now."""
    with override("nb"):
        dimensions = dict(words_of_programme.reaim(told(of)[0], "nb"))
    return dimensions["Varighet"]  # the last of two lines


@pytest.fixture
def late(waves: tuple[Wave, Wave, Wave]) -> Wave:
    """Half a year after, by its window as well as by its name."""
    waves[2].anchor, waves[2].opens_after_days, waves[2].name_nb = (
        Wave.Anchor.LAST_EVENING,
        180,
        "Etter et halvår",
    )
    waves[2].save()
    return waves[2]


def test_a_change_half_a_year_after_that_may_not_be_told_is_not_said_to_be_unmeasured(
    waves: tuple[Wave, Wave, Wave], late: Wave
) -> None:
    fill(*waves[:2], PILOT, 60, seed=5)
    let_out(waves[1])
    answered_half_a_year_after(waves, but=1)
    assert said_of_lasting(late) == "Etter et halvår: Endringen i hovedutfallet kan ikke vises."


@pytest.mark.parametrize("answered", range(5))
def test_whether_few_or_none_answered_half_a_year_after_the_same_is_said(
    waves: tuple[Wave, Wave, Wave], late: Wave, answered: int
) -> None:
    """That it was asked is known to everybody; what it found is not."""
    fill(*waves[:2], PILOT, 60, seed=5)
    answered_half_a_year_after(waves, but=0)
    Response.objects.filter(wave="T2", pk__gt=answered).delete()  # they are numbered from 1
    assert Response.objects.filter(wave="T2").count() == answered
    assert said_of_lasting(late) == "Etter et halvår: Endringen i hovedutfallet kan ikke vises."


def test_a_change_half_a_year_after_is_told_where_it_may_be(
    waves: tuple[Wave, Wave, Wave], late: Wave
) -> None:
    fill(*waves[:2], PILOT, 60, seed=5)
    answered_half_a_year_after(waves, but=0)
    said = said_of_lasting(late)
    assert said.startswith("Etter et halvår: ")
    assert "fra før til etter. Trolig mellom" in said


def test_where_no_primary_outcome_is_chosen_half_a_year_after_says_so(
    waves: tuple[Wave, Wave, Wave], late: Wave
) -> None:
    late.study.primary_outcome = ""
    late.study.save()
    fill(*waves[:2], PILOT, 60, seed=5)
    assert said_of_lasting(late).startswith("Etter et halvår: Det er ikke valgt et hovedutfall")


def test_a_wave_that_does_not_ask_the_primary_outcome_has_not_measured_it(
    waves: tuple[Wave, Wave, Wave], late: Wave
) -> None:
    late.study.primary_outcome = "etter-kurset.annet"
    late.study.save()
    fill(*waves[:2], PILOT, 60, seed=5)
    snapshot, _whole = told(late)
    with override("nb"):
        said = [sentence for _dimension, sentence in words_of_programme.reaim(snapshot, "nb")]
    assert "Hovedutfallet er ikke målt i denne offentliggjøringen." in said
    assert said[-1] == "Om endringen varer, er ikke målt i denne offentliggjøringen."


def test_right_after_the_course_it_is_not_measured_whether_a_change_lasts(
    waves: tuple[Wave, Wave, Wave],
) -> None:
    fill(*waves[:2], PILOT, 60, seed=5)
    assert said_of_lasting(waves[1]) == "Om endringen varer, er ikke målt i denne offentliggjøringen."


# --- pilot and implementation
def test_a_change_that_the_pilot_did_not_tell_is_not_told_with_the_next_phase(
    waves: tuple[Wave, Wave, Wave],
) -> None:
    fill(*waves[:2], PILOT, 3, seed=5)  # too few: the pilot's release has no number
    let_out(waves[1])
    fill(*waves[:2], PILOT, 30, seed=6)  # more came in afterwards
    fill(*waves[:2], LATER, 30, seed=7)
    (row,) = told(waves[1], LATER)[0]["phases"]
    assert row["why"] == "few"
    assert "pilot" not in row


def test_both_changes_and_their_difference_are_told_when_both_are_out(waves: tuple[Wave, Wave, Wave]) -> None:
    fill(*waves[:2], PILOT, 40, seed=5)
    out = let_out(waves[1])
    fill(*waves[:2], LATER, 40, seed=7)
    (row,) = told(waves[1], LATER)[0]["phases"]
    assert row["pilot"] == out.snapshot["scales"][0]["change"]
    assert row["difference"] == pytest.approx(row["implementation"] - row["pilot"], abs=0.11)
