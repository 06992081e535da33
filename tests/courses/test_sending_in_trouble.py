"""The mail server is down, slow, refusing or unsafe; workers die. Nothing is lost or goes in clear."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine

from courses import messaging
from courses.models import Evening, Message, User
from courses.outbox import rows as outbox
from courses.outbox import sending
from courses.outbox.posting import Post
from courses.outbox.sending import send_due, wait_after
from tests.evening_factories import MessageFactory
from tests.on_real_servers import free_port
from tests.outgoing import NOON, evening, noon, only
from tests.posts import Sink, listening, sink

if TYPE_CHECKING:
    from courses.models import Adult, Group

__all__ = ["evening", "noon", "sink"]
pytestmark = pytest.mark.django_db


# --- a mail server that is not well
def test_mail_server_that_is_down_costs_no_tries_and_text_messages_go_on(
    settings, sink: Sink, evening: Evening, adult: Adult, other_adult: Adult, caplog: pytest.LogCaptureFixture
):
    settings.EMAIL_PORT = free_port()
    User.objects.filter(pk=other_adult.user_id).update(channel="sms", mobile="+4740000001")
    messaging.plan_evening(evening)
    with caplog.at_level(logging.WARNING):
        assert send_due() == {"planned": 1, "sent": 1}
    waits = Message.objects.get(user=adult.user)
    assert (waits.state, waits.tries, waits.lease_until) == ("planned", 0, None)
    assert adult.user.email not in caplog.text
    with listening(sink, settings.EMAIL_PORT):
        assert send_due() == {"sent": 1}
    assert sink.messages[0]["Message-ID"] == waits.message_id


@pytest.mark.parametrize("answer", ["451 local error", "452 no room"])
def test_mail_that_is_put_off_is_tried_again_with_the_same_message_id(
    sink: Sink, evening: Evening, answer: str
):
    sink.answer = answer
    assert send_due() == {"planned": 1}
    row = only()
    assert row.tries == 1
    assert timedelta(seconds=48) <= row.due_at - NOON <= timedelta(seconds=72)
    sink.answer = ""
    with time_machine.travel(row.due_at, tick=False):
        assert send_due() == {"sent": 1}
    assert sink.messages[0]["Message-ID"] == row.message_id


def test_mail_server_that_is_too_slow_is_left_and_tried_again(settings, sink: Sink, evening: Evening):
    settings.EMAIL_TIMEOUT, sink.wait = 0.2, 1
    assert send_due() == {"planned": 1}
    assert only().tries == 1


def test_line_that_breaks_after_the_mail_was_taken_gives_the_same_mail_twice(sink: Sink, evening: Evening):
    sink.hang_up = True
    assert send_due() == {"planned": 1}
    sink.hang_up = False
    with time_machine.travel(only().due_at, tick=False):
        assert send_due() == {"sent": 1}
    assert [mail["Message-ID"] for mail in sink.messages] == [only().message_id] * 2


def test_three_broken_lines_in_a_row_end_the_round(sink: Sink, group: Group, evening: Evening):
    from tests.editions import make_families

    make_families(group, 5)
    messaging.plan_evening(evening)
    sink.answer = "451 local error"
    assert send_due() == {"planned": 3 + 0}
    assert Message.objects.filter(tries=0).count() == Message.objects.count() - 3


def test_address_that_is_refused_for_good_is_dead_and_no_other_waits_for_it(
    sink: Sink, evening: Evening, adult: Adult, other_adult: Adult
):
    messaging.plan_evening(evening)
    sink.recipient_answers[adult.user.email] = "550 no such mailbox"
    assert send_due() == {"dead": 1, "sent": 1}
    assert Message.objects.get(user=adult.user).why == "refused"
    assert sink.recipients == [other_adult.user.email]


@pytest.mark.parametrize("where", ["recipient", "content"])
def test_server_that_denies_by_its_own_rules_kills_no_message_and_ends_the_round(
    sink: Sink, evening: Evening, adult: Adult, other_adult: Adult, where: str
):
    messaging.plan_evening(evening)
    answer = "554 5.7.1 Relay access denied"
    if where == "recipient":
        sink.recipient_answers = {adult.user.email: answer, other_adult.user.email: answer}
    else:
        sink.answer = answer
    assert send_due() == {"planned": 1}  # and the other is not even tried
    later = NOON
    for _round in range(14):
        later += timedelta(hours=1)
        with time_machine.travel(later, tick=False):
            send_due()
    assert set(Message.objects.values_list("state", flat=True)) == {"planned"}
    sink.recipient_answers, sink.answer = {}, ""
    with time_machine.travel(NOON + timedelta(hours=28), tick=False):
        assert send_due() == {"sent": 2}


def test_one_recipient_whom_the_server_will_not_have_keeps_nobody_else_waiting(
    sink: Sink, evening: Evening, adult: Adult, other_adult: Adult
):
    messaging.plan_evening(evening)
    sink.recipient_answers[adult.user.email] = "550 5.7.1 not accepted here"
    assert send_due() in ({"planned": 1}, {"planned": 1, "sent": 1})
    assert send_due() in ({"sent": 1}, {})
    assert Message.objects.get(user=other_adult.user).state == "sent"


@pytest.mark.parametrize(
    ("answer", "state"),
    [("550 5.1.1 unknown", "dead"), ("550 unknown", "dead"), ("552 5.2.2 full", "planned")],
)
def test_only_an_address_that_is_wrong_is_for_good(
    sink: Sink, evening: Evening, adult: Adult, answer: str, state: str
):
    sink.recipient_answers[adult.user.email] = answer
    send_due()
    assert only().state == state


def broken_texts(to: str, text: str) -> None:
    raise KeyError(to)


def test_whatever_a_way_of_ones_own_to_text_raises_the_message_waits_for_another_try(
    settings, evening: Evening, adult: Adult, caplog: pytest.LogCaptureFixture
):
    settings.SMS_BACKEND = "tests.courses.test_sending_in_trouble.broken_texts"
    User.objects.filter(pk=adult.user_id).update(channel="sms", mobile="+4740000001")
    with caplog.at_level(logging.WARNING):
        assert send_due() == {"planned": 1}
    assert (only().tries, only().lease_until) == (1, None)
    assert "+4740000001" not in caplog.text


def test_server_that_drops_starttls_gets_nothing_in_clear(settings, sink: Sink, evening: Evening):
    settings.EMAIL_USE_TLS = True  # the sink offers none
    for _round in range(3):
        assert send_due() == {"planned": 1}
    assert not sink.mails
    assert (only().state, only().tries) == ("planned", 0)


def test_connection_without_encryption_is_never_used_again(settings, sink: Sink, evening: Evening):
    """A backend that failed to encrypt once must not be found half open by the next mail."""
    from courses.outbox.letters import compose
    from courses.outbox.posting import PostDownError

    settings.EMAIL_USE_TLS = True
    letter = compose(only(), NOON)
    with Post() as post:
        for _mail in range(3):
            with pytest.raises(PostDownError):
                post.send(letter, "<1@example.no>")
    assert not sink.mails


def test_too_many_tries_are_the_end(sink: Sink, evening: Evening):
    sink.answer = "451 local error"
    Evening.objects.update(starts_at=NOON + timedelta(days=30))
    Message.objects.update(tries=sending.MOST_TRIES - 1)
    Evening.objects.update(starts_at=NOON + timedelta(hours=3))
    assert send_due() == {"dead": 1}
    assert only().why == "tries"


def test_dead_message_is_sent_when_somebody_asks(sink: Sink, evening: Evening):
    Message.objects.update(state="dead", why="refused", tries=12)
    assert outbox.again(only())
    assert send_due() == {"sent": 1}
    assert not outbox.again(only())


def test_pauses_between_tries_grow_to_twelve_hours():
    waits = [wait_after(tries) for tries in range(1, 13)]
    assert timedelta(seconds=48) <= waits[0] <= timedelta(seconds=72)
    assert all(wait <= timedelta(hours=14.4) for wait in waits)
    assert waits[-1] >= timedelta(hours=9)
    assert len({wait_after(1) for _try in range(20)}) > 1


# --- workers that die or meet
def test_row_of_a_dead_worker_is_sent_when_its_time_is_over(sink: Sink, evening: Evening):
    Message.objects.update(state="sending", lease_until=NOON + timedelta(seconds=1), tries=1)
    assert send_due() == {}
    with time_machine.travel(NOON + timedelta(seconds=2), tick=False):
        assert send_due() == {"sent": 1}
    assert only().tries == 2


def test_row_that_another_worker_has_is_left_alone(sink: Sink, evening: Evening):
    Message.objects.update(state="sending", lease_until=NOON + timedelta(minutes=2))
    assert send_due() == {}
    assert not sink.mails


def test_worker_that_took_too_long_does_not_overwrite_the_next_ones_word(
    sink: Sink, evening: Evening, monkeypatch: pytest.MonkeyPatch
):
    real = Post.send

    def slow(post, letter, message_id):
        real(post, letter, message_id)
        Message.objects.update(lease_until=NOON + timedelta(minutes=9))  # somebody else's now

    monkeypatch.setattr(Post, "send", slow)
    send_due()
    assert only().state == "sending"


def test_letter_that_cannot_be_written_does_not_keep_the_others_waiting(
    sink: Sink, evening: Evening, caplog: pytest.LogCaptureFixture
):
    MessageFactory(thing="unknown:1", due_at=NOON - timedelta(days=1))
    assert send_due() == {"planned": 1, "sent": 1}
    assert Message.objects.get(thing="unknown:1").tries == 1


def test_erased_adult_leaves_no_row(evening: Evening, adult: Adult):
    from courses.erasing import erase

    erase(adult)
    assert not Message.objects.exists()
