"""A questionnaire that was sent."""

from __future__ import annotations

import pytest

from evaluation.instruments import loading
from evaluation.instruments.definition import Definition
from evaluation.instruments.drafts import Draft
from evaluation.instruments.freezing import freeze
from evaluation.models import InstrumentVersion
from tests.study_factories import definition


def stored(asked: Definition) -> InstrumentVersion:
    return loading.store(Draft(asked))[0]


@pytest.fixture
def sent() -> InstrumentVersion:
    version = stored(definition(key="trygg"))
    freeze(version)
    return version
