"""What is planned around the evenings: invitations, waiting lists, gatherings, guidance, calls."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from courses import messaging
from courses.models import Enrolment, Message, SignUp, User
from courses.outbox import whom
from courses.outbox.letters import compose, words_of
from tests import factories as made
from tests.courses.planned import NOON, OSLO, evening, noon, planned
from tests.evening_factories import (
    CallRequestFactory,
    CatchUpFactory,
    FamilyInvitationFactory,
    GatheringFactory,
    GuidanceMeetingFactory,
    InvitedAdultFactory,
    MessageFactory,
)

if TYPE_CHECKING:
    from courses.models import Adult, Evening, Group


__all__ = ["evening", "noon"]
pytestmark = pytest.mark.django_db


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
