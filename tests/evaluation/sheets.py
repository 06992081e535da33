"""A group that answers on paper: who is asked, whoever keys from elsewhere, and a sheet keyed twice."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from docx import Document

from courses.models import Adult, Group, Municipality, User
from evaluation.answers import sealing
from evaluation.models import Occasion
from tests.crowds import adults, asked, version_of
from tests.factories import MunicipalityFactory, RoleFactory
from tests.study_factories import study, wave

if TYPE_CHECKING:
    from django.http import HttpResponse
    from django.test import Client

    from tests.people import LogIn

GIVEN = {"t01": "4", "t02": "2", "tall": "7", "ord": "Kanarifugl i fjellet"}


@pytest.fixture
def people(group: Group, municipality: Municipality) -> list[Adult]:
    return adults(group, 6, families=4, municipality=municipality)


@pytest.fixture
def at(people: list[Adult], group: Group, municipality: Municipality) -> Occasion:
    return asked(people, wave=wave(study(region=municipality.region)), group=group)


@pytest.fixture
def from_elsewhere(at: Occasion, municipality: Municipality) -> User:
    place = MunicipalityFactory(region=municipality.region)
    return RoleFactory(kind="contact-person", municipality=place).user


@pytest.fixture
def desk(logged_in: LogIn, from_elsewhere: User) -> Client:
    return logged_in(from_elsewhere)


def text_of(content: bytes) -> str:
    file = Document(BytesIO(content))
    cells = [cell.text for table in file.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(p.text for p in file.paragraphs), *cells, file.sections[0].footer.paragraphs[0].text])


def code_of(adult: Adult, at: Occasion) -> str:
    assert adult.user is not None
    return sealing.make_envelope(user=adult.user, occasion_id=at.pk)


def keyed(at: Occasion, code: str, first: dict[str, str], second: dict[str, str]) -> dict[str, Any]:
    prefix = f"{version_of(at.wave).pk}-"
    both = {f"a-{prefix}{key}": value for key, value in first.items()}
    both |= {f"b-{prefix}{key}": value for key, value in second.items()}
    return both | {"code": code, "keyed": "1"}


def put_in(desk: Client, at: Occasion, code: str, first: dict[str, str], second: Any = None) -> HttpResponse:
    return desk.post("/prosjekt/papir/", keyed(at, code, first, first if second is None else second))
