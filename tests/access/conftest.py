"""One browser for each role."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client

from tests.access.browsers import ROLES, STAFF, with_one_factor

if TYPE_CHECKING:
    from courses.models import Adult, User
    from tests.people import LogIn


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> None:
    """Thousands of refusals would bury the one that is wrong."""
    caplog.set_level("CRITICAL", logger="django.request")


@pytest.fixture
def browsers(
    logged_in: LogIn,
    adult: Adult,
    contact_person: User,
    project_leader: User,
    leader: User,
    editor: User,
    researcher: User,
    user_group: User,
) -> dict[tuple[str, int], Client]:
    """One browser for each role, by role and number of factors; nobody has none, an adult has one."""
    people = dict(
        zip(STAFF, (contact_person, project_leader, leader, editor, researcher, user_group), strict=True)
    )
    found = {("", 0): Client(), ("adult", 1): logged_in(adult)}
    for kind, user in people.items():
        found[kind, 2] = logged_in(user)
        found[kind, 1] = logged_in(user)
        with_one_factor(found[kind, 1])
    for client in found.values():
        client.raise_request_exception = False
    assert set(found) == {(role, factors) for role in ROLES for factors in ROLES[role]}
    return found
