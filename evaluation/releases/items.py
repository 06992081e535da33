"""How the answers to single items are spread, before and after, where enough have answered (10 and 6)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from evaluation.figures.disclosure import band, told_shares
from evaluation.figures.scoring import LOWEST_ANSWER
from evaluation.figures.tables import population
from evaluation.releases.telling import FEW, plain

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from evaluation.figures.tables import Answered
    from evaluation.instruments.definition import Definition, Item


def told_items(
    definition: Definition, waves: dict[str, Answered]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Items with one answer out of a list, at each of ``waves`` («before», «after»), told and whole.

    All waves' rows are the same people. An item that some skipped is told of the others: nothing else is
    told of that item, so there is no figure to hold against it (R7).
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
        }
        columns = {name: found.answers[:, place] for name, found in waves.items()}
        homes = {name: found.households for name, found in waves.items()}
        shares, counts = {}, {}
        for name, column in columns.items():
            shares[name], counts[name] = _spread(item, column, homes[name])
        hidden = any(each is None for each in shares.values()) or not shares
        why = {"why": FEW if hidden else ""}
        told.append(about | why | ({} if hidden else {"shares": shares, "n": _band(columns)}))
        whole.append(about | why | ({} if hidden else {"counts": counts}))
    return told, whole


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
