"""What stands around a change, and beside it: each figure with its own limit, and no number below it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from courses.models import Region
from evaluation.figures import scales
from evaluation.figures.disclosure import Population
from evaluation.figures.statistics.change import Difference, Reliable
from evaluation.figures.statistics.samples import Interval
from evaluation.models import Response, Wave
from evaluation.releases import around, left_unsaid, releasing, telling
from evaluation.synthetic import fill
from tests.evaluation.change_told import BANDS, PILOT, the_change, told, waves
from tests.paired import pair_of

__all__ = ["waves"]
pytestmark = pytest.mark.django_db(databases=["default", "answers"])


# --- who left
def test_who_left_is_told_beside_who_stayed_where_both_may_be(waves: tuple[Wave, Wave, Wave]) -> None:
    fill(*waves[:2], PILOT, 60, seed=5)
    (row,) = told(waves[1])[0]["scales"]
    left = row["left"]
    assert left["why"] == ""
    assert left["n"] == "10–19" or left["n"] == "20+"
    assert left["stayed"] == row["before"]
    assert left["difference"] == pytest.approx(left["left"] - left["stayed"], abs=0.11)


@pytest.mark.parametrize("people", range(5))
def test_of_few_who_left_nothing_is_told_and_the_same_of_none(
    waves: tuple[Wave, Wave, Wave], people: int
) -> None:
    fill(*waves[:2], PILOT, 30, seed=5)
    given, found = the_change(waves[1])
    found = replace(found, left=Population(people, people), stayed_or_left=Difference(0.1, None, None))
    assert around.told_around(given.scales[0], found)["left"] == {"why": "few"}


def test_who_left_and_all_answered_at_the_end_of_the_scale_are_not_told(
    waves: tuple[Wave, Wave, Wave],
) -> None:
    fill(*waves[:2], PILOT, 60, seed=5)
    given, found = the_change(waves[1])
    end = Difference(5 - found.before.mean, Interval(0, 1), 0.1)
    assert around.told_around(given.scales[0], replace(found, stayed_or_left=end))["left"] == {"why": "alike"}
    assert around.told_around(given.scales[0], replace(found, stayed_or_left=None))["left"] == {
        "why": "alike"
    }


# --- how single people moved
@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ((40, 60, 0), ("some", "half", "few")),
        ((40, 56, 4), ("some", "half", "few")),
        ((0, 95, 5), ("few", "all", "few")),
        ((75, 20, 5), ("most", "some", "few")),
    ],
)
def test_single_change_is_told_in_words_and_four_are_as_none(
    waves: tuple[Wave, Wave, Wave], counts: tuple[int, int, int], words: tuple[str, str, str]
) -> None:
    fill(*waves[:2], PILOT, 60, seed=5)
    given, found = the_change(waves[1])
    spread = around.told_around(given.scales[0], replace(found, reliable=Reliable(0.72, *counts)))["spread"]
    assert spread == {"why": "", "limit": 0.7} | dict(zip(("better", "same", "worse"), words, strict=True))


def test_single_change_of_an_unreliable_scale_is_not_told_and_says_why(
    waves: tuple[Wave, Wave, Wave],
) -> None:
    fill(*waves[:2], PILOT, 60, seed=5)
    given, found = the_change(waves[1])
    unreliable = replace(found, reliable=None)
    assert around.told_around(given.scales[0], unreliable)["spread"] == {"why": "unreliable"}
    few = replace(unreliable, population=Population(19, 12))
    assert around.told_around(given.scales[0], few)["spread"] == {"why": "few"}


@pytest.mark.parametrize("is_enough", [True, False])
def test_research_is_told_how_many_moved_only_where_each_of_the_three_may_be_told(
    waves: tuple[Wave, Wave, Wave], is_enough: bool
) -> None:
    fill(*waves[:2], PILOT, 60, seed=5)
    given, found = the_change(waves[1])
    moved = replace(found, reliable=Reliable(0.72, 40, 55, 5), may_have_cells=is_enough)
    row = telling.whole_change(given, given.scales[0], moved)
    counts = {"better": 40, "same": 55, "worse": 5} if is_enough else {"why": "few"}
    assert row["reliable"] == {"limit": 0.72} | counts
    assert (str(left_unsaid.CELLS) in left_unsaid.sentences(row)) is not is_enough


@pytest.mark.parametrize(
    ("moved", "is_enough"),
    [
        ([1] * 5 + [0] * 5 + [-1] * 5, True),
        ([1] * 5 + [0] * 6 + [-1] * 4, False),
        ([1] * 8 + [0] * 7, False),  # nobody is told as a few are
    ],
)
def test_better_same_and_worse_are_each_enough(moved: list[int], is_enough: bool) -> None:
    homes = np.arange(len(moved))
    assert scales._may_have_cells(np.array(moved, float), 0.5, homes) is is_enough
    assert not scales._may_have_cells(np.array(moved, float), 0.5, homes // 3)  # of fewer than four families


# --- homes and groups
def test_homes_and_groups_are_told_in_the_same_unit(waves: tuple[Wave, Wave, Wave]) -> None:
    fill(*waves[:2], PILOT, 90, seed=5)
    (row,) = told(waves[1])[0]["scales"]
    assert row["households"]["change"] == pytest.approx(row["change"], abs=0.2)
    assert row["clusters"]["groups"] == 15
    low, high = row["clusters"]["interval"]
    assert low <= row["change"] <= high


def test_few_groups_have_no_interval_of_groups(waves: tuple[Wave, Wave, Wave]) -> None:
    fill(*waves[:2], PILOT, 30, seed=5)
    (row,) = told(waves[1])[0]["scales"]
    assert row["clusters"] == {"why": "few-groups"}


# --- before, after and change
def test_a_row_says_when_its_roundings_do_not_add_up(waves: tuple[Wave, Wave, Wave]) -> None:
    """3,44 → 3,76 is 3,4 → 3,8 and a change of 0,3."""
    fill(*waves[:2], PILOT, 30, seed=5)
    given, found = the_change(waves[1])

    def row(before: float, after: float) -> dict[str, Any]:
        levels = {"before": replace(found.before, mean=before), "after": replace(found.after, mean=after)}
        changed = replace(found, change=replace(found.change, mean=after - before), **levels)
        return telling.told_change(given, given.scales[0], changed)

    assert (row(3.44, 3.76)["change"], row(3.44, 3.76)["rounded"]) == (0.3, True)
    assert row(3.4, 3.7)["rounded"] is False


# --- how many evenings
def test_change_stands_beside_ones_own_word_on_how_many_evenings(waves: tuple[Wave, Wave, Wave]) -> None:
    fill(*waves[:2], PILOT, 90, seed=5)
    (row,), (whole,) = (part["dose"] for part in told(waves[1]))
    assert row["why"] == ""
    assert row["rho"] == round(row["rho"], 1)
    assert [each["label"]["nb"] for each in row["bands"]] == [choice.label.nb for choice in BANDS]
    assert all(each["why"] or each["n"] for each in row["bands"])
    assert any(not each["why"] for each in row["bands"])
    assert whole["bands"] == row["bands"]  # levels by band could be held against another release
    assert abs(whole["rho"] - row["rho"]) <= 0.05 + 1e-9


def test_the_evenings_are_paired_with_the_right_persons_change(waves: tuple[Wave, Wave, Wave]) -> None:
    """Who says «alle seks» moved most: whoever is paired with another has no such correlation. In each band
    half moved a twelfth more, and half a twelfth less: what all did alike is not told."""
    fill(*waves[:2], PILOT, 60, seed=5)
    Response.objects.update(bucket=None)  # or bands and municipalities would hide each other
    trygg, after = (row.version_id for row in waves[1].instruments.order_by("order"))
    before = {pair_of(row): row for row in Response.objects.filter(wave="T0", version=trygg)}
    says = {pair_of(row): row for row in Response.objects.filter(wave="T1", version=after)}
    for nth, row in enumerate(Response.objects.filter(wave="T1", version=trygg).order_by("pk")):
        pair, steps = pair_of(row), nth % 3
        start = np.array([2, 3] * 6, dtype="<i2") if nth % 2 else np.array([2] * 12, dtype="<i2")
        Response.objects.filter(pk=before[pair].pk).update(vector=start.tobytes())
        end = start + np.int16(steps)
        end[0] += 1 if nth // 3 % 2 else -1
        Response.objects.filter(pk=row.pk).update(vector=end.tobytes())
        Response.objects.filter(pk=says[pair].pk).update(vector=np.array([steps + 1, 3], "<i2").tobytes())
    ((row,), _whole) = (part["dose"] for part in told(waves[1]))
    assert (row["rho"], row["words"]) == (1.0, "strong")
    assert [(each["why"], each.get("change")) for each in row["bands"]] == [("", 0.0), ("", 1.0), ("", 2.0)]


def test_few_who_say_how_many_evenings_have_no_dose(waves: tuple[Wave, Wave, Wave]) -> None:
    fill(*waves[:2], PILOT, 12, seed=5)
    (row,) = told(waves[1])[0]["dose"]
    assert row["why"] == "few"
    assert not {"rho", "bands", "n"} & set(row)


def test_evenings_that_all_are_the_same_have_no_dose(waves: tuple[Wave, Wave, Wave]) -> None:
    fill(*waves[:2], PILOT, 60, seed=5)
    after = waves[1].instruments.order_by("order")[1].version_id
    Response.objects.filter(version=after).update(vector=np.array([3, 3], "<i2").tobytes())
    (row,) = told(waves[1])[0]["dose"]
    assert row["why"] == "same"


def test_without_a_primary_outcome_there_is_no_dose(waves: tuple[Wave, Wave, Wave]) -> None:
    fill(*waves[:2], PILOT, 60, seed=5)
    waves[1].study.primary_outcome = ""
    assert told(waves[1])[0]["dose"] == []


# --- looking back
def test_looking_back_is_a_figure_of_its_own(waves: tuple[Wave, Wave, Wave]) -> None:
    fill(*waves[:2], PILOT, 60, seed=5)
    snapshot, technical = told(waves[1])
    (row,) = snapshot["look_back"]
    assert row["item"] == "tilbake"
    assert sum(row["shares"]["percent"]) in range(98, 103)
    assert sum(technical["look_back"][0]["counts"]) > 30
    assert "tilbake" not in {each["item"] for each in snapshot["items"] + technical["items"]}


def test_nine_who_look_back_are_not_told(waves: tuple[Wave, Wave, Wave]) -> None:
    fill(*waves[:2], PILOT, 60, seed=5)
    after = waves[1].instruments.order_by("order")[1].version_id
    kept = Response.objects.filter(version=after).order_by("pk").values_list("pk", flat=True)[:9]
    Response.objects.filter(version=after).exclude(pk__in=list(kept)).delete()
    (row,) = told(waves[1])[0]["look_back"]
    assert row["why"] == "few"
    assert not {"shares", "n"} & set(row)


# --- the same again
def test_equal_rows_give_the_same_release_and_pictures_byte_for_byte(waves: tuple[Wave, Wave, Wave]) -> None:
    """Pictures too; whichever order the rows were written in."""
    fill(*waves[:2], PILOT, 40, seed=5)
    first = releasing.content_of(waves[1], PILOT)
    rows = list(Response.objects.order_by("-pk"))
    Response.objects.all().delete()
    Response.objects.bulk_create(rows)  # written once more, the last first
    again = releasing.content_of(waves[1], PILOT)
    assert json.dumps(first["technical"]) == json.dumps(again["technical"])
    assert json.dumps(first) == json.dumps(again)
    assert first["pictures"]


def test_a_study_whose_answers_are_all_alike_has_no_figure_anywhere(waves: tuple[Wave, Wave, Wave]) -> None:
    fill(*waves[:2], PILOT, 30, seed=5)
    trygg = waves[2].instruments.get().version_id
    Response.objects.filter(version=trygg).update(vector=b"\x04\x00" * 12)
    snapshot, technical = told(waves[1])
    assert [row["why"] for row in snapshot["scales"] + technical["scales"]] == ["alike", "alike"]
    assert snapshot["dose"] == technical["dose"] == []
    assert "NaN" not in json.dumps([snapshot, technical])
    assert Region.objects.exists()
