"""What a release says of groups, evenings and people asked: of this study's alone, and of nobody by name."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from django.utils import timezone

from courses.models import Attendance, Evening, Group
from evaluation.figures.disclosure import Population
from evaluation.models import Criterion, Occasion, ReleaseDraft, Response, Study, Wave
from evaluation.releases import criteria, delivery, reach, releasing, verdicts, words_of_programme
from evaluation.releases.asked import asked, departures
from evaluation.releases.occasions import occasions_of, open_occasions, waves_and_phases
from evaluation.releases.reaim import reaim
from evaluation.synthetic import fill
from tests.evening_factories import EveningLogFactory
from tests.evening_rows import YearCountFactory
from tests.factories import (
    AssignmentFactory,
    AttendanceFactory,
    EnrolmentFactory,
    EveningFactory,
    FamilyFactory,
    GroupFactory,
    ModuleFactory,
    MunicipalityFactory,
    UserFactory,
)
from tests.study_factories import (
    evening_wave,
    frozen_version,
    occasion,
    statement,
    study,
    wave,
)

if TYPE_CHECKING:
    from courses.models import Enrolment

pytestmark = pytest.mark.django_db(databases=["default", "answers"])
PILOT = "pilot"


@pytest.fixture
def after() -> Wave:
    """T1 of a study, with a T0 that asked the same twelve statements."""
    made = study(key="piloten")
    version = frozen_version(items=[statement(f"t{number:02}") for number in range(1, 13)])
    waves = [
        wave(made, code=code, order=order, versions=[version]) for order, code in enumerate(("T0", "T1"))
    ]
    return waves[1]


def counted(of: Wave, **fields: Any) -> Occasion:
    made = occasion(wave=of, **fields)
    Occasion.objects.filter(pk=made.pk).update(state=Occasion.State.COUNTED)
    return made


def group_of(of: Wave, **fields: Any) -> Group:
    """A group that the study has asked, in its region."""
    place = MunicipalityFactory(region=of.study.region)
    group = GroupFactory(edition__programme=of.study.programme, phase=PILOT, **fields)
    group.municipalities.set([place])
    counted(of, group=group)
    return group


def families(group: Group, number: int) -> list[Enrolment]:
    place = group.municipalities.get()
    return [
        EnrolmentFactory(group=group, adult__family=FamilyFactory(municipality=place)) for _n in range(number)
    ]


def row(rows: list[dict[str, Any]], what: str) -> dict[str, Any]:
    return next(each for each in rows if each["what"] == what)


# --- whose groups
def test_a_group_of_another_study_in_the_same_region_is_not_counted(after: Wave) -> None:
    mine = group_of(after)
    other = study(programme=after.study.programme, region=after.study.region)
    theirs = group_of(wave(other))
    assert list(delivery.groups_of(after.study, PILOT)) == [mine]
    assert list(delivery.groups_of(other, PILOT)) == [theirs]


def test_a_group_that_nobody_has_asked_yet_is_not_counted(after: Wave) -> None:
    occasion(wave=after, state="planned")
    assert not delivery.groups_of(after.study, PILOT).exists()


def test_a_group_is_of_the_year_it_began_however_long_it_lasts(after: Wave) -> None:
    """Six evenings from December to February are one year's group; an evening at New Year is Norway's."""
    group = group_of(after)
    norway = timezone.get_default_timezone()
    for at in (datetime(2026, 1, 1, 0, 30, tzinfo=norway), datetime(2027, 2, 4, 18, tzinfo=norway)):
        EveningFactory(group=group, starts_at=at)
    place = group.municipalities.get()
    YearCountFactory(municipality=place, year=2026, new_foster_homes=14)
    YearCountFactory(municipality=place, year=2027, new_foster_homes=20)
    told, _whole = reaim(after, PILOT, [], [])
    assert row(told, "maintenance")["part"] == 1
    assert row(told, "reach")["years"] == [2026]
    assert row(told, "reach")["of"] == 14


def test_how_many_families_began_is_told_in_a_band_and_whole_to_research(after: Wave) -> None:
    families(group_of(after), 8)
    told, whole = reaim(after, PILOT, [], [])
    assert (row(told, "reach")["part"], row(whole, "reach")["part"]) == ("5–9", 8)


@pytest.mark.parametrize("number", range(5))
def test_below_five_families_all_say_the_same(after: Wave, number: int) -> None:
    families(group_of(after), number)
    told, whole = reaim(after, PILOT, [], [])
    assert row(told, "reach")["part"] is row(whole, "reach")["part"] is None


def test_a_group_has_had_the_course_when_somebody_has_been_at_an_evening(after: Wave) -> None:
    begun, _waiting = group_of(after), EveningFactory(group=group_of(after))
    (enrolled,) = families(begun, 1)
    AttendanceFactory(adult=enrolled.adult, evening=EveningFactory(group=begun))
    assert row(reaim(after, PILOT, [], [])[0], "implementation")["part"] == 1


@pytest.mark.parametrize("shares", [(62, 63), (63, 64), (62.5,)])
def test_one_share_is_the_same_number_in_every_place(after: Wave, shares: tuple[float, ...]) -> None:
    Criterion.objects.create(study=after.study, measure="adherence", green=80, red=60)
    modules = [{"adherence": share, "adapted": None, "evenings": 0} for share in shares]
    ((light,), _whole) = criteria.lights(after.study, PILOT, [], None, modules)
    told = row(reaim(after, PILOT, [], modules)[0], "adherence")
    assert told["percent"] == light["value"]


def test_a_lasting_change_is_told_with_the_waves_own_name(after: Wave) -> None:
    after.anchor, after.opens_after_days, after.name_nb, after.name_nn = "last-evening", 365, "Ett år", ""
    told = row(reaim(after, PILOT, [], [])[0], "later") | {"row": {"why": "few"}}
    assert words_of_programme.reach(told, "nb").startswith("Ett år: ")


def test_adoption_counts_contact_persons_who_led_a_group(after: Wave) -> None:
    AssignmentFactory(group=group_of(after))
    told, _whole = reaim(after, PILOT, [], [])
    assert row(told, "leaders")["part"] == 1
    assert row(told, "leaders")["of"] >= 1
    assert row(told, "adoption") == {"dimension": "adoption", "what": "adoption", "part": 1, "of": 1}


# --- evenings
def test_what_was_changed_is_told_without_the_names_of_those_in_the_room(after: Wave) -> None:
    groups = [group_of(after) for _each in range(3)]
    (enrolled,) = families(groups[0], 1)
    enrolled.adult.user.first_name = "Hallgerd"
    enrolled.adult.user.save()
    module = ModuleFactory(programme=after.study.programme)
    evening, *others = (EveningFactory(group=group, module=module) for group in groups)
    for other in others:
        EveningLogFactory(evening=other)
    EveningLogFactory(evening=evening, changed="Hallgerd fikk mer tid.", why="Ring Hallgerd på 99 88 77 66.")
    (change,) = delivery.changes_made(after.study, PILOT)
    assert change["changed"] == "[navn] fikk mer tid."
    assert change["why"] == "Ring [navn] på [nummer]."


def test_changes_of_two_groups_are_not_told(after: Wave) -> None:
    for _each in range(2):
        EveningLogFactory(evening__group=group_of(after), changed="Kortere runde.", minutes_off=10)
    assert list(delivery.changes_made(after.study, PILOT)) == []
    assert {(each["minutes_off"], each["adapted"]) for each in delivery.modules(after.study, PILOT)} == {
        (None, None)
    }


@pytest.mark.parametrize(("logged", "is_told"), [(1, False), (2, False), (3, True)])
def test_a_module_that_fewer_than_three_groups_have_logged_tells_of_no_leaders_evening(
    after: Wave, logged: int, *, is_told: bool
) -> None:
    """However many groups the phase has."""
    module = ModuleFactory(programme=after.study.programme)
    for group in [group_of(after) for _each in range(4)][:logged]:
        evening = EveningFactory(group=group, module=module)
        EveningLogFactory(evening=evening, minutes_off=30, changed="Kortere runde.")
    (told,) = delivery.modules(after.study, PILOT)
    assert ((told["minutes_off"], told["adapted"]) == (30, 3)) is is_told
    assert bool(list(delivery.changes_made(after.study, PILOT))) is is_told
    if not is_told:
        assert (told["minutes_off"], told["adapted"]) == (None, None)


def test_minutes_off_that_two_groups_have_written_are_not_told_beside_a_third_that_wrote_none(
    after: Wave,
) -> None:
    module = ModuleFactory(programme=after.study.programme)
    for minutes in (10, 20, None):
        evening = EveningFactory(group=group_of(after), module=module)
        EveningLogFactory(evening=evening, minutes_off=minutes)
    (told,) = delivery.modules(after.study, PILOT)
    assert (told["minutes_off"], told["adapted"]) == (None, 0)


def test_minutes_off_the_plan_weigh_each_log_the_same(after: Wave) -> None:
    module = ModuleFactory(programme=after.study.programme)
    for minutes, people in ((0, 8), (10, 1), (20, 1)):
        group = group_of(after)
        evening = EveningFactory(group=group, module=module)
        for each in families(group, people):
            AttendanceFactory(adult=each.adult, evening=evening, state=Attendance.State.PRESENT)
        EveningLogFactory(evening=evening, minutes_off=minutes, changed="Kortere." if minutes else "")
    (told,) = delivery.modules(after.study, PILOT)
    assert (told["minutes_off"], told["adapted"], told["evenings"], told["logs"]) == (10, 2, 3, 3)


def test_attendance_in_another_group_does_not_count(after: Wave) -> None:
    """Six evenings in last year's group are not six of this one."""
    group, last_year = group_of(after), GroupFactory()
    enrolled = families(group, 6)
    evening = EveningFactory(group=group)
    for each in enrolled:
        AttendanceFactory(adult=each.adult, evening=evening, state=Attendance.State.ABSENT)
        for old in Evening.objects.filter(group=last_year) or [
            EveningFactory(group=last_year) for _n in range(5)
        ]:
            AttendanceFactory(adult=each.adult, evening=old, state=Attendance.State.PRESENT)
    assert delivery.share_with_enough_evenings(after.study, PILOT) == 0


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
    told = reach.told_flow(reach.flow(after, PILOT, before=40, pairs=31))
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
    ("exact", "value", "light"), [(79.4, 79, "yellow"), (79.6, 80, "green"), (59.4, 59, "red")]
)
def test_a_light_is_that_of_the_whole_per_cent_that_is_told(
    after: Wave, exact: float, value: int, light: str
) -> None:
    Criterion.objects.create(study=after.study, measure="pairs", green=80, red=60)
    ((told,), (whole,)) = criteria.lights(after.study, PILOT, [], exact, [])
    assert (told["value"], told["light"]) == (value, light)
    assert (whole["value"], whole["light"]) == (exact, light)


