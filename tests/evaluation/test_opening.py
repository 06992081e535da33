"""Occasions are planned, moved and opened by rule; what was promised stays."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from courses.models import Evening
from evaluation import opening
from evaluation.models import InstrumentVersion, Occasion, Participation, Study
from tests import study_factories as made
from tests.factories import (
    AssignmentFactory,
    AttendanceFactory,
    EnrolmentFactory,
    EveningFactory,
    GroupFactory,
    ReadingEventFactory,
    RoleFactory,
)

if TYPE_CHECKING:
    from courses.models import Adult, Group, User

pytestmark = pytest.mark.django_db
OSLO = ZoneInfo("Europe/Oslo")
NOON = datetime(2026, 10, 5, 12, tzinfo=OSLO)
FIRST = datetime(2026, 10, 15, 18, tzinfo=OSLO)


@pytest.fixture(autouse=True)
def _monday():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def study(group: Group) -> Study:
    region = group.municipalities.get().region
    return made.study(programme=group.edition.programme, region=region)


@pytest.fixture
def first(group: Group) -> Evening:
    """Ten days from now; the second and last a week later."""
    modules = list(group.edition.programme.modules.order_by("number"))
    EveningFactory(group=group, module=modules[1], starts_at=FIRST + timedelta(days=7))
    evening: Evening = EveningFactory(group=group, module=modules[0], starts_at=FIRST)
    return evening


def after_wave(study: Study, **fields: object) -> object:
    return made.wave(study, **{"code": "T1", "anchor": "last-evening", "opens_after_days": 0} | fields)


def only() -> Occasion:
    return Occasion.objects.get()


# --- planned and moved
def test_each_wave_gets_its_occasions_by_rule(study: Study, first: Evening):
    made.wave(study)
    after_wave(study)
    made.evening_wave(study)
    done = opening.open_forms()
    assert done["planned"] == 4
    codes = Occasion.objects.values_list("wave__code", "evening").order_by("opens_at")
    assert [code for code, _evening in codes] == ["T0", "kveld", "T1", "kveld"]
    assert [bool(evening) for _code, evening in codes] == [False, True, False, True]


def test_planning_again_plans_nothing(study: Study, first: Evening):
    made.evening_wave(study)
    opening.open_forms()
    assert not opening.open_forms()
    assert Occasion.objects.count() == 2


def test_other_programme_and_other_region_have_no_part_in_it(study: Study, first: Evening):
    made.wave(study)
    EveningFactory(starts_at=FIRST)
    EveningFactory(group=GroupFactory(edition=first.group.edition), starts_at=FIRST)
    opening.open_forms()
    assert only().group_id == first.group_id


def test_planned_occasion_moves_with_its_evening(study: Study, first: Evening):
    after_wave(study)
    opening.open_forms()
    before = only().opens_at
    Evening.objects.exclude(pk=first.pk).update(starts_at=FIRST + timedelta(days=9))
    assert opening.open_forms()["moved"] == 1
    assert only().opens_at == before + timedelta(days=2)


def test_open_form_closes_later_with_a_moved_evening_and_never_earlier(study: Study, first: Evening):
    made.wave(study)
    opening.open_forms()
    assert (only().state, only().closes_at) == ("open", FIRST)
    Evening.objects.filter(pk=first.pk).update(starts_at=FIRST + timedelta(days=2))
    opening.open_forms()
    assert only().closes_at == FIRST + timedelta(days=2)
    Evening.objects.filter(pk=first.pk).update(starts_at=FIRST - timedelta(days=3))
    opening.open_forms()
    assert only().closes_at == FIRST + timedelta(days=2)


def test_cancelled_evening_takes_its_planned_form_along_but_no_open_one(study: Study, first: Evening):
    made.wave(study)
    made.evening_wave(study)
    opening.open_forms()
    Evening.objects.update(cancelled_at=NOON)
    assert opening.open_forms()["removed"] == 2
    assert (only().wave.code, only().state) == ("T0", "open")


def test_nothing_is_planned_that_would_be_over(study: Study, first: Evening):
    made.wave(study)
    Evening.objects.update(starts_at=NOON - timedelta(days=3))
    assert not opening.open_forms()


def test_nothing_is_planned_outside_the_days_of_the_study(study: Study, first: Evening):
    after_wave(study, opens_after_days=182)
    Study.objects.update(ends_on=NOON.date() + timedelta(days=60))
    assert not opening.open_forms()


def test_every_form_has_closed_on_the_day_before_the_key_is_destroyed(study: Study, first: Evening):
    made.wave(study)
    after_wave(study)
    made.evening_wave(study)
    last = NOON.date() + timedelta(days=19)
    Study.objects.update(ends_on=last, sunset_on=last + timedelta(days=1))
    opening.open_forms()
    assert Occasion.objects.count() == 4
    closes = max(Occasion.objects.values_list("closes_at", flat=True)).astimezone(OSLO)
    assert (closes.date(), closes.hour) == (last, 23)


def test_no_open_form_follows_its_evening_past_the_day_the_key_is_destroyed(study: Study, first: Evening):
    made.wave(study)
    opening.open_forms()
    Study.objects.update(ends_on=FIRST.date(), sunset_on=FIRST.date() + timedelta(days=1))
    Evening.objects.filter(pk=first.pk).update(starts_at=FIRST + timedelta(days=3))
    opening.open_forms()
    assert only().closes_at.astimezone(OSLO).date() == FIRST.date()


def test_a_form_that_would_open_when_the_key_is_gone_is_not_planned(study: Study, first: Evening):
    after_wave(study)
    opening.open_forms()
    Study.objects.update(ends_on=FIRST.date(), sunset_on=FIRST.date() + timedelta(days=1))
    assert opening.open_forms()["removed"] == 1
    assert not Occasion.objects.exists()


def test_planned_occasion_takes_the_identity_the_wave_has_when_it_opens(study: Study, first: Evening):
    wave = after_wave(study, audience="contact-person")
    opening.open_forms()
    wave.identity = "named"
    wave.save()
    opening.open_forms()
    assert only().identity == "named"


# --- opened
def test_opens_when_due_and_asks_everybody_who_takes_part(
    study: Study, first: Evening, adult: Adult, other_adult: Adult, neighbour: Adult, stranger: Adult
):
    made.wave(study)
    assert opening.open_forms()["opened"] == 1
    occasion = only()
    assert occasion.state == "open"
    assert len(occasion.public_key) == 32
    asked = set(occasion.participations.values_list("user", flat=True))
    assert asked == {adult.user_id, other_adult.user_id, neighbour.user_id}
    assert set(occasion.participations.values_list("state", flat=True)) == {"open"}


def test_not_due_is_not_opened(study: Study, first: Evening, adult: Adult):
    after_wave(study)
    opening.open_forms()
    assert only().state == "planned"
    assert not Participation.objects.exists()


def test_paused_and_gone_are_not_asked(study: Study, first: Evening, adult: Adult, neighbour: Adult):
    made.wave(study)
    adult.enrolments.update(paused_on=NOON.date())
    day = NOON.date() - timedelta(days=1)
    neighbour.enrolments.update(starts_on=day - timedelta(days=9), ends_on=day)
    opening.open_forms()
    assert only().state == "open"
    assert not Participation.objects.exists()


def test_late_starter_and_who_ends_a_pause_are_asked_while_it_is_open(
    study: Study, first: Evening, adult: Adult, group: Group
):
    made.wave(study)
    adult.enrolments.update(paused_on=NOON.date())
    opening.open_forms()
    adult.enrolments.update(paused_on=None)
    late = EnrolmentFactory(group=group).adult
    assert opening.open_forms()["asked later"] == 2
    assert set(Participation.objects.values_list("user", flat=True)) == {adult.user_id, late.user_id}


def test_nobody_is_asked_in_the_last_hour(study: Study, first: Evening, group: Group):
    made.wave(study)
    opening.open_forms()
    EnrolmentFactory(group=group)
    with time_machine.travel(FIRST - timedelta(minutes=50), tick=False):
        opening.open_forms()
    assert not Participation.objects.exists()


def test_whoever_changes_group_is_asked_once_in_a_wave(
    study: Study, first: Evening, adult: Adult, edition: object, municipality: object
):
    made.wave(study)
    opening.open_forms()
    other = GroupFactory(edition=edition, municipalities=[municipality])
    EveningFactory(group=other, module=first.module, starts_at=FIRST)
    adult.enrolments.update(group=other)
    opening.open_forms()
    assert Occasion.objects.filter(state="open").count() == 2
    assert Participation.objects.filter(user=adult.user).count() == 1


# --- half-way and after: only whoever has begun
@pytest.fixture
def half_way(study: Study, first: Evening) -> datetime:
    """When a form half-way has just opened: three days after the first evening."""
    made.wave(study, code="TM", opens_after_days=3)
    opening.plan_occasions(study, NOON)
    return FIRST + timedelta(days=3)


def asked_on(day: datetime) -> set[int]:
    with time_machine.travel(day, tick=False):
        opening.open_forms()
    return set(Participation.objects.filter(occasion__wave__code="TM").values_list("user", flat=True))


def test_whoever_came_in_after_the_evenings_that_were_held_is_not_asked_half_way(
    first: Evening, half_way: datetime, adult: Adult, group: Group
):
    EnrolmentFactory(group=group, starts_on=FIRST.date() + timedelta(days=1))
    assert asked_on(half_way) == {adult.user_id}


def test_whoever_was_away_each_time_and_has_read_nothing_is_not_asked_half_way(
    first: Evening, half_way: datetime, adult: Adult, neighbour: Adult
):
    AttendanceFactory(adult=adult, evening=first, state="absent")
    AttendanceFactory(adult=neighbour, evening=first, state="unknown")  # not marked is not absent
    assert asked_on(half_way) == {neighbour.user_id}


@pytest.mark.parametrize(("state", "is_asked"), [(None, False), ("unknown", False), ("partly", True)])
def test_whoever_came_in_on_the_day_of_the_last_evening_is_asked_then_only_when_seen_there(
    study: Study, first: Evening, adult: Adult, group: Group, state: str | None, is_asked: bool
):
    """She is on the list of tonight; whether she comes is not known before somebody has marked it."""
    after_wave(study, code="TM")
    last = Evening.objects.exclude(pk=first.pk).get()
    late = EnrolmentFactory(group=group, starts_on=last.starts_at.date()).adult
    if state:
        AttendanceFactory(adult=late, evening=last, state=state)
    tonight = last.starts_at + timedelta(minutes=last.minutes)
    assert asked_on(tonight) == {adult.user_id} | ({late.user_id} if is_asked else set())
    AttendanceFactory(adult=adult, evening=first, state="absent")  # asked already
    assert asked_on(tonight + timedelta(days=1)) == {adult.user_id, late.user_id}


@pytest.mark.parametrize("begun", ["read", "made-up", "asked before"])
def test_whoever_has_begun_some_other_way_is_asked_half_way(
    study: Study, first: Evening, half_way: datetime, adult: Adult, group: Group, begun: str
):
    AttendanceFactory(adult=adult, evening=first, state="made-up" if begun == "made-up" else "excused")
    if begun == "read":
        ReadingEventFactory(adult=adult, part=group.edition.parts.first())
    if begun == "asked before":
        made.participation(made.occasion(wave=made.wave(study), group=group), adult, state="missed")
    assert asked_on(half_way) == {adult.user_id}


def test_whoever_begins_while_the_form_is_open_is_asked_then(
    first: Evening, half_way: datetime, adult: Adult, group: Group
):
    AttendanceFactory(adult=adult, evening=first, state="absent")
    assert asked_on(half_way) == set()
    ReadingEventFactory(adult=adult, part=group.edition.parts.first())
    assert asked_on(half_way + timedelta(days=1)) == {adult.user_id}


def test_staff_are_asked_by_duty_and_role(study: Study, first: Evening, contact_person: User, leader: User):
    ours = {"anchor": "first-evening", "opens_after_days": -14, "identity": "named"}
    made.wave(study, code="KP0", audience="contact-person", **ours)
    made.wave(study, code="L0", audience="leader", **ours)
    opening.open_forms()
    asked = set(Participation.objects.values_list("occasion__wave__code", "user"))
    assert asked == {("KP0", contact_person.pk), ("L0", leader.pk)}
    assert Occasion.objects.get(wave__code="L0").group is None


def test_contact_person_of_two_groups_in_a_phase_is_asked_once(
    study: Study, first: Evening, contact_person: User, edition: object, municipality: object
):
    made.wave(study, code="KP0", audience="contact-person", identity="named")
    second = GroupFactory(edition=edition, municipalities=[municipality])
    AssignmentFactory(group=second, user=contact_person)
    EveningFactory(group=second, module=first.module, starts_at=FIRST)
    opening.open_forms()
    assert Participation.objects.filter(user=contact_person).count() == 1


def test_evening_form_asks_nobody_by_name(study: Study, first: Evening, adult: Adult):
    made.evening_wave(study)
    opening.open_forms()
    with time_machine.travel(FIRST + timedelta(hours=2), tick=False):
        assert opening.open_forms()["opened"] == 1
    assert not Participation.objects.exists()


def test_research_asks_only_who_has_agreed_to_the_letter_in_force(
    study: Study, first: Evening, adult: Adult, other_adult: Adult, neighbour: Adult
):
    Study.objects.update(is_research=True)
    study.refresh_from_db()
    made.wave(study)
    from evaluation import informing

    letter = informing.keep_letter(study)
    for person, agrees in ((adult, True), (other_adult, False)):
        informing.acknowledge(person.user, letter, mark=letter.checksum, agrees=agrees)
    opening.open_forms()
    assert [row.user_id for row in Participation.objects.all()] == [adult.user_id]


# --- what keeps it from opening
def test_wave_without_questionnaire_does_not_open_and_says_so(study: Study, first: Evening):
    wave = made.wave(study, versions=[])
    assert opening.open_forms()["blocked"] == 1
    assert only().state == "planned"
    from evaluation.obstacles import obstacles_of

    assert obstacles_of(wave) == ["Målingen har ikke noe skjema. Velg minst ett."]


def test_questionnaire_with_faults_does_not_open_and_says_where(study: Study, first: Evening):
    wave = made.wave(study, versions=[made.draft_version(licence="")])
    assert opening.open_forms()["blocked"] == 1
    assert InstrumentVersion.objects.get().frozen_at is None
    from evaluation.obstacles import obstacles_of

    assert "isens" in " ".join(obstacles_of(wave))


def test_draft_is_frozen_at_the_first_invitation(study: Study, first: Evening, adult: Adult):
    made.wave(study, versions=[made.draft_version()])
    assert opening.open_forms()["opened"] == 1
    assert len(InstrumentVersion.objects.get().frozen.items) == 5


def test_keys_kept_apart_are_not_made_by_work(study: Study, first: Evening, settings: object, adult: Adult):
    settings.SEAL_KEYS_APART = True  # type: ignore[attr-defined]
    made.wave(study)
    assert opening.open_forms()["blocked"] == 1
    assert only().state == "planned"
    assert not Participation.objects.exists()


def test_two_workers_open_it_once(study: Study, first: Evening, adult: Adult):
    made.wave(study)
    opening.plan_occasions(study, NOON)
    both = [only(), only()]
    assert [opening.open_occasion(row, NOON) for row in both] == [True, False]
    assert Participation.objects.count() == 1


# --- growth
def _queries(study: Study) -> int:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        opening.open_forms()
    return len(asked)


def test_opening_asks_no_more_of_many_people_and_items_than_of_few(
    study: Study, first: Evening, group: Group
):
    counts = []
    for people, items in ((2, 3), (40, 60)):
        Occasion.objects.all().delete()
        study.waves.all().delete()
        version = made.frozen_version([made.statement(f"t{n:02}") for n in range(items)])
        made.wave(study, versions=[version])
        EnrolmentFactory.create_batch(people, group=group)
        opening.plan_occasions(study, NOON)
        counts.append(_queries(study))
        assert Participation.objects.count() >= people
    assert counts[1] <= counts[0]  # the study's pairing key is made with the first


def test_planning_asks_no_more_of_many_groups_than_of_one(study: Study, first: Evening, edition: object):
    place = first.group.municipalities.get()
    made.evening_wave(study)
    opening.open_forms()
    with CaptureQueriesContext(connection) as few:
        opening.open_forms()
    for _n in range(6):
        group = GroupFactory(edition=edition, municipalities=[place])
        EveningFactory(group=group, module=first.module, starts_at=FIRST)
    opening.open_forms()
    with CaptureQueriesContext(connection) as many:
        opening.open_forms()
    assert len(few) == len(many)


def test_leader_whose_role_has_ended_is_not_asked(study: Study, first: Evening, municipality: object):
    ended = NOON.date() - timedelta(days=1)
    RoleFactory(kind="leader", municipality=municipality, starts_on=ended, ends_on=ended)
    made.wave(study, code="L0", audience="leader", identity="named")
    opening.open_forms()
    assert not Participation.objects.exists()
