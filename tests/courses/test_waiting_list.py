"""Who waits for a seat: goes first when there is one, is told anew each time, and two links live together."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from courses import enrolling, gatherings
from courses.enrolling import AdultToInvite, FullGroupError
from courses.models import FamilyInvitation, InvitedAdult, Message, SignUp
from courses.outbox.sending import send_due
from courses.seats import fill_all_seats, seats_left
from tests.evening_factories import GatheringFactory
from tests.factories import EnrolmentFactory, GroupFactory, UserFactory

if TYPE_CHECKING:
    from courses.models import Adult, Group

pytestmark = pytest.mark.django_db

ASTRID = AdultToInvite("Astrid", email="astrid@example.no")
BO = AdultToInvite("Bo", email="bo@example.no")
KARI = AdultToInvite("Kari", email="kari@example.no")


def invite(group: Group, *adults: AdultToInvite) -> FamilyInvitation:
    place = group.municipalities.get()
    return enrolling.invite_family(group=group, municipality=place, adults=adults, by=None)


def expire(invitation: FamilyInvitation) -> None:
    invitation.adults.update(expires_at=timezone.now() - timedelta(minutes=1))


def deliver() -> list[str]:
    """Sends what is planned, whatever its time; the recipients in order."""
    mail.outbox.clear()
    Message.objects.filter(state="planned").exclude(step="reminder").update(due_at=timezone.now())
    send_due()
    return sorted(address for letter in mail.outbox for address in letter.to)


@pytest.fixture
def _daytime() -> object:
    with time_machine.travel("2026-11-26 11:00:00+00:00", tick=True):
        yield


@pytest.mark.usefixtures("_daytime")
def test_both_of_a_couple_hear_that_they_got_a_seat_after_their_links_had_died(group: Group) -> None:
    group.seats = 2
    group.save()
    couple = invite(group, ASTRID, BO)
    assert deliver() == ["astrid@example.no", "bo@example.no"]
    expire(couple)
    group.seats = 1
    group.save()
    enrolling.resend(couple.adults.get(seat=1))
    couple.refresh_from_db()
    assert couple.waiting
    assert deliver() == ["astrid@example.no", "bo@example.no"]
    group.seats = 2
    group.save()
    assert fill_all_seats() == 1
    assert deliver() == ["astrid@example.no", "bo@example.no"]
    assert not Message.objects.filter(state="planned").exclude(step="reminder").exists()


@pytest.mark.usefixtures("_daytime")
def test_who_waits_a_second_time_is_told_so_again(group: Group) -> None:
    group.seats = 1
    group.save()
    first, waiting = invite(group, ASTRID), invite(group, BO)
    assert deliver() == ["astrid@example.no", "bo@example.no"]
    enrolling.withdraw(first)
    assert deliver() == ["bo@example.no"]
    expire(waiting)
    invite(group, KARI)
    assert deliver() == ["kari@example.no"]
    assert enrolling.resend(waiting.adults.get()).invitation.waiting
    assert deliver() == ["bo@example.no"]
    assert "venteliste" in str(mail.outbox[0].body)


def test_once_more_to_one_of_a_couple_renews_the_other_whose_link_had_died_too(group: Group) -> None:
    couple = invite(group, ASTRID, BO)
    expire(couple)
    enrolling.resend(couple.adults.get(seat=1))
    assert InvitedAdult.objects.open().filter(invitation=couple).count() == 2
    assert list(couple.adults.values_list("issue", flat=True)) == [2, 2]


def test_once_more_to_one_leaves_a_link_that_lives_as_it_is(group: Group) -> None:
    couple = invite(group, ASTRID, BO)
    enrolling.resend(couple.adults.get(seat=1))
    assert list(couple.adults.order_by("seat").values_list("issue", flat=True)) == [2, 1]


def test_a_seat_that_has_come_free_goes_to_who_waits_and_not_to_who_is_invited_now(group: Group) -> None:
    group.seats = 1
    group.save()
    first, waiting = invite(group, ASTRID), invite(group, BO)
    expire(first)
    newest = invite(group, KARI)
    waiting.refresh_from_db()
    assert (waiting.waiting, newest.waiting) == (False, True)


def test_a_seat_that_has_come_free_does_not_go_to_who_changes_group(group: Group, adult: Adult) -> None:
    other = GroupFactory(edition=group.edition, municipalities=[group.municipalities.get()], seats=1)
    first, waiting = invite(other, ASTRID), invite(other, BO)
    expire(first)
    with pytest.raises(FullGroupError):
        enrolling.change_group(group.enrolments.get(adult=adult), other)
    assert seats_left(other) == 1  # nothing is kept of a change that was refused
    assert waiting.waiting
    fill_all_seats()
    assert seats_left(other) == 0


def test_a_new_seat_at_a_gathering_goes_to_who_waits_before_who_signs_up_now() -> None:
    gathering = GatheringFactory(seats=1)
    for user in UserFactory.create_batch(2):
        gatherings.sign_up(gathering, user)
    gathering.seats = 2
    gathering.save()
    late = gatherings.sign_up(gathering, UserFactory())
    assert late.state == "waiting"
    assert SignUp.objects.filter(state="signed-up").count() == 2


def test_a_group_with_room_and_nobody_waiting_takes_who_comes(group: Group) -> None:
    other = GroupFactory(edition=group.edition, municipalities=[group.municipalities.get()], seats=1)
    enrolment = EnrolmentFactory(group=group)
    assert enrolling.change_group(enrolment, other).group == other
