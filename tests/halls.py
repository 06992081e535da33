"""A course evening under way: Thursday at seven, the plan, and the contact person's phone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import time_machine

from tests.plans import make_evening

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

    from courses.models import Evening, Group, User
    from tests.people import LogIn

BUDGET = 14  # queries of /kveld/, session, user and roles among them


@pytest.fixture(autouse=True)
def thursday_evening() -> Iterator[None]:
    """No evening of these tests begins yesterday."""
    with time_machine.travel("2026-11-26T19:00:00+01:00"):
        yield


@pytest.fixture
def evening(group: Group) -> Evening:
    return make_evening(group, place="Samfunnshuset")


@pytest.fixture
def hall(logged_in: LogIn, contact_person: User) -> Client:
    """The contact person's phone."""
    return logged_in(contact_person)


def page(client: Client, evening: Evening, status: int = 200) -> str:
    """The evening's page, as it is read."""
    response = client.get(f"/kveld/{evening.pk}/")
    assert response.status_code == status
    return response.content.decode()
