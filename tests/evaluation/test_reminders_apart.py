"""Two messages about one form never come together, also after a no, a pause or a new date for the evening."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
import time_machine

from courses import enrolling
from courses.models import Enrolment, Message
from courses.outbox.sending import send_due
from evaluation import answering, opening, windows
from evaluation.models import Occasion, Participation
from evaluation.reminding import APART
from tests import study_factories as made
from tests.factories import EnrolmentFactory, EveningFactory, GroupFactory
from tests.posts import Sink, sink

if TYPE_CHECKING:
    from courses.models import Adult, Group

__all__ = ["sink"]
pytestmark = pytest.mark.django_db
OSLO = ZoneInfo("Europe/Oslo")
NOON = datetime(2026, 10, 5, 12, tzinfo=OSLO)
ASKED, FIRST, LAST = "Et kort skjema til deg", "Et skjema venter på deg", "Skjemaet lukker snart"
FORTNIGHT = 14.25  # days


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def days() -> float:
    """How long it is open."""
    return FORTNIGHT


@pytest.fixture
def occasion(group: Group, adult: Adult, days: float) -> Occasion:
    study = made.study(programme=group.edition.programme, region=group.municipalities.get().region)
    row = made.occasion(
        wave=made.wave(study), group=group, opens_at=NOON, closes_at=NOON + timedelta(days=days)
    )
    opening.ask(row, NOON)
    return row


@pytest.mark.parametrize("days", [5.0])
def test_a_form_with_one_reminder_gets_it_also_when_the_mail_was_down(occasion: Occasion, sink: Sink) -> None:
    work(1.5, 5)
    assert subjects(sink) == [ASKED, FIRST]
    assert sent_days() == [2, 4]  # nobody is written to at midnight


@pytest.mark.parametrize("days", [14.25])
def test_a_reminder_waits_for_the_first_message_when_that_is_tried_again(
    occasion: Occasion, sink: Sink
) -> None:
    due = Message.objects.get(step="reminder").due_at
    Message.objects.filter(step="asked").update(tries=11, due_at=due + timedelta(hours=6))
    work(3, 14)
    assert subjects(sink)[0] == ASKED
    assert all(later - earlier >= 2 for earlier, later in itertools.pairwise(sent_days()))


def later(days: float) -> time_machine.travel:
    return time_machine.travel(NOON + timedelta(days=days), tick=False)


def subjects(sink: Sink) -> list[str]:
    return [mail["Subject"] for mail in sink.messages]


def work(first: float, last: float) -> None:
    """The worker's rounds, four each day."""
    day = first
    while day <= last:
        with later(day):
            opening.open_forms()
            send_due()
        day += 0.25


def sent_days() -> list[float]:
    """When each message went, in days from the first noon."""
    rows = Message.objects.filter(state="sent").order_by("sent_at")
    return [(row.sent_at - NOON) / timedelta(days=1) for row in rows]


def are_apart() -> bool:
    gaps = [timedelta(days=b - a) for a, b in itertools.pairwise(sent_days())]
    return all(gap >= APART - timedelta(hours=1) for gap in gaps)


# --- never together
def test_after_a_no_that_is_taken_back_late_one_message_goes(sink: Sink, occasion: Occasion, adult: Adult):
    send_due()
    with later(1):
        answering.decline(adult.user, occasion.pk)
    with later(13):
        answering.undo_decline(adult.user, occasion.pk)
        send_due()
    assert subjects(sink) == [ASKED, LAST]
    assert Message.objects.get(step="reminder").why == "superseded"


def test_after_a_pause_that_ends_late_one_message_goes(sink: Sink, occasion: Occasion, adult: Adult):
    send_due()
    enrolment = adult.enrolments.get()
    with later(1):
        enrolling.pause(enrolment)
    with later(13):
        enrolling.resume(enrolment)
        send_due()
    assert subjects(sink) == [ASKED, LAST]


def test_whoever_is_asked_first_after_a_pause_is_told_once(sink: Sink, occasion: Occasion, adult: Adult):
    enrolment = adult.enrolments.get()
    enrolling.pause(enrolment)
    with later(12.5):
        enrolling.resume(enrolment)
    work(12.5, 14.5)
    assert subjects(sink) == [ASKED]


def test_the_last_reminder_waits_two_days_after_another_and_still_goes_before_it_closes(
    sink: Sink, occasion: Occasion
):
    work(0, 1)
    work(11, 14.5)  # the mail server was away
    assert subjects(sink) == [ASKED, FIRST, LAST]
    assert sent_days() == [0, 11, 13]


def test_the_first_reminder_is_left_out_when_she_was_asked_the_day_before(sink: Sink, occasion: Occasion):
    work(5.5, 14.5)
    assert subjects(sink) == [ASKED, LAST]
    assert are_apart()


@pytest.mark.parametrize("minutes", [0, 10])
@pytest.mark.parametrize("days", [5, 6.25, 14.25])
def test_reminders_that_are_just_two_days_apart_go_though_a_worker_is_late(
    sink: Sink, occasion: Occasion, minutes: int
):
    planned = Message.objects.count()
    with time_machine.travel(NOON + timedelta(minutes=minutes), tick=False):
        send_due()
    work(0.25, 15)
    assert len(sink.mails) == planned > 1


