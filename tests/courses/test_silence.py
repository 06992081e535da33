"""Who pauses, leaves, comes back or signs up anew: what stops, what goes on, and what is told after all."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from courses import enrolling, gatherings, guiding, messaging, returning
from courses.models import CatchUp, Message, SignUp, User
from courses.outbox.letters import words_of
from tests.evening_factories import (
    CallRequestFactory,
    CatchUpFactory,
    GatheringFactory,
    GuidanceMeetingFactory,
)
from tests.factories import EnrolmentFactory, EveningFactory, GroupFactory

if TYPE_CHECKING:
    from courses.models import Adult, Enrolment, Gathering, Group, Municipality

pytestmark = pytest.mark.django_db
OSLO = ZoneInfo("Europe/Oslo")
NOON = datetime(2026, 11, 23, 12, tzinfo=OSLO)  # a Monday
LAST_WEEK = {"starts_on": (NOON - timedelta(days=7)).date()}


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def enrolment(adult: Adult) -> Enrolment:
    adult.enrolments.update(**LAST_WEEK)
    return adult.enrolments.get()


@pytest.fixture
def theme(municipality: Municipality) -> Gathering:
    made: Gathering = GatheringFactory(starts_at=NOON + timedelta(days=20), seats=1)
    made.municipalities.set([municipality])
    return made


def steps(user: User, **rows: object) -> set[tuple[str, str]]:
    """(kind of thing, step) of what waits for her."""
    found = Message.objects.filter(user=user, state="planned", **rows).values_list("thing", "step")
    return {(thing.partition(":")[0], step) for thing, step in found}


def what_waits(enrolment: Enrolment) -> set[tuple[str, str]]:
    """Guidance and an evening to catch up, planned."""
    module = enrolment.group.edition.programme.modules.get(number=1)
    held = EveningFactory(group=enrolment.group, module=module, starts_at=NOON - timedelta(days=3))
    messaging.plan_catch_up(CatchUpFactory(adult=enrolment.adult, evening=held))
    messaging.plan_guidance(
        GuidanceMeetingFactory(family=enrolment.adult.family, at=NOON + timedelta(days=9))
    )
    waits = steps(enrolment.adult.user)
    assert waits == {("catch-up", "offer"), ("catch-up", "reminder"), ("guidance", "reminder")}
    return waits


@pytest.mark.parametrize("how", ["pause", "leave"])
def test_who_comes_back_gets_guidance_and_catch_up_again(enrolment: Enrolment, how: str) -> None:
    waits = what_waits(enrolment)
    getattr(enrolling, how)(enrolment)
    assert not steps(enrolment.adult.user)
    if how == "pause":
        enrolling.resume(enrolment)
    else:
        assert returning.take_back_leave(enrolment)
    assert steps(enrolment.adult.user) == waits


def test_who_changes_group_keeps_them_and_can_still_be_told(enrolment: Enrolment) -> None:
    waits = what_waits(enrolment)
    group = GroupFactory(edition=enrolment.group.edition)
    EveningFactory(
        group=group, module=CatchUp.objects.get().evening.module, starts_at=NOON - timedelta(days=1)
    )
    enrolling.change_group(enrolment, group)
    assert steps(enrolment.adult.user) == waits
    for row in Message.objects.filter(user=enrolment.adult.user, state="planned"):
        assert words_of(row, row.due_at).sentences


def test_what_was_agreed_during_a_pause_is_reminded_of_after_it(enrolment: Enrolment) -> None:
    enrolling.pause(enrolment)
    guiding.agree(enrolment.adult.family, NOON + timedelta(days=9))
    assert not steps(enrolment.adult.user)
    enrolling.resume(enrolment)
    assert steps(enrolment.adult.user) == {("guidance", "reminder")}


def test_what_a_person_stopped_is_not_brought_back(enrolment: Enrolment) -> None:
    what_waits(enrolment)
    Message.objects.filter(thing__startswith="guidance").update(state="skipped", why="stopped")
    enrolling.pause(enrolment)
    enrolling.resume(enrolment)
    assert ("guidance", "reminder") not in steps(enrolment.adult.user)


def test_leaving_gives_the_seat_at_a_theme_evening_to_who_waits(
    enrolment: Enrolment, neighbour: Adult, theme: Gathering
) -> None:
    for user in (enrolment.adult.user, neighbour.user):
        gatherings.sign_up(theme, user)
    enrolling.leave(enrolment)
    assert not SignUp.objects.filter(user=enrolment.adult.user).exists()
    assert SignUp.objects.get(user=neighbour.user).state == "signed-up"


def test_who_signs_up_after_leaving_hears_of_it_and_who_pauses_does_not(
    enrolment: Enrolment, neighbour: Adult, theme: Gathering
) -> None:
    theme.seats = None
    theme.save()
    enrolling.leave(enrolment)
    gatherings.sign_up(theme, enrolment.adult.user)
    gatherings.sign_up(theme, neighbour.user)
    enrolling.pause(neighbour.enrolments.get())
    gatherings.cancel(theme)
    assert steps(enrolment.adult.user, kind="change") == {("gathering", "cancelled-1")}
    row = Message.objects.get(user=enrolment.adult.user, kind="change")
    assert "avlyst" in words_of(row, timezone.now()).subject
    assert not steps(neighbour.user, kind="change")


def test_who_leaves_one_of_two_groups_keeps_her_theme_evening(enrolment: Enrolment, theme: Gathering) -> None:
    EnrolmentFactory(adult=enrolment.adult, **LAST_WEEK)
    gatherings.sign_up(theme, enrolment.adult.user)
    enrolling.leave(enrolment)
    assert SignUp.objects.filter(user=enrolment.adult.user).exists()


def test_contact_person_who_has_left_a_course_of_her_own_goes_on_with_her_work(
    enrolment: Enrolment, contact_person: User, municipality: Municipality
) -> None:
    course = GatheringFactory(kind="staff-course", starts_at=NOON + timedelta(days=20))
    course.municipalities.set([municipality])
    own = EnrolmentFactory(adult__user=contact_person, **LAST_WEEK)
    gatherings.sign_up(course, contact_person)
    messaging.plan_call_request(CallRequestFactory(adult=enrolment.adult))
    messaging.plan_evening(EveningFactory(group=own.group, starts_at=NOON + timedelta(days=9)))
    assert ("evening", "reminder") in steps(contact_person)
    enrolling.leave(own)
    work = {("gathering", "announcement"), ("gathering", "reminder"), ("call", "asked"), ("call", "reminder")}
    assert steps(contact_person) == work
    Message.objects.filter(step="announcement").delete()
    messaging.plan_gathering(course)
    assert steps(contact_person) == work
    gatherings.cancel(course)
    assert ("gathering", "cancelled-1") in steps(contact_person)


def test_mark_corrected_back_and_forth_gives_one_offer(adult: Adult, group: Group) -> None:
    held = EveningFactory(group=group, starts_at=NOON - timedelta(days=3))
    messaging.plan_catch_up(CatchUpFactory(adult=adult, evening=held))
    Message.objects.filter(step="offer").update(state="sent", sent_at=NOON)
    CatchUp.objects.all().delete()
    again = CatchUpFactory(adult=adult, evening=held)
    messaging.plan_catch_up(again)
    assert Message.objects.filter(step="offer").count() == 1
    assert steps(adult.user) == {("catch-up", "reminder")}
    row = Message.objects.get(step="reminder")
    assert words_of(row, row.due_at).path.endswith(f"/{again.pk}/")


def test_guidance_that_moves_after_its_reminder_is_reminded_of_again(adult: Adult) -> None:
    meeting = GuidanceMeetingFactory(family=adult.family, at=NOON + timedelta(days=2))
    messaging.plan_guidance(meeting)
    Message.objects.update(state="sent", sent_at=NOON)
    meeting.at, meeting.sequence = NOON + timedelta(days=9), 1
    meeting.save()
    messaging.plan_guidance(meeting)
    assert steps(adult.user, kind="guidance") == {("guidance", "reminder-2")}
    row = Message.objects.get(step="reminder-2")
    assert "avtale" in words_of(row, row.due_at).sentences[0]


def test_theme_evening_made_long_before_is_told_once(enrolment: Enrolment, theme: Gathering) -> None:
    from courses.outbox.rows import forget_old

    theme.starts_at = NOON + timedelta(days=110)
    theme.save()
    messaging.plan_gathering(theme)
    Message.objects.filter(step="announcement").update(state="sent", sent_at=NOON)
    with time_machine.travel(NOON + timedelta(days=100), tick=False):
        forget_old()
        messaging.plan_ahead()
    assert Message.objects.filter(user=enrolment.adult.user, step="announcement").get().state == "sent"
