"""Somebody is called something else by the time it is counted: what they called her is taken out too."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from courses import attending, catching_up, families, neighbours
from courses.models import Adult, CatchUp, Group, User, WalkIn
from evaluation.models import Occasion, SealedNames
from tests.evaluation.written_of_her import NAME, WITHOUT, at, group, people, texts, write_of_her
from tests.evening_factories import CatchUpFactory
from tests.factories import (
    AdultFactory,
    AssignmentFactory,
    EnrolmentFactory,
    EveningFactory,
    GroupFactory,
    MunicipalityFactory,
)

__all__ = ["at", "group", "people"]
pytestmark = pytest.mark.django_db(databases=["default", "answers"])


def test_the_name_somebody_had_when_they_wrote_of_her_is_in_no_text(
    people: list[Adult], at: Occasion
) -> None:
    write_of_her(people, at)
    user = User.objects.get(pk=people[0].user_id)
    user.first_name = "Kari"
    user.save()
    assert texts(at) == WITHOUT


@pytest.mark.parametrize("field", ["first_name", "last_name"])
def test_so_is_that_of_a_contact_person_who_is_called_something_else(
    people: list[Adult], at: Occasion, group: Group, field: str
) -> None:
    User.objects.filter(first_name=NAME).update(first_name="Kari")
    leads = AssignmentFactory(group=group, **{f"user__{field}": NAME}).user
    write_of_her(people, at)
    setattr(leads, field, "Solveig")
    leads.save(update_fields=[field])
    assert texts(at) == WITHOUT


def test_so_is_what_a_shielded_adult_was_called(people: list[Adult], at: Occasion) -> None:
    User.objects.filter(first_name=NAME).update(first_name="Kari")
    Adult.objects.filter(pk=people[0].pk).update(alias=NAME)
    write_of_her(people, at)
    adult = Adult.objects.get(pk=people[0].pk)
    adult.alias = "Solstråle"
    adult.save()
    assert texts(at) == WITHOUT


def test_so_is_that_of_whoever_moves_out_of_a_home(people: list[Adult], at: Occasion) -> None:
    User.objects.filter(first_name=NAME).update(first_name="Kari")
    moves = AdultFactory(family=people[1].family, seat=2, user__first_name=NAME)
    write_of_her(people, at)
    families.part_family(moves)
    assert texts(at) == WITHOUT


def test_so_is_a_first_name_on_a_list_that_was_put_right(
    people: list[Adult], at: Occasion, group: Group
) -> None:
    User.objects.filter(first_name=NAME).update(first_name="Kari")
    row = WalkIn.objects.create(evening=EveningFactory(group=group), name=NAME)
    write_of_her(people, at)
    row.name = "Ola"
    row.save()
    assert texts(at) == WITHOUT


@pytest.mark.parametrize("how", ["a talk instead", "at her own after all", "another seat"])
def test_so_is_that_of_a_guest_whose_seat_is_no_longer_known(
    people: list[Adult], at: Occasion, group: Group, how: str
) -> None:
    User.objects.filter(pk=people[0].user_id).update(first_name="Kari")
    there = EveningFactory(group=group, starts_at=timezone.now() - timedelta(days=1))
    guest = EnrolmentFactory(adult__user__first_name=NAME).adult
    hers = {"module": there.module, "group": guest.enrolments.get().group}
    own = EveningFactory(**hers, starts_at=timezone.now() - timedelta(days=4))
    seat = CatchUpFactory(adult=guest, evening=own, neighbour=there)
    write_of_her(people, at)
    if how == "a talk instead":
        assert catching_up.confirm(seat, None)
    elif how == "at her own after all":
        attending.mark(own, [attending.Mark(guest.pk, "present")], None)
        catching_up.offer(own)
    else:
        region = hers["group"].municipalities.first() or MunicipalityFactory()
        hers["group"].municipalities.set([region])
        other = GroupFactory(edition=group.edition, municipalities=[region])
        coming = EveningFactory(
            module=there.module, group=other, starts_at=timezone.now() + timedelta(days=3)
        )
        neighbours.take_seat(seat, coming.pk)
    assert not CatchUp.objects.filter(neighbour=there).exists()
    assert texts(at) == WITHOUT


def test_a_row_saved_with_the_same_name_seals_nothing_and_asks_one_thing(
    people: list[Adult], at: Occasion, group: Group
) -> None:
    user, adult = User.objects.get(pk=people[0].user_id), Adult.objects.get(pk=people[0].pk)
    guest = WalkIn.objects.create(evening=EveningFactory(group=group), name=NAME)
    for row in (user, adult, guest):
        with CaptureQueriesContext(connection) as with_names:
            row.save()
        assert len(with_names) == 2
    for row, field in ((user, "language"), (adult, "seat"), (guest, "marked_at")):
        with CaptureQueriesContext(connection) as without:
            row.save(update_fields=[field])
        assert len(without) == 1
    assert not SealedNames.objects.exists()


def test_whoever_had_no_name_loses_none(people: list[Adult], at: Occasion) -> None:
    User.objects.filter(pk=people[1].user_id).update(first_name="")
    user = User.objects.get(pk=people[1].user_id)
    user.first_name = "Kari"
    user.save()
    assert not SealedNames.objects.exists()


def test_no_name_is_written_past_what_keeps_the_old_one() -> None:
    """An ``update`` of many rows sends no signal. ``empty_names`` keeps them by itself."""
    names = r"\.(?:bulk_)?update\([^)]*\b(?:first_name|last_name|alias)\b"
    root = Path(__file__).parents[2]
    files = [path for app in ("courses", "cms", "evaluation") for path in (root / app).rglob("*.py")]
    assert len(files) > 100
    assert not [path.name for path in files if re.search(names, path.read_text(encoding="utf-8"))]
