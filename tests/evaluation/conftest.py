"""One adult who is asked at an open occasion, and her browser."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from evaluation.answers import sealing
from tests.factories import EnrolmentFactory, FamilyFactory
from tests.study_factories import occasion, participation

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from courses.models import Adult, Group
    from evaluation.models import Occasion, Participation
    from tests.people import LogIn


@pytest.fixture
def asked(group: Group) -> Occasion:
    return occasion(group=group)


@pytest.fixture
def invited(asked: Occasion, adult: Adult) -> Participation:
    return participation(asked, adult)


@pytest.fixture
def browser(logged_in: LogIn, adult: Adult) -> Client:
    return logged_in(adult)


@pytest.fixture
def sealed(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the sealing is given, form by form; it is sealed all the same."""
    got: list[Any] = []
    real = sealing.submit

    def submit(**given: Any) -> sealing.Receipt:
        got.extend(answers for _version, answers in given["forms"])
        return real(**given)

    monkeypatch.setattr(sealing, "submit", submit)
    return got


@pytest.fixture
def make_families(asked: Occasion, group: Group) -> Callable[[int], None]:
    def make(number: int) -> None:
        for _ in range(number):
            family = FamilyFactory(municipality=group.municipalities.get())
            participation(asked, EnrolmentFactory(group=group, adult__family=family).adult)

    return make
