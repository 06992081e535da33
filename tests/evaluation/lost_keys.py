"""An occasion whose key is lost, and the command that gives it up."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from courses.models import AuditEvent
from evaluation.answers import keys
from evaluation.models import Occasion
from tests.crowds import adults, all_answer, asked
from tests.factories import EditionFactory, GroupFactory
from tests.study_factories import wave

if TYPE_CHECKING:
    from evaluation.models import Wave

BOTH = ("--by", "Kari Lie", "--by", "Per Vik")


@pytest.fixture
def of() -> Wave:
    return wave()


@pytest.fixture
def lost(of: Wave) -> Occasion:
    """Six have answered, and the key is gone."""
    at = answered(of)
    keys.destroy_seal_key(at)
    return at


def answered(of: Wave) -> Occasion:
    group = GroupFactory(edition=EditionFactory(programme=of.study.programme))
    people = adults(group, 6, families=5)
    at = asked(people, wave=of, group=group)
    all_answer(people, at)
    return at


def give_up(*words: Any) -> str:
    out = StringIO()
    call_command("give_up", *map(str, words), stdout=out)
    return out.getvalue()


def a_day_goes() -> None:
    AuditEvent.objects.update(on=timezone.localdate() - timedelta(days=1))


def given_up(*words: Any) -> str:
    """Said, and said once more on the day after."""
    give_up(*words)
    a_day_goes()
    return give_up(*words)
