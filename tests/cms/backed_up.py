"""Somebody to back up, with a note, a message and a session; and places of the test's own."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from courses.models import Adult
from courses.notes import write_note
from tests import factories as made
from tests.evening_factories import MessageFactory

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def own_places(tmp_path: Path, settings):
    settings.ERASURE_LEDGER = tmp_path / "keys" / "erased.txt"
    settings.MEDIA_ROOT = tmp_path / "media"
    (settings.MEDIA_ROOT / "original").mkdir(parents=True)
    (settings.MEDIA_ROOT / "original" / "bilde.txt").write_bytes(b"en fil")
    settings.RESTORING = tmp_path / "restoring"
    yield
    settings.RESTORING.unlink(missing_ok=True)


@pytest.fixture
def person() -> Adult:
    """Somebody with a note, a message that waits, and a session."""
    enrolment = made.EnrolmentFactory(adult__user__first_name="Berit")
    adult = enrolment.adult
    module = made.ModuleFactory(programme=enrolment.group.edition.programme)
    write_note(adult=adult, module=module, part_key="del-1", block="r1", text="Et notat.")
    MessageFactory(user=adult.user, due_at=timezone.now() - timedelta(minutes=1))
    Client().force_login(adult.user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return adult
