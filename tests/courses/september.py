"""The first of September, when groups are made, and the form in which one is."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.utils import timezone

if TYPE_CHECKING:
    from courses.models import Edition, Municipality, User

NOW = datetime(2026, 9, 1, 10, 0, tzinfo=timezone.get_default_timezone())


@pytest.fixture(autouse=True)
def in_september() -> object:
    with time_machine.travel(NOW, tick=True):
        yield


def filled(edition: Edition, places: list[Municipality], leader: User, **other: Any) -> dict[str, Any]:
    given = {
        "name": "Torsdagsgruppa",
        "edition": edition.pk,
        "phase": "pilot",
        "municipalities": [place.pk for place in places],
        "seats": 12,
        "first_day": "2026-09-17",
        "clock": "18:00",
        "rhythm": "2",
        "minutes": 135,
        "place": "Biblioteket",
        "video_link": "",
        "day_1": "2026-09-17",
        "day_2": "2026-10-01",
        "leader": leader.pk,
        "co_leader": "",
        "stand_in": "",
        "stand_in_until": "",
    }
    return given | other
