"""Whoever is at the neighbours' evening, or has changed group, makes up her own there."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from courses.attending import Mark, mark
from courses.catching_up import confirm, offer
from courses.models import Adult, Attendance, CatchUp, Enrolment, Evening, Group, User
from tests import factories as made
from tests.courses.missed import evening_of, held, say

__all__ = ["held"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def theirs(held: Evening, other_group: Group, adult: Adult) -> Evening:
    """The neighbours' evening, at which she makes up the one she missed."""
    say(held, adult, "absent")
    offer(held)
    evening = evening_of(other_group, days=-1)
    CatchUp.objects.update(neighbour=evening, state="under-way")
    return evening


def test_whoever_has_changed_group_makes_up_the_module_in_the_new_one(
    held: Evening, other_group: Group, adult: Adult
) -> None:
    say(held, adult, "absent")
    offer(held)
    Enrolment.objects.filter(adult=adult).update(ends_on=timezone.localdate() - timedelta(days=1))
    made.EnrolmentFactory(adult=adult, group=other_group)
    there = evening_of(other_group, days=-1)
    assert confirm(CatchUp.objects.get(), None)
    assert Attendance.objects.get(adult=adult, evening=there).state == "made-up"


def test_being_at_the_neighbours_evening_makes_up_ones_own(
    held: Evening, theirs: Evening, adult: Adult, contact_person: User
) -> None:
    mark(theirs, [Mark(adult.pk, "present")], contact_person)
    offer(theirs)
    row = CatchUp.objects.get()
    assert (row.state, row.confirmed_by) == ("done", contact_person)
    assert Attendance.objects.get(adult=adult, evening=held).state == "made-up"
    # a slip of the finger there is one here as well
    mark(theirs, [Mark(adult.pk, "absent")], contact_person)
    offer(theirs)
    assert CatchUp.objects.get().state == "under-way"
    assert Attendance.objects.get(adult=adult, evening=held).state == "absent"


def test_a_talk_stands_whatever_the_neighbour_saves_afterwards(
    held: Evening, theirs: Evening, adult: Adult, contact_person: User
) -> None:
    assert confirm(CatchUp.objects.get(), contact_person)
    offer(theirs)  # her list is saved, and the guest who did not come is not marked
    row = CatchUp.objects.get()
    assert (row.state, row.neighbour) == ("done", None)
    assert Attendance.objects.get(adult=adult, evening=held).state == "made-up"


def test_a_guests_mark_that_is_taken_away_says_not_that_she_was_away(
    held: Evening, theirs: Evening, adult: Adult
) -> None:
    say(theirs, adult, "present")
    offer(theirs)
    say(theirs, adult, "unknown")
    offer(theirs)
    assert CatchUp.objects.get().state == "done"


def test_a_guest_who_has_changed_group_makes_up_the_evening_of_the_new_one(
    held: Evening, group: Group, other_group: Group, adult: Adult
) -> None:
    say(held, adult, "absent")
    offer(held)
    new = made.GroupFactory(edition=group.edition)
    Enrolment.objects.filter(adult=adult).update(ends_on=timezone.localdate() - timedelta(days=1))
    made.EnrolmentFactory(adult=adult, group=new)
    hers, theirs = evening_of(new, days=-2), evening_of(other_group, days=-1)
    CatchUp.objects.update(neighbour=theirs, state="under-way")
    say(theirs, adult, "present")
    offer(theirs)
    assert Attendance.objects.get(adult=adult, evening=hers).state == "made-up"


def test_a_guest_who_stayed_away_is_offered_nothing_at_the_neighbours(
    held: Evening, other_group: Group, adult: Adult
) -> None:
    say(held, adult, "absent")
    offer(held)
    theirs = evening_of(other_group, days=-1)
    CatchUp.objects.update(neighbour=theirs)
    mark(theirs, [Mark(adult.pk, "absent")], None)
    offer(theirs)
    assert CatchUp.objects.get().evening == held
    assert CatchUp.objects.get().state == "offered"
