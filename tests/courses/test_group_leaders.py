"""Nobody is set to lead a group that she would then be shut out of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import time_machine

from courses.models import Group
from tests.courses.september import NOW, filled
from tests.factories import RoleFactory

if TYPE_CHECKING:
    from courses.models import Edition, Municipality, User
    from tests.people import LogIn

pytestmark = pytest.mark.django_db

WORDS = "er ikke kontaktperson i kommunene til gruppa."


@pytest.fixture(autouse=True)
def _in_september() -> object:
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def from_next_door(municipality: Municipality, other_municipality: Municipality) -> User:
    other_municipality.region = municipality.region
    other_municipality.save()
    user: User = RoleFactory(municipality=other_municipality).user
    return user


@pytest.mark.parametrize("duty", ["co_leader", "stand_in"])
def test_a_new_group_refuses_who_has_no_role_in_its_municipalities(
    logged_in: LogIn,
    edition: Edition,
    municipality: Municipality,
    other_municipality: Municipality,
    contact_person: User,
    from_next_door: User,
    duty: str,
) -> None:
    client, chosen = logged_in(contact_person), {duty: from_next_door.pk, "stand_in_until": "2026-12-01"}
    page = client.post("/gruppe/ny/", filled(edition, [municipality], contact_person, **chosen))
    assert page.status_code == 422
    assert f"{from_next_door.first_name} {WORDS}" in page.content.decode()
    assert not Group.objects.filter(name="Torsdagsgruppa").exists()
    both = [municipality, other_municipality]
    made = client.post("/gruppe/ny/", filled(edition, both, contact_person, **chosen))
    assert made.status_code == 302
    assert (
        logged_in(from_next_door).get(f"/gruppe/{Group.objects.get(name='Torsdagsgruppa').pk}/").status_code
        == 200
    )


def test_a_group_that_runs_refuses_her_too(
    logged_in: LogIn, group: Group, contact_person: User, from_next_door: User
) -> None:
    given = {"name": "Nytt navn", "phase": "pilot", "seats": 12, "leader": contact_person.pk}
    client, address = logged_in(contact_person), f"/gruppe/{group.pk}/endre/"
    page = client.post(address, given | {"co_leader": from_next_door.pk})
    assert page.status_code == 422
    assert WORDS in page.content.decode()
    assert not group.assignments.filter(user=from_next_door).exists()
    assert client.post(address, given).status_code == 302
