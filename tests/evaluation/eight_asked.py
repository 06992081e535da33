"""Eight adults of five families in a group of their own, asked to answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.crowds import adults, asked
from tests.factories import GroupFactory
from tests.study_factories import wave

if TYPE_CHECKING:
    from courses.models import Adult, Group
    from evaluation.models import Occasion


@pytest.fixture
def group() -> Group:
    return GroupFactory()


@pytest.fixture
def people(group: Group) -> list[Adult]:
    return adults(group, 8, families=5)


@pytest.fixture
def at(people: list[Adult], group: Group) -> Occasion:
    return asked(people, wave=wave(), group=group)
