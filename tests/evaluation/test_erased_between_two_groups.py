"""Somebody erased between two groups of a wave: no home, and nobody, is among those who were asked twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from courses.erasing import erase
from evaluation.answers import closing, keys
from evaluation.models import Occasion, Response
from tests.crowds import adults, all_answer, asked
from tests.evaluation.eight_asked import at, group, people
from tests.evaluation.test_asked_and_erased import asked_at, asked_in
from tests.factories import AdultFactory, EnrolmentFactory, GroupFactory
from tests.study_factories import occasion, participation

if TYPE_CHECKING:
    from courses.models import Adult

__all__ = ["at", "group", "people"]
pytestmark = pytest.mark.django_db(databases=["default", "answers"])


@pytest.mark.parametrize("state", ["planned", "open"])
def test_a_home_is_one_family_also_when_the_first_of_it_is_erased_before_the_second_is_asked(
    people: list[Adult], at: Occasion, state: str
) -> None:
    """Nothing tells the second group that the home was counted: it is left to be counted there."""
    other = occasion(wave=at.wave, group=GroupFactory(phase=at.group.phase), state=state)
    husband = EnrolmentFactory(
        group=other.group, adult=AdultFactory(family=people[4].family, seat=2)
    ).adult  # the fifth family sent one adult to the first group
    if state == "open":
        participation(other, husband)
    closing.close(at)
    assert asked_at(at) == (8, 5)
    erase(people[4])
    assert asked_at(at) == (8, 4)
    if state == "planned":
        keys.make_seal_key(other)
        Occasion.objects.filter(pk=other.pk).update(state="open")
        participation(other, husband)
    closing.close(other)
    assert (asked_at(at), asked_at(other)) == ((8, 4), (1, 1))
    assert asked_in(at.wave) == {"adults": 9, "families": 5}


def test_a_home_that_is_still_known_where_it_was_counted_stays_counted_there(
    people: list[Adult], at: Occasion
) -> None:
    """Both of a home were asked in the first group, and one of them in the next as well."""
    first, second = (each for each in people if each.family == people[0].family)
    closing.close(at)
    other = asked([second], wave=at.wave, group=GroupFactory(phase=at.group.phase))
    erase(first)
    closing.close(other)
    assert (asked_at(at)[1], asked_at(other)[1]) == (5, 0)


def test_a_home_that_nobody_else_of_is_asked_of_stays_where_it_was_counted(
    people: list[Adult], at: Occasion
) -> None:
    """Her husband takes it in another phase, or his form has closed too: it was counted there by itself."""
    husband = AdultFactory(family=people[4].family, seat=2)
    for phase, state in (("implementation", "open"), (at.group.phase, "counted")):
        participation(occasion(wave=at.wave, group=GroupFactory(phase=phase), state=state), husband)
    closing.close(at)
    families = asked_at(at)[1]
    erase(people[4])
    assert asked_at(at)[1] == families


def test_whoever_changed_group_and_answered_there_is_one_also_when_she_is_erased(
    people: list[Adult], at: Occasion
) -> None:
    """Her sheet tells that she was asked there: so she is not counted where she missed it as well."""
    all_answer(people[:7], at)
    closing.close(at)
    other = asked(people[7:], wave=at.wave, group=GroupFactory(phase=at.group.phase))
    more = adults(other.group, 5, families=4)
    for adult in more:
        participation(other, adult)
    all_answer([people[7], *more], other)
    erase(people[7])
    closing.close(other)
    assert Response.objects.count() == 13
    assert (asked_at(at)[0], asked_at(other)[0]) == (7, 6)
    assert asked_in(at.wave)["adults"] == 13
