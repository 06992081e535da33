"""Catching up a missed evening: who is offered it, what it is made of, and when it is made up."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from courses.attending import Mark, mark
from courses.catching_up import (
    NotOnTheListError,
    agree_talk,
    chosen_parts,
    confirm,
    covered,
    go_through,
    offer,
)
from courses.models import (
    Adult,
    Attendance,
    AttendanceMark,
    CallRequest,
    CatchUp,
    CoreElementTick,
    EditionModule,
    Enrolment,
    Evening,
    EveningLog,
    Group,
    Message,
    User,
)
from courses.outbox.letters import NotWantedError, day_and_time, words_of
from tests import factories as made

if TYPE_CHECKING:
    from courses.models import Edition

pytestmark = pytest.mark.django_db

LAYER = {
    "minutes": 135,
    "plan": [
        {"title": "Kaffe", "core": "", "ask": ["Hvordan går det?"]},
        {"title": "Tema", "core": "lampa", "ask": ["Hvor kjenner du det?", "Hva hjelper?", "Et tredje?"]},
        {"title": "Øvelse", "core": "svar", "ask": []},
    ],
    "core_elements": [
        {"key": "lampa", "text": "Alle har funnet sin egen varsellampe."},
        {"key": "svar", "text": "Alle har øvd på et svar."},
        {"key": "hjelp", "text": "Siden om hjelp er vist."},
    ],
}


def evening_of(group: Group, number: int = 1, days: int = -3) -> Evening:
    return made.EveningFactory(
        group=group,
        module=group.edition.programme.modules.get(number=number),
        starts_at=timezone.now() + timedelta(days=days),
    )


@pytest.fixture
def held(group: Group, adult: Adult, other_adult: Adult, neighbour: Adult) -> Evening:
    """Module 1's evening three days ago; everybody was in the group long before."""
    long_ago = timezone.localdate() - timedelta(days=60)
    Enrolment.objects.update(starts_on=long_ago)
    return evening_of(group)


def say(evening: Evening, adult: Adult, state: str) -> None:
    [outcome] = mark(evening, [Mark(adult.pk, state)], None)
    assert outcome.status == "stored"


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
    held: Evening, other_group: Group, adult: Adult, contact_person: User
) -> None:
    say(held, adult, "absent")
    offer(held)
    theirs = evening_of(other_group, days=-1)
    CatchUp.objects.update(neighbour=theirs, state="under-way")
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
    held: Evening, other_group: Group, adult: Adult, contact_person: User
) -> None:
    say(held, adult, "absent")
    offer(held)
    theirs = evening_of(other_group, days=-1)
    CatchUp.objects.update(neighbour=theirs, state="under-way")
    assert confirm(CatchUp.objects.get(), contact_person)
    offer(theirs)  # her list is saved, and the guest who did not come is not marked
    row = CatchUp.objects.get()
    assert (row.state, row.neighbour) == ("done", None)
    assert Attendance.objects.get(adult=adult, evening=held).state == "made-up"


def test_a_guests_mark_that_is_taken_away_says_not_that_she_was_away(
    held: Evening, other_group: Group, adult: Adult
) -> None:
    say(held, adult, "absent")
    offer(held)
    theirs = evening_of(other_group, days=-1)
    CatchUp.objects.update(neighbour=theirs, state="under-way")
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


# --- what it is made of
def log_of(evening: Evening, edition: Edition, **ticks: str) -> None:
    EditionModule.objects.filter(edition=edition, module=evening.module).update(evening=LAYER)
    if ticks:
        log = EveningLog.objects.create(evening=evening)
        for key, done in ticks.items():
            CoreElementTick.objects.create(log=log, key=key, done=done)


def test_what_was_done_is_shown_with_its_questions_and_what_was_not_is_left_out(
    held: Evening, edition: Edition
) -> None:
    log_of(held, edition, lampa="yes", svar="partly", hjelp="no")
    found = covered(held)
    assert found.logged
    assert [(element.text, element.partly) for element in found.elements] == [
        ("Alle har funnet sin egen varsellampe.", False),
        ("Alle har øvd på et svar.", True),
    ]
    assert found.elements[0].questions == ["Hvor kjenner du det?", "Hva hjelper?"]


def test_without_a_log_the_plan_is_shown_and_said_to_be_the_plan(held: Evening, edition: Edition) -> None:
    log_of(held, edition)
    found = covered(held, "nn")
    assert not found.logged
    assert len(found.elements) == 3


def test_an_edition_without_a_facilitators_layer_gives_nothing_and_no_error(held: Evening) -> None:
    assert covered(held).elements == []
    assert covered(held).minutes == 2


def parts(*minutes: int) -> list[Any]:
    return [SimpleNamespace(key=f"del-{place}", minutes=many) for place, many in enumerate(minutes, start=1)]


@pytest.mark.parametrize(
    ("minutes", "read", "beside", "chosen"),
    [
        ((3, 3, 3, 3, 3), set(), 4, ["del-1", "del-2", "del-3"]),  # not more than fifteen
        ((3, 3, 3, 3, 3), {"del-1", "del-2"}, 4, ["del-3", "del-4", "del-5"]),  # what is not read first
        ((3, 3, 3, 3), {"del-1", "del-2", "del-3", "del-4"}, 4, ["del-1", "del-2"]),  # a second look
        ((2, 2), set(), 2, ["del-1", "del-2"]),  # a short module is all of it
        ((9, 9, 2), set(), 5, ["del-1"]),
    ],
)
def test_the_parts_make_ten_to_fifteen_minutes_with_the_rest(
    minutes: tuple[int, ...], read: set[str], beside: int, chosen: list[str]
) -> None:
    assert [part.key for part in chosen_parts(parts(*minutes), read, beside)] == chosen
