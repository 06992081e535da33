"""What a release says of groups, evenings and people asked: of this study's alone, and of nobody by name."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from courses.models import Attendance, Evening
from evaluation.models import Criterion, Occasion, Participation, Study
from evaluation.releases import criteria, people, reach, words_of_programme
from evaluation.releases.occasions import groups_of
from evaluation.releases.working_out import work_out
from tests.evaluation.release_rows import PILOT, facts, families, group_of, held, modules, row, second_wave
from tests.evening_factories import EveningLogFactory
from tests.evening_rows import CoreElementTickFactory, YearCountFactory
from tests.factories import (
    AssignmentFactory,
    AttendanceFactory,
    EveningFactory,
    GroupFactory,
    ModuleFactory,
    MunicipalityFactory,
)
from tests.study_factories import occasion, study, wave

if TYPE_CHECKING:
    from courses.models import Module
    from evaluation.models import Wave

pytestmark = pytest.mark.django_db(databases=["default", "answers"])


@pytest.fixture
def after() -> Wave:
    return second_wave()


# --- whose groups
def test_a_group_of_another_study_in_the_same_region_is_not_counted(after: Wave) -> None:
    mine = group_of(after)
    other = study(programme=after.study.programme, region=after.study.region)
    theirs = group_of(wave(other))
    assert list(groups_of(after.study, PILOT)) == [mine]
    assert list(groups_of(other, PILOT)) == [theirs]


def test_a_group_that_nobody_has_asked_yet_is_not_counted(after: Wave) -> None:
    occasion(wave=after, state="planned")
    assert not groups_of(after.study, PILOT).exists()


def test_a_group_is_of_the_year_it_began_however_long_it_lasts(after: Wave) -> None:
    """Six evenings from December to February are one year's group; an evening at New Year is Norway's."""
    group = group_of(after)
    norway = timezone.get_default_timezone()
    for at in (datetime(2026, 1, 1, 0, 30, tzinfo=norway), datetime(2027, 2, 4, 18, tzinfo=norway)):
        EveningFactory(group=group, starts_at=at)
    place = group.municipalities.get()
    YearCountFactory(municipality=place, year=2026, new_foster_homes=14)
    YearCountFactory(municipality=place, year=2027, new_foster_homes=20)
    told, _whole = facts(after)
    assert row(told, "maintenance")["part"] == 1
    assert row(told, "reach")["years"] == [2026]
    assert row(told, "reach")["of"] == 14


def year_of_two_places(after: Wave, here: int, there: int | None) -> None:
    """A group that began in 2026, and what its two municipalities count of that year; None: nothing typed."""
    group = group_of(after)
    EveningFactory(group=group, starts_at=datetime(2026, 3, 4, 18, tzinfo=timezone.get_default_timezone()))
    YearCountFactory(municipality=group.municipalities.get(), year=2026, new_foster_homes=here)
    other = MunicipalityFactory(region=after.study.region)
    if there is not None:
        YearCountFactory(municipality=other, year=2026, new_foster_homes=there)


def test_families_are_counted_of_all_new_homes_when_every_municipality_has_typed(after: Wave) -> None:
    year_of_two_places(after, 14, 9)
    assert row(facts(after)[0], "reach")["of"] == 23


def test_no_sum_of_new_homes_stands_for_a_municipality_that_has_typed_nothing(after: Wave) -> None:
    year_of_two_places(after, 14, None)
    assert row(facts(after)[0], "reach")["of"] is None


def test_no_sum_of_new_homes_tells_the_number_that_another_municipality_hides(after: Wave) -> None:
    year_of_two_places(after, 14, 3)
    told, whole = facts(after)
    assert row(told, "reach")["of"] is row(whole, "reach")["of"] is None


def test_how_many_families_began_is_told_in_a_band_and_whole_to_research(after: Wave) -> None:
    families(held(group_of(after)).group, 8)
    told, whole = facts(after)
    assert (row(told, "reach")["part"], row(whole, "reach")["part"]) == ("5–9", 8)


@pytest.mark.parametrize("number", range(5))
def test_below_five_families_all_say_the_same(after: Wave, number: int) -> None:
    families(held(group_of(after)).group, number)
    told, whole = facts(after)
    assert row(told, "reach")["part"] is row(whole, "reach")["part"] is None


def test_a_group_has_had_the_course_when_somebody_has_been_at_an_evening(after: Wave) -> None:
    begun, _waiting = group_of(after), held(group_of(after))
    (enrolled,) = families(begun, 1)
    AttendanceFactory(adult=enrolled.adult, evening=held(begun), state=Attendance.State.PRESENT)
    assert row(facts(after)[0], "implementation")["part"] == 1


def ticked(after: Wave, number: int, module: Module, *, done: int, of: int) -> None:
    """By so many groups: each did ``done`` of ``of`` core elements."""
    for _nth in range(number):
        made = EveningLogFactory(evening=held(group_of(after), module=module))
        for place in range(of):
            made.ticks.create(key=f"e{place}", done="yes" if place < done else "no")


def test_all_core_elements_weigh_the_same_and_one_share_is_the_same_number_in_every_place(
    after: Wave,
) -> None:
    """Half of twelve and all of two: 24 of 42, and not 75 per cent, the mean of the modules' shares."""
    Criterion.objects.create(study=after.study, measure="adherence", green=80, red=60)
    for done, of in ((6, 12), (2, 2)):
        ticked(after, 3, ModuleFactory(programme=after.study.programme), done=done, of=of)
    ticked(after, 2, ModuleFactory(programme=after.study.programme), done=0, of=9)  # of two groups: not told
    counted = people.counted_people(after, PILOT)
    ((light,), _whole) = criteria.lights(after.study, [], reach.Flow(()), counted["adherence"], None)
    assert row(facts(after)[0], "adherence")["percent"] == light["value"] == 57


