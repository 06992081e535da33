"""What of a scale's figures is told, and to whom: rounded and banded for everybody, whole for research.

A figure that may not be told has no number at all in what is stored, and ``why`` says which sentence
stands in its place: «few» (too few answers), «alike» (the number would give answers away), «shared» (it has
questions in common with what is hidden), «with-pairs» (a first wave, told with the next), «beside» (with an
earlier release it would give answers away). A page, a report or a file that shows a snapshot cannot tell more
than is here.
"""

from __future__ import annotations

import math
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from evaluation.figures.disclosure import ADULTS_FOR_MEAN, ADULTS_FOR_SHARES, band, told_mean

if TYPE_CHECKING:
    from collections.abc import Collection

    from evaluation.figures.scales import Level, Moved
    from evaluation.figures.statistics.proportions import Share
    from evaluation.figures.statistics.samples import Interval
    from evaluation.instruments.definition import Definition, Scale

FEW, ALIKE, BESIDE, SHARED = "few", "alike", "beside", "shared"
LEAST_FOR_SHARE = ADULTS_FOR_SHARES  # people, for a share in per cent of how many answered
FOR_DISCLOSURE = {"alike", "may_have_cells"}  # never leaves this module


def hidden_because(scale: Scale, *levels: Level) -> str:
    """Why these levels of one population may not be told, to anybody, or "". A change hangs on both."""
    if not all(level.population.may_have_mean for level in levels):
        return FEW
    # R5: a mean that rounds to an end of the scale would say that all are there
    at_an_end = any(told_mean(level.mean) in (scale.low, scale.high) for level in levels)
    return ALIKE if at_an_end or any(level.alike for level in levels) else ""


def beside_others(why: str, *others: str) -> str:
    """Why a scale is not told: its own ``why``, or that of ``others``, with which it shares questions, one is
    hidden; else "".
    """
    return why or (SHARED if any(others) else "")


def left_because(scale: Scale, found: Moved) -> str:
    """Why the score before of those who left may not be told, to anybody, or "" (R1, R5)."""
    if not found.left.may_have_mean:
        return FEW
    if found.stayed_or_left is None:
        return ALIKE
    at_an_end = told_mean(found.before.mean + found.stayed_or_left.mean) in (scale.low, scale.high)
    return ALIKE if at_an_end else ""


def about(definition: Definition, scale: Scale) -> dict[str, Any]:
    """What the numbers are numbers of: unit, range and direction stand with every one."""
    return {
        "instrument": definition.key,
        "version": definition.version,
        "scale": scale.key,
        "title": plain(scale.title),
        "items": len(scale.items),
        "keys": list(scale.items),
        "low": scale.low,
        "high": scale.high,
        "better": scale.better,
        "method": scale.method,
    }


def _row(definition: Definition, scale: Scale, *levels: Level) -> dict[str, Any]:
    """What the numbers are of, and why there are none, or ""."""
    return about(definition, scale) | {"why": hidden_because(scale, *levels)}


def told_change(definition: Definition, scale: Scale, found: Moved) -> dict[str, Any]:
    """A change as pages and the steering report tell it: means with one decimal, n in a band."""
    row = _row(definition, scale, found.before, found.after)
    if row["why"]:
        return row
    effects = found.change.effects
    interval = effects.interval if effects else None
    before, after = told_mean(found.before.mean), told_mean(found.after.mean)
    moved = told_mean(after - before) * (-1 if scale.better == "low" else 1)
    return row | {
        "alone": False,
        "n": band(found.population.adults),
        "before": before,
        "after": after,
        "change": told_mean(found.change.mean),
        "rounded": moved != told_mean(found.change.mean),  # as told they do not add up
        "interval": told_interval(interval),
        "verdict": verdict(told_interval(interval)),
        "size": size_of(effects.d_av if effects else None),
        "floor": found.before.ends.has_floor and _are_many(found.before, found.before.ends.lowest),
        "ceiling": found.before.ends.has_ceiling and _are_many(found.before, found.before.ends.highest),
    }


def _are_many(level: Level, at_an_end: Share) -> bool:
    """Whether «mange» may be said of those at an end of the scale: of few it would be said of one (R1)."""
    return level.population.may_have_shares and at_an_end.count >= ADULTS_FOR_MEAN


