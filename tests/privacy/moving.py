"""Worlds in which her own answers change places, or those of more than two people.

Nobody knows of others which questions they left out: only that so many did as the numbers of people say.
"""

from __future__ import annotations

from itertools import chain, permutations, product
from typing import TYPE_CHECKING

from tests.privacy.shapes import EVENING
from tests.privacy.solving import CODES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.privacy.candidates import Candidates, Target
    from tests.privacy.shapes import Answers

ROUNDS = 400  # of three people, for one answer


def rounds(of: Candidates, target: Target, home: int) -> Iterator[Answers]:
    """She takes another's place, who takes a third's, who takes hers: at all waves, or at this one alone."""
    if target.wave == EVENING:
        return
    value, tried = of.value(target), 0
    for two in permutations(_others(of, target, home), 2):
        ring = (target.person, *two)
        for waves in (of.shape.waves, (target.wave,)):
            world = _turned_round(of, ring, waves)
            if tried >= ROUNDS * of.effort:
                return
            if world and of.value(target, of.truth | world) not in (value, None):
                tried += 1
                yield world


def skipped_otherwise(of: Candidates, target: Target, home: int) -> Iterator[Answers]:
    """Her answers, or those of somebody whose place she takes, to other questions that count as much."""
    key, asked = (target.person, target.wave), target.question
    if not 0 <= asked < of.shape.items:
        return
    waves = (EVENING,) if target.wave == EVENING else of.shape.waves
    swaps = [of.swapped(target.person, other, waves) for other in _others(of, target, home)]
    block = next(part for part in of.shape.split if asked in part)
    for world in ({}, *swaps):
        said = (of.truth | world)[key]
        for place in block:
            is_turned = (place < of.shape.turned) != (asked < of.shape.turned)
            mine, theirs = (each and 6 - each if is_turned else each for each in (said[asked], said[place]))
            if theirs not in (mine, None, of.truth[key][asked]):
                changed = {asked: theirs, place: mine}
                yield world | {key: tuple(changed.get(n, each) for n, each in enumerate(said))}


def shifted(of: Candidates, target: Target, home: int, homes: list[Answers]) -> Iterator[Answers]:
    """As much more at one item as less at another, of her own answers or of somebody's she takes over."""
    key, asked = (target.person, target.wave), target.question
    if not 0 <= asked < of.shape.items:
        return
    others = [n for n, wave in of.truth if wave == target.wave and of.people[n].home != home]
    ways = product(sorted(others, key=lambda n: n != target.person), of.ways(target.wave))
    swaps = (of.swapped(target.person, other, waves) for other, waves in ways)
    for world in chain(swaps, homes):
        said = (of.truth | world)[key]
        for place, step in product(range(of.shape.items), (1, -1, 2, -2)):
            back = step if (place < of.shape.turned) != (asked < of.shape.turned) else -step
            mine, more = said[asked], said[place]
            if place == asked or not mine or not more or {mine + step, more + back} - set(CODES):
                continue
            changed = {asked: mine + step, place: more + back}
            if mine + step != of.truth[key][asked]:
                yield world | {key: tuple(changed.get(n, each) for n, each in enumerate(said))}


def _others(of: Candidates, target: Target, home: int) -> list[int]:
    """Those of her phase who answered at that wave, the household's own left out."""
    phase = of.people[target.person].phase
    return [
        number
        for number, each in of.people.items()
        if number != target.person
        and each.phase == phase
        and each.home != home
        and (number, target.wave) in of.truth
    ]


def _turned_round(of: Candidates, ring: tuple[int, ...], waves: tuple[str, ...]) -> Answers:
    """Each with the answers of the next, at ``waves``; nothing where they did not answer at the same ones."""
    there = [wave for wave in waves if (ring[0], wave) in of.truth]
    if any([wave for wave in waves if (number, wave) in of.truth] != there for number in ring):
        return {}
    return {
        (one, wave): of.truth[next_one, wave]
        for one, next_one in zip(ring, (*ring[1:], ring[0]), strict=True)
        for wave in there
    }