def test_who_has_said_she_cannot_come_has_held_no_evening_and_begun_no_group(after: Wave) -> None:
    """An evening is held when it is over, on this page as on all others."""
    group = group_of(after)
    (enrolled,) = families(group, 1)
    coming = EveningFactory(group=group)
    AttendanceFactory(adult=enrolled.adult, evening=coming, state="excused")
    assert row(facts(after)[0], "implementation")["part"] == 0
    assert [each["evenings"] for each in modules(after)] == [0]
    Evening.objects.update(starts_at=timezone.now() - timedelta(days=1))
    assert [each["evenings"] for each in modules(after)] == [1]
    assert row(facts(after)[0], "implementation")["part"] == 0  # nobody was there
    Attendance.objects.update(state="present")
    assert row(facts(after)[0], "implementation")["part"] == 1


def test_a_lasting_change_is_told_with_the_waves_own_name(after: Wave) -> None:
    after.anchor, after.opens_after_days, after.name_nb, after.name_nn = "last-evening", 365, "Ett år", ""
    told = row(facts(after)[0], "later") | {"row": {"why": "few"}, "measured": True, "chosen": True}
    assert words_of_programme.reach(told, "nb").startswith("Ett år: ")


def test_adoption_counts_contact_persons_who_led_a_group(after: Wave) -> None:
    AssignmentFactory(group=held(group_of(after)).group)
    told, _whole = facts(after)
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
    (change,) = people.counted_people(after, PILOT)["changes"]
    assert change["changed"] == "[navn] fikk mer tid."
    assert change["why"] == "Ring [navn] på [nummer]."


def test_changes_of_two_groups_are_not_told(after: Wave) -> None:
    for _each in range(2):
        EveningLogFactory(evening__group=group_of(after), changed="Kortere runde.", minutes_off=10)
    assert people.counted_people(after, PILOT)["changes"] == []
    assert {(each["minutes_off"], each["adapted"]) for each in modules(after)} == {(None, None)}


@pytest.mark.parametrize(("logged", "is_told"), [(1, False), (2, False), (3, True)])
def test_a_module_that_fewer_than_three_groups_have_logged_tells_of_no_leaders_evening(
    after: Wave, logged: int, *, is_told: bool
) -> None:
    """However many groups the phase has."""
    module = ModuleFactory(programme=after.study.programme)
    for group in [group_of(after) for _each in range(4)][:logged]:
        evening = EveningFactory(group=group, module=module)
        log = EveningLogFactory(evening=evening, minutes_off=30, changed="Kortere runde.")
        for key, done in enumerate(("yes", "yes", "no")):
            CoreElementTickFactory(log=log, key=f"kjerne-{key}", done=done)
    (told,) = modules(after)
    assert ((told["minutes_off"], told["adapted"], told["adherence"]) == (30, 3, 67)) is is_told
    assert bool(people.counted_people(after, PILOT)["changes"]) is is_told
    if not is_told:
        assert (told["minutes_off"], told["adapted"], told["adherence"]) == (None, None, None)


