"""A study of the region, and the first evening of its group: ten days from a Monday in October."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
import time_machine

from courses.models import Evening
from evaluation.models import Occasion, Study
from tests import study_factories as made
from tests.factories import EveningFactory

if TYPE_CHECKING:
    from courses.models import Group

OSLO = ZoneInfo("Europe/Oslo")
NOON = datetime(2026, 10, 5, 12, tzinfo=OSLO)
FIRST = datetime(2026, 10, 15, 18, tzinfo=OSLO)


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def study(group: Group) -> Study:
    region = group.municipalities.get().region
    return made.study(programme=group.edition.programme, region=region)


@pytest.fixture
def first(group: Group) -> Evening:
    """Ten days from now; the second and last a week later."""
    modules = list(group.edition.programme.modules.order_by("number"))
    EveningFactory(group=group, module=modules[1], starts_at=FIRST + timedelta(days=7))
    evening: Evening = EveningFactory(group=group, module=modules[0], starts_at=FIRST)
    return evening


def after_wave(study: Study, **fields: object) -> object:
    return made.wave(study, **{"code": "T1", "anchor": "last-evening", "opens_after_days": 0} | fields)


def only() -> Occasion:
    return Occasion.objects.get()
