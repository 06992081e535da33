"""Whether the rows are still those a release was made of: its main numbers, worked out again.

When somebody has withdrawn her answers since, or a later group has been counted, they are not. Whatever is
worked out of the rows then differs from the release by those few people's answers.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from evaluation.figures.scales import Scored, level, moved

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evaluation.figures.tables import Answered, Pairs
    from evaluation.instruments.definition import Definition, Scale

NEAR = 1e-9  # relative; the numbers are worked out by the same code
OF_CHANGE = ("n", "mean_before", "mean_after", "sd_before", "sd_after", "mean", "sd", "correlation")
OF_LEVEL = ("people", "mean", "sd")
Row = dict[str, Any]


def is_level_as_released(definition: Definition, scale: Scale, found: Answered, row: Row) -> bool:
    now = level(Scored.of(definition, scale, found))
    return _same(now.population, row["population"]) and _same(now, row, *OF_LEVEL)


def is_change_as_released(definition: Definition, scale: Scale, pairs: Pairs, row: Row) -> bool:
    """The change, and those who left, where they are told of."""
    now = moved(definition, scale, pairs)
    if not _same(now.population, row["population"]) or not _same(now.change, row["change"], *OF_CHANGE):
        return False
    if not row.get("stayed_or_left"):
        return True
    apart = now.stayed_or_left
    return apart is not None and _same(now.left, row["left"]) and _same(apart, row["stayed_or_left"], "mean")


def are_spread_as_released(
    definition: Definition, waves: Mapping[str, Answered], technical: dict[str, Any]
) -> bool:
    """Whether the counts of every item, where they were told, are those of the release. ``waves`` are named
    as there: before and after.
    """
    columns = {item.key: (place, item.codes) for place, item in enumerate(definition.coded_items)}
    for row in (*technical["items"], *technical["look_back"]):
        if row["instrument"] != definition.key or row["item"] not in columns:
            continue
        place, codes = columns[row["item"]]
        told = row.get("counts", {})
        for name, counts in (told if isinstance(told, dict) else {"after": told}).items():
            given = waves[name].answers[:, place]
            if counts and counts != [int((given == code).sum()) for code in codes]:
                return False
    return True


def _same(mine: object, released: Row, *names: str) -> bool:
    """Whether the named numbers are equal, all of them without names. NaN is stored as nothing."""
    for name in names or released:
        one, other = getattr(mine, name), released[name]
        if not (math.isnan(one) if other is None else math.isclose(one, other, rel_tol=NEAR, abs_tol=NEAR)):
            return False
    return True
