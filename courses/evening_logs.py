"""The log of an evening: what was done of the plan. It is the fidelity record, and names nobody."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Avg, Case, FloatField, Q, Value, When
from django.utils import timezone

from courses.models import CoreElementTick, EveningLog

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from django.db.models import QuerySet

    from courses.models import Evening, User

EDITABLE = timedelta(days=14)  # from when it was written
YES, PARTLY, NO = "yes", "partly", "no"
WORTH = {YES: 1.0, PARTLY: 0.5, NO: 0.0}


class LogClosedError(Exception):
    """The log can no longer be changed."""


class LogChangedError(Exception):
    """Another leader has written the log since it was shown. Nothing was stored."""


@dataclass(frozen=True)
class Adaptation:
    """What one group changed in one evening, and why."""

    evening: int
    group: str
    module: int  # its number
    starts_at: datetime
    minutes_off: int | None
    changed: str
    why: str


def adherence(done: Iterable[str]) -> float | None:
    """(yes + ½ · partly) / all, from 0 to 1; None of nothing."""
    worth = [WORTH[one] for one in done]
    return sum(worth) / len(worth) if worth else None


def adherence_by_module(logs: QuerySet[EveningLog]) -> dict[int, float]:
    """From 0 to 1 by module id: all ticks of all evenings weigh the same. One query."""
    ticks = CoreElementTick.objects.filter(log__in=logs).order_by().values("log__evening__module")
    whens = [When(done=done, then=Value(worth)) for done, worth in WORTH.items()]
    by_rule = Avg(Case(*whens, output_field=FloatField()))  # as in ``adherence``
    return dict(ticks.annotate(adherence=by_rule).values_list("log__evening__module", "adherence"))


def adaptations(logs: QuerySet[EveningLog]) -> list[Adaptation]:
    """What was changed and why, newest evening first. One query."""
    told = logs.filter(~Q(changed="") | ~Q(why="")).order_by("-evening__starts_at", "-pk")
    columns = (
        "evening_id",
        "evening__group__name",
        "evening__module__number",
        "evening__starts_at",
        "minutes_off",
        "changed",
        "why",
    )
    return [Adaptation(*row) for row in told.values_list(*columns)]


def can_be_changed(log: EveningLog) -> bool:
    return timezone.now() < log.written_at + EDITABLE


def version_of(log: EveningLog | None) -> str:
    """Changes whenever the log says something else; empty without one. One query with a log."""
    if log is None:
        return ""
    ticks = dict(log.ticks.values_list("key", "done"))
    return _digest(log.minutes_off, log.changed, log.why, log.wants_guidance, ticks)


def _digest(
    minutes_off: int | None, changed: str, why: str, wants_guidance: bool, ticks: Mapping[str, str]
) -> str:
    said = json.dumps([minutes_off, changed, why, wants_guidance, sorted(ticks.items())])
    return hashlib.sha256(said.encode()).hexdigest()[:16]


@transaction.atomic
def write(
    evening: Evening,
    *,
    ticks: Mapping[str, str],
    minutes_off: int | None,
    changed: str,
    why: str,
    wants_guidance: bool,
    by: User,
    shown: str = "",
) -> EveningLog:
    """Writes the log, or writes it over within two weeks: who wrote it first, and when, stays.

    ``shown`` is the version the writer saw. Raises LogChangedError when another leader has written
    something else since, and LogClosedError after the two weeks.
    """
    log, made = EveningLog.objects.select_for_update().get_or_create(evening=evening, defaults={"by": by})
    if not made and not can_be_changed(log):
        raise LogClosedError
    if not made and version_of(log) not in (shown, _digest(minutes_off, changed, why, wants_guidance, ticks)):
        raise LogChangedError
    log.minutes_off, log.changed, log.why = minutes_off, changed, why
    if wants_guidance and not log.wants_guidance:  # a new wish is not answered yet
        log.guidance_given_on = None
    log.wants_guidance = wants_guidance
    log.save()
    log.ticks.exclude(key__in=ticks).delete()
    CoreElementTick.objects.bulk_create(
        [CoreElementTick(log=log, key=key, done=done) for key, done in ticks.items()],
        update_conflicts=True,
        unique_fields=["log", "key"],
        update_fields=["done"],
    )
    return log
