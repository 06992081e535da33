"""A theme evening with one seat, its page, and who has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from courses.models import Gathering, SignUp
from tests.evening_factories import GatheringFactory

if TYPE_CHECKING:
    from courses.models import Municipality, User


@pytest.fixture
def theme(municipality: Municipality) -> Gathering:
    made: Gathering = GatheringFactory(title="Søvn og kvelder", seats=1)
    made.municipalities.set([municipality])
    return made


def page_of(gathering: Gathering) -> str:
    return reverse("evenings:gathering", args=[gathering.pk])


def state(gathering: Gathering, user: User) -> str:
    return SignUp.objects.get(gathering=gathering, user=user).state
