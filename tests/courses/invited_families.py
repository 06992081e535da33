"""Somebody invited by mail to a group, and text messages that stay here."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from courses.models import InvitedAdult
from tests.evening_factories import InvitedAdultFactory

if TYPE_CHECKING:
    from courses.models import Group, Municipality


@pytest.fixture(autouse=True)
def texts(tmp_path: Path, settings: Any) -> None:
    settings.SMS_BACKEND, settings.MAILBOX_DIR = "file", tmp_path
    settings.SEND_IN_BACKGROUND = False


@pytest.fixture
def invited(group: Group, municipality: Municipality) -> InvitedAdult:
    return InvitedAdultFactory(
        invitation__group=group, invitation__municipality=municipality, email="astrid@example.no"
    )
