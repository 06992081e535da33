"""A group that answers: families of two and one, asked at an occasion, each with answers of her own."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

from evaluation.answers import sealing
from evaluation.models import Occasion, Participation
from tests.factories import AdultFactory, EnrolmentFactory, FamilyFactory, MunicipalityFactory
from tests.study_factories import occasion

if TYPE_CHECKING:
    from collections.abc import Iterable

    from courses.models import Adult, Group, Municipality
    from evaluation.models import Wave


def adults(
    group: Group, many: int = 8, *, families: int | None = None, municipality: Municipality | None = None
) -> list[Adult]:
    """``many`` adults in ``families`` families (two in each as far as it goes), enrolled in the group."""
    place = municipality or MunicipalityFactory()
    group.municipalities.add(place)
    families = families or (many + 1) // 2
    homes = [FamilyFactory(municipality=place) for _ in range(families)]
    made = [AdultFactory(family=homes[n % families], seat=n // families + 1) for n in range(many)]
    for adult in made:
        EnrolmentFactory(adult=adult, group=group)
    return made


def asked(people: Iterable[Adult], **fields: Any) -> Occasion:
    """An open occasion at which they are asked. ``fields`` as in ``study_factories.occasion``."""
    made = occasion(**fields)
    Participation.objects.bulk_create(Participation(occasion=made, user=adult.user) for adult in people)
    return made


def answers(chance: random.Random, text: str = "") -> dict[str, Any]:
    """To the questionnaire that ``study_factories.frozen_version()`` makes."""
    given: dict[str, Any] = {key: chance.randint(1, 5) for key in ("t01", "t02", "t03")}
    given["tall"] = chance.randint(0, 10)
    return given | ({"ord": text} if text else {})


def version_of(wave: Wave) -> Any:
    return wave.instruments.select_related("version").get().version


def answer(adult: Adult, at: Occasion, given: dict[str, Any]) -> sealing.Receipt:
    return sealing.submit(user=adult.user, occasion_id=at.pk, forms=[(version_of(at.wave), given)])


def all_answer(people: Iterable[Adult], at: Occasion, chance: random.Random | None = None) -> None:
    chance = chance or random.Random(1)
    for adult in people:
        answer(adult, at, answers(chance))
