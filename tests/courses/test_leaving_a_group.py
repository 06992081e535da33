"""Out of a group, a pause in it and over to another: what somebody has read is never lost."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from courses import enrolling
from courses.enrolling import FullGroupError
from courses.erasing import erase
from courses.models import Adult, Enrolment, Family, FamilyInvitation, InvitedAdult, Message
from courses.seats import seats_left
from tests.evening_factories import FamilyInvitationFactory, InvitedAdultFactory
from tests.factories import EnrolmentFactory, EveningFactory, GroupFactory, ReadingEventFactory

if TYPE_CHECKING:
    from courses.models import Edition, Group

pytestmark = pytest.mark.django_db


def test_whoever_leaves_on_her_first_day_is_told_nothing_more(group: Group, adult: Adult) -> None:
    enrolment = group.enrolments.get()
    enrolling.leave(enrolment)
    enrolment.refresh_from_db()
    assert enrolment.ends_on == enrolment.paused_on == timezone.localdate()


def test_a_pause_keeps_the_seat_and_ends_when_she_says_so(group: Group, adult: Adult) -> None:
    EveningFactory(group=group, starts_at=timezone.now() + timedelta(days=9))
    enrolment = group.enrolments.get()
    left = seats_left(group)
    enrolling.pause(enrolment)
    assert enrolment.paused_on == timezone.localdate()
    assert seats_left(group) == left
    assert not Message.objects.filter(user=adult.user, state="planned").exists()
    enrolling.resume(enrolment)
    assert Message.objects.filter(user=adult.user, state="planned").exists()


def test_a_change_of_group_keeps_what_she_has_read_and_where_she_was(
    group: Group, adult: Adult, edition: Edition
) -> None:
    Enrolment.objects.update(
        starts_on=timezone.localdate() - timedelta(days=30), last_part=edition.parts.first()
    )
    event = ReadingEventFactory(adult=adult)
    other = GroupFactory(edition=edition, municipalities=[group.municipalities.get()])
    moved = enrolling.change_group(group.enrolments.get(), other)
    assert (moved.group, moved.last_part) == (other, edition.parts.first())
    assert list(adult.reading_events.all()) == [event]
    assert [row.group for row in adult.enrolments.current()] == [other]


def test_a_full_group_takes_nobody_more_and_she_stays_where_she_was(group: Group, adult: Adult) -> None:
    other = GroupFactory(edition=group.edition, seats=1)
    EnrolmentFactory(group=other)
    with pytest.raises(FullGroupError):
        enrolling.change_group(group.enrolments.get(), other)
    assert group.enrolments.get().ends_on is None


def test_two_adults_are_parted_and_keep_what_is_theirs(
    group: Group, adult: Adult, other_adult: Adult
) -> None:
    Family.objects.update(shielded=True)
    event = ReadingEventFactory(adult=other_adult)
    old = other_adult.family
    new = enrolling.part_family(other_adult)
    other_adult.refresh_from_db()
    assert old is not None
    assert (new.municipality, new.shielded) == (old.municipality, True)
    assert (other_adult.family, other_adult.seat) == (new, 1)
    assert list(old.adults.all()) == [adult]
    assert list(other_adult.reading_events.all()) == [event]
    assert other_adult.enrolments.get().group == group
    assert enrolling.part_family(other_adult) == new


def test_erasure_takes_the_name_and_address_that_were_written_down(group: Group, adult: Adult) -> None:
    elsewhere = FamilyInvitationFactory()
    InvitedAdultFactory(invitation=elsewhere, email=(adult.user.email or "").upper())
    kept = InvitedAdultFactory(invitation__group=group)
    erase(adult)
    assert list(InvitedAdult.objects.all()) == [kept]
    assert not FamilyInvitation.objects.filter(pk=elsewhere.pk).exists()
