"""What a release tells of people, counted by who may read the people and not the answers.

The web process counts when somebody asks for a preview; whoever works the release out finds the counts in the
draft. They name nobody and have no row of anybody: counts and shares where enough are counted, and what the
groups changed in their evenings, with the names already taken out. They go with the draft, when it is let
out, or are counted anew when it is asked for again.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import Avg, Count, Exists, F, OuterRef, Q, Sum
from django.utils import timezone

from courses.evening_logs import adaptations, adherence, adherence_by_module
from courses.held import were_held
from courses.models import Attendance, CatchUp, CoreElementTick, Enrolment, EveningLog, Group
from courses.progress import COUNTS_AS_THERE
from evaluation.answers.names import names_in
from evaluation.answers.redacting import redact
from evaluation.figures.disclosure import ADULTS_FOR_MEAN, Population, told_attendance, told_percent
from evaluation.models import Participation, Wave
from evaluation.releases.occasions import counted_in, evenings_of, groups_of, occasions_of
from evaluation.releases.people_reached import reached

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import QuerySet

    from courses.models import Evening

LEAST_GROUPS = 3  # of fewer it is clear whose evenings they were
SOMEBODY = {"adults": 1, "families": 1}
Counts = dict[str, Any]


def may_count() -> bool:
    """Whether this process may read who took part. On PostgreSQL the reporting role may not. One query."""
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege(%s, 'SELECT')", [Participation._meta.db_table])
        (may,) = cursor.fetchone()
    return bool(may)


def counted_people(wave: Wave, phase: str) -> Counts:
    """As JSON; equal as long as nothing that is told of people has changed. Reads no answers.

    Some thirty queries, however many took part.
    """
    study = wave.study
    groups = list(groups_of(study, phase).values_list("pk", flat=True))
    return {
        "counted": counted_in(study),
        "asked": {each.code: _asked(each, phase) for each in waves_up_to(wave)},
        "modules": _modules(groups),
        "adherence": _adherence_of_all(groups),
        "changes": list(_changes(groups)),
        "enough": _share_with_enough(groups, study.programme.evenings_required),
        "needed": study.programme.evenings_required,
        **reached(study, groups),
    }


def mark(people: Counts) -> str:
    """Another whenever anything that is told of people, or was counted, is another."""
    return hashlib.sha256(json.dumps(people, sort_keys=True).encode()).hexdigest()


# --- who was asked
def waves_up_to(wave: Wave) -> list[Wave]:
    """Those that ask the same people in the same way, this one last. One query.

    Not what is asked after each evening: there one person answers many times, and is many rows.
    """
    same = alike(wave).exclude(anchor=Wave.Anchor.EACH_EVENING).filter(order__lte=wave.order)
    waves = [each for each in same.order_by("order", "code") if each.pk != wave.pk]
    return [*waves, wave]


def alike(wave: Wave) -> QuerySet[Wave]:
    """The study's waves that ask the same people in the same way, itself among them."""
    return wave.study.waves.filter(audience=wave.audience, identity=wave.identity)


def may_be_told(wave: Wave, asked: Population) -> bool:
    """Staff are in no family: of them five are enough."""
    if wave.audience == "adult":
        return asked.may_have_mean
    return asked.adults >= ADULTS_FOR_MEAN


def _asked(wave: Wave, phase: str) -> dict[str, int]:
    """How many were asked; of so few that it may not be told, only that there was somebody.

    As it was counted when it closed, with those who were erased since; of what is open, those there are.
    """
    occasions = occasions_of(wave, phase)
    closed = occasions.aggregate(adults=Sum("asked"), families=Sum("asked_families"))
    here = Participation.objects.filter(occasion__in=occasions).aggregate(
        adults=Count("user", distinct=True), families=Count("user__adult__family", distinct=True)
    )
    found = {name: max(closed[name] or 0, here[name]) for name in here}
    if found["adults"] and not may_be_told(wave, Population(**found)):
        return SOMEBODY
    return found


# --- evenings
def _modules(groups: list[int]) -> dict[str, Counts]:
    """By module id, in JSON's way: adherence and attendance in per cent, and what logs say of the plan."""
    evenings = evenings_of(groups)
    done = _adherence(evenings)
    there, held = _attendance(evenings.filter(were_held(timezone.now()))), _held(evenings)
    return {
        str(pk): {
            "adherence": done.get(pk),
            "attendance": there.get(pk),
            **_as_planned(held.get(pk, {})),
        }
        for pk in evenings.order_by("module").values_list("module", flat=True).distinct()
    }


def _adherence(evenings: QuerySet[Evening]) -> dict[int, int]:
    """By module, in per cent, where three groups have ticked what they did. Two queries."""
    enough = _ticked_enough(evenings)
    done = adherence_by_module(EveningLog.objects.filter(evening__in=evenings))
    return {pk: told_percent(100 * share) for pk, share in done.items() if pk in enough}


