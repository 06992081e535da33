"""The demo, made once for all tests of a file, and a browser that has pressed a persona's button."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import call_command
from django.db import connections, transaction
from django.test import Client, override_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django import DjangoDbBlocker

PILOT = "Torsdagsgruppa"
TONIGHT = "Kveldsgruppa"


@pytest.fixture(scope="module", autouse=True)
def loaded(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The demo, made once for all these tests and taken back after the last of them.

    Each test is a savepoint in this transaction, so nothing may close its connection before that.
    """
    both = transaction.atomic(), transaction.atomic(using="answers")
    with django_db_blocker.unblock(), override_settings(DEMO=True), both[0], both[1]:
        call_command("demo", stdout=io.StringIO())
        connection = connections["default"]
        connection.close = lambda: None
        yield
        del connection.close
        for alias in ("default", "answers"):
            transaction.set_rollback(True, using=alias)


@pytest.fixture(autouse=True)
def in_demo_mode() -> Iterator[None]:
    with override_settings(DEMO=True):
        yield


@pytest.fixture
def as_persona() -> Any:
    def enter(persona: str) -> Client:
        client = Client()
        page = client.post(f"/demo/{persona}/")
        assert (page.status_code, page["Location"]) == (302, "/min/")
        return client

    return enter
