"""What stands around a change, and beside it: each figure with its own limit, and no number below it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from courses.models import Region
from evaluation.figures.disclosure import Population
from evaluation.figures.scales import moved
from evaluation.figures.statistics.change import Difference, Reliable
from evaluation.figures.statistics.samples import Interval
from evaluation.figures.tables import Pairs
from evaluation.instruments.definition import Choice, Item, Words
from evaluation.models import Occasion, Release, Response, Wave
from evaluation.releases import around, releasing, telling
from evaluation.releases.asked import Asked, asked
from evaluation.releases.reports import steering_report, technical_report
from evaluation.releases.words import closer
from evaluation.releases.working_out import work_out
from evaluation.synthetic import fill
from tests.study_factories import definition, frozen_version, occasion, statement, study, wave

if TYPE_CHECKING:
    from courses.models import User
    from evaluation.figures.scales import Moved
    from evaluation.instruments.definition import Definition
    from tests.people import LogIn

pytestmark = pytest.mark.django_db(databases=["default", "answers"])
PILOT, LATER = "pilot", "implementation"
BANDS = tuple(
    Choice(code, Words(nb, nn))
    for code, nb, nn in (
        (1, "Ingen til tre", "Ingen til tre"),
        (2, "Fire eller fem", "Fire eller fem"),
        (3, "Alle seks", "Alle seks"),
    )
)


def one(key: str, choices: tuple[Choice, ...] = BANDS) -> Item:
    return Item(key, "one", Words(f"Spørsmål {key}", f"Spørsmål {key}"), "del", choices=choices)


@pytest.fixture
def waves() -> tuple[Wave, Wave, Wave]:
    """Before, after and half a year after; after the course also how many evenings, and looking back."""
    made = study(key="piloten")
    trygg = frozen_version(items=[statement(f"t{number:02}") for number in range(1, 13)], key="trygg")
    made.primary_outcome = "trygg.trygg"
    made.save()
    after = frozen_version(items=[one("oppmote"), one("tilbake")], key="etter-kurset")
    found = []
    for order, (code, versions) in enumerate((("T0", [trygg]), ("T1", [trygg, after]), ("T2", [trygg]))):
        each = wave(made, code=code, order=order, versions=versions)
        counted = occasion(wave=each)
        Occasion.objects.filter(pk=counted.pk).update(state=Occasion.State.COUNTED)
        found.append(each)
    return found[0], found[1], found[2]


def told(of: Wave, phase: str = PILOT) -> tuple[dict[str, Any], dict[str, Any]]:
    return work_out(of, phase, slow=False)


def the_change(of: Wave) -> tuple[Definition, Moved]:
    each: Asked = next(each for each in asked(of, PILOT) if each.pairs)
    assert each.pairs is not None
    return each.definition, moved(each.definition, each.definition.scales[0], each.pairs)


def answered_half_a_year_after(waves: tuple[Wave, Wave, Wave], but: int) -> None:
    """Those of T1 but for the first ``but`` people answer the same again, in another order."""
    trygg = waves[2].instruments.get().version_id
    rows = list(Response.objects.filter(wave="T1", version=trygg).order_by("pk"))[but:]
    for place, row in enumerate(reversed(rows)):
        row.pk, row.wave = place + 1, "T2"
        row.save(force_insert=True)


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
    """Who says «alle seks» moved most: whoever is paired with another has no such correlation."""
    fill(*waves[:2], PILOT, 60, seed=5)
    trygg, after = (row.version_id for row in waves[1].instruments.order_by("order"))
    before = {bytes(row.pair_id): row for row in Response.objects.filter(wave="T0", version=trygg)}
    says = {bytes(row.pair_id): row for row in Response.objects.filter(wave="T1", version=after)}
    for nth, row in enumerate(Response.objects.filter(wave="T1", version=trygg).order_by("pk")):
        pair, steps = bytes(row.pair_id), nth % 3
        start = np.array([2, 3] * 6, dtype="<i2") if nth % 2 else np.array([2] * 12, dtype="<i2")
        Response.objects.filter(pk=before[pair].pk).update(vector=start.tobytes())
        Response.objects.filter(pk=row.pk).update(vector=(start + np.int16(steps)).tobytes())
        Response.objects.filter(pk=says[pair].pk).update(vector=np.array([steps + 1, 3], "<i2").tobytes())
    ((row,), _whole) = (part["dose"] for part in told(waves[1]))
    assert (row["rho"], row["words"]) == (1.0, "strong")
    assert [each.get("change") for each in row["bands"]] in ([0.0, 1.0, 2.0], [None] * 3)


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


# --- half a year after
def let_out(of: Wave, phase: str = PILOT) -> Release:
    return releasing.release(of, phase, releasing.content_of(of, phase, slow=False))


def test_of_nearly_the_same_people_only_the_change_is_told(waves: tuple[Wave, Wave, Wave]) -> None:
    fill(*waves[:2], PILOT, 60, seed=5)
    let_out(waves[1])
    answered_half_a_year_after(waves, but=1)
    snapshot, technical = told(waves[2])
    (row,), (whole,) = snapshot["scales"], technical["scales"]
    assert (row["why"], row["alone"], whole["alone"]) == ("", True, True)
    assert row["change"] == round(whole["change"]["mean"], 1)
    levels = {"before", "after", "mean_before", "mean_after", "sd_before", "correlation", "d_av", "alpha"}
    assert not levels & set(json.dumps([row, whole]).replace('"', " ").replace(":", " ").split())
    assert snapshot["sites"] == technical["sites"] == []
    assert all(each["why"] for each in snapshot["items"] + technical["items"])


def test_pages_and_reports_of_a_change_alone_say_why_the_levels_are_not_there(
    waves: tuple[Wave, Wave, Wave], logged_in: LogIn, project_leader: User
) -> None:
    fill(*waves[:2], PILOT, 60, seed=5)
    let_out(waves[1])
    answered_half_a_year_after(waves, but=1)
    made = let_out(waves[2])
    client = logged_in(project_leader)
    assert "endringen er" in client.get(f"/resultater/{made.pk}/").content.decode()
    for page in ("skalaer", "moduler", "metode"):
        assert client.get(f"/resultater/{made.pk}/{page}/").status_code == 200
    (row,) = made.snapshot["scales"]
    assert any("nesten de samme" in sentence for sentence in closer(row))
    for report in (steering_report, technical_report):
        assert report(made, "nb")[:2] == b"PK"


def test_of_the_same_people_the_whole_is_told(waves: tuple[Wave, Wave, Wave]) -> None:
    fill(*waves[:2], PILOT, 60, seed=5)
    let_out(waves[1])
    answered_half_a_year_after(waves, but=0)
    (row,) = told(waves[2])[0]["scales"]
    assert (row["why"], row["alone"]) == ("", False)
    assert row["left"] == {"why": "beside"}


def test_near_the_end_of_the_scale_a_change_alone_would_tell_the_level(
    waves: tuple[Wave, Wave, Wave],
) -> None:
    """All but six are at 5 half a year after: with the level before, known but for one, hers would follow."""
    fill(*waves[:2], PILOT, 20, seed=5)
    let_out(waves[1])
    answered_half_a_year_after(waves, but=1)
    rows = list(Response.objects.filter(wave="T2").order_by("pk"))
    for row in rows[6:]:
        Response.objects.filter(pk=row.pk).update(vector=b"\x05\x00" * 12)
    snapshot, technical = told(waves[2])
    assert [row["why"] for row in snapshot["scales"] + technical["scales"]] == ["beside", "beside"]


def test_a_change_alone_leaves_every_answer_open(waves: tuple[Wave, Wave, Wave]) -> None:
    """Whoever is in the one release and not in the other: with the sums of both her answer may be any.

    The attacker knows all sums that are out and the answers of a household. For each value she might have
    given before there are answers of the others, after, that give the same sums: the change alone binds
    neither end of it.
    """
    fill(*waves[:2], PILOT, 60, seed=5)
    answered_half_a_year_after(waves, but=1)
    given, found = the_change(waves[2])
    scale = given.scales[0]
    assert around.may_be_told_alone(scale, found)
    n, sum_after = found.population.adults, found.population.adults * found.after.mean
    for known in (0, 2 * scale.low, 2 * scale.high):  # the household's sum after
        others = n - (2 if known else 0)
        for shift in (scale.low - scale.high, scale.high - scale.low):  # of the unknown one's answer before
            left = sum_after - known + shift
            assert others * scale.low <= left <= others * scale.high


def test_a_scale_that_shares_items_with_one_told_whole_is_not_told_alone(
    waves: tuple[Wave, Wave, Wave], monkeypatch: pytest.MonkeyPatch
) -> None:
    from evaluation.releases import working_out

    both = definition(items=[statement(f"t{number:02}") for number in range(1, 5)])
    (large,) = both.scales
    small = replace(large, key="m1", items=large.items[:2], min_answered=2)
    each = Asked(
        replace(both, scales=(large, small)), None, None, Pairs(None, None, None), earlier=(object(),)
    )  # type: ignore[arg-type]
    monkeypatch.setattr(working_out, "may_stand", lambda _d, scale, *_more: scale == small)
    assert working_out._shares_items_with_a_told_level(each, large)
    monkeypatch.setattr(working_out, "may_stand", lambda *_all: False)
    assert not working_out._shares_items_with_a_told_level(each, large)


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
