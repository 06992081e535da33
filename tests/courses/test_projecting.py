"""The project's numbers: each counts what it says, and the same number of queries counts them all."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from courses import project_logs, projecting
from courses.models import CoreElementTick, MunicipalPhase
from courses.project_sums import PER_PAGE, ids_of
from courses.projecting import InAll, Marks, Phase, reach_of
from tests.evening_factories import CatchUpFactory, EveningLogFactory, FamilyInvitationFactory
from tests.factories import (
    AttendanceFactory,
    EnrolmentFactory,
    EveningFactory,
    GroupFactory,
    MunicipalityFactory,
    RoleFactory,
)

if TYPE_CHECKING:
    from courses.models import Adult, Evening, EveningLog, Group, Municipality, User

pytestmark = pytest.mark.django_db


def at(days: float) -> Any:
    return timezone.now() + timedelta(days=days)


def standing(place: Municipality) -> projecting.Standing:
    return projecting.standing_of_places([place.pk], timezone.now())[place.pk]


def an_evening(group: Group, days: float, **more: Any) -> Evening:
    return EveningFactory(group=group, starts_at=at(days), **more)


def a_log(evening: Evening, *done: str, **more: Any) -> EveningLog:
    log = EveningLogFactory(evening=evening, **more)
    for number, state in enumerate(done):
        CoreElementTick.objects.create(log=log, key=f"k{number}", done=state)
    return log


def test_evenings_are_held_when_they_have_begun_and_were_not_cancelled(
    group: Group, municipality: Municipality
) -> None:
    an_evening(group, -20)
    an_evening(group, -10, cancelled_at=timezone.now())
    an_evening(group, 3)
    found = standing(municipality)
    assert (found.groups, found.held, found.logs_missing) == (1, 1, 1)


def test_log_of_tonight_is_not_missing_yet(group: Group, municipality: Municipality) -> None:
    late = projecting.morning_of(timezone.now()) + timedelta(hours=22)
    EveningFactory(group=group, starts_at=late - timedelta(hours=4))
    with time_machine.travel(late):
        assert (standing(municipality).held, standing(municipality).logs_missing) == (1, 0)


def test_written_log_is_not_missing(group: Group, municipality: Municipality) -> None:
    a_log(an_evening(group, -10), "yes", "partly", "no", "no")
    found = standing(municipality)
    assert found.logs_missing == 0
    assert found.adherence == pytest.approx(0.375)


def test_many_ticks_do_not_multiply_the_evenings(group: Group, municipality: Municipality) -> None:
    evenings = [an_evening(group, -10 - number) for number in range(3)]
    a_log(evenings[0], "yes", "yes", "yes")
    found = projecting.standing_of_groups([group.pk], timezone.now())[group.pk]
    assert (found.held, found.logs_missing, found.adherence) == (3, 2, 1.0)


def test_marks_count_made_up_apart_and_leave_out_what_is_not_marked(
    group: Group, adult: Adult, municipality: Municipality
) -> None:
    for number, state in enumerate(["present", "partly", "made-up", "excused", "absent", "unknown"]):
        AttendanceFactory(adult=adult, evening=an_evening(group, -10 - number), state=state)
    assert standing(municipality).marks == Marks(there=2, made_up=1, marked=5)


def test_marks_belong_to_the_familys_municipality(
    group: Group, adult: Adult, stranger: Adult, other_municipality: Municipality, municipality: Municipality
) -> None:
    """Two municipalities share a group; each has its own families in it."""
    group.municipalities.add(other_municipality)
    evening = an_evening(group, -1)
    AttendanceFactory(adult=adult, evening=evening, state="present")
    AttendanceFactory(adult=stranger, evening=evening, state="absent")
    assert standing(municipality).marks == Marks(there=1, marked=1)
    assert standing(other_municipality).marks == Marks(there=0, marked=1)
    assert standing(other_municipality).held == 1
    assert standing(other_municipality).groups == 2


def test_guest_at_a_neighbours_evening_is_counted_once_and_at_home(
    group: Group, other_group: Group, adult: Adult, municipality: Municipality
) -> None:
    own, neighbours = an_evening(group, -9), an_evening(other_group, -3)
    CatchUpFactory(adult=adult, evening=own, neighbour=neighbours)
    AttendanceFactory(adult=adult, evening=own, state="made-up")
    AttendanceFactory(adult=adult, evening=neighbours, state="present")
    once = Marks(there=0, made_up=1, marked=1)
    assert standing(municipality).marks == once
    groups = projecting.standing_of_groups([group.pk, other_group.pk], timezone.now())
    assert (groups[group.pk].marks, groups[other_group.pk].marks) == (once, Marks())


def test_families_are_counted_once_and_only_while_they_take_part(
    adult: Adult, other_adult: Adult, neighbour: Adult, municipality: Municipality
) -> None:
    enrolment = neighbour.enrolments.get()
    enrolment.starts_on, enrolment.ends_on = date(2020, 1, 1), date(2020, 2, 1)
    enrolment.save()
    assert (standing(municipality).families, standing(municipality).adults) == (1, 2)


def test_invited_and_waiting_households_are_told_apart(group: Group, municipality: Municipality) -> None:
    FamilyInvitationFactory(group=group, municipality=municipality)
    FamilyInvitationFactory(group=group, municipality=municipality, waiting=True)
    FamilyInvitationFactory(group=group, municipality=municipality, withdrawn_at=timezone.now())
    assert (standing(municipality).invited, standing(municipality).waiting) == (1, 1)


def test_municipality_without_anything_is_all_noughts(municipality: Municipality) -> None:
    assert standing(municipality) == projecting.Standing()


def test_phases_are_five_in_order_and_one_is_now(municipality: Municipality) -> None:
    MunicipalPhase.objects.create(municipality=municipality, number=3, starts_on=date(2026, 1, 1))
    phases = projecting.phases_of_places([municipality.pk])[municipality.pk]
    assert [phase.number for phase in phases] == [1, 2, 3, 4, 5]
    assert [phase.is_on(date(2026, 5, 1)) for phase in phases] == [False, False, True, False, False]


@pytest.mark.parametrize(
    ("phase", "on"),
    [
        (Phase(1), False),
        (Phase(1, date(2026, 5, 2)), False),
        (Phase(1, date(2026, 5, 1), date(2026, 5, 1)), True),
        (Phase(1, date(2026, 4, 1), date(2026, 4, 30)), False),
        (Phase(1, None, date(2026, 6, 1)), False),
    ],
)
def test_phase_is_on_between_its_days(phase: Phase, on: bool) -> None:
    assert phase.is_on(date(2026, 5, 1)) is on


def test_region_in_all(group: Group, other_group: Group, adult: Adult, stranger: Adult) -> None:
    an_evening(group, -2), a_log(an_evening(other_group, -3))
    found = InAll(timezone.now())
    assert (found.groups, found.families, found.held, found.logs_missing) == (2, 2, 2, 1)


def test_groups_that_meet_next_come_first(group: Group, other_group: Group) -> None:
    group.name, quiet = "B", GroupFactory(name="A")
    group.save()
    an_evening(group, 5), an_evening(other_group, 2), an_evening(quiet, -2)
    an_evening(quiet, 1, cancelled_at=timezone.now())
    reach, now = projecting.Reach(None, frozenset()), timezone.now()
    found = list(projecting.groups_of(reach, now))
    assert [name for _pk, name, _phase, _next in found] == [other_group.name, "B", "A"]
    assert list(map(tuple, projecting.first_groups(reach, now, training=False))) == found


def test_reach_follows_the_role(
    project_leader: User, leader: User, contact_person: User, municipality: Municipality
) -> None:
    assert reach_of(project_leader).is_region
    assert set(reach_of(leader).places()) == {municipality}
    assert not reach_of(leader).leads
    assert not reach_of(contact_person).places().exists()
    local = RoleFactory(kind="project-leader", municipality=municipality).user
    assert reach_of(local).leads_in(municipality.pk)
    assert not reach_of(local).is_region


def test_leader_reaches_the_groups_of_her_municipality_alone(
    leader: User, group: Group, other_group: Group
) -> None:
    found = projecting.groups_of(reach_of(leader), timezone.now())
    assert [row[0] for row in found] == [group.pk]
    first = projecting.first_groups(reach_of(leader), timezone.now(), training=False)
    assert list(first) == list(found)


def test_wishes_are_open_until_guidance_is_given(group: Group, project_leader: User) -> None:
    log = a_log(an_evening(group, -2), wants_guidance=True)
    a_log(an_evening(group, -3))
    reach = reach_of(project_leader)
    assert [row[0] for row in project_logs.open_wishes(project_leader, reach)] == [log.pk]
    assert project_logs.give_guidance(user=project_leader, log_id=log.pk, on=date(2026, 5, 1))
    assert not project_logs.give_guidance(user=project_leader, log_id=log.pk, on=date(2026, 5, 2))
    log.refresh_from_db()
    assert log.guidance_given_on == date(2026, 5, 1)
    assert not project_logs.open_wishes(project_leader, reach)


def test_local_project_leader_sees_her_places_wishes_alone(
    group: Group, other_group: Group, municipality: Municipality, leader: User
) -> None:
    own = a_log(an_evening(group, -2), wants_guidance=True)
    other = a_log(an_evening(other_group, -2), wants_guidance=True)
    local = RoleFactory(kind="project-leader", municipality=municipality).user
    assert [row[0] for row in project_logs.open_wishes(local, reach_of(local))] == [own.pk]
    assert not project_logs.give_guidance(user=local, log_id=other.pk, on=date(2026, 5, 1))
    assert not project_logs.open_wishes(leader, reach_of(leader))


def test_adaptations_are_those_with_words(group: Group, project_leader: User) -> None:
    told = a_log(an_evening(group, -2), changed="Kortere pause")
    a_log(an_evening(group, -3), minutes_off=10)
    assert list(project_logs.adaptations(project_leader)) == [told]


def test_adherence_of_modules_names_the_module(group: Group, project_leader: User) -> None:
    module = group.edition.programme.modules.get(number=1)
    a_log(an_evening(group, -2, module=module), "yes", "no")
    (row,) = project_logs.adherence_of_modules(project_leader, "nn")
    assert row == (group.edition.programme.name, 1, "Modul 1 på nn", 0.5)


def asked(places: list[int], groups: list[int]) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        projecting.standing_of_places(places, timezone.now())
        projecting.standing_of_groups(groups, timezone.now())
        projecting.phases_of_places(places)
        projecting.places_of_groups(groups)
    return len(captured)


def test_a_page_of_places_costs_what_one_does(group: Group, municipality: Municipality) -> None:
    for _number in range(PER_PAGE):
        place = MunicipalityFactory()
        EnrolmentFactory(group=GroupFactory(municipalities=[place]), adult__family__municipality=place)
    places = list(type(municipality).objects.values_list("pk", flat=True)[:PER_PAGE])
    groups = list(type(group).objects.values_list("pk", flat=True)[:PER_PAGE])
    assert asked(places[:1], groups[:1]) == asked(places, groups) == 11


def test_more_rows_than_a_page_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="than a page"):
        ids_of(range(PER_PAGE + 1))
