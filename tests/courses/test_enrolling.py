"""Into a group: invitations, links, seats and waiting."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from courses import enrolling, welcoming
from courses.enrolling import AdultToInvite, AlreadyInvitedError, NotOpenError
from courses.models import (
    Adult,
    CatchUp,
    Enrolment,
    Family,
    FamilyInvitation,
    InvitedAdult,
    Message,
    ReadingEvent,
)
from courses.seats import fill_all_seats, fill_seats, seats_left
from courses.welcoming import Door
from tests.evening_factories import InvitedAdultFactory
from tests.factories import (
    AdultFactory,
    AttendanceFactory,
    EnrolmentFactory,
    EveningFactory,
    GroupFactory,
    ReadingEventFactory,
    UserFactory,
)

if TYPE_CHECKING:
    from courses.models import Group, Municipality, User

pytestmark = pytest.mark.django_db
ASTRID = AdultToInvite("Astrid", email="astrid@example.no")
OLE = AdultToInvite("Ole", mobile="+4740000009")


def invite(group: Group, *adults: AdultToInvite, shielded: bool = False) -> FamilyInvitation:
    place = group.municipalities.get()
    return enrolling.invite_family(
        group=group, municipality=place, adults=adults or (ASTRID,), shielded=shielded, by=None
    )


def expire(invitation: FamilyInvitation) -> None:
    invitation.adults.update(expires_at=timezone.now() - timedelta(minutes=1))


def let_in(invited: InvitedAdult) -> Enrolment:
    return enrolling.accept(invited_id=invited.pk, user=welcoming.user_at_door(invited))


# --- in
def test_a_couple_comes_into_one_family_with_a_seat_each(group: Group, municipality: Municipality) -> None:
    astrid, ole = invite(group, ASTRID, OLE).adults.order_by("seat")
    first, second = let_in(astrid), let_in(ole)
    assert first.adult.family == second.adult.family
    assert [first.adult.seat, second.adult.seat] == [1, 2]
    assert first.adult.family is not None
    assert first.adult.family.municipality == municipality
    assert first.adult.user.first_name == "Astrid"
    assert second.adult.user.channel == "sms"
    assert {first.group, second.group} == {group}


def test_the_second_of_a_couple_may_come_first(group: Group) -> None:
    astrid, ole = invite(group, ASTRID, OLE).adults.order_by("seat")
    assert let_in(ole).adult.family == let_in(astrid).adult.family


def test_whoever_was_here_before_keeps_her_family_and_what_she_has_read(group: Group, adult: Adult) -> None:
    family = adult.family
    event = ReadingEventFactory(adult=adult)
    other = GroupFactory(edition=group.edition, municipalities=[group.municipalities.get()])
    address = adult.user.email or ""
    [invited] = invite(other, AdultToInvite("Berit", email=address)).adults.all()
    enrolment = enrolling.accept(invited_id=invited.pk, user=adult.user)
    assert (enrolment.adult, enrolment.adult.family, enrolment.group) == (adult, family, other)
    assert list(ReadingEvent.objects.filter(adult=enrolment.adult)) == [event]


def test_two_who_were_alone_before_become_one_family(group: Group) -> None:
    was = AdultFactory(user__email="astrid@example.no")
    astrid, ole = invite(group, ASTRID, OLE).adults.order_by("seat")
    newcomer = let_in(ole).adult
    moved = enrolling.accept(invited_id=astrid.pk, user=was.user).adult
    assert moved == was
    assert moved.family == newcomer.family
    assert not Family.objects.filter(adults=None).exists()


def test_an_invitation_never_takes_an_adult_away_from_the_one_she_lives_with(
    group: Group, adult: Adult, other_adult: Adult
) -> None:
    other = GroupFactory(edition=group.edition, municipalities=[group.municipalities.get()])
    both = invite(other, OLE, AdultToInvite("Berit", email=adult.user.email))
    stranger, berit = both.adults.order_by("seat")
    let_in(stranger)
    enrolling.accept(invited_id=berit.pk, user=adult.user)
    adult.refresh_from_db()
    assert adult.family == other_adult.family


def test_a_shielded_family_is_shielded_and_gets_its_alias(group: Group) -> None:
    [invited] = invite(
        group, AdultToInvite("Liv", email="liv@example.no", alias="Deltaker A"), shielded=True
    ).adults.all()
    adult = Adult.objects.select_related("family", "user").get(pk=let_in(invited).adult.pk)
    assert adult.family is not None
    assert adult.family.shielded
    assert adult.shown_name == "Deltaker A"


def test_the_same_button_twice_gives_one_enrolment(group: Group) -> None:
    [invited] = invite(group).adults.all()
    assert let_in(invited) == let_in(invited)
    assert group.enrolments.count() == 1


def test_somebody_elses_link_is_not_ones_own(group: Group) -> None:
    [invited] = invite(group).adults.all()
    with pytest.raises(NotOpenError):
        enrolling.accept(invited_id=invited.pk, user=UserFactory())
    assert not group.enrolments.exists()


@pytest.mark.parametrize("how", ["expired", "withdrawn", "waiting", "unknown"])
def test_a_closed_link_lets_nobody_in(group: Group, how: str) -> None:
    invitation = invite(group)
    [invited] = invitation.adults.all()
    user = welcoming.user_at_door(invited)
    if how == "expired":
        expire(invitation)
    if how == "withdrawn":
        enrolling.withdraw(invitation)
    if how == "waiting":
        FamilyInvitation.objects.update(waiting=True)
    with pytest.raises(NotOpenError):
        enrolling.accept(invited_id=invited.pk + (how == "unknown"), user=user)
    assert not group.enrolments.exists()


def test_a_late_starter_gets_catch_up_for_what_was_held(group: Group) -> None:
    past = timezone.now() - timedelta(days=8)
    held, missed, cancelled = (EveningFactory(group=group, starts_at=past) for _ in range(3))
    cancelled.cancelled_at = past
    cancelled.save()
    EveningFactory(group=group)
    was_at_another = AdultFactory(user__email="astrid@example.no")
    AttendanceFactory(adult=was_at_another, evening__module=held.module, state="present")
    [invited] = invite(group).adults.all()
    enrolling.accept(invited_id=invited.pk, user=was_at_another.user)
    assert [row.evening for row in CatchUp.objects.all()] == [missed]


# --- links
def test_a_link_is_a_nonce_and_a_signature_and_a_changed_one_is_nobodys(group: Group) -> None:
    [invited] = invite(group).adults.all()
    token = welcoming.token_of(invited)
    assert welcoming.find(token) == invited
    for wrong in (invited.nonce, token[:-1], token + "a", token.replace(":", ""), "", "x" * 5_000, "ø:å"):
        assert welcoming.find(wrong) is None


def test_once_more_is_the_same_link_with_two_new_weeks(group: Group) -> None:
    invitation = invite(group)
    expire(invitation)
    [invited] = invitation.adults.all()
    token = welcoming.token_of(invited)
    again = enrolling.resend(invited)
    assert (again.issue, welcoming.token_of(again)) == (2, token)
    assert welcoming.door_of(again) == Door.OPEN
    assert again.expires_at > timezone.now() + timedelta(days=13)
    assert Message.objects.filter(invited=again, kind="invitation").count() >= 2


def test_a_used_or_withdrawn_invitation_is_not_sent_again(group: Group) -> None:
    invitation = invite(group)
    [invited] = invitation.adults.all()
    enrolling.withdraw(invitation)
    with pytest.raises(NotOpenError):
        enrolling.resend(invited)


def test_every_door_says_the_same_as_the_query(group: Group) -> None:
    rows = [
        InvitedAdultFactory(invitation__group=group),
        InvitedAdultFactory(invitation__group=group, used_at=timezone.now()),
        InvitedAdultFactory(invitation__group=group, expires_at=timezone.now()),
        InvitedAdultFactory(invitation__group=group, invitation__waiting=True),
        InvitedAdultFactory(invitation__group=group, invitation__withdrawn_at=timezone.now()),
    ]
    doors = [welcoming.door_of(row) for row in rows]
    assert doors == [Door.OPEN, Door.USED, Door.EXPIRED, Door.WAITING, Door.WITHDRAWN]
    assert list(InvitedAdult.objects.open()) == [rows[0]]


# --- who is known already
def test_nobody_is_invited_twice_to_a_group(group: Group, adult: Adult) -> None:
    invite(group, ASTRID)
    with pytest.raises(AlreadyInvitedError) as error:
        invite(group, OLE, AdultToInvite("Astrid", email="astrid@example.no"))
    assert error.value.seats == [2]
    with pytest.raises(AlreadyInvitedError):
        invite(group, AdultToInvite("Berit", email=adult.user.email))
    assert FamilyInvitation.objects.count() == 1


def test_an_expired_or_withdrawn_invitation_stands_in_nobodys_way(group: Group) -> None:
    expire(invite(group))
    enrolling.withdraw(invite(group))
    invite(group)


# --- seats
def test_seats_are_those_taken_and_those_kept_for_an_open_link(group: Group, adult: Adult) -> None:
    group.seats = 4
    group.save()
    assert seats_left(group) == 3
    [astrid, _ole] = invite(group, ASTRID, OLE).adults.order_by("seat")
    assert seats_left(group) == 1
    let_in(astrid)
    assert seats_left(group) == 1
    EnrolmentFactory(group=group, ends_on=timezone.localdate() - timedelta(days=1), starts_on="2026-01-01")
    assert seats_left(group) == 1
    InvitedAdult.objects.filter(used_at=None).update(expires_at=timezone.now())
    assert seats_left(group) == 2


def test_a_couple_takes_two_seats_or_none_and_the_first_that_fits_gets_the_seat(group: Group) -> None:
    group.seats = 1
    group.save()
    couple = invite(group, ASTRID, OLE)
    assert couple.waiting
    assert Message.objects.filter(step__startswith="waiting").count() == 2
    alone = invite(group, AdultToInvite("Kari", email="kari@example.no"))
    assert not alone.waiting
    later = invite(group, AdultToInvite("Per", email="per@example.no"))
    assert later.waiting
    enrolling.withdraw(alone)
    later.refresh_from_db()
    couple.refresh_from_db()
    assert (couple.waiting, later.waiting) == (True, False)
    group.seats = 3
    group.save()
    assert fill_seats(group) == [couple]
    assert [welcoming.door_of(adult) for adult in couple.adults.select_related("invitation")] == [
        Door.OPEN
    ] * 2


def test_an_expired_link_gives_its_seat_on(group: Group) -> None:
    group.seats = 1
    group.save()
    first = invite(group)
    waiting = invite(group, OLE)
    assert fill_all_seats() == 0
    expire(first)
    assert fill_all_seats() == 1
    waiting.refresh_from_db()
    assert not waiting.waiting
    [late] = first.adults.all()
    assert enrolling.resend(late).invitation.waiting  # her seat is gone: she waits for the next
    assert seats_left(group) == 0


def test_whoever_leaves_gives_the_seat_on_and_hears_no_more(group: Group, adult: Adult) -> None:
    group.seats = 1
    group.save()
    EveningFactory(group=group)
    Enrolment.objects.update(starts_on=timezone.localdate() - timedelta(days=30))
    enrolment = group.enrolments.get()
    waiting = invite(group)
    enrolling.leave(enrolment)
    waiting.refresh_from_db()
    assert not waiting.waiting
    assert not group.enrolments.current().exists()
    assert not Message.objects.filter(user=adult.user, state="planned").exists()


def test_a_user_is_made_once_when_the_button_is_pressed_in_two_tabs(group: Group) -> None:
    [invited] = invite(group).adults.all()
    users: list[User] = [welcoming.user_at_door(invited), welcoming.user_at_door(invited)]
    assert users[0] == users[1]
    assert users[0].language == "nb"
