"""``manage.py work``: what happens without anyone asking."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.utils import timezone

from cms.management.commands import work
from cms.models import InfoPage
from courses.models import Role
from tests.tree import make_tree

if TYPE_CHECKING:
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
