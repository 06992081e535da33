"""Who was asked and answered, criteria and departures, and staff without a group, as a release has them."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from django.utils import timezone
from django.utils.translation import override

from evaluation.figures.disclosure import Population
from evaluation.models import Criterion, Occasion, Response, Wave
from evaluation.releases import criteria, reach, releasing, verdicts, words_of_lights
from evaluation.releases.asked import asked, departures
from evaluation.releases.occasions import occasions_of, open_occasions, waves_and_phases
from evaluation.releases.working_out import work_out
from evaluation.synthetic import fill
from tests.evaluation.release_rows import PILOT, counted, group_of, second_wave
from tests.factories import EveningFactory, GroupFactory, MunicipalityFactory
from tests.study_factories import evening_wave, frozen_version, occasion, study, wave

pytestmark = pytest.mark.django_db(databases=["default", "answers"])


@pytest.fixture
def after() -> Wave:
    return second_wave()


# --- who was asked
def flow_of(after: Wave, asked: int, answered: int) -> reach.Flow:
    each = reach.Counted(after, Population(asked, asked), answered)
    return reach.Flow((each,), before=0, pairs=0)


@pytest.mark.parametrize("answered", range(1, 5))
def test_the_flow_says_the_same_of_nobody_and_of_four(after: Wave, answered: int) -> None:
    nobody, some = flow_of(after, 8, 0), flow_of(after, 8, answered)
    assert reach.told_flow(some) == reach.told_flow(nobody)
    assert reach.whole_flow(some) == reach.whole_flow(nobody)


def test_answers_that_nobody_was_asked_for_are_a_rehearsal(after: Wave) -> None:
    """Not «for få» beside «20+»: that is no fewness, and is said as what it is."""
    fill(after.study.waves.get(code="T0"), after, PILOT, 30, seed=5)
    told = reach.told_flow(reach.flow(after, PILOT, {}, before=40, pairs=31))
    assert (told["why"], told["answered"], told["pairs"]) == ("unasked", "20+", "20+")
    assert "asked" not in told
    assert [each["code"] for each in told["waves"]] == ["T0", "T1"]


def test_a_per_cent_stands_beside_a_band_from_twenty_on(after: Wave) -> None:
    assert reach.told_flow(flow_of(after, 19, 15))["percent"] is None
    assert reach.told_flow(flow_of(after, 20, 15))["percent"] == 75


def test_too_few_pairs_have_no_light_whatever_their_number(after: Wave) -> None:
    assert {reach.Flow((), before=20, pairs=pairs).kept_percent for pairs in range(5)} == {None}
    assert reach.Flow((), before=20, pairs=15).kept_percent == 75


# --- criteria
@pytest.mark.parametrize(
    ("pairs", "value", "light"), [(397, 79, "yellow"), (398, 80, "green"), (297, 59, "red")]
)
def test_a_light_is_that_of_the_whole_per_cent_that_is_told(
    after: Wave, pairs: int, value: int, light: str
) -> None:
    Criterion.objects.create(study=after.study, measure="pairs", green=80, red=60)
    found = reach.Flow((), before=500, pairs=pairs)
    ((told,), (whole,)) = criteria.lights(after.study, [], found, None, None)
    assert (told["value"], told["light"]) == (value, light)
    assert (whole["value"], whole["light"]) == (pytest.approx(pairs / 5), light)


@pytest.mark.parametrize(("before", "pairs", "value"), [(12, 10, None), (19, 16, None), (20, 17, 85)])
def test_a_light_of_pairs_stands_without_a_per_cent_where_the_flow_has_none(
    after: Wave, before: int, pairs: int, value: int | None
) -> None:
    Criterion.objects.create(study=after.study, measure="pairs", green=80, red=60)
    found = reach.Flow((reach.Counted(after, Population(30, 30), 20),), before=before, pairs=pairs)
    ((told,), _whole) = criteria.lights(after.study, [], found, None, None)
    assert reach.told_flow(found)["kept_percent"] == told["value"] == value
    assert (told["light"], told["why"]) == ("green", "")
    said = words_of_lights.criterion(told)
    assert said == ("85\u00a0%, g" if value else "g") + "rønt (grønt fra 80\u00a0%, rødt under 60\u00a0%)"


@pytest.mark.parametrize(
    ("measure", "value", "green", "red", "said"),
    [
        ("pairs", 66, 66.4, 50, "66\u00a0%, gult (grønt fra 66,4\u00a0%, rødt under 50\u00a0%)"),
        ("outcome", 3.4, 3.8, 3.44, "3,4, rødt (grønt fra 3,8, rødt under 3,44)"),
        ("outcome", 3.4, 3, 2, "3,4, grønt (grønt fra 3,0, rødt under 2,0)"),
    ],
)
def test_a_limit_is_printed_as_it_was_set_so_that_no_light_contradicts_it(
    measure: str, value: float, green: float, red: float, said: str
) -> None:
    """Limits are set as they are told; one stored before that was asked for keeps its decimals."""
    light = criteria.light(value, green, red)
    row = {"measure": measure, "green": green, "red": red, "value": value, "light": light}
    with override("nb"):
        assert words_of_lights.criterion(row) == said


def test_a_criterion_on_a_scale_has_the_scales_name(after: Wave) -> None:
    Criterion.objects.create(study=after.study, measure="outcome", scale="skjema.trygg", green=4, red=3)
    scale = {"instrument": "skjema", "scale": "trygg", "title": {"nb": "Trygg"}}
    scale |= {"better": "high", "why": "", "after": 4.2}
    ((told,), _whole) = criteria.lights(after.study, [scale], reach.Flow(()), None, None)
    assert (told["title"], told["value"], told["light"]) == ({"nb": "Trygg"}, 4.2, "green")
    ((told,), _whole) = criteria.lights(after.study, [scale | {"why": "few"}], reach.Flow(()), None, None)
    assert (told["value"], told["light"], told["why"]) == (None, "none", "few")


def departed(after: Wave) -> list[str]:
    found: list[str] = work_out(after, PILOT, slow=False)[0]["deviations"]
    return found


def test_a_dropped_group_is_a_deviation_of_each_wave_whose_answers_are_used(after: Wave) -> None:
    before = after.study.waves.get(code="T0")
    made = counted(before, group=GroupFactory(phase=PILOT))
    assert "dropped" not in departed(after)
    Occasion.objects.filter(pk=made.pk).update(state=Occasion.State.DROPPED)
    assert "dropped" in departed(after)
    Occasion.objects.filter(pk=made.pk).update(wave=after)
    assert "dropped" in departed(after)


def test_an_evening_form_or_another_wave_with_few_answers_is_no_deviation_of_this_one(after: Wave) -> None:
    later = wave(after.study, code="T2", order=9)
    for other in (evening_wave(after.study), later):
        group = GroupFactory(phase=PILOT)
        evening = {} if other == later else {"evening": EveningFactory(group=group)}
        made = counted(other, group=group, **evening)
        Occasion.objects.filter(pk=made.pk).update(state=Occasion.State.DROPPED)
    assert Occasion.objects.filter(state=Occasion.State.DROPPED, group__phase=PILOT).count() == 2
    assert "dropped" not in departed(after)


def test_a_study_without_a_measurement_before_the_course_says_so(after: Wave) -> None:
    assert departures(after.study.waves.get(code="T0"), []) == []
    late = wave(study(), code="T1", anchor="last-evening")
    assert departures(late, []) == ["no-baseline"]


def test_another_version_of_the_questionnaire_after_is_a_deviation(after: Wave) -> None:
    group_of(after)
    assert departures(after, list(asked(after, PILOT))) == []
    before = after.study.waves.get(code="T0").instruments.get().version.frozen
    newer = frozen_version(items=before.items, key=before.key, version=2)
    after.instruments.update(version=newer)
    assert departures(after, list(asked(after, PILOT))) == ["other-version"]


# --- staff without a group
@pytest.fixture
def leaders(after: Wave) -> Wave:
    made = wave(after.study, code="L", audience="leader", identity="named", anchor="last-evening")
    counted(made, group=None)
    return made


def test_a_wave_of_the_regions_leaders_can_be_let_out(leaders: Wave) -> None:
    releasing.check(leaders, PILOT)
    with pytest.raises(releasing.NotReadyError, match="Ingen grupper"):
        releasing.check(leaders, "implementation")


def test_what_the_regions_leaders_said_is_let_out_from_five_on(leaders: Wave) -> None:
    version = leaders.instruments.get().version
    slots = len(version.frozen.coded_items)
    for number in range(5):
        vector = np.array([2 + number % 3] * slots, dtype="<i2").tobytes()
        common = {"study": leaders.study_id, "wave": "L", "phase": PILOT, "role": "leader"}
        Response.objects.create(id=number + 1, version=version.pk, named=number, vector=vector, **common)
        if number == 3:
            four = releasing.content_of(leaders, PILOT, slow=False)["snapshot"]
    made = releasing.release(leaders, PILOT, releasing.content_of(leaders, PILOT, slow=False))
    assert [row["why"] for row in four["scales"]] == ["few"]
    assert [(row["n"], row["mean"]) for row in made.snapshot["scales"]] == [("5–9", 2.8)]
    assert made.snapshot["flow"]["why"] == "unasked"


def test_the_regions_leaders_are_a_candidate_in_the_phase_the_region_is_in(leaders: Wave) -> None:
    assert waves_and_phases([leaders]) == [(leaders, PILOT)]
    begun = timezone.now() - timedelta(days=30)
    place = MunicipalityFactory(region=leaders.study.region)
    group = GroupFactory(edition__programme=leaders.study.programme, phase="implementation")
    group.municipalities.set([place])
    EveningFactory(group=group, starts_at=begun)
    assert waves_and_phases([leaders]) == [(leaders, "implementation")]


def test_the_regions_own_occasion_that_is_open_is_named(leaders: Wave) -> None:
    Occasion.objects.filter(wave=leaders).update(state=Occasion.State.OPEN)
    assert len(open_occasions(leaders, PILOT)) == 1
    with pytest.raises(releasing.NotReadyError, match="regionen"):
        releasing.check(leaders, PILOT)
    assert occasions_of(leaders, PILOT).count() == 1


def test_evening_forms_are_no_candidate(after: Wave) -> None:
    occasion(wave=evening_wave(after.study))
    assert waves_and_phases(Wave.objects.filter(study=after.study)) == []


def test_what_families_said_of_an_evening_is_not_told_when_nearly_all_said_the_same(after: Wave) -> None:
    scale = frozen_version().frozen.scales[0]
    assert verdicts._told(scale, np.array([4.0] * 9 + [3.0]))["why"] == "alike"
    assert verdicts._told(scale, np.array([5.0] * 30 + [4.75] * 3))["why"] == "alike"  # 5,0 as told
    assert verdicts._told(scale, np.array([4.0, 3.0, 3.5] * 3))["verdict"] == 3.5
