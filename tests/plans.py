"""An evening that is going on now, with a plan of three points and two core elements."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from courses.models import EditionModule
from tests.factories import EveningFactory

if TYPE_CHECKING:
    from courses.models import Evening, Group

PLAN: dict[str, Any] = {
    "minutes": 60,
    "plan": [
        {"minutes": 10, "title": "Kaffe og innsjekk", "do": "Ønsk velkommen.", "ask": ["Ett ord?"]},
        {
            "minutes": 20,
            "title": "Tema",
            "do": "Fortell kort.",
            "ask": [],
            "material": "Tavle",
            "cut_first": True,
            "if_hard": "Ta en pause.",
            "core": "tema",
        },
        {"minutes": 30, "title": "Øvelse", "do": "To og to.", "ask": ["Hva så du?"], "core": "ovelse"},
    ],
    "materials": ["Kaffe", "Tavle"],
    "core_elements": [
        {"key": "tema", "text": "Temaet er lagt fram."},
        {"key": "ovelse", "text": "Alle har øvd."},
    ],
}


def make_evening(
    group: Group, module: int = 1, began: timedelta = timedelta(minutes=5), **fields: Any
) -> Evening:
    """An evening of the group that began a while ago, with PLAN in its edition."""
    EditionModule.objects.filter(edition=group.edition, module__number=module, language="nb").update(
        evening=PLAN
    )
    return EveningFactory(
        group=group,
        module=group.edition.programme.modules.get(number=module),
        starts_at=timezone.now() - began,
        minutes=60,
        **fields,
    )
