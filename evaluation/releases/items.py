"""How the answers to single items are spread, before and after, where enough have answered (10 and 6)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from evaluation.figures.disclosure import band, beside_the_top_coded, told_shares
from evaluation.figures.scoring import LOWEST_ANSWER
from evaluation.figures.sharing import blocks
from evaluation.figures.tables import population
from evaluation.releases.telling import ALIKE, FEW, plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from evaluation.figures.tables import Answered
    from evaluation.instruments.definition import Definition, Item, Scale


def told_items(
    definition: Definition, waves: dict[str, Answered], hidden: Mapping[str, str]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Items with one answer out of a list, at each of ``waves`` («before», «after»), told and whole.

    All waves' rows are the same people. An item that some skipped is told of the others: nothing else is
    told of that item, so there is no figure to hold against it (R7). ``hidden`` says why items are not
    told because of a scale they are in, by their key.
    """
    told, whole = [], []
    for place, item in enumerate(definition.coded_items):
        if item.kind in ("number", "several"):
            continue
        about = {
            "instrument": definition.key,
            "item": item.key,
            "kind": item.kind,
            "text": plain(item.text),
            "answers": _answers(item),
            "best": _best(definition, item),
        }
        columns = {name: found.answers[:, place] for name, found in waves.items()}
        homes = {name: found.households for name, found in waves.items()}
        shares, counts = {}, {}
        for name, column in columns.items():
            shares[name], counts[name] = _spread(item, column, homes[name])
        few = any(each is None for each in shares.values()) or not shares
        told.append(about | ({"why": FEW} if few else {"why": "", "shares": shares, "n": _band(columns)}))
        whole.append(about | ({"why": FEW} if few else {"why": "", "counts": counts}))
    out = _withheld(definition, told, hidden)
    for rows in (told, whole):
        for row in rows:
            if row["item"] in out and not row["why"]:
                row["why"] = out[row["item"]]
                for name in ("shares", "counts", "n"):
                    row.pop(name, None)
    return told, whole


def _withheld(
    definition: Definition, told: list[dict[str, Any]], hidden: Mapping[str, str]
) -> dict[str, str]:
    """Items that go with their scale, or with another item that is top-coded (R4), and why. Scales that share
    questions tell of such a block as one alone does of all of its items (sharing.py).
    """
    mostly = {row["item"] for row in told if not row["why"] and _is_top_coded(row)}
    left = [block.items for block in blocks(definition) if hidden.keys().isdisjoint(block.items)]
    beside = (beside_the_top_coded(items, mostly) for items in left)
    return dict(hidden) | {item: ALIKE for item in beside if item}


def _is_top_coded(row: dict[str, Any]) -> bool:
    return any(shares["mostly"] is not None for shares in row["shares"].values())


def waves_told_in_full(scale: Scale, told: list[dict[str, Any]]) -> set[str]:
    """At which of «before» and «after» every item of the scale is told with its shares: then what is worked
    out of single items there, such as alpha, says no more of anybody than these do.
    """
    rows = {row["item"]: row.get("shares", {}) for row in told}
    return {
        wave
        for wave in ("before", "after")
        if all(wave in rows.get(key, {}) and rows[key][wave]["mostly"] is None for key in scale.items)
    }


def _spread(
    item: Item, column: NDArray[np.int16], homes: NDArray[np.int64]
) -> tuple[dict[str, Any] | None, list[int]]:
    given = column > LOWEST_ANSWER
    counts = [int((column[given] == code).sum()) for code in item.codes]
    if not population(homes[given]).may_have_shares:
        return None, []
    shares = told_shares(counts)
    if shares is None or shares.mostly is not None:  # the exact counts would say more than «de fleste»
        return (plain(shares) if shares else None), []
    return plain(shares), counts


def _band(columns: dict[str, NDArray[np.int16]]) -> str:
    return band(min(int((column > LOWEST_ANSWER).sum()) for column in columns.values()))


def _answers(item: Item) -> list[Any]:
    if item.kind == "zero-to-ten":
        return [{"nb": str(code), "nn": str(code)} for code in item.codes]
    return [plain(choice.label) for choice in item.choices]


def _best(definition: Definition, item: Item) -> str:
    """Which answer the item's scales count as the best: the «first» or the «last»; "" of no scale, or where
    they do not agree.
    """
    ways = {
        (scale.better == "high") != (item.key in scale.reversed)
        for scale in definition.scales
        if item.key in scale.items and scale.better != "neither"
    }
    if len(ways) != 1:
        return ""
    best = max(item.codes) if ways.pop() else min(item.codes)
    return "first" if item.codes[0] == best else "last"
