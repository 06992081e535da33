"""Sentences and cells about one municipality beside the region, in the active language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from evaluation.releases import words
from evaluation.releases.words_of_reasons import why

if TYPE_CHECKING:
    from collections.abc import Sequence


def of_places(rows: Sequence[dict[str, Any]], region: Sequence[dict[str, Any]]) -> list[str]:
    """How to read a municipality's table beside the region's."""
    return [
        _(
            "«Trolig mellom» er et 95 prosents intervall. Går det over null, vet vi ikke om det har vært en"
            " endring."
        ),
        *filter(None, [words.rounded([*rows, *region])]),
    ]


def as_cells(row: dict[str, Any]) -> dict[str, str]:
    """A change as a line of a table; only why where it is hidden."""
    if row["why"] or "change" not in row:
        return {"why": why(row["why"])}
    return {
        "why": "",
        "before": words.number(row.get("before")),
        "after": words.number(row.get("after")),
        "change": words.signed(row["change"]),
        "between": words.interval(row["interval"]),
        "n": row["n"],
    }
