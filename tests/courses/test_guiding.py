"""Guidance between evenings and «ring meg»: when, never what about, and one of each at a time."""

from __future__ import annotations

import threading
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import IntegrityError, connections, transaction
from django.utils import timezone

from courses import guiding
from courses.forms.coach import CallForm, MeetingForm
from courses.models import Adult, CallRequest, Enrolment, Family, GuidanceMeeting, Message, User
from tests import evening_factories as around
from tests import factories as made

if TYPE_CHECKING:
    from courses.models import Group

OSLO = ZoneInfo("Europe/Oslo")
pytestmark = pytest.mark.django_db


def oslo(day: int, hour: int, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=OSLO)


# --- when to talk, pure
@pytest.mark.parametrize(
    ("wished_on", "wished_time", "suggested"),
    [
        (None, "any", oslo(10, 10)),  # a Tuesday: tomorrow
        (date(2026, 11, 12), "evening", oslo(12, 18)),
        (date(2026, 11, 9), "afternoon", oslo(10, 14)),  # today is too soon
    ],
)
def test_a_talk_is_suggested_when_it_was_wished_for(
    wished_on: date | None, wished_time: str, suggested: datetime
) -> None:
    call = CallRequest(wished_on=wished_on, wished_time=wished_time)
    assert guiding.suggested_talk(call, oslo(9, 12)) == suggested


def test_without_a_wish_no_talk_is_suggested_at_a_weekend() -> None:
    assert guiding.suggested_talk(None, oslo(13, 12)) == oslo(16, 10)


# --- the rhythm, pure
@pytest.mark.parametrize(
    ("last", "now", "suggested"),
    [
        (oslo(10, 13), oslo(12, 9), oslo(24, 13)),  # two weeks after the last, at its hour
        (None, oslo(12, 9), oslo(26, 10)),  # two weeks from today
        (oslo(7, 13), oslo(9, 9), oslo(23, 13)),  # a Saturday becomes the Monday after
        (oslo(1, 13, 9), oslo(12, 9), oslo(13, 13)),  # long ago: tomorrow
        (oslo(1, 13, 9), oslo(13, 9), oslo(16, 13)),  # and not on Saturday
        (oslo(16, 13, 10), oslo(17, 9, 10), oslo(30, 13, 10)),  # the same hour after the clocks went back
    ],
)
def test_the_next_meeting_is_suggested_for_a_fortnight_later_on_a_weekday(
    last: datetime | None, now: datetime, suggested: datetime
) -> None:
    assert guiding.suggested(last, now) == suggested


def test_a_meeting_that_was_taken_off_is_neither_next_nor_last() -> None:
    now = timezone.now()

    def row(days: int, off: bool = False) -> GuidanceMeeting:
        return GuidanceMeeting(at=now + timedelta(days=days), cancelled_at=now if off else None)

    rows = [row(9), row(-9), row(3), row(-1, off=True), row(1, off=True)]
    coming, last = guiding.next_and_last(rows, now)
    assert (coming, last) == (rows[2], rows[1])
    assert guiding.next_and_last([], now) == (None, None)


# --- agreeing
def test_a_family_has_one_next_meeting_and_agreeing_again_moves_it(
    family: Family, contact_person: User
) -> None:
    first = guiding.agree(family, timezone.now() + timedelta(days=3), by=contact_person)
    moved = guiding.agree(family, timezone.now() + timedelta(days=5), by=contact_person)
    assert moved.pk == first.pk
    assert (moved.sequence, moved.contact_person) == (1, contact_person)
    guiding.agree(family, moved.at)
    assert GuidanceMeeting.objects.get().sequence == 1
    assert GuidanceMeeting.objects.get().contact_person == contact_person


def test_a_familys_own_proposal_goes_to_whoever_leads_the_group(
    family: Family, group: Group, contact_person: User
) -> None:
    meeting = guiding.agree(family, timezone.now() + timedelta(days=3), group=group.pk)
    assert meeting.contact_person == contact_person


