"""The pairing key is wanted until the last day of the study, and is destroyed on a later one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from evaluation.models import Study
from tests.study_factories import study

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("days", [0, -1])
def test_a_sunset_on_the_last_day_or_before_is_refused(days: int) -> None:
    of = study()
    with pytest.raises(IntegrityError, match="study_sunset_after_end"), transaction.atomic():
        Study.objects.filter(pk=of.pk).update(sunset_on=of.ends_on + timedelta(days=days))
    Study.objects.filter(pk=of.pk).update(sunset_on=of.ends_on + timedelta(days=1))
