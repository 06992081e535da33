"""GET /helse/: each real part is asked, and one that is down is said to be down."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.conf import settings
from django.core.files.storage import storages
from django.db import connections
from django.test import Client, override_settings

from cms.views import health
from tests.evening_factories import MessageFactory

if TYPE_CHECKING:
    from pathlib import Path

PARTS = {"people", "answers", "cache", "storage", "outbox"}
pytestmark = pytest.mark.django_db(databases=["default", "answers"])


def states(client: Client) -> tuple[int, dict[str, str]]:
    page = client.get("/helse/")
    assert page["Content-Type"] == "application/json"
    said = json.loads(page.content)
    said.pop("dead_messages")
    return page.status_code, said


def only_down(part: str) -> dict[str, str]:
    return {name: "ok" for name in PARTS} | {part: "down", "status": "down"}


def test_every_part_is_well(client: Client) -> None:
    assert states(client) == (200, {name: "ok" for name in PARTS} | {"status": "ok"})


def test_messages_that_did_not_arrive_are_counted_and_degrade_nothing(client: Client) -> None:
    MessageFactory(state="dead")
    MessageFactory(state="sent")
    page = client.get("/helse/").json()
    assert (page["dead_messages"], page["status"]) == (1, "ok")


def test_nobody_keeps_the_answer_and_nobody_gets_a_cookie(client: Client) -> None:
    page = client.get("/helse/")
    assert page["Cache-Control"] == "no-store"
    assert not page.cookies


def test_the_parts_are_asked_at_most_every_ten_seconds(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setitem(health.PARTS, "storage", lambda: asked.append("storage"))
    clock = iter([100.0, 109.9, 110.0, 110.0])  # kept at, looked at, looked at, kept at
    monkeypatch.setattr(health, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    for expected in (1, 1, 2):
        states(client)
        assert len(asked) == expected


def test_head_has_the_status_without_a_body(client: Client) -> None:
    page = client.head("/helse/")
    assert (page.status_code, page.content) == (200, b"")


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_nothing_can_be_sent_to_it(client: Client, method: str) -> None:
    assert getattr(client, method)("/helse/").status_code == 405


def test_cache_that_forgets_is_down(client: Client) -> None:
    forgetful = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    with override_settings(CACHES=forgetful):
        assert states(client) == (503, only_down("cache"))


def test_cache_that_does_not_answer_is_down(client: Client) -> None:
    nobody = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
    with override_settings(CACHES={"default": nobody}):
        assert states(client) == (503, only_down("cache"))


def test_storage_that_cannot_be_written_is_down_and_says_nothing_of_why(
    client: Client, tmp_path: Path
) -> None:
    blocked = tmp_path / "hemmelig-mappe"
    blocked.write_text("a file where the folder should be")
    local = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": blocked}}
    with override_settings(STORAGES=settings.STORAGES | {"default": local}):
        status, said = states(client)
        assert (status, said) == (503, only_down("storage"))
        assert "hemmelig-mappe" not in json.dumps(said)


def test_storage_is_left_as_it_was(client: Client) -> None:
    client.get("/helse/")
    assert storages["default"].listdir("helse")[1] == []


@pytest.mark.parametrize(("alias", "part"), [("default", "people"), ("answers", "answers")])
def test_database_that_does_not_answer_is_down(
    client: Client, monkeypatch: pytest.MonkeyPatch, alias: str, part: str, tmp_path: Path
) -> None:
    """A second connection of the same kind to a place where nothing is; the tests' own stays open."""
    elsewhere = connections[alias].settings_dict | {
        "NAME": str(tmp_path / "gone" / "base"),
        "HOST": "127.0.0.1",
        "PORT": "1",
    }
    gone = type(connections[alias])(elsewhere, alias)
    answering = connections[alias]
    monkeypatch.setattr(
        "cms.views.health.connections",
        {"default": connections["default"], "answers": connections["answers"], alias: gone},
    )
    status, said = states(client)
    assert (status, said["status"], said[part]) == (503, "down", "down")
    assert connections[alias] is answering


@pytest.mark.parametrize(("minutes", "state"), [(14, "ok"), (16, "degraded")])
def test_outbox_that_nobody_empties_is_said_and_is_no_reason_to_stop_asking_the_others(
    client: Client, minutes: int, state: str
) -> None:
    noon = datetime(2026, 11, 23, 12, tzinfo=ZoneInfo("Europe/Oslo"))
    MessageFactory(due_at=noon - timedelta(minutes=minutes))
    MessageFactory(due_at=noon - timedelta(days=1), state="sent", sent_at=noon)
    with time_machine.travel(noon):
        status, said = states(client)
    assert (status, said["status"], said["outbox"]) == (200, state, state)


def test_what_waits_for_the_morning_is_not_late(client: Client) -> None:
    night = datetime(2026, 11, 23, 23, tzinfo=ZoneInfo("Europe/Oslo"))
    MessageFactory(due_at=night - timedelta(hours=2, seconds=1))
    with time_machine.travel(night):
        assert states(client)[1]["outbox"] == "ok"


def test_health_checker_behind_https_is_not_sent_elsewhere(client: Client) -> None:
    exempt = [r"^helse/$"]
    with override_settings(SECURE_SSL_REDIRECT=True, SECURE_REDIRECT_EXEMPT=exempt):
        assert client.get("/helse/").status_code == 200
        assert client.get("/hjelp/").status_code == 301
