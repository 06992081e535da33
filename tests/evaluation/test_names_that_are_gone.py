"""What was written of somebody who is gone when it is counted: her name is taken out all the same."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.core.management import call_command
from django.utils import timezone

from courses import attending
from courses.erasing import erase
from courses.models import Adult, Assignment, Group, User, WalkIn
from evaluation.answers import boxes, closing, keeping_names, keys, sealing
from evaluation.models import Occasion, SealedAnswer, SealedNames
from tests.crowds import adults, all_answer, answer, answers, asked, version_of
from tests.evaluation.written_of_her import NAME, WITHOUT, at, group, people, texts, write_of_her
from tests.evening_factories import CatchUpFactory
from tests.factories import (
    AdultFactory,
    AssignmentFactory,
    EveningFactory,
    FamilyFactory,
    GroupFactory,
    RoleFactory,
    UserFactory,
)
from tests.study_factories import evening_wave, occasion, participation, wave

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["at", "group", "people"]
pytestmark = pytest.mark.django_db(databases=["default", "answers"])


@pytest.fixture(autouse=True)
def _own_ledger(settings, tmp_path: Path) -> None:
    settings.ERASURE_LEDGER = tmp_path / "erased.txt"


def test_the_name_of_somebody_who_was_erased_is_in_nobodys_text(people: list[Adult], at: Occasion) -> None:
    write_of_her(people, at)
    erase(Adult.objects.get(pk=people[0].pk))
    assert texts(at) == WITHOUT


def test_a_pool_that_waits_until_everybody_is_erased_still_knows_their_names(group: Group) -> None:
    made, of = adults(group, 4, families=3), wave()
    User.objects.filter(pk=made[0].user_id).update(first_name=NAME)
    at = asked(made, wave=of, group=group)
    write_of_her(made, at)
    assert closing.close(at).state == "waiting"
    erase(Adult.objects.get(pk=made[0].pk))
    other = GroupFactory(edition=group.edition)
    later = adults(other, 4, families=3)
    after = asked(later, wave=of, group=other)
    all_answer(later, after)
    assert texts(after) == WITHOUT


@pytest.mark.parametrize("goes", ["adult at home", "contact person"])
def test_so_is_that_of_whoever_stands_around_the_group(
    people: list[Adult], at: Occasion, group: Group, goes: str
) -> None:
    User.objects.filter(pk=people[0].user_id).update(first_name="Kari")
    if goes == "contact person":
        gone = AssignmentFactory(group=group, user__first_name=NAME).user
    else:
        gone = AdultFactory(family=people[1].family, seat=2, user__first_name=NAME).user
    write_of_her(people, at)
    gone.delete()
    assert not Assignment.objects.filter(user=gone.pk).exists()
    assert texts(at) == WITHOUT


def test_so_is_that_of_staff_who_left_where_there_is_no_group() -> None:
    of = wave(audience="coach", identity="named")
    staff = [RoleFactory(municipality__region=of.study.region).user for _ in range(3)]
    User.objects.filter(pk=staff[0].pk).update(first_name=NAME)
    at = occasion(wave=of, group=None)
    for user in staff[1:]:
        participation(at, user)
        answer(Adult(user=user), at, {"t01": 3, "ord": f"Snakket med {NAME} etterpå"})
    User.objects.get(pk=staff[0].pk).delete()
    assert texts(at) == WITHOUT


def test_a_guest_and_whom_she_lives_with_are_in_no_text(
    people: list[Adult], at: Occasion, group: Group
) -> None:
    home = FamilyFactory()
    guest = AdultFactory(family=home, user__first_name=NAME)
    AdultFactory(family=home, seat=2, alias="Solstråle", user__first_name="Kari")
    CatchUpFactory(adult=guest, neighbour=EveningFactory(group=group))
    for number, adult in enumerate(people):
        answer(adult, at, answers(random.Random(number), f"{NAME} og Solstråle kom"))
    erase(guest)
    assert texts(at) == {"[navn] og [navn] kom"}


def test_a_first_name_on_a_list_that_was_emptied_is_in_no_text(
    people: list[Adult], at: Occasion, group: Group
) -> None:
    User.objects.filter(first_name=NAME).update(first_name="Kari")
    long_ago = EveningFactory(group=group, starts_at=timezone.now() - timedelta(days=100))
    WalkIn.objects.create(evening=long_ago, name=NAME)
    write_of_her(people, at)
    call_command("retain")
    assert WalkIn.objects.get().name == ""
    assert texts(at) == WITHOUT


def test_what_a_walk_in_was_called_before_it_was_known_who_she_is_is_in_no_text(
    people: list[Adult], at: Occasion, group: Group
) -> None:
    User.objects.filter(first_name=NAME).update(first_name="Kari")
    evening = EveningFactory(group=group, starts_at=timezone.now() - timedelta(hours=1))
    row = WalkIn.objects.create(evening=evening, name=NAME)
    write_of_her(people, at)
    attending.join_walk_in(row, people[0], None)
    assert WalkIn.objects.get().name == ""
    assert texts(at) == WITHOUT


def test_a_name_that_is_another_after_the_form_was_shut_is_in_no_text(
    people: list[Adult], at: Occasion
) -> None:
    write_of_her(people, at)
    closing.shut(at)
    User.objects.filter(first_name=NAME).update(first_name="Kari")
    assert texts(at) == WITHOUT


def test_after_an_anonymous_evening_too(people: list[Adult], group: Group) -> None:
    of = evening_wave()
    at = occasion(wave=of, group=group)
    for number in range(8):
        given = answers(random.Random(number), f"Snakket med {NAME} etterpå")
        sealing.submit_anonymous(occasion=at, forms=[(version_of(of), given)], limit=9)
    erase(Adult.objects.get(pk=people[0].pk))
    assert texts(at) == WITHOUT


# --- what the sealed names tell
def test_they_are_everybodys_and_tell_neither_who_left_nor_who_wrote(
    people: list[Adult], at: Occasion
) -> None:
    everybody = set(User.objects.filter(adult__in=people).values_list("first_name", "last_name"))
    erase(Adult.objects.get(pk=people[0].pk))
    content = boxes.open_box(keys.seal_key(at), bytes(SealedNames.objects.get().box))
    assert set(content) == {"kind", "names"}
    assert set(content["names"]) == {name for pair in everybody for name in pair if name}
    assert content["names"] == sorted(content["names"])
    assert NAME.encode() not in bytes(SealedNames.objects.get().box)


def test_they_are_no_answer_and_go_with_the_answers(people: list[Adult], at: Occasion) -> None:
    all_answer(people, at)
    for _twice in range(2):
        keeping_names.keep(at)
    SealedNames.objects.create(id=7, occasion=at, box=b"of a key that is lost")
    result = closing.close(at)
    assert (result.sealed, result.taken, result.left_out) == (7, 7, 0)
    assert not SealedNames.objects.exists()
    assert not SealedAnswer.objects.exists()


def test_where_nobody_answered_there_is_still_nobody(people: list[Adult], at: Occasion) -> None:
    erase(Adult.objects.get(pk=people[0].pk))
    result = closing.close(Occasion.objects.get(pk=at.pk))
    assert (result.state, result.sealed) == ("counted", 0)
    assert not SealedNames.objects.exists()


def test_nothing_is_sealed_where_all_is_counted_or_nothing_begun(people: list[Adult], at: Occasion) -> None:
    all_answer(people, at)
    closing.close(at)
    occasion(wave=wave(), group=at.group, state="planned")
    erase(Adult.objects.get(pk=people[0].pk))
    assert not SealedNames.objects.exists()


def test_what_is_dropped_unread_takes_its_names_along(people: list[Adult], at: Occasion) -> None:
    closing.shut(at)
    assert SealedNames.objects.count() == 1
    closing.drop(Occasion.objects.get(pk=at.pk))
    assert not SealedNames.objects.exists()


def test_whoever_is_around_nothing_seals_nothing_when_she_leaves(at: Occasion) -> None:
    UserFactory().delete()
    assert not SealedNames.objects.exists()
