"""Editions with many parts, and the families that read them, made without Wagtail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from courses import models
from tests.factories import (
    EditionFactory,
    EditionModuleFactory,
    EditionPartFactory,
    EnrolmentFactory,
    FamilyFactory,
    ModuleFactory,
    MunicipalityFactory,
    PartTextFactory,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from courses.models import Adult, Edition, Group

# One segment of each kind, as cms/rendering.py makes them. Blocks «r1», «t1» and the fact «barnevernvakt».
SEGMENTS: list[dict[str, Any]] = [
    {"kind": "html", "html": "<h2>Trygghet</h2><p>Et barn som flytter, har mistet noe.</p>"},
    {"kind": "reflection", "id": "r1", "html": "<p>Hva tenker du på nå?</p>"},
    {"kind": "home_task", "id": "t1", "title": "Et måltid", "html": "<p>Spis sammen.</p>"},
    {
        "kind": "local",
        "id": "l1",
        "fact": "barnevernvakt",
        "title": "Barnevernvakta",
        "html": "<p>Ring 116 117.</p>",
    },
]


def make_edition(
    modules: int = 2, parts: int = 3, languages: Sequence[str] = ("nb",), **edition: Any
) -> Edition:
    """An edition that can be read: modules «modul-1» …, each with parts «del-1» … of three minutes.

    The first part of each module has every kind of segment. ``edition`` goes to EditionFactory; a
    programme that has modules already keeps them.
    """
    made: Edition = EditionFactory(**edition)
    known = {module.number: module for module in made.programme.modules.all()}
    for number in range(1, modules + 1):
        module = known.get(number) or ModuleFactory(
            programme=made.programme, number=number, obligatory=number in (1, modules)
        )
        for language in languages:
            EditionModuleFactory(edition=made, module=module, language=language)
        rows = models.EditionPart.objects.bulk_create(
            EditionPartFactory.build(edition=made, module=module, position=position, key=f"del-{position}")
            for position in range(1, parts + 1)
        )
        models.PartText.objects.bulk_create(
            PartTextFactory.build(
                part=row, language=language, segments=SEGMENTS if row.position == 1 else SEGMENTS[:1]
            )
            for row in rows
            for language in languages
        )
    return made


def make_families(group: Group, families: int) -> list[Adult]:
    """Families of two adults each, enrolled in the group."""
    return [
        EnrolmentFactory(group=group, adult__family=family, adult__seat=seat).adult
        for family in FamilyFactory.create_batch(families, municipality=MunicipalityFactory())
        for seat in (1, 2)
    ]