def test_minutes_off_that_two_groups_have_written_are_not_told_beside_a_third_that_wrote_none(
    after: Wave,
) -> None:
    module = ModuleFactory(programme=after.study.programme)
    for minutes in (10, 20, None):
        evening = EveningFactory(group=group_of(after), module=module)
        EveningLogFactory(evening=evening, minutes_off=minutes)
    (told,) = modules(after)
    assert (told["minutes_off"], told["adapted"]) == (None, 0)


def test_minutes_off_the_plan_weigh_each_log_the_same(after: Wave) -> None:
    module = ModuleFactory(programme=after.study.programme)
    for minutes, number in ((0, 8), (10, 1), (20, 1)):
        group = group_of(after)
        evening = held(group, module=module)
        for each in families(group, number):
            AttendanceFactory(adult=each.adult, evening=evening, state=Attendance.State.PRESENT)
        EveningLogFactory(evening=evening, minutes_off=minutes, changed="Kortere." if minutes else "")
    (told,) = modules(after)
    assert (told["minutes_off"], told["adapted"], told["evenings"], told["logs"]) == (10, 2, 3, 3)


def test_attendance_in_another_group_does_not_count(after: Wave) -> None:
    """Six evenings in last year's group are not six of this one."""
    group, last_year = group_of(after), GroupFactory()
    enrolled = families(group, 6)
    evening = held(group)
    for each in enrolled:
        AttendanceFactory(adult=each.adult, evening=evening, state=Attendance.State.ABSENT)
        for old in Evening.objects.filter(group=last_year) or [
            EveningFactory(group=last_year) for _n in range(5)
        ]:
            AttendanceFactory(adult=each.adult, evening=old, state=Attendance.State.PRESENT)
    assert people.counted_people(after, PILOT)["enough"] == 0


@pytest.mark.parametrize(("number", "there", "told"), [(6, 4, 65), (6, 6, 100), (19, 13, 70), (20, 13, 65)])
def test_attendance_is_a_whole_per_cent_from_twenty_people_and_in_steps_below(
    after: Wave, number: int, there: int, told: int
) -> None:
    """Rounded as it is counted: the draft keeps no more than is told."""
    after.study.programme.evenings_required = 1
    evening = held(group_of(after))
    for place, each in enumerate(families(evening.group, number)):
        state = Attendance.State.PRESENT if place < there else Attendance.State.ABSENT
        AttendanceFactory(adult=each.adult, evening=evening, state=state)
    counts = people.counted_people(after, PILOT)
    assert counts["modules"][str(evening.module_id)]["attendance"] == told
    assert counts["enough"] == told
    assert row(facts(after)[0], "enough")["percent"] == told


def test_facts_are_json(after: Wave) -> None:
    families(group_of(after), 6)
    assert "NaN" not in json.dumps([facts(after), modules(after)])
    assert Study.objects.count() == 1


# --- of few
@pytest.mark.parametrize("number", range(1, 5))
def test_what_is_counted_of_few_is_the_same_whatever_their_number(after: Wave, number: int) -> None:
    """Whoever works the release out may read the draft: it says no more there than in the release."""
    group = group_of(after)
    at, evening = Occasion.objects.get(group=group), EveningFactory(group=group)
    counts, nobody = people.counted_people(after, PILOT), work_out(after, PILOT, slow=False)
    for each in families(group, number):
        Participation.objects.create(occasion=at, user=each.adult.user)
    few = people.counted_people(after, PILOT)
    assert few["asked"].pop("T1") == people.SOMEBODY
    assert counts["asked"].pop("T1") == {"adults": 0, "families": 0}
    assert few == counts
    assert few["modules"][str(evening.module_id)]["attendance"] is None
    assert json.dumps(work_out(after, PILOT, slow=False)) == json.dumps(nobody)


def test_what_is_counted_for_another_process_has_no_name_and_no_row_of_anybody(after: Wave) -> None:
    groups = [group_of(after) for _each in range(3)]
    enrolled = families(groups[0], 6)
    module = ModuleFactory(programme=after.study.programme)
    names = set()
    for group in groups:
        evening = EveningFactory(group=group, module=module)
        EveningLogFactory(evening=evening, changed=f"Ringte {enrolled[0].adult.user.first_name}.")
    for each in enrolled:
        names |= {each.adult.user.first_name, each.adult.user.last_name, each.adult.user.username}
        AttendanceFactory(adult=each.adult, evening=evening, state=Attendance.State.PRESENT)
    told = json.dumps(people.counted_people(after, PILOT), ensure_ascii=False)
    assert "Ringte [navn]." in told
    assert not [name for name in names if name and name in told]
