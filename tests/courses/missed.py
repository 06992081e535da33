"""An evening that was held, what was done at it, and what each adult's mark says of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from courses.attending import Mark, mark
from courses.models import Adult, Enrolment, Evening, Group
from tests import factories as made

LAYER = {
    "minutes": 135,
    "plan": [
        {"title": "Kaffe", "core": "", "ask": ["Hvordan går det?"]},
        {"title": "Tema", "core": "lampa", "ask": ["Hvor kjenner du det?", "Hva hjelper?", "Et tredje?"]},
        {"title": "Øvelse", "core": "svar", "ask": []},
    ],
    "core_elements": [
        {"key": "lampa", "text": "Alle har funnet sin egen varsellampe."},
        {"key": "svar", "text": "Alle har øvd på et svar."},
        {"key": "hjelp", "text": "Siden om hjelp er vist."},
    ],
}


def evening_of(group: Group, number: int = 1, days: int = -3) -> Evening:
    return made.EveningFactory(
        group=group,
        module=group.edition.programme.modules.get(number=number),
        starts_at=timezone.now() + timedelta(days=days),
    )


@pytest.fixture
def held(group: Group, adult: Adult, other_adult: Adult, neighbour: Adult) -> Evening:
    """Module 1's evening three days ago; everybody was in the group long before."""
    long_ago = timezone.localdate() - timedelta(days=60)
    Enrolment.objects.update(starts_on=long_ago)
    return evening_of(group)


def say(evening: Evening, adult: Adult, state: str) -> None:
    [outcome] = mark(evening, [Mark(adult.pk, state)], None)
    assert outcome.status == "stored"
