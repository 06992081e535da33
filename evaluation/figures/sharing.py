"""Scales that share questions: what is told of some of them says something of the others.

A total less its parts is the part that was left out. So a scale is told of some people only where nothing
that shares a question with it has to be hidden there: then no figure touches a question of what is hidden,
whatever one adds and subtracts. What shares questions with it is every other such scale, and every block of
questions that stand in the same scales: what is left of a total when its parts are taken away need be no
scale of its own. Looks at the questionnaire alone, and never at an answer.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from evaluation.figures.scoring import Rule
from evaluation.instruments.definition import Scale, Words

if TYPE_CHECKING:
    from evaluation.instruments.definition import Definition

Near = dict[str, tuple[Scale, ...]]


def sharing(definition: Definition) -> Near:
    """By scale: first the scale itself, then whatever shares a question with it."""
    scales = definition.scales
    known = {frozenset(scale.items) for scale in scales}
    rests = [block for block in blocks(definition) if frozenset(block.items) not in known]
    return {
        scale.key: (scale, *(each for each in (*scales, *rests) if each is not scale and _share(scale, each)))
        for scale in scales
    }


def blocks(definition: Definition) -> list[Scale]:
    """The questions of all scales, together those that stand in the same scales, and that each of these turns
    as the others do or the other way round. Of a scale that shares nothing it is the whole.

    Each is as a scale that counts whoever answered all of it.
    """
    standing: dict[str, list[Scale]] = defaultdict(list)
    for scale in definition.scales:
        for item in scale.items:
            standing[item].append(scale)
    together: dict[tuple[tuple[str, bool], ...], list[str]] = defaultdict(list)
    for item, scales in standing.items():
        first = item in scales[0].reversed
        together[tuple((each.key, (item in each.reversed) != first) for each in scales)].append(item)
    return [_block(definition, tuple(items), standing[items[0]][0]) for items in together.values()]


def _block(definition: Definition, items: tuple[str, ...], of: Scale) -> Scale:
    """As ``of`` turns the questions: what is alike, or at an end, is so whichever way round."""
    turned = tuple(item for item in items if item in of.reversed)
    made = Scale("+".join(items), Words(), items, 0, 0, min_answered=len(items), reversed=turned)
    columns = Rule.of(definition, made).columns
    low, high = (sum(ends) / len(items) for ends in zip(*((c.low, c.high) for c in columns), strict=True))
    return replace(made, low=low, high=high)


def _share(one: Scale, other: Scale) -> bool:
    return not set(one.items).isdisjoint(other.items)
