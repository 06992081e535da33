"""Sentences and cells about one municipality beside the region, in the active language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from evaluation.releases import words, words_of_numbers
from evaluation.releases.words_of_reasons import why

if TYPE_CHECKING:
    from collections.abc import Sequence


def of_places(rows: Sequence[dict[str, Any]], region: Sequence[dict[str, Any]]) -> list[str]:
    """How to read a municipality's table beside the region's."""
    return [
        _(
            "«Trolig mellom» er et 95 prosents intervall. Når det til null, eller går det begge veier, vet vi"
            " ikke om det har vært en endring."
        ),
        *([_only_the_region()] if _are_fewer(rows, region) else []),
        *([_no_interval()] if any(_lacks_interval(row) for row in (*rows, *region)) else []),
        *filter(None, [words.rounded([*rows, *region])]),
    ]


def _are_fewer(rows: Sequence[dict[str, Any]], region: Sequence[dict[str, Any]]) -> bool:
    """Whether some change that is told of the region is not told of the municipality."""
    return len(rows) < sum(not row["why"] and "change" in row for row in region)


def _only_the_region() -> str:
    return _("En skala som ikke står her, har for få svar, eller ville røpet hva enkelte har svart.")


def _lacks_interval(row: dict[str, Any]) -> bool:
    return not row["why"] and "change" in row and not row["interval"]


def _no_interval() -> str:
    return _("En strek betyr at det er for få par, eller for lite spredning, til å regne det ut.")


def as_cells(row: dict[str, Any]) -> dict[str, str]:
    """A change as a line of a table; only why where it is hidden."""
    if row["why"] or "change" not in row:
        return {"why": why(row["why"])}
    return {
        "why": "",
        "before": words_of_numbers.number(row.get("before")),
        "after": words_of_numbers.number(row.get("after")),
        "change": words_of_numbers.moved(row["change"], row),
        "between": words_of_numbers.between(row["interval"], row),
        "n": row["n"],
    }
