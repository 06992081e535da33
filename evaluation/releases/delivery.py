"""How the course was given, beside what families said of it: per module, for the groups of one phase.

Adherence and attendance are what was counted in the people database (people.py), verdicts are of anonymous
forms; they meet here as figures of the region, never by group or person.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from courses.models import EditionModule
from evaluation.releases.occasions import evenings_of, groups_of
from evaluation.releases.telling import FEW
from evaluation.releases.verdicts import verdicts

if TYPE_CHECKING:
    from evaluation.models import Study


NOT_COUNTED = {
    "adherence": None,
    "attendance": None,
    "evenings": 0,
    "logs": 0,
    "minutes_off": None,
    "adapted": None,
}
Rows = list[dict[str, Any]]


def modules(study: Study, phase: str) -> Rows:
    """One row a module with an evening: its id as ``pk``, and the verdict on it."""
    said = verdicts(study, phase)
    evenings = evenings_of(groups_of(study, phase)).order_by("module__number")
    rows = evenings.values_list("module", "module__number", "module__slug")
    titles = _titles(study, phase)
    return [
        {
            "pk": pk,
            "number": number,
            "title": titles.get(pk, {"nb": slug}),
            **said.get(slug, {"why": FEW}),
        }
        for pk, number, slug in dict.fromkeys(rows)  # each once, in order
    ]


def with_people(rows: Rows, counted: dict[str, dict[str, Any]]) -> Rows:
    """``modules`` with what people.py counted of them: attendance, and what the logs say of the plan."""
    return [
        {key: value for key, value in row.items() if key != "pk"}
        | NOT_COUNTED
        | counted.get(str(row["pk"]), {})
        for row in rows
    ]


def _titles(study: Study, phase: str) -> dict[int, dict[str, str]]:
    """By module and language, of the newest edition the groups have."""
    texts = EditionModule.objects.filter(edition__groups__in=groups_of(study, phase)).order_by("edition")
    titles: dict[int, dict[str, str]] = defaultdict(dict)
    for module, language, title in texts.values_list("module", "language", "title"):
        titles[module][language] = title
    return titles
