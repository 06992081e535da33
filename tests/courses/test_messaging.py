"""What is planned, for whom and when: once each, moved with what it is about, never at night."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from courses import messaging
from courses.models import Enrolment, Message, User
from courses.outbox import rows as outbox
from tests.courses.planned import NOON, OSLO, evening, noon, planned
from tests.editions import make_families

if TYPE_CHECKING:
    from courses.models import Adult, Evening, Group


__all__ = ["evening", "noon"]
pytestmark = pytest.mark.django_db


def test_everybody_enrolled_is_reminded_two_days_before(evening: Evening, adult: Adult, neighbour: Adult):
    messaging.plan_evening(evening)
    due = datetime(2026, 12, 1, 18, tzinfo=OSLO)
    assert planned() == sorted((a.user.first_name, "reminder", due) for a in (adult, neighbour))


def test_planning_again_makes_no_second_row(evening: Evening):
    for _again in range(3):
        messaging.plan_evening(evening)
    assert Message.objects.count() == 2


def test_a_reminder_moves_with_its_evening(evening: Evening):
    messaging.plan_evening(evening)
    evening.starts_at += timedelta(days=7)
    evening.save()
    messaging.plan_evening(evening)
    assert {due for _name, _step, due in planned()} == {datetime(2026, 12, 8, 18, tzinfo=OSLO)}


def test_whoever_was_reminded_is_reminded_of_the_new_date_and_never_a_third_time(
    evening: Evening, adult: Adult
):
    messaging.plan_evening(evening)
    for days in (7, 14, 21):
        Message.objects.filter(state="planned").update(state="sent", sent_at=timezone.now())
        evening.starts_at += timedelta(days=days)
        evening.save()
        messaging.plan_evening(evening)
    mine = Message.objects.filter(user=adult.user)
    assert sorted(mine.values_list("step", flat=True)) == ["reminder", "reminder-2"]


def test_sent_reminder_is_not_planned_again_for_the_same_date(evening: Evening):
    messaging.plan_evening(evening)
    Message.objects.update(state="sent", sent_at=timezone.now())
    messaging.plan_evening(evening)
    assert not planned()


def test_who_has_paused_or_left_is_not_planned_for(evening: Evening, adult: Adult, neighbour: Adult):
    Enrolment.objects.filter(adult=adult).update(paused_on=timezone.localdate())
    yesterday = timezone.localdate() - timedelta(days=1)
    Enrolment.objects.filter(adult=neighbour).update(starts_on=yesterday, ends_on=yesterday)
    messaging.plan_evening(evening)
    assert not planned()


def test_silence_takes_out_everything_of_one_adult_and_of_nobody_else(
    evening: Evening, adult: Adult, neighbour: Adult
):
    messaging.plan_evening(evening)
    messaging.silence(adult)
    assert [name for name, _step, _due in planned()] == [neighbour.user.first_name]


def test_who_comes_back_is_told_again(evening: Evening, adult: Adult):
    messaging.plan_evening(evening)
    messaging.silence(adult)
    messaging.plan_enrolment(adult.enrolments.get())
    assert planned(user=adult.user)


def test_what_somebody_stopped_stays_stopped(evening: Evening, adult: Adult):
    messaging.plan_evening(evening)
    row = Message.objects.get(user=adult.user)
    assert outbox.stop(row)
    messaging.plan_evening(evening)
    row.refresh_from_db()
    assert (row.state, row.why) == ("skipped", "stopped")


def test_what_waits_for_another_try_keeps_its_time(evening: Evening, adult: Adult):
    messaging.plan_evening(evening)
    later = datetime(2026, 12, 1, 18, 8, tzinfo=OSLO)
    Message.objects.filter(user=adult.user).update(tries=4, due_at=later)
    messaging.plan_evening(evening)
    row = Message.objects.get(user=adult.user)
    assert (row.tries, row.due_at) == (4, later)


def test_cancelled_evening_has_no_reminders(evening: Evening):
    messaging.plan_evening(evening)
    evening.cancelled_at = timezone.now()
    evening.save()
    messaging.plan_change(evening, "cancelled")
    assert not planned(kind="evening")
    assert len(planned(kind="change")) == 2


def test_change_is_told_to_everybody_who_comes_and_to_who_leads(
    evening: Evening, adult: Adult, neighbour: Adult, contact_person: User
):
    evening.sequence = 1
    messaging.plan_change(evening, "moved")
    told = [(name, step) for name, step, _due in planned(kind="change")]
    people = [adult.user, neighbour.user, contact_person]
    assert told == sorted((user.first_name, "moved-1") for user in people)


def test_change_within_48_hours_goes_at_once_and_as_a_text_message_too(evening: Evening, adult: Adult):
    User.objects.filter(pk=adult.user_id).update(mobile="+4740000001")
    evening.sequence = 3
    with time_machine.travel(NOON.replace(hour=23), tick=False):
        evening.starts_at = timezone.now() + timedelta(hours=20)
        messaging.plan_change(evening, "place")
        mine = planned(user=adult.user, kind="change")
        assert [step for _name, step, _due in mine] == ["place-3-sms", "place-3-urgent"]
        assert {due for _name, _step, due in mine} == {timezone.now()}
        assert Message.objects.filter(outbox.due(timezone.now())).count() == 3


def test_near_change_at_night_wakes_nobody_for_an_evening_that_the_morning_is_early_enough_for(
    evening: Evening,
):
    with time_machine.travel(NOON.replace(hour=23), tick=False):
        evening.starts_at = timezone.now() + timedelta(hours=22)
        messaging.plan_change(evening, "cancelled")
    told = {(step, due) for _name, step, due in planned(kind="change")}
    assert told == {("cancelled-0-urgent", datetime(2026, 11, 24, 8, tzinfo=OSLO))}


def test_reminder_of_a_date_that_no_longer_holds_does_not_make_a_change_urgent(evening: Evening):
    messaging.plan_evening(evening)
    Message.objects.update(state="sent", sent_at=NOON)
    evening.starts_at += timedelta(days=14)
    evening.save()
    messaging.plan_change(evening, "place")
    assert {step for _name, step, _due in planned(kind="change")} == {"place-0"}


def test_change_of_an_evening_far_away_waits_for_the_morning(evening: Evening, adult: Adult):
    with time_machine.travel(NOON.replace(hour=22), tick=False):
        messaging.plan_change(evening, "moved")
        assert not Message.objects.filter(outbox.due(timezone.now())).exists()
    morning = datetime(2026, 11, 24, 8, tzinfo=OSLO)
    assert {due for _name, _step, due in planned(kind="change")} == {morning}


def test_evening_moved_away_from_tomorrow_is_told_at_once(evening: Evening):
    messaging.plan_change(evening, "moved", was=NOON + timedelta(hours=30))
    assert {step for _name, step, _due in planned(kind="change")} == {"moved-0-urgent"}


def test_date_in_the_past_that_is_put_right_is_told_nobody(evening: Evening):
    evening.starts_at = NOON - timedelta(days=1)
    messaging.plan_change(evening, "moved")
    assert not planned()


def test_work_plans_for_who_came_in_since(evening: Evening, adult: Adult):
    with time_machine.travel(evening.starts_at - timedelta(days=2, hours=3), tick=False):
        messaging.plan_ahead()
        assert len(planned()) == 2


def test_planning_an_evening_costs_the_same_for_two_and_for_twenty(group: Group, evening: Evening):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            messaging.plan_evening(evening)
        return len(captured)

    few = queries()
    make_families(group, 20)
    assert queries() <= few
