"""What is due goes out once, to one recipient, and only if it is still wanted."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from courses import messaging
from courses.models import Attendance, Enrolment, Evening, Message, User
from courses.outbox.sending import send_due
from tests.courses.test_texting import SENT, provider
from tests.evening_factories import InvitedAdultFactory
from tests.factories import EveningFactory
from tests.posts import Sink, sink

if TYPE_CHECKING:
    from courses.models import Adult, Group

__all__ = ["provider", "sink"]
pytestmark = pytest.mark.django_db
OSLO = ZoneInfo("Europe/Oslo")
NOON = datetime(2026, 11, 23, 12, tzinfo=OSLO)
TEXTS = "tests.courses.test_texting.provider"


@pytest.fixture(autouse=True)
def _noon(settings):
    """Monday at noon; the clock stands, but the mail server's threads need none."""
    settings.SMS_BACKEND = TEXTS
    SENT.clear()
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def evening(group: Group, adult: Adult) -> Evening:
    """Tomorrow at 18, with the reminder due."""
    module = group.edition.programme.modules.get(number=1)
    evening = EveningFactory(group=group, module=module, starts_at=NOON + timedelta(days=1, hours=6))
    messaging.plan_evening(evening)
    return evening


def only() -> Message:
    return Message.objects.get()


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
    messaging.plan_change(evening, "place")
    with time_machine.travel(NOON.replace(hour=22), tick=False):
        assert send_due() == {"sent": 1}
        assert sink.messages[0]["Subject"] == "Nytt møtested: kurskveld 1"
    with time_machine.travel(NOON.replace(hour=8) + timedelta(days=1), tick=False):
        assert send_due() == {"sent": 1}


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
