"""A Monday at noon, an evening on the Thursday of the week after, and what is planned around it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from courses.models import Message
from tests.factories import EveningFactory

if TYPE_CHECKING:
    from courses.models import Adult, Evening, Group

OSLO = ZoneInfo("Europe/Oslo")
NOON = datetime(2026, 11, 23, 12, tzinfo=OSLO)  # a Monday


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def evening(group: Group, adult: Adult, neighbour: Adult) -> Evening:
    """Kurskveld 1, Thursday of next week at 18."""
    module = group.edition.programme.modules.get(number=1)
    return EveningFactory(group=group, module=module, starts_at=datetime(2026, 12, 3, 18, tzinfo=OSLO))


def planned(thing: object = None, **rows: object) -> list[tuple[str, str, datetime]]:
    """(first name of the user, step, due) of what waits."""
    found = Message.objects.filter(state="planned", **rows).select_related("user")
    return sorted((m.user.first_name, m.step, timezone.localtime(m.due_at)) for m in found)