def told_level(definition: Definition, scale: Scale, found: Level) -> dict[str, Any]:
    """A level of a wave that has no «before»."""
    row = _row(definition, scale, found)
    if row["why"]:
        return row
    return row | {"n": band(found.population.adults), "mean": told_mean(found.mean)}


def level_alone(definition: Definition, scale: Scale, found: Level) -> tuple[dict[str, Any], dict[str, Any]]:
    """Beside an earlier release, told and whole: where they stand now, and no change.

    Others' level before is out, and the change would tell something of it again, of all but a few or all but
    some who answered alike; which of the two is not said. The answers now are in no other figure: whatever
    they are, those before could be anybody's.
    """
    rows = told_level(definition, scale, found), whole_level(definition, scale, found)
    told, whole = (row if row["why"] else row | {"alone": True} for row in rows)
    return told, whole


def whole_change(definition: Definition, scale: Scale, found: Moved) -> dict[str, Any]:
    """Every decimal and the exact n, for the technical appendix and the role of research alone."""
    row = _row(definition, scale, found.before, found.after)
    if row["why"]:
        return row
    whole = plain(found) | {"before": _whole_level(found.before), "after": _whole_level(found.after)}
    if left_because(scale, found):  # who left is a population of its own
        whole["stayed_or_left"] = whole["left"] = None
    if found.reliable and not found.may_have_cells:  # none, or a few, better or worse
        whole["reliable"] = {"limit": found.reliable.limit, "why": FEW}
    for name in ("robust", "mixed", "intraclass"):  # of groups, which are known: not to all decimals
        whole[name] = _to_hundredths(whole[name])
    if found.robust is None:
        whole["intraclass"] = None  # of a few groups it would tell each group's level
    return row | whole


def core_of_change(definition: Definition, scale: Scale, found: Moved) -> dict[str, Any]:
    """What research is told of a part of the people: nothing of its items, households and groups."""
    row = _row(definition, scale, found.before, found.after)
    if row["why"]:
        return row
    return row | {"population": plain(found.population), "change": plain(found.change)}


def without_items(row: dict[str, Any], told: Collection[str]) -> dict[str, Any]:
    """A scale's whole figures less those that are worked out of single items, but for the waves (before,
    after) whose items are ``told``.
    """
    less = dict.fromkeys(("alpha", "spearman_brown", "omega"))
    for name in {"before", "after"} - set(told):
        if name in row:
            row = row | {name: row[name] | less}
    if "reliable" in row and "before" not in told:  # its limit is made of alpha
        row = row | {"reliable": None}
    return row | less if "alpha" in row and "after" not in told else row


def _to_hundredths(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _to_hundredths(each) for name, each in value.items()}
    return round(value, 2) if isinstance(value, float) else value


def whole_level(definition: Definition, scale: Scale, found: Level) -> dict[str, Any]:
    row = _row(definition, scale, found)
    return row if row["why"] else row | _whole_level(found)


def _whole_level(found: Level) -> dict[str, Any]:
    """How many stand at the ends of the scale is a distribution, with its own limit."""
    whole: dict[str, Any] = plain(found)
    return whole if found.population.may_have_shares else whole | {"ends": None}


def told_interval(interval: Interval | None) -> list[float] | None:
    return [told_mean(interval.low), told_mean(interval.high)] if interval else None


def verdict(interval: list[float] | None) -> str:
    """Which sentence is fair: the interval, as it is told, says whether the change could as well be none."""
    if interval is None:
        return "unknown"
    if interval[0] > 0:
        return "better"
    return "worse" if interval[1] < 0 else "unclear"


def size_of(d_av: float | None) -> str:
    """Cohen's words for d_av, as a help to the reader; nothing in them says that the course did it."""
    if d_av is None:
        return ""
    size = abs(d_av)
    return "none" if size < 0.2 else "small" if size < 0.5 else "medium" if size < 0.8 else "large"


def plain(value: Any) -> Any:
    """Dataclasses and numpy as what JSON knows; NaN and infinity as None; nothing for disclosure control."""
    if is_dataclass(value) and not isinstance(value, type):
        names = (field.name for field in fields(value) if field.name not in FOR_DISCLOSURE)
        return {name: plain(getattr(value, name)) for name in names}
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [plain(each) for each in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        return value + 0.0 if math.isfinite(value) else None  # no minus nought: PostgreSQL stores none
    return value