def test_a_criterion_on_a_scale_has_the_scales_name(after: Wave) -> None:
    Criterion.objects.create(study=after.study, measure="outcome", scale="skjema.trygg", green=4, red=3)
    scale = {"instrument": "skjema", "scale": "trygg", "title": {"nb": "Trygg"}}
    scale |= {"better": "high", "why": "", "after": 4.2}
    ((told,), _whole) = criteria.lights(after.study, PILOT, [scale], None, [])
    assert (told["title"], told["value"], told["light"]) == ({"nb": "Trygg"}, 4.2, "green")
    ((told,), _whole) = criteria.lights(after.study, PILOT, [scale | {"why": "few"}], None, [])
    assert (told["value"], told["light"], told["why"]) == (None, "none", "few")


def test_a_dropped_group_is_a_deviation(after: Wave) -> None:
    made = counted(after, group=GroupFactory(phase=PILOT))
    assert "dropped" not in criteria.deviations(after.study, PILOT, [])
    Occasion.objects.filter(pk=made.pk).update(state=Occasion.State.DROPPED)
    assert "dropped" in criteria.deviations(after.study, PILOT, [])


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


# --- what was counted meanwhile
def test_a_preview_made_before_another_group_was_counted_is_not_let_out(after: Wave) -> None:
    group_of(after)
    fill(after.study.waves.get(code="T0"), after, PILOT, 20, seed=5)
    draft = ReleaseDraft.objects.create(wave=after, phase=PILOT)
    releasing.work_out_drafts()
    draft.refresh_from_db()
    counted(after, group=GroupFactory(phase=PILOT))
    with pytest.raises(releasing.OutdatedError, match="regnes ut på nytt"):
        releasing.release(after, PILOT, draft.content)
    draft.refresh_from_db()
    assert (draft.state, draft.content) == (ReleaseDraft.State.ASKED, None)
    releasing.work_out_drafts()
    draft.refresh_from_db()
    assert releasing.release(after, PILOT, draft.content).pk


