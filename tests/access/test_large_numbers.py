"""A number in an address that no row can have is a page that is not there."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import pytest

from tests.access.browsers import ROLES, ask
from tests.access.test_matrix import own_routes, real

if TYPE_CHECKING:
    from django.test import Client

__all__ = ["real"]
pytestmark = pytest.mark.django_db(databases=["default", "answers"])


@pytest.mark.parametrize("role", ["", "adult", "contact-person", "project-leader"])
def test_a_number_that_no_column_can_hold_is_nothings(
    role: str, browsers: dict[tuple[str, int], Client], real: dict[str, Any]
) -> None:
    with_numbers = [(route, name) for route in own_routes() for name, kind in route.parameters if kind is int]
    assert len(with_numbers) > 50
    client, broken = browsers[role, max(ROLES[role])], []
    for (route, name), method in product(with_numbers, ("GET", "POST")):
        address = route.address(real | {f"{route.name}.{name}": 10**25})
        page = ask(client, method, address)
        if page.status_code >= 500 or (page.status_code == 200 and method == "GET"):
            broken.append(f"{method} {address}: {page.status_code}")
    assert broken == []
