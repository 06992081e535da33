"""How the course was given, beside what families said of it: per module, for the groups of one phase.

Adherence and attendance come from the people database, verdicts from anonymous forms; they meet here as
figures of the region, never by group or person.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np
from django.db.models import Count, Q

from courses.evening_logs import adaptations, adherence_by_module
from courses.models import Attendance, EditionModule, Enrolment, Evening, EveningLog, Group
from courses.progress import COUNTS_AS_THERE
from evaluation.figures.disclosure import ANSWERS_FOR_MEAN, Population, told_mean
from evaluation.figures.scales import Scored
from evaluation.figures.tables import read
from evaluation.models import EveningVerdict, IdentityMode, Occasion
from evaluation.releases.telling import FEW

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import QuerySet

    from evaluation.models import Study


LEAST_GROUPS = 3


def groups_of(study: Study, phase: str) -> QuerySet[Group]:
    return Group.objects.filter(
        phase=phase,
        edition__programme=study.programme_id,
        municipalities__region=study.region_id,
    ).distinct()


def modules(study: Study, phase: str) -> list[dict[str, Any]]:
    """One row a module with an evening: adherence and attendance in per cent, and the verdict on it."""
    evenings = Evening.objects.filter(group__in=groups_of(study, phase), cancelled_at=None)
    done = adherence_by_module(EveningLog.objects.filter(evening__in=evenings))
    there = _attendance(evenings)
    said = _verdicts(study, phase)
    rows = evenings.order_by("module__number").values_list("module", "module__number", "module__slug")
    titles = _titles(study, phase)
    return [
        {
            "number": number,
            "title": titles.get(pk, {"nb": slug}),
            "adherence": _percent(done.get(pk)),
            "attendance": there.get(pk),
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
    return None if share is None else round(100 * share)


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
        module: round(100 * there / people)
        for module, people, families, there in rows
        if Population(people, families).may_have_mean
    }


def _verdicts(study: Study, phase: str) -> dict[str, dict[str, Any]]:
    """By module: the mean of the questionnaire's first scale, where the pooled answers may be told."""
    told: dict[str, dict[str, Any]] = {}
    for wave in study.waves.filter(identity=IdentityMode.ANONYMOUS):
        for row in wave.instruments.select_related("version"):
            definition = row.version.frozen
            found = read(study.pk, wave.code, phase, row.version_id, len(definition.coded_items))
            if not definition.scales or not len(found):
                continue
            scored = Scored.of(definition, definition.scales[0], found)
            where = np.array(found.modules)
            alone = _told_alone(wave.pk, phase)
            unfinished = _unfinished(wave.pk, phase)
            for module in sorted(set(found.modules)):
                scores = scored.scores[(where == module) & scored.valid]
                told_before = alone.get(module, 0)
                rest = len(scores) - told_before  # of those with a score, at least so many
                same = int((where == module).sum()) == told_before
                enough = len(scores) >= ANSWERS_FOR_MEAN and (same or rest >= ANSWERS_FOR_MEAN)
                enough = enough and module not in unfinished
                scale = definition.scales[0]
                told[module] = (
                    {
                        "why": "",
                        "verdict": told_mean(float(scores.mean())),
                        "low": scale.low,
                        "high": scale.high,
                    }
                    if enough
                    else {"why": FEW}
                )
    return told


def _told_alone(wave: int, phase: str) -> dict[str, int]:
    """By module, how many answered evenings whose own verdict is out already: what is left must be enough."""
    out: dict[str, int] = defaultdict(int)
    shown = Occasion.objects.filter(wave=wave, group__phase=phase, verdict__in=_shown())
    for module, received in shown.values_list("evening__module__slug", "received"):
        out[module] += received
    return out


def _unfinished(wave: int, phase: str) -> set[str]:
    """Modules with an evening that is not counted yet: told now, it would be told of others next time."""
    rows = Occasion.objects.filter(wave=wave, group__phase=phase)
    waiting = rows.exclude(state__in=[Occasion.State.COUNTED, Occasion.State.DROPPED])
    return set(waiting.values_list("evening__module__slug", flat=True))


def _shown() -> QuerySet[EveningVerdict]:
    return EveningVerdict.objects.exclude(snapshot__n="")


def changes_made(study: Study, phase: str) -> Iterator[dict[str, Any]]:
    """What groups changed in their evenings and why, by module; without group, person or date.

    From three groups on: of fewer it is clear whose they are.
    """
    if groups_of(study, phase).count() < LEAST_GROUPS:
        return
    logs = EveningLog.objects.filter(evening__group__in=groups_of(study, phase))
    for change in sorted(adaptations(logs), key=lambda each: (each.module, each.changed, each.why)):
        yield {"module": change.module, "changed": change.changed, "why": change.why}


def share_with_enough_evenings(study: Study, phase: str) -> float | None:
    """Per cent of adults there at as many evenings as the course asks for, of groups that are over."""
    over = groups_of(study, phase).annotate(
        left=Count("evenings", filter=Q(evenings__attendances=None, evenings__cancelled_at=None))
    )
    needed = study.programme.evenings_required
    there = Count(
        "adult__attendances",
        filter=Q(adult__attendances__state__in=COUNTS_AS_THERE),
        distinct=True,
    )
    adults = Enrolment.objects.filter(group__in=over.filter(left=0).values("pk"), adult__family__isnull=False)
    counts = list(adults.order_by().values_list("adult").annotate(n=there).values_list("n", flat=True))
    families = adults.values("adult__family").distinct().count()
    if not Population(len(counts), families).may_have_mean:
        return None
    return 100 * sum(count >= needed for count in counts) / len(counts)
