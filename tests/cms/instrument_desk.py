"""A draft and a questionnaire that was sent, before the project leader in the admin."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from bs4 import BeautifulSoup

from evaluation.instruments import loading
from evaluation.instruments.drafts import Draft
from evaluation.instruments.freezing import freeze
from evaluation.models import InstrumentVersion
from tests.study_factories import definition

if TYPE_CHECKING:
    from django.http import HttpResponse
    from django.test import Client

    from courses.models import User
    from tests.people import LogIn


@pytest.fixture
def draft() -> InstrumentVersion:
    return loading.store(Draft(definition(key="trygg")))[0]


@pytest.fixture
def sent(draft: InstrumentVersion) -> InstrumentVersion:
    freeze(draft)
    return draft


@pytest.fixture
def client(logged_in: LogIn, project_leader: User) -> Client:
    return logged_in(project_leader)


def plain(page: HttpResponse) -> str:
    return re.sub(r"\s+", " ", BeautifulSoup(page.content, "html.parser").text)
