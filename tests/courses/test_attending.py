"""Marks on the attendance list: merged by the devices' clocks, never lost, never doubled, never invented."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from courses.attendance_sheets import sheet_of
from courses.attending import Mark, NotNowError, adults_of, evenings_led_by, join_walk_in, mark, walk_in
from courses.models import Attendance, AttendanceMark, User, WalkIn
from tests import factories as made
from tests.evening_factories import CatchUpFactory
from tests.halls import evening, thursday_evening
from tests.plans import make_evening

if TYPE_CHECKING:
    from courses.models import Adult, Evening, Group


__all__ = ["evening", "thursday_evening"]
pytestmark = pytest.mark.django_db


def state_of(adult: Adult, evening: Evening) -> str:
    return Attendance.objects.get(adult=adult, evening=evening).state


def test_the_last_tap_by_the_devices_clocks_stands_whoever_is_heard_first(
    evening: Evening, adult: Adult, contact_person: User
) -> None:
    now = timezone.now()
    later = Mark(adult.pk, "partly", now - timedelta(minutes=1))
    earlier = Mark(adult.pk, "present", now - timedelta(minutes=3))
    mark(evening, [later], contact_person)
    mark(evening, [earlier], contact_person)
    assert state_of(adult, evening) == "partly"
    assert AttendanceMark.objects.count() == 2


def test_two_taps_at_the_same_moment_are_settled_by_their_ids(
    evening: Evening, adult: Adult, contact_person: User
) -> None:
    at = timezone.now() - timedelta(minutes=1)
    mark(evening, [Mark(adult.pk, "present", at), Mark(adult.pk, "absent", at)], contact_person)
    last = AttendanceMark.objects.order_by("pk").last()
    assert last is not None
    assert state_of(adult, evening) == last.state == "absent"


def test_a_tap_sent_twice_is_one_row(evening: Evening, adult: Adult, contact_person: User) -> None:
    tap = Mark(adult.pk, "present")
    [first] = mark(evening, [tap], contact_person)
    [again] = mark(evening, [tap], contact_person)
    assert (first.status, again.status) == ("stored", "known")
    assert first.id == again.id
    assert AttendanceMark.objects.count() == 1


def test_a_tap_that_stands_twice_in_what_is_sent_is_one_row(
    evening: Evening, adult: Adult, contact_person: User
) -> None:
    tap = Mark(adult.pk, "present")
    outcomes = mark(evening, [tap, tap], contact_person)
    assert len({outcome.id for outcome in outcomes}) == 1
    assert AttendanceMark.objects.count() == 1


def test_a_clock_that_is_ahead_does_not_win_for_ever(
    evening: Evening, adult: Adult, contact_person: User
) -> None:
    mark(evening, [Mark(adult.pk, "absent", timezone.now() + timedelta(days=400))], contact_person)
    stored = AttendanceMark.objects.get()
    assert stored.marked_at == stored.received_at
    mark(evening, [Mark(adult.pk, "present")], contact_person)
    assert state_of(adult, evening) == "present"


def test_one_who_is_not_on_the_list_is_refused_and_the_others_are_kept(
    evening: Evening, adult: Adult, stranger: Adult, contact_person: User
) -> None:
    outcomes = mark(evening, [Mark(stranger.pk, "present"), Mark(adult.pk, "present")], contact_person)
    assert [outcome.status for outcome in outcomes] == ["refused", "stored"]
    assert outcomes[0].why
    assert not Attendance.objects.filter(adult=stranger).exists()
    assert state_of(adult, evening) == "present"


def test_an_id_that_another_evening_has_used_is_refused_and_changes_nothing_there(
    evening: Evening, adult: Adult, contact_person: User, group: Group
) -> None:
    other = make_evening(group, module=2)
    tap = Mark(adult.pk, "present")
    mark(other, [tap], contact_person)
    [outcome] = mark(evening, [Mark(adult.pk, "absent", client_id=tap.client_id)], contact_person)
    assert outcome.status == "refused"
    assert not Attendance.objects.filter(evening=evening).exists()
    assert state_of(adult, other) == "present"


def test_an_unknown_state_is_refused(evening: Evening, adult: Adult, contact_person: User) -> None:
    [outcome] = mark(evening, [Mark(adult.pk, "borte")], contact_person)
    assert outcome.status == "refused"
    assert AttendanceMark.objects.count() == 0


def test_nobody_is_marked_as_there_before_the_doors_open_but_may_send_word(
    group: Group, adult: Adult, contact_person: User
) -> None:
    tomorrow = make_evening(group, began=timedelta(hours=-3))
    outcomes = mark(
        tomorrow,
        [Mark(adult.pk, "present"), Mark(adult.pk, "absent"), Mark(adult.pk, "excused")],
        contact_person,
    )
    assert [outcome.status for outcome in outcomes] == ["refused", "refused", "stored"]
    assert "ikke begynt" in outcomes[0].why
    assert state_of(adult, tomorrow) == "excused"
    soon = make_evening(group, module=2, began=timedelta(hours=-1, minutes=-59))
    assert mark(soon, [Mark(adult.pk, "present")], contact_person)[0].status == "stored"


def test_nobody_is_marked_at_a_cancelled_evening(group: Group, adult: Adult, contact_person: User) -> None:
    evening = make_evening(group, cancelled_at=timezone.now())
    [outcome] = mark(evening, [Mark(adult.pk, "present")], contact_person)
    assert (outcome.status, Attendance.objects.count()) == ("refused", 0)
    with pytest.raises(NotNowError):
        walk_in(evening, name="Kari", by=contact_person)


def test_not_marked_is_never_turned_into_absent(
    evening: Evening, adult: Adult, other_adult: Adult, contact_person: User
) -> None:
    mark(evening, [Mark(adult.pk, "present")], contact_person)
    assert not Attendance.objects.filter(adult=other_adult).exists()
    mark(evening, [Mark(adult.pk, "unknown")], contact_person)
    assert state_of(adult, evening) == "unknown"


def test_a_tap_that_comes_late_does_not_undo_what_was_made_up_since(
    evening: Evening, adult: Adult, contact_person: User
) -> None:
    made.AttendanceFactory(adult=adult, evening=evening, state="made-up", marked_at=timezone.now())
    mark(evening, [Mark(adult.pk, "absent", timezone.now() - timedelta(hours=1))], contact_person)
    assert state_of(adult, evening) == "made-up"
    assert AttendanceMark.objects.count() == 1


def test_guests_are_on_the_list_and_those_who_lead_or_have_left_are_not(
    evening: Evening,
    adult: Adult,
    neighbour: Adult,
    stranger: Adult,
    contact_person: User,
    other_group: Group,
) -> None:
    theirs = make_evening(other_group, module=2)
    CatchUpFactory(adult=stranger, evening=theirs, neighbour=evening)
    leading = made.EnrolmentFactory(
        group=evening.group, adult__user=contact_person, adult__family=None, adult__seat=None
    )
    neighbour.enrolments.update(
        starts_on=timezone.localdate() - timedelta(days=9), ends_on=timezone.localdate() - timedelta(days=1)
    )
    assert set(adults_of(evening)) == {adult, stranger}
    assert leading.adult not in adults_of(evening)


def test_a_guest_who_has_left_her_own_group_is_no_longer_on_the_neighbours_list(
    evening: Evening, stranger: Adult, other_group: Group
) -> None:
    CatchUpFactory(adult=stranger, evening=make_evening(other_group, module=2), neighbour=evening)
    assert stranger.pk in {row.adult for row in sheet_of(evening).rows}
    stranger.enrolments.update(
        starts_on=timezone.localdate() - timedelta(days=9), ends_on=timezone.localdate() - timedelta(days=1)
    )
    assert stranger not in adults_of(evening)
    assert stranger.pk not in {row.adult for row in sheet_of(evening).rows}


def test_a_guests_number_is_not_shown(
    evening: Evening, stranger: Adult, adult: Adult, other_group: Group
) -> None:
    User.objects.update(mobile=None)
    for number, one in enumerate((stranger, adult)):
        User.objects.filter(pk=one.user_id).update(mobile=f"+479000000{number}")
    CatchUpFactory(adult=stranger, evening=make_evening(other_group, module=2), neighbour=evening)
    numbers = {row.adult: row.mobile for row in sheet_of(evening).rows}
    assert numbers[adult.pk] == "+4790000001"
    assert numbers[stranger.pk] is None


def test_a_tap_about_one_who_was_in_the_group_that_day_is_taken_although_she_has_left_since(
    evening: Evening, adult: Adult, contact_person: User
) -> None:
    adult.enrolments.update(starts_on=timezone.localdate() - timedelta(days=9), ends_on=timezone.localdate())
    tap = Mark(adult.pk, "present")
    with time_machine.travel("2026-11-28T09:00:00+01:00"):
        assert adult not in adults_of(evening)
        [outcome] = mark(evening, [tap], contact_person)
    assert outcome.status == "stored"


def test_somebody_who_walks_in_twice_with_one_id_is_one(evening: Evening, contact_person: User) -> None:
    tap = uuid.uuid4()
    first = walk_in(evening, name="Kari", by=contact_person, client_id=tap)
    again = walk_in(evening, name="Kari", by=contact_person, client_id=tap)
    assert first.pk == again.pk
    assert WalkIn.objects.count() == 1


def test_one_who_walked_in_is_joined_with_an_adult_also_when_a_mark_was_made_after_she_came(
    evening: Evening, adult: Adult, stranger: Adult, contact_person: User
) -> None:
    came = timezone.now() - timedelta(minutes=4)
    guest = walk_in(evening, name="Berit", by=contact_person, marked_at=came)
    assert join_walk_in(guest, stranger, contact_person).status == "refused"
    guest.refresh_from_db()
    assert guest.adult is None
    mark(evening, [Mark(adult.pk, "absent")], contact_person)
    assert join_walk_in(guest, adult, contact_person).status == "stored"
    guest.refresh_from_db()
    assert guest.adult == adult
    assert state_of(adult, evening) == "present"


def test_the_number_of_questions_does_not_grow_with_the_marks(evening: Evening, contact_person: User) -> None:
    def queries(number: int) -> int:
        adults = [made.EnrolmentFactory(group=evening.group).adult for _ in range(number)]
        with CaptureQueriesContext(connection) as captured:
            mark(evening, [Mark(one.pk, "present") for one in adults], contact_person)
        return len(captured)

    assert queries(2) == queries(40)


def test_only_those_who_lead_a_group_find_its_evening(
    evening: Evening,
    adult: Adult,
    contact_person: User,
    other_contact_person: User,
    project_leader: User,
) -> None:
    assert list(evenings_led_by(contact_person)) == [evening]
    assert list(evenings_led_by(project_leader)) == [evening]
    assert list(evenings_led_by(other_contact_person)) == []
    assert list(evenings_led_by(adult.user)) == []
    # a contact person who takes part in a group of others does not lead it
    made.EnrolmentFactory(
        group=evening.group, adult__user=other_contact_person, adult__family=None, adult__seat=None
    )
    assert list(evenings_led_by(other_contact_person)) == []
