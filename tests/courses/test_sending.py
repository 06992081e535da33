"""What is due goes out once, to one recipient, and only if it is still wanted."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.utils import timezone

from courses import messaging
from courses.models import Attendance, Enrolment, Evening, Message, User
from courses.outbox.sending import send_due
from courses.scheduling import move
from tests.courses.test_texting import SENT, provider
from tests.evening_factories import CallRequestFactory, CatchUpFactory, InvitedAdultFactory
from tests.outgoing import NOON, evening, noon, only
from tests.posts import Sink, sink

if TYPE_CHECKING:
    from courses.models import Adult, Group
    from tests.people import LogIn

__all__ = ["evening", "noon", "provider", "sink"]
pytestmark = pytest.mark.django_db


def test_reminder_goes_to_one_recipient_with_its_message_id(sink: Sink, evening: Evening, adult: Adult):
    row = only()
    assert send_due() == {"sent": 1}
    assert sink.recipients == [adult.user.email]
    (mail,) = sink.messages
    assert (mail["To"], mail["Cc"], mail["Bcc"]) == (adult.user.email, None, None)
    assert mail["Message-ID"] == row.message_id
    assert mail["Subject"] == "Kurskveld 1 tirsdag 24. november kl. 18.00"
    row.refresh_from_db()
    assert (row.state, row.channel, row.sent_at) == ("sent", "mail", NOON)


def test_reminder_brings_its_calendar_file(sink: Sink, evening: Evening):
    send_due()
    (attached,) = sink.messages[0].iter_attachments()
    assert attached.get_content_type() == "text/calendar"
    assert f"UID:{evening.uid}" in attached.get_payload(decode=True).decode()


def test_what_is_sent_is_not_sent_again(sink: Sink, evening: Evening):
    send_due()
    assert send_due() == {}
    assert len(sink.mails) == 1


def test_what_is_not_due_waits(sink: Sink, evening: Evening):
    Message.objects.update(due_at=NOON + timedelta(seconds=1))
    assert send_due() == {}


def not_wanted(adult: Adult, evening: Evening) -> dict[str, object]:
    """What may happen between planning and sending → why the message is then not needed."""
    mine, my_user = Enrolment.objects.filter(adult=adult), User.objects.filter(pk=adult.user_id)
    this = Evening.objects.filter(pk=evening.pk)
    day = timezone.localdate()
    return {
        "pause": lambda: mine.update(paused_on=day),
        "left": lambda: mine.update(starts_on=day - timedelta(days=9), ends_on=day - timedelta(days=1)),
        "locked out": lambda: my_user.update(is_active=False),
        "fewer": lambda: my_user.update(fewer_messages=True),
        "excused": lambda: Attendance.objects.create(adult=adult, evening=evening, state="excused"),
        "cancelled": lambda: this.update(cancelled_at=NOON),
        "over": lambda: this.update(starts_at=NOON - timedelta(minutes=1)),
        "removed": lambda: this.delete(),
    }


@pytest.mark.parametrize(
    ("happened", "why"),
    [
        ("pause", "left"),
        ("left", "left"),
        ("locked out", "left"),
        ("fewer", "fewer"),
        ("excused", "done"),
        ("cancelled", "cancelled"),
        ("over", "over"),
        ("removed", "gone"),
    ],
)
def test_it_is_decided_when_it_is_sent(sink: Sink, evening: Evening, adult: Adult, happened: str, why: str):
    not_wanted(adult, evening)[happened]()
    assert send_due() == {"skipped": 1}
    assert not sink.mails
    assert (only().state, only().why) == ("skipped", why)


def test_evening_that_has_moved_without_anyone_planning_takes_its_reminder_along(
    sink: Sink, evening: Evening
):
    Evening.objects.update(starts_at=NOON + timedelta(days=9))
    assert send_due() == {"planned": 1}
    assert not sink.mails
    assert (only().due_at, only().tries) == (NOON + timedelta(days=7), 0)


def test_at_night_only_what_cannot_wait_goes(sink: Sink, evening: Evening, adult: Adult):
    Message.objects.all().delete()
    messaging.plan_catch_up(CatchUpFactory(adult=adult, evening=evening))
    messaging.plan_change(evening, "place")
    with time_machine.travel(NOON.replace(hour=22), tick=False):
        assert send_due() == {"sent": 1}
        assert sink.messages[0]["Subject"] == "Nytt møtested: kurskveld 1"
    with time_machine.travel(NOON.replace(hour=8) + timedelta(days=1), tick=False):
        assert send_due()["sent"] == 1
    assert sink.messages[1]["Subject"] == "Kurskveld 1"


def test_whoever_hears_of_a_near_change_is_not_reminded_of_the_same_evening_as_well(
    sink: Sink, evening: Evening, adult: Adult, other_adult: Adult
):
    mine, moved = Message.objects.filter(user=adult.user), evening.starts_at + timedelta(hours=1)
    move(evening, moved)
    assert send_due() == {"sent": 2, "skipped": 2}
    assert {mail["Subject"] for mail in sink.messages} == {"Kurskveld 1 er flyttet"}
    assert mine.get(step="reminder").why == "superseded"
    messaging.plan_ahead()  # the worker's next round asks for the reminder once more
    assert not send_due()


def test_evening_moved_far_away_from_tomorrow_is_reminded_of_at_its_new_date(sink: Sink, evening: Evening):
    move(evening, evening.starts_at + timedelta(days=7))
    assert send_due() == {"sent": 1}
    with time_machine.travel(NOON + timedelta(days=6, hours=7), tick=False):
        assert send_due() == {"sent": 1}
    subjects = [mail["Subject"] for mail in sink.messages]
    assert subjects == ["Kurskveld 1 er flyttet", "Kurskveld 1 tirsdag 1. desember kl. 18.00"]


def test_who_joins_after_a_near_change_is_reminded(sink: Sink, evening: Evening, neighbour: Adult):
    Message.objects.all().delete()
    Enrolment.objects.filter(adult=neighbour).update(paused_on=NOON)
    messaging.plan_change(evening, "place")
    Enrolment.objects.filter(adult=neighbour).update(paused_on=None)
    messaging.plan_evening(evening)
    assert send_due() == {"sent": 2, "skipped": 1}
    assert Message.objects.get(user=neighbour.user).state == "sent"


def test_second_change_takes_the_place_of_the_first(sink: Sink, evening: Evening):
    Message.objects.all().delete()
    for number, what in enumerate(("moved", "place"), start=1):
        evening.sequence = number
        evening.starts_at += timedelta(hours=1)
        evening.save()
        messaging.plan_change(evening, what)
    Message.objects.filter(kind="evening").delete()
    assert send_due() == {"skipped": 1, "sent": 1}
    text = sink.messages[0].get_body().get_content()
    assert "tirsdag 24. november kl. 20.00" in text


# --- channel and address
def test_text_message_for_who_chose_it(settings, sink: Sink, evening: Evening, adult: Adult):
    User.objects.filter(pk=adult.user_id).update(channel="sms", mobile="+4740000001")
    send_due()
    assert not sink.mails
    ((to, text),) = SENT
    assert to == "+4740000001"
    assert text == f"En god start: Kurskveld 1 er tirsdag 24. november kl. 18.00. {settings.SITE_URL}/min/"
    assert only().channel == "sms"


def test_mail_for_who_chose_text_messages_but_has_no_mobile(sink: Sink, evening: Evening, adult: Adult):
    User.objects.filter(pk=adult.user_id).update(channel="sms")
    send_due()
    assert sink.recipients == [adult.user.email]


def test_text_message_for_who_has_no_mail_address(sink: Sink, evening: Evening, adult: Adult):
    User.objects.filter(pk=adult.user_id).update(email=None, mobile="+4740000001")
    send_due()
    assert [to for to, _text in SENT] == ["+4740000001"]


def test_who_cannot_be_reached_at_all_is_shown_as_dead(settings, evening: Evening, adult: Adult):
    settings.SMS_BACKEND = ""
    User.objects.filter(pk=adult.user_id).update(email=None, mobile="+4740000001")
    assert send_due() == {"dead": 1}
    assert only().why == "no-way"


def test_address_is_the_one_at_the_moment_of_sending(sink: Sink, evening: Evening, adult: Adult):
    User.objects.filter(pk=adult.user_id).update(email="ny@example.no")
    send_due()
    assert sink.recipients == ["ny@example.no"]


def test_near_change_comes_by_mail_and_by_text_message(sink: Sink, evening: Evening, adult: Adult):
    User.objects.filter(pk=adult.user_id).update(mobile="+4740000001", fewer_messages=True)
    messaging.plan_change(evening, "cancelled")
    Evening.objects.update(cancelled_at=NOON)
    Message.objects.filter(kind="evening").delete()
    assert send_due() == {"sent": 2}
    assert (len(sink.mails), len(SENT)) == (1, 1)


def test_who_has_all_on_text_message_gets_a_near_change_once(evening: Evening, adult: Adult):
    User.objects.filter(pk=adult.user_id).update(mobile="+4740000001", channel="sms")
    messaging.plan_change(evening, "moved")
    Message.objects.filter(kind="evening").delete()
    assert send_due() == {"sent": 1, "skipped": 1}
    assert len(SENT) == 1


def test_letter_is_written_in_the_readers_language(sink: Sink, evening: Evening, adult: Adult):
    User.objects.filter(pk=adult.user_id).update(language="nn")
    send_due()
    assert sink.messages[0]["Subject"] == "Kurskveld 1 tysdag 24. november kl. 18.00"
    assert "Helsing «En god start»" in sink.messages[0].get_body().get_content()


# --- invitations
def test_invitation_holds_the_link_and_its_last_day(sink: Sink):
    from courses.welcoming import link_of

    invited = InvitedAdultFactory(expires_at=NOON + timedelta(days=14))
    messaging.plan_invitation(invited)
    assert send_due() == {"sent": 1}
    text = sink.messages[0].get_body().get_content()
    assert link_of(invited) in text
    assert "mandag 7. desember" in text


@pytest.mark.parametrize(
    ("fields", "on", "why"),
    [
        ({"used_at": NOON}, "invited", "done"),
        ({"expires_at": NOON}, "invited", "over"),
        ({"issue": 2}, "invited", "superseded"),
        ({"withdrawn_at": NOON}, "invitation", "withdrawn"),
        ({"waiting": True}, "invitation", "waiting"),
    ],
)
def test_invitation_that_is_no_longer_open_is_not_sent(sink: Sink, fields: dict, on: str, why: str):
    invited = InvitedAdultFactory()
    messaging.plan_invitation(invited)
    row = invited if on == "invited" else invited.invitation
    type(row).objects.filter(pk=row.pk).update(**fields)
    send_due()
    assert not sink.mails
    assert Message.objects.get(step="invitation-1").why == why


def test_wish_for_a_call_leads_the_contact_person_to_the_page_where_it_stands(
    settings, sink: Sink, group: Group, adult: Adult, contact_person: User, logged_in: LogIn
):
    call = CallRequestFactory(adult=adult)
    messaging.plan_call_request(call)
    send_due()
    text = sink.messages[0].get_body().get_content()
    assert f"{settings.SITE_URL}/gruppe/{group.pk}/" in text
    assert (
        f"/gruppe/{group.pk}/ringt/{call.pk}/"
        in logged_in(contact_person).get(f"/gruppe/{group.pk}/").content.decode()
    )