def test_asking_again_for_a_preview_that_is_outdated_works_it_out_again(after: Wave) -> None:
    group_of(after)
    leader = UserFactory()
    releasing.ask(after, PILOT, leader)
    releasing.work_out_drafts()
    releasing.ask(after, PILOT, leader)
    assert ReleaseDraft.objects.get().state == ReleaseDraft.State.READY
    counted(after, group=GroupFactory(phase=PILOT))
    releasing.ask(after, PILOT, leader)
    assert ReleaseDraft.objects.get().state == ReleaseDraft.State.ASKED
    assert releasing.work_out_drafts() == 1


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
    occasion(wave=leaders, group=None)
    assert len(open_occasions(leaders, PILOT)) == 1
    with pytest.raises(releasing.NotReadyError, match="regionen"):
        releasing.check(leaders, PILOT)
    assert occasions_of(leaders, PILOT).count() == 2


def test_evening_forms_are_no_candidate(after: Wave) -> None:
    occasion(wave=evening_wave(after.study))
    assert waves_and_phases(Wave.objects.filter(study=after.study)) == []


def test_what_families_said_of_an_evening_is_not_told_when_nearly_all_said_the_same(after: Wave) -> None:
    scale = frozen_version().frozen.scales[0]
    assert verdicts._told(scale, np.array([4.0] * 9 + [3.0]))["why"] == "alike"
    assert verdicts._told(scale, np.array([5.0] * 30 + [4.75] * 3))["why"] == "alike"  # 5,0 as told
    assert verdicts._told(scale, np.array([4.0, 3.0, 3.5] * 3))["verdict"] == 3.5


def test_facts_are_json(after: Wave) -> None:
    families(group_of(after), 6)
    assert "NaN" not in json.dumps([reaim(after, PILOT, [], []), delivery.modules(after.study, PILOT)])
    assert Study.objects.count() == 1
