"""A wave that can be let out, with groups the study has asked and families in them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from courses.models import Group
from evaluation.models import Occasion, Wave
from evaluation.releases import delivery, people
from evaluation.releases.reaim import reaim
from tests.factories import EnrolmentFactory, EveningFactory, FamilyFactory, GroupFactory, MunicipalityFactory
from tests.study_factories import frozen_version, occasion, statement, study, wave

if TYPE_CHECKING:
    from courses.models import Enrolment, Evening

PILOT = "pilot"
Rows = list[dict[str, Any]]


def second_wave() -> Wave:
    """T1 of a study, with a T0 that asked the same twelve statements."""
    made = study(key="piloten")
    version = frozen_version(items=[statement(f"t{number:02}") for number in range(1, 13)])
    waves = [
        wave(made, code=code, order=order, versions=[version]) for order, code in enumerate(("T0", "T1"))
    ]
    return waves[1]


def counted(of: Wave, **fields: Any) -> Occasion:
    made = occasion(wave=of, **fields)
    Occasion.objects.filter(pk=made.pk).update(state=Occasion.State.COUNTED)
    return made


def two_counted() -> tuple[Wave, Wave]:
    """T0 and T1 of another study, both counted."""
    made, version = study(key="den-andre"), frozen_version()
    first, second = (
        wave(made, code=code, order=order, versions=[version], name_nb=code)
        for order, code in enumerate(("T0", "T1"))
    )
    for each in (first, second):
        counted(each)
    return first, second


def group_of(of: Wave, **fields: Any) -> Group:
    """A group that the study has asked, in its region."""
    place = MunicipalityFactory(region=of.study.region)
    group = GroupFactory(edition__programme=of.study.programme, phase=PILOT, **fields)
    group.municipalities.set([place])
    counted(of, group=group)
    return group


def held(group: Group, **fields: Any) -> Evening:
    """An evening that was yesterday."""
    return EveningFactory(group=group, starts_at=timezone.now() - timedelta(days=1), **fields)


def families(group: Group, number: int) -> list[Enrolment]:
    place = group.municipalities.get()
    return [
        EnrolmentFactory(group=group, adult__family=FamilyFactory(municipality=place)) for _n in range(number)
    ]


def facts(of: Wave, modules: Rows | None = None) -> tuple[Rows, Rows]:
    """RE-AIM, told and whole."""
    return reaim(of, PILOT, [], modules or [], people.counted_people(of, PILOT))


def modules(of: Wave) -> Rows:
    counted = people.counted_people(of, PILOT)["modules"]
    return delivery.with_people(delivery.modules(of.study, PILOT), counted)


def row(rows: Rows, what: str) -> dict[str, Any]:
    return next(each for each in rows if each["what"] == what)
