"""The project leader's browser, and a study of her region."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evaluation.models import Study
from tests import study_factories as made

if TYPE_CHECKING:
    from django.test import Client

    from courses.models import Group, User
    from tests.people import LogIn

STUDIES = "/prosjekt/studier/"


@pytest.fixture
def desk(logged_in: LogIn, project_leader: User) -> Client:
    return logged_in(project_leader)


@pytest.fixture
def study(group: Group) -> Study:
    return made.study(
        key="piloten", programme=group.edition.programme, region=group.municipalities.get().region
    )