def _adherence_of_all(groups: list[int]) -> int | None:
    """Of the modules that are told: all ticks weigh the same, as within each. Two queries."""
    evenings = evenings_of(groups)
    ticks = CoreElementTick.objects.filter(
        log__evening__in=evenings, log__evening__module__in=_ticked_enough(evenings)
    )
    share = adherence(ticks.values_list("done", flat=True))
    return None if share is None else told_percent(100 * share)


def _ticked_enough(evenings: QuerySet[Evening]) -> set[int]:
    """Modules that three groups have ticked. One query."""
    ticks = CoreElementTick.objects.filter(log__evening__in=evenings).order_by()
    groups = ticks.values_list("log__evening__module").annotate(n=Count("log__evening__group", distinct=True))
    return {module for module, n in groups if n >= LEAST_GROUPS}


def _held(evenings: QuerySet[Evening]) -> dict[int, Counts]:
    """By module: how many evenings were held, and what the logs say of the plan. Two queries."""
    logs = EveningLog.objects.filter(evening__in=evenings).order_by().values("evening__module")
    timed = Q(minutes_off__isnull=False)
    said = logs.annotate(
        logs=Count("pk"),
        groups=Count("evening__group", distinct=True),
        timed_groups=Count("evening__group", filter=timed, distinct=True),
        minutes=Avg("minutes_off"),
        adapted=Count("pk", filter=~Q(changed="")),
    )
    found: dict[int, Counts] = {row.pop("evening__module"): row for row in said}
    were = evenings.filter(were_held(timezone.now())).order_by().values_list("module")
    for module, held in were.annotate(held=Count("pk")):
        found.setdefault(module, {})["held"] = held
    return found


def _as_planned(row: Counts) -> Counts:
    """Minutes off the plan and changes are told where three groups have logged the module."""
    is_timed, is_logged = (row.get(name, 0) >= LEAST_GROUPS for name in ("timed_groups", "groups"))
    return {
        "evenings": row.get("held", 0),
        "logs": row.get("logs", 0),
        "minutes_off": round(row["minutes"]) if is_timed else None,
        "adapted": row["adapted"] if is_logged else None,
    }


def _attendance(evenings: QuerySet[Evening]) -> dict[int, int]:
    """By module, of those marked at all: not marked is not absent. Only where enough are marked.

    ``evenings`` were held: who has said beforehand that she cannot come has not stayed away yet. A guest's
    evening is «made up» in her own group, and counts there.
    """
    marked = ~Q(state=Attendance.State.UNKNOWN)
    as_guest = CatchUp.objects.filter(adult=OuterRef("adult"), neighbour=OuterRef("evening"))
    rows = (
        Attendance.objects.filter(marked, ~Exists(as_guest), evening__in=evenings)
        .order_by()
        .values_list("evening__module")
        .annotate(
            people=Count("pk"),
            families=Count("adult__family", distinct=True),
            there=Count("pk", filter=Q(state__in=COUNTS_AS_THERE)),
        )
    )
    return {
        module: told_attendance(there, people)
        for module, people, families, there in rows
        if Population(people, families).may_have_mean
    }


def _changes(groups: list[int]) -> Iterator[Counts]:
    """What groups changed in their evenings and why, by module; without group, person, name or date.

    Of modules that three groups have logged: of fewer it is clear whose evening it was.
    """
    names = names_in(groups)
    logs = EveningLog.objects.filter(evening__in=evenings_of(groups))
    by_module = logs.order_by().values("evening__module")
    enough = by_module.annotate(n=Count("evening__group", distinct=True)).filter(n__gte=LEAST_GROUPS)
    logs = logs.filter(evening__module__in=enough.values("evening__module"))
    for change in sorted(adaptations(logs), key=lambda each: (each.module, each.changed, each.why)):
        yield {
            "module": change.module,
            "changed": redact(change.changed, names),
            "why": redact(change.why, names),
        }


def _share_with_enough(groups: list[int], required: int) -> int | None:
    """Per cent of adults there at as many evenings as the course asks for, of groups that are over: they have
    met, and have no evening left. Of a group that was cancelled nobody stayed away.
    """
    evenings = evenings_of(groups)
    done = evenings.filter(were_held(timezone.now()), attendances__isnull=False)
    met = Group.objects.filter(pk__in=groups, evenings__in=done)
    over = met.exclude(evenings__in=evenings.exclude(pk__in=done))
    there = Count(
        "adult__attendances",
        filter=Q(
            adult__attendances__state__in=COUNTS_AS_THERE, adult__attendances__evening__group=F("group")
        ),
        distinct=True,
    )
    adults = Enrolment.objects.filter(group__in=over, adult__family__isnull=False)
    counted = adults.order_by().values("adult").annotate(n=there)
    people, families = counted.count(), adults.values("adult__family").distinct().count()
    if not Population(people, families).may_have_mean:
        return None
    return told_attendance(counted.filter(n__gte=required).count(), people)
