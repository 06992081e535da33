"""What changed in the programme itself from edition to edition, up to the one the groups of a phase have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from courses.models import Correction, Edition, EditionPart
from evaluation.releases.occasions import groups_of

if TYPE_CHECKING:
    from evaluation.models import Study

Parts = dict[tuple[int, str], dict[str, str]]  # (module, key) → title by language


def editions(study: Study, phase: str) -> list[dict[str, Any]]:
    """The oldest first: why it was made, the parts that came and went, and why words were corrected.

    ``used`` says whether groups of the phase have it. Later editions are not told. Four queries and one
    for each edition.
    """
    used = set(groups_of(study, phase).values_list("edition", flat=True))
    rows = list(Edition.objects.filter(programme=study.programme_id).order_by("published_at", "pk"))
    last = max((place for place, each in enumerate(rows) if each.pk in used), default=-1)
    found, before = [], None
    for each in rows[: last + 1]:
        now = _parts(each)
        found.append(
            {
                "version": each.version,
                "reason": each.reason,
                "used": each.pk in used,
                "added": [] if before is None else _only(now, before),
                "removed": [] if before is None else _only(before, now),
                "corrections": _corrections(each),
            }
        )
        before = now
    return found


def _parts(edition: Edition) -> Parts:
    found: Parts = {}
    rows = EditionPart.objects.filter(edition=edition).order_by("module__number", "position")
    for module, key, language, title in rows.values_list("module", "key", "texts__language", "texts__title"):
        found.setdefault((module, key), {"nb": key})
        if language:
            found[module, key][language] = title
    return found


def _only(these: Parts, others: Parts) -> list[dict[str, str]]:
    return [title for place, title in these.items() if place not in others]


def _corrections(edition: Edition) -> list[str]:
    """Reasons, each once, the oldest first."""
    rows = Correction.objects.filter(text__part__edition=edition).order_by("made_at", "pk")
    return list(dict.fromkeys(rows.values_list("reason", flat=True)))
