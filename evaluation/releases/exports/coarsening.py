"""What of attendance, municipality, group and household may stand in the research file (rule R9). Pure.

Somebody who knows a participant may know how many evenings she came to, her municipality, her group, and
whether the other adult at home answered as well. Those with the same four are a class, and no class may be
small: five adults of four families at least. Four steps, each inside the parts that the one before has made:

1. **Attendance**, as she herself answered. Each answer that enough gave is told. The others are «not told»
   together; while that is somebody and too few, the smallest of the told answers joins it.
2. **Municipality**, within each answer: the same, and those not told are «the region».
3. **Group**, within what is now one municipality: the same.
4. **Household**, within what is now one group: told when those who live there with nobody else of it, those
   who are two, and so on, are each enough or nobody; else nobody's there is told.

Every step only parts what was large enough into parts that are; so where everybody together is enough, every
class is. What is left out is the same word for all of them, and the rest is itself a class: it tells no
more than the told ones do. A household with adults in two classes is told as two.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, NamedTuple

from evaluation.figures.disclosure import Population, fewest_homes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

NOT_TOLD = 0


class Standing(NamedTuple):
    """Where one adult stands: numbers, ``NOT_TOLD`` for what is not known or may not be said."""

    seen: int  # how many evenings: any number for each answer
    place: int
    group: int
    home: int  # everybody has one; alone at home it is her own


def coarsened(people: Sequence[Standing]) -> list[Standing]:
    """The same people in the same order, with what may be told of each.

    Raises ValueError where all of them together are too few to be told of.
    """
    everybody = list(range(len(people)))
    if not are_enough(_homes(people, everybody)):
        raise ValueError("too few to be told of")
    told = list(people)
    for seen, alike in _parts(people, everybody, lambda who: who.seen).items():
        for place, there in _parts(people, alike, lambda who: who.place).items():
            for group, together in _parts(people, there, lambda who: who.group).items():
                are_homes_told = _may_tell_homes(people, together)
                for row in together:
                    home = people[row].home if are_homes_told else NOT_TOLD
                    told[row] = Standing(seen, place, group, home)
    return told


def _parts(
    people: Sequence[Standing], rows: Sequence[int], of: Callable[[Standing], int]
) -> dict[int, list[int]]:
    """``rows`` parted by ``of``; those that may not be told apart are together under NOT_TOLD."""
    parts: defaultdict[int, list[int]] = defaultdict(list)
    for row in rows:
        parts[of(people[row])].append(row)
    rest = parts.pop(NOT_TOLD, [])
    told = told_apart({value: _homes(people, there) for value, there in parts.items()}, _homes(people, rest))
    rest += [row for value, there in parts.items() if value not in told for row in there]
    return {value: parts[value] for value in parts if value in told} | ({NOT_TOLD: rest} if rest else {})


def told_apart(parts: Mapping[int, list[int]], rest: list[int]) -> set[int]:
    """Which of ``parts`` may be told apart, so that the others with ``rest`` are enough too, or nobody: of
    each the household of everybody in it. The smallest go first, of two the lower.
    """
    told = {value for value, homes in parts.items() if are_enough(homes)}
    left = rest + [home for value, homes in parts.items() if value not in told for home in homes]
    while left and told and not are_enough(left):
        smallest = min(told, key=lambda value: (len(parts[value]), value))
        told.remove(smallest)
        left += parts[smallest]
    return told


def _may_tell_homes(people: Sequence[Standing], rows: Sequence[int]) -> bool:
    sizes = Counter(people[row].home for row in rows)
    kinds: defaultdict[int, list[int]] = defaultdict(list)
    for row in rows:
        kinds[sizes[people[row].home]].append(row)
    return all(are_enough(_homes(people, alike)) for alike in kinds.values())


def _homes(people: Sequence[Standing], rows: Sequence[int]) -> list[int]:
    return [people[row].home for row in rows]


def are_enough(homes: Sequence[int]) -> bool:
    """Of each of them the household, ``NOT_TOLD`` where it is not known."""
    sizes = Counter(homes)
    unknown = sizes.pop(NOT_TOLD, 0)
    alone = sum(size == 1 for size in sizes.values())
    return Population(len(homes), fewest_homes(len(sizes), alone, unknown=unknown)).may_have_mean
