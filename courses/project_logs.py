"""What the logs tell the project: wishes for guidance, and how the evenings differed from the plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q

from courses import project_sums as sums
from courses.evening_logs import adherence_by_module
from courses.models import EditionModule, EveningLog

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from django.db.models import QuerySet

    from courses.models import User
    from courses.projecting import Reach


def open_wishes(user: User, reach: Reach) -> Sequence[Sequence[Any]]:
    """The oldest wishes for guidance: (log, evening's start, module's number, group, writer). One query."""
    if reach.is_region:
        return sums.open_wishes()
    if not reach.leads:
        return []
    rows = EveningLog.objects.visible_to(user).filter(wants_guidance=True, guidance_given_on=None)
    return list(
        rows.order_by("written_at", "pk").values_list(
            "pk", "evening__starts_at", "evening__module__number", "evening__group__name", "by__first_name"
        )[: sums.PER_PAGE]
    )


def give_guidance(*, user: User, log_id: int, on: date) -> bool:
    """Notes that a wish was met. False when the log is not hers to see, or was met already."""
    open_ = EveningLog.objects.visible_to(user).filter(pk=log_id, wants_guidance=True)
    return bool(open_.filter(guidance_given_on=None).update(guidance_given_on=on))


def adaptations(user: User, *, training: bool = False) -> QuerySet[EveningLog]:
    """Logs where something was changed from the plan, the newest first, with group and module."""
    return (
        EveningLog.objects.visible_to(user)
        .filter(sums.course_for("evening__group", training=training))
        .exclude(Q(changed="") & Q(why=""))
        .select_related("evening__group", "evening__module")
        .order_by("-evening__starts_at", "-pk")
    )


def adherence_of_modules(
    user: User, language: str, *, training: bool = False
) -> list[tuple[str, int, str, float]]:
    """(programme, module's number, title, 0–1) for every module with a log she may see. Two queries."""
    logs = EveningLog.objects.visible_to(user)
    shares = adherence_by_module(logs.filter(sums.course_for("evening__group", training=training)))
    rows = EditionModule.objects.filter(module__in=shares, language__in={"nb", language}).order_by(
        "edition__published_at",
        "language",  # «nn» after «nb», the newest edition last, so that it stays
    )
    titles = {
        module: (programme, number, title)
        for module, programme, number, title in rows.values_list(
            "module", "module__programme__name", "module__number", "title"
        )
    }
    return sorted((*titles[module], share) for module, share in shares.items() if module in titles)
