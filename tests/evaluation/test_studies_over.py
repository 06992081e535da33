"""A study whose pairing key was to be destroyed: its page says what is true, and who must do what."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from evaluation.models import Study
from tests.evaluation.study_desk import STUDIES, desk, study

if TYPE_CHECKING:
    from django.test import Client

__all__ = ["desk", "study"]
pytestmark = pytest.mark.django_db
COMMAND = "manage.py seal_keys sunset piloten --witness NAVN --witness NAVN --out FIL"


def page(desk: Client, *, days: int, done: bool = False) -> str:
    day = timezone.localdate() + timedelta(days=days)
    dates = {"starts_on": day - timedelta(days=99), "ends_on": day - timedelta(days=9), "sunset_on": day}
    Study.objects.update(**dates, sunset_done_on=day if done else None)
    return desk.get(f"{STUDIES}piloten/").content.decode()


@pytest.mark.parametrize("apart", [False, True])
def test_before_its_day_the_key_is_to_be_destroyed_and_after_it_was(
    study: Study, desk: Client, settings: object, apart: bool
) -> None:
    settings.SEAL_KEYS_APART = apart  # type: ignore[attr-defined]
    before, after = page(desk, days=1), page(desk, days=-1, done=True)
    assert "Slettes senest" in before
    assert "Slettet " in after
    for said in (before, after):
        assert "skulle vært slettet" not in said
        assert COMMAND not in said


@pytest.mark.parametrize("days", [0, -300])
def test_where_keys_are_apart_a_key_over_its_day_is_said_to_be_there_and_how_it_is_destroyed(
    study: Study, desk: Client, settings: object, days: int
) -> None:
    settings.SEAL_KEYS_APART = True  # type: ignore[attr-defined]
    said = page(desk, days=days)
    assert "Slettes senest" not in said
    assert "og er ikke slettet ennå" in said
    assert "kan før og etter fortsatt kobles" in said
    assert COMMAND in said


def test_where_the_machine_has_the_key_it_says_what_it_waits_for(study: Study, desk: Client) -> None:
    said = page(desk, days=-1)
    assert "Slettes senest" not in said
    assert "så snart ingen svar venter" in said
    assert COMMAND not in said
