"""Seven who write of the first of them, by her name, in a form of their group."""

from __future__ import annotations

import random

import pytest

from courses.models import Adult, Group, User
from evaluation.answers import closing
from evaluation.models import Occasion, TextAnswer
from tests.crowds import adults, answer, answers, asked
from tests.factories import GroupFactory
from tests.study_factories import wave

NAME = "Bergljotunn"


@pytest.fixture
def group() -> Group:
    return GroupFactory()


@pytest.fixture
def people(group: Group) -> list[Adult]:
    """Seven of seven families; the first has the name."""
    made = adults(group, 7, families=7)
    User.objects.filter(pk=made[0].user_id).update(first_name=NAME)
    return made


@pytest.fixture
def at(people: list[Adult], group: Group) -> Occasion:
    return asked(people, wave=wave(), group=group)


def write_of_her(people: list[Adult], at: Occasion) -> None:
    for number, adult in enumerate(people):
        answer(adult, at, answers(random.Random(number), f"Snakket med {NAME} etterpå"))


def texts(at: Occasion) -> set[str]:
    closing.close(Occasion.objects.get(pk=at.pk))
    return set(TextAnswer.objects.values_list("text", flat=True))


WITHOUT = {"Snakket med [navn] etterpå"}
