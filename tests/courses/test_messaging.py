"""What is planned, for whom and when: once each, moved with what it is about, never at night."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from courses import messaging
from courses.models import Enrolment, Message, SignUp, User
from courses.outbox import rows as outbox
from courses.outbox import whom
from courses.outbox.letters import compose, words_of
from tests import factories as made
from tests.editions import make_families
from tests.evening_factories import (
    CallRequestFactory,
    CatchUpFactory,
    FamilyInvitationFactory,
    GatheringFactory,
    GuidanceMeetingFactory,
    InvitedAdultFactory,
    MessageFactory,
)
from tests.factories import EveningFactory

if TYPE_CHECKING:
    from courses.models import Adult, Evening, Group

pytestmark = pytest.mark.django_db
OSLO = ZoneInfo("Europe/Oslo")
NOON = datetime(2026, 11, 23, 12, tzinfo=OSLO)  # a Monday


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def evening(group: Group, adult: Adult, neighbour: Adult) -> Evening:
    """Kurskveld 1, Thursday of next week at 18."""
    module = group.edition.programme.modules.get(number=1)
    return EveningFactory(group=group, module=module, starts_at=datetime(2026, 12, 3, 18, tzinfo=OSLO))


def planned(thing: object = None, **rows: object) -> list[tuple[str, str, datetime]]:
    """(first name of the user, step, due) of what waits."""
    found = Message.objects.filter(state="planned", **rows).select_related("user")
    return sorted((m.user.first_name, m.step, timezone.localtime(m.due_at)) for m in found)


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


def test_whoever_was_reminded_of_her_invitation_is_reminded_of_the_next_link_and_never_a_third_time():
    invited = InvitedAdultFactory(expires_at=NOON + timedelta(days=14))
    rows = Message.objects.filter(invited=invited, step__startswith="reminder")
    for issue in (1, 2, 3):
        invited.issue, invited.expires_at = issue, invited.expires_at + timedelta(days=14)
        messaging.plan_invitation(invited)
        messaging.plan_invitation(invited)
        rows.filter(state="planned").update(state="sent", sent_at=NOON)
    assert sorted(rows.values_list("step", flat=True)) == ["reminder", "reminder-2"]


def test_second_reminder_of_an_invitation_says_what_the_first_did(settings):
    invited = InvitedAdultFactory(expires_at=NOON + timedelta(days=3))
    row = MessageFactory(user=None, invited=invited, kind="invitation", thing=f"invited:{invited.pk}")
    said = []
    for step in ("reminder", "reminder-2"):
        row.step = step
        said.append(compose(row, NOON).body)
    assert said[0] == said[1]


def test_invitation_has_one_row_for_each_time_it_is_sent_and_one_reminder():
    invited = InvitedAdultFactory(expires_at=NOON + timedelta(days=14))
    messaging.plan_invitation(invited)
    invited.issue = 2
    messaging.plan_invitation(invited)
    steps = Message.objects.filter(invited=invited).order_by("step").values_list("step", flat=True)
    assert list(steps) == ["invitation-1", "invitation-2", "reminder"]


def test_waiting_list_tells_both_adults_of_a_household():
    invitation = FamilyInvitationFactory(waiting=True)
    InvitedAdultFactory(invitation=invitation)
    InvitedAdultFactory(invitation=invitation, seat=2)
    messaging.plan_waiting(invitation)
    assert Message.objects.filter(step__startswith="waiting").count() == 2


def test_refresher_is_told_two_weeks_before_and_reminded_of_two_days_before(group: Group, adult: Adult):
    at = datetime(2027, 1, 14, 18, tzinfo=OSLO)
    messaging.plan_gathering(GatheringFactory(kind="refresher", group=group, starts_at=at))
    assert [(step, due) for _name, step, due in planned()] == [
        ("announcement", at - timedelta(days=14)),
        ("reminder", at - timedelta(days=2)),
    ]


def test_theme_evening_is_told_the_place_and_reminded_of_to_who_comes(
    adult: Adult, neighbour: Adult, stranger: Adult
):
    gathering = GatheringFactory(starts_at=NOON + timedelta(days=14))
    gathering.municipalities.add(adult.family.municipality)
    SignUp.objects.create(gathering=gathering, user=adult.user)
    SignUp.objects.create(gathering=gathering, user=neighbour.user, state="withdrawn")
    messaging.plan_gathering(gathering)
    steps = [(name, step) for name, step, _due in planned()]
    assert steps == [(adult.user.first_name, "announcement"), (adult.user.first_name, "reminder")]


@pytest.mark.parametrize("how", ["paused", "left"])
def test_who_wants_silence_hears_of_no_gathering_and_no_guidance(
    adult: Adult, neighbour: Adult, contact_person: User, how: str
):
    gathering = GatheringFactory(starts_at=NOON + timedelta(days=2))
    gathering.municipalities.add(adult.family.municipality)
    SignUp.objects.create(gathering=gathering, user=adult.user)
    meeting = GuidanceMeetingFactory(family=adult.family, contact_person=contact_person)
    yesterday = timezone.localdate() - timedelta(days=1)
    ended = {"starts_on": yesterday, "ends_on": yesterday}
    if how == "left":
        SignUp.objects.all().delete()  # as courses/enrolling.py does
    change = {"paused_on": timezone.localdate()} if how == "paused" else ended
    Enrolment.objects.filter(adult=adult).update(**change)
    messaging.silence(adult)
    messaging.plan_gathering(gathering)
    messaging.plan_guidance(meeting)
    messaging.plan_ahead()
    assert not planned(user=adult.user)


def test_guidance_reminds_the_family_and_the_contact_person_the_day_before(
    adult: Adult, other_adult: Adult, contact_person: User
):
    at = datetime(2026, 12, 1, 10, tzinfo=OSLO)
    meeting = GuidanceMeetingFactory(family=adult.family, contact_person=contact_person, at=at)
    messaging.plan_guidance(meeting)
    reminded = {name for name, step, due in planned() if step == "reminder" and due == at - timedelta(days=1)}
    assert reminded == {user.first_name for user in (adult.user, other_adult.user, contact_person)}
    assert planned(step="next") == [(contact_person.first_name, "next", at + timedelta(days=14))]


def test_guidance_that_moves_is_a_change(adult: Adult, contact_person: User):
    meeting = GuidanceMeetingFactory(family=adult.family, contact_person=contact_person)
    messaging.plan_guidance(meeting)
    meeting.at, meeting.sequence = NOON + timedelta(hours=20), 1
    meeting.save()
    messaging.plan_guidance(meeting)
    assert {step for _name, step, _due in planned(kind="change")} == {"moved-1-urgent"}


def test_catch_up_is_offered_and_reminded_of_once(adult: Adult, evening: Evening):
    messaging.plan_catch_up(CatchUpFactory(adult=adult, evening=evening))
    assert [step for _name, step, _due in planned(kind="evening")] == ["offer", "reminder"]


def test_guest_from_another_group_is_told_of_the_evening(evening: Evening, stranger: Adult):
    CatchUpFactory(adult=stranger, neighbour=evening)
    messaging.plan_evening(evening)
    assert planned(user=stranger.user)


def test_call_request_goes_to_who_leads_the_adults_group(
    adult: Adult, contact_person: User, other_contact_person: User
):
    messaging.plan_call_request(CallRequestFactory(adult=adult))
    assert {name for name, _step, _due in planned()} == {contact_person.first_name}


def test_call_request_of_staff_in_training_goes_to_the_project_leader_when_nobody_leads_the_course(
    group: Group, contact_person: User, other_contact_person: User, project_leader: User
):
    training = made.GroupFactory(edition=group.edition)
    training.municipalities.set(group.municipalities.all())
    adult = made.AdultFactory(user=other_contact_person, family=None, seat=None)
    made.EnrolmentFactory(adult=adult, group=training)
    messaging.plan_call_request(CallRequestFactory(adult=adult))
    assert {name for name, _step, _due in planned()} == {project_leader.first_name}
    first = Message.objects.order_by("due_at")[0]
    assert words_of(first, first.due_at).path == f"/gruppe/{training.pk}/"
    made.AssignmentFactory(group=training, user=contact_person)
    assert set(whom.leading_adult(adult)) == {contact_person}


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
