"""Messages on their way out: Monday at noon, and an evening tomorrow with its reminder due."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
import time_machine

from courses import messaging
from courses.models import Message
from tests.courses.test_texting import SENT
from tests.factories import EveningFactory

if TYPE_CHECKING:
    from collections.abc import Iterator

    from courses.models import Adult, Evening, Group

OSLO = ZoneInfo("Europe/Oslo")
NOON = datetime(2026, 11, 23, 12, tzinfo=OSLO)
TEXTS = "tests.courses.test_texting.provider"


@pytest.fixture(autouse=True)
def noon(settings) -> Iterator[None]:
    """Monday at noon; the clock stands, but the mail server's threads need none."""
    settings.SMS_BACKEND = TEXTS
    SENT.clear()
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def evening(group: Group, adult: Adult) -> Evening:
    """Tomorrow at 18, with the reminder due."""
    module = group.edition.programme.modules.get(number=1)
    evening: Evening = EveningFactory(group=group, module=module, starts_at=NOON + timedelta(days=1, hours=6))
    messaging.plan_evening(evening)
    return evening


def only() -> Message:
    return Message.objects.get()
