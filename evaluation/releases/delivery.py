"""How the course was given, beside what families said of it: per module, for the groups of one phase.

Adherence and attendance come from the people database, verdicts from anonymous forms; they meet here as
figures of the region, never by group or person.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from django.db.models import Avg, Count, F, Q

from courses.evening_logs import adaptations, adherence_by_module
from courses.models import Attendance, EditionModule, Enrolment, Evening, EveningLog, Group, WalkIn
from courses.progress import COUNTS_AS_THERE
from evaluation.answers.inbox import names_in
from evaluation.answers.redacting import redact
from evaluation.figures.disclosure import Population, told_percent
from evaluation.models import Occasion
from evaluation.releases.telling import FEW
from evaluation.releases.verdicts import verdicts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import QuerySet

    from evaluation.models import Study


LEAST_GROUPS = 3  # of fewer it is clear whose evenings they were


def groups_of(study: Study, phase: str) -> QuerySet[Group]:
    """The groups of the phase that the study has asked: those with an occasion that has been opened."""
    asked = Occasion.objects.opened().filter(wave__study=study, group__isnull=False)
    return Group.objects.filter(phase=phase, pk__in=asked.values("group"))


def evenings_of(study: Study, phase: str) -> QuerySet[Evening]:
    """Those that were not cancelled."""
    return Evening.objects.filter(group__in=groups_of(study, phase), cancelled_at=None)


def modules(study: Study, phase: str) -> list[dict[str, Any]]:
    """One row a module with an evening: adherence and attendance in per cent, and the verdict on it."""
    evenings = evenings_of(study, phase)
    done = adherence_by_module(EveningLog.objects.filter(evening__in=evenings))
    there, held, said = _attendance(evenings), _held(evenings), verdicts(study, phase)
    rows = evenings.order_by("module__number").values_list("module", "module__number", "module__slug")
    titles = _titles(study, phase)
    return [
        {
            "number": number,
            "title": titles.get(pk, {"nb": slug}),
            "adherence": _percent(done.get(pk)),
            "attendance": there.get(pk),
            **_as_planned(held.get(pk, {})),
            **said.get(slug, {"why": FEW}),
        }
        for pk, number, slug in dict.fromkeys(rows)  # each once, in order
    ]


def _titles(study: Study, phase: str) -> dict[int, dict[str, str]]:
    """By module and language, of the newest edition the groups have."""
    texts = EditionModule.objects.filter(edition__groups__in=groups_of(study, phase)).order_by("edition")
    titles: dict[int, dict[str, str]] = defaultdict(dict)
    for module, language, title in texts.values_list("module", "language", "title"):
        titles[module][language] = title
    return titles


def _percent(share: float | None) -> int | None:
    return None if share is None else told_percent(100 * share)


def _held(evenings: QuerySet[Evening]) -> dict[int, dict[str, Any]]:
    """By module: how many evenings somebody was marked at, and what the logs say of the plan. Two queries."""
    logs = EveningLog.objects.filter(evening__in=evenings).order_by().values("evening__module")
    timed = Q(minutes_off__isnull=False)
    said = logs.annotate(
        logs=Count("pk"),
        groups=Count("evening__group", distinct=True),
        timed_groups=Count("evening__group", filter=timed, distinct=True),
        minutes=Avg("minutes_off"),
        adapted=Count("pk", filter=~Q(changed="")),
    )
    found: dict[int, dict[str, Any]] = {row.pop("evening__module"): row for row in said}
    marked = evenings.filter(attendances__isnull=False).order_by().values_list("module")
    for module, held in marked.annotate(held=Count("pk", distinct=True)):
        found.setdefault(module, {})["held"] = held
    return found


def _as_planned(row: dict[str, Any]) -> dict[str, Any]:
    """Minutes off the plan and changes are told where three groups have logged the module."""
    is_timed, is_logged = (row.get(name, 0) >= LEAST_GROUPS for name in ("timed_groups", "groups"))
    return {
        "evenings": row.get("held", 0),
        "logs": row.get("logs", 0),
        "minutes_off": round(row["minutes"]) if is_timed else None,
        "adapted": row["adapted"] if is_logged else None,
    }


def _attendance(evenings: QuerySet[Evening]) -> dict[int, int]:
    """By module, of those marked at all: not marked is not absent. Only where enough are marked."""
    marked = ~Q(state=Attendance.State.UNKNOWN)
    rows = (
        Attendance.objects.filter(marked, evening__in=evenings)
        .order_by()
        .values_list("evening__module")
        .annotate(
            people=Count("pk"),
            families=Count("adult__family", distinct=True),
            there=Count("pk", filter=Q(state__in=COUNTS_AS_THERE)),
        )
    )
    return {
        module: told_percent(100 * there / people)
        for module, people, families, there in rows
        if Population(people, families).may_have_mean
    }


def changes_made(study: Study, phase: str) -> Iterator[dict[str, Any]]:
    """What groups changed in their evenings and why, by module; without group, person, name or date.

    Of modules that three groups have logged: of fewer it is clear whose evening it was.
    """
    groups = list(groups_of(study, phase).values_list("pk", flat=True))
    came = WalkIn.objects.filter(evening__group__in=groups).values_list("name", flat=True)
    names = names_in(groups) | set(came)
    logs = EveningLog.objects.filter(evening__in=evenings_of(study, phase))
    by_module = logs.order_by().values("evening__module")
    enough = by_module.annotate(n=Count("evening__group", distinct=True)).filter(n__gte=LEAST_GROUPS)
    logs = logs.filter(evening__module__in=enough.values("evening__module"))
    for change in sorted(adaptations(logs), key=lambda each: (each.module, each.changed, each.why)):
        yield {
            "module": change.module,
            "changed": redact(change.changed, names),
            "why": redact(change.why, names),
        }


def share_with_enough_evenings(study: Study, phase: str) -> float | None:
    """Per cent of adults there at as many evenings as the course asks for, of groups that are over."""
    over = groups_of(study, phase).annotate(
        left=Count("evenings", filter=Q(evenings__attendances=None, evenings__cancelled_at=None))
    )
    there = Count(
        "adult__attendances",
        filter=Q(
            adult__attendances__state__in=COUNTS_AS_THERE, adult__attendances__evening__group=F("group")
        ),
        distinct=True,
    )
    adults = Enrolment.objects.filter(group__in=over.filter(left=0).values("pk"), adult__family__isnull=False)
    counted = adults.order_by().values("adult").annotate(n=there)
    people, families = counted.count(), adults.values("adult__family").distinct().count()
    if not Population(people, families).may_have_mean:
        return None
    return 100 * counted.filter(n__gte=study.programme.evenings_required).count() / people
