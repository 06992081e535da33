"""What stands around a change: who left, how single people moved, homes counted once, and groups.

Each is a figure of its own with a limit of its own: where it may not be told there is no number, and ``why``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from evaluation.figures.disclosure import ADULTS_FOR_MEAN, band, told_mean
from evaluation.figures.statistics.change import FOR_RELIABLE
from evaluation.releases.telling import BESIDE, FEW, SHARED, left_because, told_interval

if TYPE_CHECKING:
    from collections.abc import Collection

    from evaluation.figures.scales import Moved
    from evaluation.figures.statistics.change import Reliable
    from evaluation.instruments.definition import Scale

UNRELIABLE, HOMES, FEW_GROUPS = "unreliable", "homes", "few-groups"
PARTS = ((0.1, "few"), (0.4, "some"), (0.6, "half"), (0.9, "most"))  # of people: up to, and what it is called


def told_around(
    scale: Scale, found: Moved, *, is_beside: bool = False, withheld: Collection[str] = ()
) -> dict[str, Any]:
    """For everybody: rounded, and banded. ``is_beside``: another release has told of these people before;
    ``withheld`` is what may not be told of a scale that shares questions with this one.
    """
    return {
        "left": _left(scale, found, is_beside=is_beside, is_shared="left" in withheld),
        "spread": _spread(found),
        "households": _households(found, is_shared="households" in withheld),
        "clusters": _clusters(found, is_shared="clusters" in withheld),
    }


def _left(scale: Scale, found: Moved, *, is_beside: bool, is_shared: bool) -> dict[str, Any]:
    """The score before of those who answered only then, beside that of those who answered both times."""
    why = left_because(scale, found)
    if is_beside and why != FEW:
        return {"why": BESIDE}
    if why or is_shared or found.stayed_or_left is None:
        return {"why": why or SHARED}
    return {
        "why": "",
        "n": band(found.left.adults),
        "stayed": told_mean(found.before.mean),
        "left": told_mean(found.before.mean + found.stayed_or_left.mean),
        "difference": told_mean(found.stayed_or_left.mean),
        "interval": told_interval(found.stayed_or_left.interval),
    }


def _spread(found: Moved) -> dict[str, Any]:
    """How many moved by more than the scale's own unrest, in words of shares and not in numbers."""
    if found.reliable is None:
        few = not found.population.may_have_shares or found.population.adults < FOR_RELIABLE
        return {"why": FEW if few else UNRELIABLE}
    return {"why": "", "limit": told_mean(found.reliable.limit)} | _parts(found.reliable)


def _parts(found: Reliable) -> dict[str, str]:
    counts = {"better": found.better, "same": found.same, "worse": found.worse}
    return {name: _part(count, sum(counts.values())) for name, count in counts.items()}


def _part(count: int, people: int) -> str:
    """«few» is also nobody: fewer than five are never told from none."""
    if count < ADULTS_FOR_MEAN:
        return "few"
    return next((name for limit, name in PARTS if count <= limit * people), "all")


def _households(found: Moved, *, is_shared: bool) -> dict[str, Any]:
    if found.of_households is None or is_shared:
        return {"why": HOMES if found.of_households is None else SHARED}
    effects = found.of_households.effects
    interval = told_interval(effects.interval if effects else None)
    return {"why": "", "change": told_mean(found.of_households.mean), "interval": interval}


def _clusters(found: Moved, *, is_shared: bool) -> dict[str, Any]:
    if found.robust is None or is_shared:
        return {"why": FEW_GROUPS if found.robust is None else SHARED}
    return {"why": "", "groups": found.robust.groups, "interval": told_interval(found.robust.interval)}
