"""``manage.py work``: what happens without anyone asking."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.core.cache import cache, caches
from django.core.cache.backends.db import DatabaseCache
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from cms.management.commands import work
from cms.models import InfoPage
from courses.messaging import plan_invitation
from courses.models import Message, Role
from tests.evening_factories import InvitedAdultFactory, MessageFactory
from tests.tree import make_tree

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.core.mail import EmailMessage
    from django.test import Client

    from courses.models import User
    from tests.people import LogIn

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _keep_the_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """A round ends by closing old connections, which here would be the test's own."""
    monkeypatch.setattr(work, "close_old_connections", lambda: None)


def once() -> int:
    with pytest.raises(SystemExit) as ended:
        call_command("work", "--once")
    assert isinstance(ended.value.code, int)
    return ended.value.code


def test_page_goes_live_when_its_time_has_come(client: Client) -> None:
    page = make_tree().info
    InfoPage.objects.filter(pk=page.pk).update(live=False, live_revision=None)
    page.refresh_from_db()
    page.go_live_at = timezone.now() + timedelta(minutes=5)
    page.save_revision().publish()
    assert once() == 0
    assert client.get("/personvern/").status_code == 404
    revision = page.revisions.latest("pk")
    early = timezone.now() - timedelta(minutes=1)
    revision.approved_go_live_at = early
    revision.content["go_live_at"] = early.isoformat()
    revision.save()
    assert once() == 0
    assert client.get("/personvern/").status_code == 200


def test_page_goes_down_when_its_time_is_over(client: Client) -> None:
    page = make_tree().info
    InfoPage.objects.filter(pk=page.pk).update(expire_at=timezone.now() - timedelta(minutes=1))
    assert client.get("/personvern/").status_code == 200
    assert once() == 0
    assert client.get("/personvern/").status_code == 404


def test_right_to_edit_ends_with_the_role_even_if_nobody_logs_in(editor: User) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    assert editor.has_perm("wagtailadmin.access_admin")
    Role.objects.filter(user=editor).update(starts_on=yesterday, ends_on=yesterday)
    assert once() == 0
    assert not editor.__class__.objects.get(pk=editor.pk).has_perm("wagtailadmin.access_admin")


def test_right_to_edit_comes_with_the_role(editor: User) -> None:
    editor.groups.clear()
    assert once() == 0
    assert editor.__class__.objects.get(pk=editor.pk).has_perm("wagtailadmin.access_admin")


def test_sessions_that_are_over_are_forgotten(logged_in: LogIn, editor: User) -> None:
    living, over = logged_in(editor).session.session_key, logged_in(editor).session.session_key
    Session.objects.filter(pk=over).update(expire_date=timezone.now() - timedelta(seconds=1))
    assert once() == 0
    assert set(Session.objects.values_list("pk", flat=True)) == {living}


def test_counters_that_are_over_are_forgotten() -> None:
    if not isinstance(caches["default"], DatabaseCache):  # Redis forgets by itself
        return
    with time_machine.travel(timezone.now() - timedelta(hours=1)):
        cache.set("over", 1, timeout=60)
    cache.set("living", 1, timeout=60)
    assert once() == 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key FROM cache")
        assert [key.rpartition(":")[2] for (key,) in cursor.fetchall()] == ["living"]


def test_message_that_is_due_goes_out_and_an_old_one_is_forgotten(settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    with time_machine.travel(datetime(2026, 11, 23, 12, tzinfo=ZoneInfo("Europe/Oslo"))):
        invited = InvitedAdultFactory()
        plan_invitation(invited)
        old = MessageFactory(state="sent", sent_at=timezone.now() - timedelta(days=91))
        assert once() == 0
    assert [mail.to for mail in mail_sent()] == [[invited.email]]
    assert not Message.objects.filter(pk=old.pk).exists()


def mail_sent() -> list[EmailMessage]:
    from django.core import mail

    return mail.outbox


def test_messages_are_sent_in_every_round_and_the_rest_once_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    rounds: list[str] = []

    def named(name: str) -> Callable[[], None]:
        def step() -> None:
            rounds.append(name)

        step.__name__ = name
        return step

    monkeypatch.setattr(work, "STEPS", (named("plan_ahead"), named("send_due"), named("drop_old_sessions")))
    for number in range(12):
        work.work_once(number)
    assert (rounds.count("send_due"), rounds.count("drop_old_sessions"), rounds.count("plan_ahead")) == (
        12,
        2,
        1,
    )


def test_step_that_fails_is_told_and_stops_no_other(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    done = []

    def breaks() -> None:
        raise OSError("disken er full")

    def follows() -> None:
        done.append("follows")

    monkeypatch.setattr(work, "STEPS", (breaks, follows))
    with caplog.at_level(logging.ERROR, logger=work.__name__):
        assert once() == 1
    assert done == ["follows"]
    assert [record.message for record in caplog.records] == ["work: breaks failed"]


def test_two_rounds_change_nothing_more(editor: User) -> None:
    assert once() == 0
    before = list(editor.groups.values_list("pk", flat=True))
    assert once() == 0
    assert list(editor.groups.values_list("pk", flat=True)) == before
