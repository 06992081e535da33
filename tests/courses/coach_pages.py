"""The contact person's browser, and the page of her group."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from courses.models import Group, User

if TYPE_CHECKING:
    from django.test import Client

    from tests.people import LogIn

LONG_AGO = timedelta(days=60)


def page_of(client: Client, group: Group) -> Any:
    return client.get(f"/gruppe/{group.pk}/")


@pytest.fixture
def coach(contact_person: User, logged_in: LogIn) -> Client:
    return logged_in(contact_person)