def test_the_only_reminder_of_a_short_form_goes_on_its_day(sink: Sink, occasion: Occasion):
    Message.objects.filter(step="reminder-2").delete()
    Message.objects.filter(step="reminder").update(due_at=NOON + timedelta(days=12.25))
    work(0, 14.5)
    assert subjects(sink) == [ASKED, FIRST]


def test_one_that_another_worker_is_sending_counts_as_gone(sink: Sink, occasion: Occasion):
    Message.objects.filter(step="asked").update(
        state="sending", lease_until=NOON + timedelta(days=12, minutes=2)
    )
    Message.objects.filter(step="reminder").delete()
    Message.objects.filter(step="reminder-2").update(due_at=NOON)
    with later(12.25):
        Message.objects.filter(step="asked").update(lease_until=NOON + timedelta(days=12.5))
        send_due()
    assert not sink.mails


# --- put off
@pytest.mark.parametrize("days", [3])
def test_a_form_that_had_no_reminder_gets_two_when_its_closing_is_put_off(
    sink: Sink, occasion: Occasion, group: Group
):
    assert set(Message.objects.values_list("step", flat=True)) == {"asked"}
    send_due()
    module = group.edition.programme.modules.get(number=1)
    EveningFactory(group=group, module=module, starts_at=NOON + timedelta(days=24))
    work(1, 25)
    assert subjects(sink) == [ASKED, FIRST, LAST]
    assert are_apart()
    assert sent_days()[-1] == pytest.approx(22, abs=0.05)  # the clocks go back meanwhile


@pytest.mark.parametrize("days", [5])
def test_a_form_that_had_one_reminder_gets_a_last_one_when_its_closing_is_put_off(
    sink: Sink, occasion: Occasion
):
    work(0, 4)
    assert subjects(sink) == [ASKED, FIRST]
    put_off(occasion, days=24)
    work(4.25, 25)
    assert subjects(sink) == [ASKED, FIRST, LAST]
    assert sent_days()[-1] == pytest.approx(22, abs=0.05)  # the clocks go back meanwhile


def test_whose_reminders_were_not_needed_gets_them_when_its_closing_is_put_off(
    sink: Sink, occasion: Occasion, adult: Adult
):
    enrolment = adult.enrolments.get()
    enrolling.pause(enrolment)
    with later(13):
        enrolling.resume(enrolment)
        send_due()
        assert set(Message.objects.exclude(step="asked").values_list("why", flat=True)) == {"superseded"}
        put_off(occasion, days=34)
    work(13.25, 34)
    assert subjects(sink) == [ASKED, FIRST, LAST]
    assert are_apart()


def test_who_has_had_the_last_one_is_reminded_no_more_when_its_closing_is_put_off(
    sink: Sink, occasion: Occasion
):
    work(0, 13)
    put_off(occasion, days=34)
    work(13.25, 34)
    assert subjects(sink) == [ASKED, FIRST, LAST]


@pytest.mark.parametrize("days", [3])
@pytest.mark.parametrize("state", ["done", "declined", "paper"])
def test_who_has_answered_or_said_no_gets_no_reminder_planned(occasion: Occasion, state: str):
    Participation.objects.update(state=state)
    put_off(occasion, days=24)
    assert set(Message.objects.values_list("step", flat=True)) == {"asked"}


def put_off(occasion: Occasion, *, days: float) -> None:
    occasion.refresh_from_db()
    window = windows.Window(occasion.opens_at, NOON + timedelta(days=days))
    assert opening._follow(occasion, window, occasion.identity) == 1


# --- another group
def test_who_changes_group_while_a_form_waits_is_reminded_of_it_and_asked_in_no_other(
    sink: Sink, occasion: Occasion, adult: Adult
):
    send_due()
    there = GroupFactory(edition=occasion.group.edition)
    made.occasion(wave=occasion.wave, group=there, closes_at=NOON + timedelta(days=30))
    with later(1):
        enrolling.change_group(adult.enrolments.get(), there)
    work(1, 15)
    assert subjects(sink) == [ASKED, FIRST, LAST]
    assert Participation.objects.filter(user=adult.user).count() == 1


@pytest.mark.parametrize("how", ["paused", "another programme", "left"])
def test_who_takes_part_in_no_group_of_the_programme_is_not_reminded(
    sink: Sink, occasion: Occasion, adult: Adult, how: str
):
    send_due()
    enrolment = adult.enrolments.get()
    with later(3):
        day = (NOON + timedelta(days=2)).date()
        if how == "paused":
            enrolling.change_group(enrolment, GroupFactory(edition=occasion.group.edition))
            Enrolment.objects.update(paused_on=day)
        else:
            Enrolment.objects.update(ends_on=day)
        if how == "another programme":
            EnrolmentFactory(adult=adult)
    work(3.25, 15)
    assert subjects(sink) == [ASKED]
