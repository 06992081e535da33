"""Whoever closes by hand is asked where the form was promised to be open longer."""

from __future__ import annotations

import contextlib
import sys
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from evaluation.models import Occasion
from tests.crowds import all_answer
from tests.evaluation.eight_asked import at, group, people

if TYPE_CHECKING:
    from courses.models import Adult

__all__ = ["at", "group", "people"]
pytestmark = pytest.mark.django_db(databases=["default", "answers"])


@pytest.mark.parametrize("answer", ["", "nei", "ja"])
def test_whoever_types_the_number_of_a_form_that_is_open_longer_is_asked(
    people: list[Adult], at: Occasion, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    all_answer(people, at)
    Occasion.objects.filter(pk=at.pk).update(closes_at=timezone.now() + timedelta(days=16))
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    monkeypatch.setattr("builtins.input", lambda asked: answer if "er lovet åpent til" in asked else "")
    with contextlib.nullcontext() if answer == "ja" else pytest.raises(CommandError, match="Ingenting"):
        call_command("close", at.pk)
    at.refresh_from_db()
    assert at.state == ("counted" if answer == "ja" else "open")
