"""Catching up a missed evening: who is offered it, the talk about it, and when it is made up."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from courses.catching_up import NotOnTheListError, agree_talk, confirm, go_through, offer
from courses.models import (
    Adult,
    Attendance,
    AttendanceMark,
    CallRequest,
    CatchUp,
    Enrolment,
    Evening,
    Group,
    Message,
    User,
)
from courses.outbox.letters import NotWantedError, day_and_time, words_of
from tests import factories as made
from tests.courses.missed import evening_of, held, say

__all__ = ["held"]
pytestmark = pytest.mark.django_db


# --- who is offered it
@pytest.mark.parametrize("state", ["absent", "excused", "partly"])
def test_whoever_missed_an_evening_or_some_of_it_is_offered_to_catch_up(
    held: Evening, adult: Adult, state: str
) -> None:
    say(held, adult, state)
    assert offer(held) == 1
    row = CatchUp.objects.get()
    assert (row.adult, row.state) == (adult, "offered")


@pytest.mark.parametrize("state", ["present", "unknown", None])
def test_whoever_was_there_or_is_not_marked_is_offered_nothing(
    held: Evening, adult: Adult, state: str | None
) -> None:
    if state:
        say(held, adult, state)
    assert offer(held) == 0
    assert not CatchUp.objects.exists()


def test_the_same_offer_again_changes_nothing(held: Evening, adult: Adult) -> None:
    say(held, adult, "absent")
    offer(held)
    go_through(CatchUp.objects.get())
    assert offer(held) == 0
    assert CatchUp.objects.get().state == "under-way"


@pytest.mark.parametrize("corrected", ["present", "unknown"])
def test_a_corrected_mark_takes_the_offer_away(held: Evening, adult: Adult, corrected: str) -> None:
    say(held, adult, "absent")
    offer(held)
    say(held, adult, corrected)
    offer(held)
    assert not CatchUp.objects.exists()


def test_an_evening_to_come_and_a_cancelled_one_offer_nothing(
    held: Evening, group: Group, adult: Adult
) -> None:
    coming = evening_of(group, 2, days=3)
    say(coming, adult, "excused")
    assert offer(coming) == 0
    say(held, adult, "absent")
    Evening.objects.filter(pk=held.pk).update(cancelled_at=timezone.now())
    held.refresh_from_db()
    assert offer(held) == 0


def test_whoever_has_the_module_from_another_group_needs_no_catch_up(
    held: Evening, other_group: Group, adult: Adult
) -> None:
    made.AttendanceFactory(adult=adult, evening=evening_of(other_group), state="present")
    say(held, adult, "absent")
    assert offer(held) == 0


def test_a_late_starters_offer_stays_when_the_evening_is_offered_again(held: Evening, adult: Adult) -> None:
    Enrolment.objects.filter(adult=adult).update(starts_on=timezone.localdate())
    CatchUp.objects.create(adult=adult, evening=held)
    offer(held)
    assert CatchUp.objects.filter(adult=adult).exists()


# --- when it is made up
def test_a_talk_makes_the_evening_up_and_leaves_a_trace(
    held: Evening, adult: Adult, contact_person: User
) -> None:
    say(held, adult, "absent")
    offer(held)
    CallRequest.objects.create(adult=adult)
    row = CatchUp.objects.get()
    assert confirm(row, contact_person)
    assert (row.state, row.confirmed_by) == ("done", contact_person)
    assert Attendance.objects.get(adult=adult).state == "made-up"
    assert list(AttendanceMark.objects.values_list("state", flat=True)) == ["absent", "made-up"]
    assert CallRequest.objects.get().answered_by == contact_person


def test_confirming_twice_is_confirming_once(held: Evening, adult: Adult, contact_person: User) -> None:
    say(held, adult, "absent")
    offer(held)
    row = CatchUp.objects.get()
    assert confirm(row, contact_person)
    assert not confirm(row, None)
    assert CatchUp.objects.get().confirmed_by == contact_person
    assert AttendanceMark.objects.filter(state="made-up").count() == 1


def test_a_made_up_evening_is_not_offered_again(held: Evening, adult: Adult) -> None:
    say(held, adult, "absent")
    offer(held)
    confirm(CatchUp.objects.get(), None)
    assert offer(held) == 0
    assert CatchUp.objects.get().state == "done"


def test_whoever_has_left_cannot_be_marked_and_nothing_is_stored(held: Evening, adult: Adult) -> None:
    say(held, adult, "absent")
    offer(held)
    Enrolment.objects.filter(adult=adult).update(ends_on=timezone.localdate() - timedelta(days=1))
    with pytest.raises(NotOnTheListError):
        confirm(CatchUp.objects.get(), None)
    assert CatchUp.objects.get().state == "offered"


@pytest.mark.parametrize("slip", ["absent", "unknown"])
def test_a_slip_of_the_finger_after_it_was_made_up_can_be_made_up_again(
    held: Evening, adult: Adult, slip: str
) -> None:
    say(held, adult, "absent")
    offer(held)
    confirm(CatchUp.objects.get(), None)
    say(held, adult, slip)
    offer(held)
    offer(held)
    row = CatchUp.objects.get()
    assert (row.state, row.done_at) == ("under-way", None)
    assert confirm(row, None)
    assert Attendance.objects.get(adult=adult, evening=held).state == "made-up"


def test_the_first_time_she_went_through_it_is_kept(held: Evening, adult: Adult) -> None:
    say(held, adult, "absent")
    offer(held)
    go_through(CatchUp.objects.get())
    first = CatchUp.objects.get().read_at
    go_through(CatchUp.objects.get())
    assert CatchUp.objects.get().read_at == first


def letter_of(row: Message) -> str:
    words = words_of(row, max(timezone.now(), row.due_at))
    return " ".join((words.subject, *words.sentences))


def test_whoever_gets_a_time_for_the_talk_is_told_and_of_a_new_time_once_more(
    held: Evening, adult: Adult
) -> None:
    say(held, adult, "absent")
    offer(held)
    row, at = CatchUp.objects.get(), timezone.now() + timedelta(days=3)
    agree_talk(row, at)
    agree_talk(row, at)
    [told] = Message.objects.filter(step__startswith="talk")
    assert (told.user, told.kind, told.state) == (adult.user, "evening", "planned")
    assert letter_of(told) == f"Avtale {day_and_time(at)} Du har en avtale {day_and_time(at)}."
    later = at + timedelta(hours=2)
    agree_talk(row, later)
    with pytest.raises(NotWantedError, match="superseded"):
        letter_of(told)
    newest = Message.objects.filter(step__startswith="talk").latest("pk")
    assert day_and_time(later) in letter_of(newest)
    confirm(row, None)
    with pytest.raises(NotWantedError, match="done"):
        letter_of(newest)
    agree_talk(row, later + timedelta(days=1))
    assert Message.objects.filter(step__startswith="talk").count() == 2


def test_an_agreed_talk_is_not_moved_once_the_evening_is_made_up(held: Evening, adult: Adult) -> None:
    say(held, adult, "absent")
    offer(held)
    row, at = CatchUp.objects.get(), timezone.now() + timedelta(days=1)
    agree_talk(row, at)
    assert (row.call_at, row.state) == (at, "under-way")
    confirm(row, None)
    agree_talk(row, at + timedelta(days=1))
    assert CatchUp.objects.get().call_at == at