def test_a_meeting_is_taken_off_once_and_not_after_it_was_held(family: Family) -> None:
    meeting = guiding.agree(family, timezone.now() + timedelta(days=3))
    assert guiding.cancel(meeting)
    assert not guiding.cancel(meeting)
    held = around.GuidanceMeetingFactory(family=family, at=timezone.now() - timedelta(days=1))
    assert not guiding.cancel(held)
    assert GuidanceMeeting.objects.get(pk=meeting.pk).sequence == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_agree_at_once_make_one_meeting(family: Family) -> None:
    start = threading.Barrier(2)

    def agree(days: int) -> None:
        start.wait()
        guiding.agree(family, timezone.now() + timedelta(days=days))
        connections.close_all()

    threads = [threading.Thread(target=agree, args=[days]) for days in (3, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert GuidanceMeeting.objects.get().sequence == 1


# --- what can be typed
@time_machine.travel(oslo(12, 12), tick=False)
@pytest.mark.parametrize(
    ("day", "clock", "field", "said"),
    [
        ("2026-11-11", "10:00", "day", "Dagen er passert."),
        ("2026-11-12", "11:59", "clock", "Klokkeslettet er passert i dag."),
        ("2027-06-12", "10:00", "day", "innen et halvt år"),
        ("2026-13-40", "10:00", "day", "Skriv dagen slik"),
        ("", "10:00", "day", "Velg en dag."),
        ("2026-11-20", "", "clock", "Velg et klokkeslett."),
        ("2026-11-20", "25:00", "clock", "Skriv klokkeslettet slik"),
        ("2026-11-20", "02:30", "clock", "mellom 7 og 22"),
    ],
)
def test_what_is_no_time_to_meet_is_said_at_its_field(day: str, clock: str, field: str, said: str) -> None:
    form = MeetingForm({"day": day, "clock": clock})
    assert not form.is_valid()
    assert said in str(form.errors[field])


@time_machine.travel(oslo(12, 12), tick=False)
def test_a_typed_time_is_oslos() -> None:
    for day, clock in (("2026-11-20", "10:30"), ("20.11.2026", "10.30")):
        form = MeetingForm({"day": day, "clock": clock})
        assert form.is_valid(), form.errors
        assert form.at == datetime(2026, 11, 20, 9, 30, tzinfo=ZoneInfo("UTC"))


def test_a_call_needs_no_day(adult: Adult) -> None:
    form = CallForm({"wished_time": "any"})
    assert form.is_valid()
    assert guiding.ask_for_call(adult, **form.cleaned_data).wished_on is None


# --- «ring meg»
def test_asking_again_changes_the_wish_and_one_is_open_at_a_time(adult: Adult, contact_person: User) -> None:
    guiding.ask_for_call(adult, wished_on=None, wished_time="any")
    call = guiding.ask_for_call(adult, wished_on=None, wished_time="evening")
    assert CallRequest.objects.get().wished_time == "evening"
    with pytest.raises(IntegrityError), transaction.atomic():
        CallRequest.objects.create(adult=adult)
    assert guiding.answer_call(call, contact_person)
    assert not guiding.answer_call(call, contact_person)
    guiding.ask_for_call(adult, wished_on=None, wished_time="any")
    assert CallRequest.objects.filter(answered_at=None).count() == 1


def test_a_wish_is_taken_back_until_she_is_called(adult: Adult, contact_person: User) -> None:
    call = guiding.ask_for_call(adult, wished_on=None, wished_time="any")
    assert guiding.take_back_call(adult)
    assert not guiding.take_back_call(adult)
    call = guiding.ask_for_call(adult, wished_on=None, wished_time="any")
    guiding.answer_call(call, contact_person)
    assert not guiding.take_back_call(adult)
    assert CallRequest.objects.count() == 1


# --- from the contact person's page
def test_the_contact_person_agrees_moves_and_takes_off(
    adult: Adult, group: Group, contact_person: User, logged_in: Any
) -> None:
    client, day = logged_in(contact_person), timezone.localdate() + timedelta(days=7)
    here = f"/gruppe/{group.pk}/deltaker/{adult.pk}/"
    client.post(f"{here}veiledning/", {"day": day.isoformat(), "clock": "10:00"})
    meeting = GuidanceMeeting.objects.get()
    assert (meeting.family, meeting.contact_person) == (adult.family, contact_person)
    assert "Neste: " in client.get(here).content.decode()
    client.post(f"{here}veiledning/", {"day": day.isoformat(), "clock": "12:00"})
    assert GuidanceMeeting.objects.get().sequence == 1
    client.post(f"/gruppe/{group.pk}/veiledning/{meeting.pk}/avlys/")
    assert GuidanceMeeting.objects.get().cancelled_at is not None


def test_a_time_in_the_past_comes_back_with_what_was_typed(
    adult: Adult, group: Group, contact_person: User, logged_in: Any
) -> None:
    here = f"/gruppe/{group.pk}/deltaker/{adult.pk}/veiledning/"
    page = logged_in(contact_person).post(here, {"day": "2020-01-02", "clock": "10:00"})
    assert page.status_code == 422
    assert "2020-01-02" in page.content.decode()
    assert "Dagen er passert." in page.content.decode()
    assert not GuidanceMeeting.objects.exists()


def test_an_adult_without_a_family_has_no_family_guidance(
    group: Group, contact_person: User, logged_in: Any
) -> None:
    alone = made.EnrolmentFactory(group=group, adult__family=None, adult__seat=None).adult
    client = logged_in(contact_person)
    here = f"/gruppe/{group.pk}/deltaker/{alone.pk}/"
    assert 'id="veiledning"' not in client.get(here).content.decode()
    assert client.post(f"{here}veiledning/", {"day": "2027-01-02", "clock": "10:00"}).status_code == 404
    assert Enrolment.objects.filter(adult=alone).exists()


# --- what the outbox holds of it
def test_both_are_reminded_and_told_when_it_is_moved_or_taken_off(
    adult: Adult, other_adult: Adult, contact_person: User
) -> None:
    meeting = guiding.agree(adult.family, timezone.now() + timedelta(days=7), by=contact_person)
    waiting = Message.objects.filter(thing=f"guidance:{meeting.pk}", state="planned")
    assert {adult.user_id, other_adult.user_id} <= set(
        waiting.filter(step="reminder").values_list("user", flat=True)
    )
    guiding.agree(adult.family, timezone.now() + timedelta(days=9), by=contact_person)
    assert waiting.filter(step__startswith="moved-1").exists()
    guiding.cancel(meeting)
    assert not waiting.filter(step="reminder").exists()
    assert waiting.filter(step__startswith="cancelled-2").exists()


def test_a_wish_for_a_call_reaches_whoever_leads_the_group(adult: Adult, contact_person: User) -> None:
    call = guiding.ask_for_call(adult, wished_on=None, wished_time="any")
    told = Message.objects.filter(thing=f"call:{call.pk}", step="asked")
    assert list(told.values_list("user", flat=True)) == [contact_person.pk]
