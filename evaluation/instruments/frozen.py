"""Frozen questionnaires in each web process's memory: read and parsed once, not once per reader."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from courses.prepared import INTEGER, Prepared
from evaluation.models import InstrumentVersion, WaveInstrument

if TYPE_CHECKING:
    from datetime import datetime

    from evaluation.instruments.definition import Definition, Item

KEPT = 64  # versions; a programme has a dozen


class Questionnaire(NamedTuple):
    """A frozen version and what it asks. Shared between requests: nobody changes it."""

    version: InstrumentVersion
    definition: Definition

    def name(self, item: Item | str) -> str:
        """The item's name in a form where several questionnaires stand after one another."""
        return f"{self.version.pk}-{item if isinstance(item, str) else item.key}"


_versions_of = Prepared(
    lambda wave: (
        WaveInstrument.objects.filter(wave=wave)
        .order_by("order", "pk")
        .values_list("version_id", "version__frozen_at")
    ),
    wave=INTEGER,
)


def questionnaires_of(wave_id: int) -> list[Questionnaire]:
    """What a wave asks, in order. One query, and one more for each version this process has not seen.

    Raises ValueError for a version that is still a draft: an occasion with one is not opened.
    """
    return [_questionnaire(pk, frozen_at) for pk, frozen_at in _versions_of(wave=wave_id)]


@lru_cache(maxsize=KEPT)
def _questionnaire(pk: int, frozen_at: datetime | None) -> Questionnaire:
    """``frozen_at`` tells one version from another that had its id before, as in tests."""
    version = InstrumentVersion.objects.get(pk=pk)
    return Questionnaire(version, version.frozen)
