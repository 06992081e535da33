"""Forty who answered before and after, and what a release tells of their change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from evaluation.figures.scales import moved
from evaluation.instruments.definition import Choice, Item, Words
from evaluation.models import Occasion, Wave
from evaluation.releases.asked import Asked, asked
from evaluation.releases.working_out import work_out
from tests.study_factories import frozen_version, occasion, statement, study, wave

if TYPE_CHECKING:
    from evaluation.figures.scales import Moved
    from evaluation.instruments.definition import Definition

PILOT, LATER = "pilot", "implementation"
BANDS = tuple(
    Choice(code, Words(nb, nn))
    for code, nb, nn in (
        (1, "Ingen til tre", "Ingen til tre"),
        (2, "Fire eller fem", "Fire eller fem"),
        (3, "Alle seks", "Alle seks"),
    )
)


def one(key: str, choices: tuple[Choice, ...] = BANDS) -> Item:
    return Item(key, "one", Words(f"Spørsmål {key}", f"Spørsmål {key}"), "del", choices=choices)


@pytest.fixture
def waves() -> tuple[Wave, Wave, Wave]:
    """Before, after and half a year after; after the course also how many evenings, and looking back."""
    made = study(key="piloten")
    trygg = frozen_version(items=[statement(f"t{number:02}") for number in range(1, 13)], key="trygg")
    made.primary_outcome = "trygg.trygg"
    made.save()
    after = frozen_version(items=[one("oppmote"), one("tilbake")], key="etter-kurset")
    found = []
    for order, (code, versions) in enumerate((("T0", [trygg]), ("T1", [trygg, after]), ("T2", [trygg]))):
        each = wave(made, code=code, order=order, versions=versions)
        counted = occasion(wave=each)
        Occasion.objects.filter(pk=counted.pk).update(state=Occasion.State.COUNTED)
        found.append(each)
    return found[0], found[1], found[2]


def told(of: Wave, phase: str = PILOT) -> tuple[dict[str, Any], dict[str, Any]]:
    return work_out(of, phase, slow=False)


def the_change(of: Wave) -> tuple[Definition, Moved]:
    each: Asked = next(each for each in asked(of, PILOT) if each.pairs)
    assert each.pairs is not None
    return each.definition, moved(each.definition, each.definition.scales[0], each.pairs)
