"""An evening with its anonymous form open, and a browser that fills it in."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.utils import timezone

from courses.models import Evening
from evaluation.models import Occasion, SealedAnswer
from tests.crowds import version_of
from tests.factories import EveningFactory
from tests.study_factories import evening_wave, occasion

if TYPE_CHECKING:
    from django.http import HttpResponse

    from courses.models import Group

SCRIPT = {"Accept": "application/json"}


@pytest.fixture
def evening(group: Group) -> Evening:
    return EveningFactory(group=group, starts_at=timezone.now() - timedelta(hours=2), head_count=8)


@pytest.fixture
def at(evening: Evening) -> Occasion:
    return occasion(wave=evening_wave(), evening=evening)


def address(at: Occasion) -> str:
    return f"/kveldssvar/{at.nonce}/"


def mark_in(page: HttpResponse) -> str:
    found = re.search(r'name="mark" value="([^"]+)"', page.content.decode())
    assert found
    return found.group(1)


def filled(browser: Client, at: Occasion, **given: Any) -> dict[str, Any]:
    """A form as the page sends it, opened first as everybody does."""
    prefix = f"{version_of(at.wave).pk}-"
    return {"mark": mark_in(browser.get(address(at)))} | {
        prefix + key: value for key, value in (given or {"t01": "4"}).items()
    }


def received(at: Occasion) -> int:
    at.refresh_from_db()
    assert SealedAnswer.objects.filter(occasion=at).count() == at.received
    return at.received
