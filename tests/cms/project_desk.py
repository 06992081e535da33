"""An evening that was logged, and the project page as it is read."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from courses.models import CoreElementTick
from tests.evening_factories import EveningLogFactory
from tests.factories import EveningFactory

if TYPE_CHECKING:
    from django.test import Client

    from courses.models import EveningLog, Group


@pytest.fixture
def log(group: Group) -> EveningLog:
    """Of an evening last week: a wish for guidance, a changed plan and two ticks."""
    module = group.edition.programme.modules.get(number=1)
    evening = EveningFactory(group=group, module=module, starts_at=timezone.now() - timedelta(days=7))
    log: EveningLog = EveningLogFactory(
        evening=evening, wants_guidance=True, changed="Kortere pause", why="Lang innsjekk"
    )
    for key, done in (("a", "yes"), ("b", "partly")):
        CoreElementTick.objects.create(log=log, key=key, done=done)
    return log


def text_of(client: Client, address: str) -> str:
    page = client.get(address)
    assert page.status_code == 200, address
    return str(page.content.decode())


def row_of(client: Client, name: str, address: str = "/prosjekt/", key: str = "places") -> dict[str, str]:
    (row,) = [row for row in client.get(address).context[key] if row["name"] == name]
    return dict(row["cells"])
