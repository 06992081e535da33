"""A project of any size beside what a database holds already: municipalities, groups, evenings, logs.

python -m tests.benchmarks.project_data 400 10      municipalities, and groups in each
"""

from __future__ import annotations

import sys
import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import django

if TYPE_CHECKING:
    from collections.abc import Iterable

EVENINGS, ADULTS, TICKS = 6, 8, 5  # of each group; half of the evenings are held
BATCH = 5000


def made(model: Any, rows: Iterable[Any]) -> list[Any]:
    stored: list[Any] = model.objects.bulk_create(rows, batch_size=BATCH)
    return stored


def fill(municipalities: int, groups: int) -> None:
    """Everything at once by bulk inserts. Expects an edition; takes the newest of the families' programme."""
    from django.db import transaction

    with transaction.atomic():
        places = _places(municipalities)
        runs = _groups(places, groups)
        adults = _adults(runs)
        _evenings(runs, adults)


def _places(municipalities: int) -> list[Any]:
    from courses import models

    before = models.Municipality.objects.count()
    region = models.Region.objects.first() or models.Region.objects.create(name="Regionen")
    places = made(
        models.Municipality,
        (
            models.Municipality(name=f"Kommune {number:04}", slug=f"kommune-{number}", region=region)
            for number in range(before, before + municipalities)
        ),
    )
    made(
        models.MunicipalPhase,
        (
            models.MunicipalPhase(
                municipality=place,
                number=number,
                starts_on="2026-01-01",
                ends_on="2026-12-31",
                responsible="Inger",
            )
            for place in places
            for number in range(1, 6)
        ),
    )
    return places


def _groups(places: list[Any], groups: int) -> list[tuple[Any, Any]]:
    from courses import models

    edition = models.Edition.objects.filter(programme__audience="families").latest("published_at")
    runs = [
        (models.Group(name=f"{place.name}, {number}", edition=edition, phase="pilot"), place)
        for place in places
        for number in range(groups)
    ]
    made(models.Group, (group for group, _place in runs))
    through = models.Group.municipalities.through
    made(through, (through(group=group, municipality=place) for group, place in runs))
    return runs


def _adults(runs: list[tuple[Any, Any]]) -> list[list[Any]]:
    """The adults of each group, in families of two."""
    from courses import models

    count = len(runs) * ADULTS
    first = models.User.objects.count()
    users = made(
        models.User,
        (
            models.User(first_name="Anne", email=f"bulk{first + n}@example.no", password="!")
            for n in range(count)
        ),
    )
    families = made(
        models.Family,
        (models.Family(municipality=place) for _group, place in runs for _pair in range(ADULTS // 2)),
    )
    adults = made(
        models.Adult,
        (models.Adult(user=user, family=families[n // 2], seat=n % 2 + 1) for n, user in enumerate(users)),
    )
    made(
        models.Enrolment,
        (models.Enrolment(adult=adult, group=runs[n // ADULTS][0]) for n, adult in enumerate(adults)),
    )
    return [adults[n : n + ADULTS] for n in range(0, count, ADULTS)]


def _evenings(runs: list[tuple[Any, Any]], adults: list[list[Any]]) -> None:
    """Six for each group, a week apart; those that are held have marks and most of them a log."""
    from django.utils import timezone

    from courses import models

    now = timezone.now()
    modules = list(runs[0][0].edition.programme.modules.order_by("number"))[:EVENINGS]
    evenings = made(
        models.Evening,
        (
            models.Evening(
                group=group,
                module=module,
                starts_at=now + timedelta(days=7 * (place - len(modules) // 2) - 1, minutes=number),
                uid=uuid.uuid4(),
            )
            for number, (group, _municipality) in enumerate(runs)
            for place, module in enumerate(modules)
        ),
    )
    held = [evening for evening in evenings if evening.starts_at < now]
    _marks(held, {group.pk: those for (group, _place), those in zip(runs, adults, strict=True)})
    _logs(held)


def _marks(held: list[Any], adults: dict[int, list[Any]]) -> None:
    from courses import models

    states = ["present"] * 5 + ["partly", "made-up", "absent"]
    made(
        models.Attendance,
        (
            models.Attendance(adult=adult, evening=evening, state=states[(adult.pk + evening.pk) % 8])
            for evening in held
            for adult in adults[evening.group_id]
        ),
    )


def _logs(held: list[Any]) -> None:
    """Seven of eight are written; a wish for guidance in one of twenty."""
    from courses import models

    logs = made(
        models.EveningLog,
        (
            models.EveningLog(evening=evening, wants_guidance=evening.pk % 20 == 0)
            for evening in held
            if evening.pk % 8
        ),
    )
    made(
        models.CoreElementTick,
        (
            models.CoreElementTick(log=log, key=f"k{key}", done="partly" if key == log.pk % 9 else "yes")
            for log in logs
            for key in range(TICKS)
        ),
    )


if __name__ == "__main__":
    django.setup()
    fill(int(sys.argv[1]), int(sys.argv[2]))
