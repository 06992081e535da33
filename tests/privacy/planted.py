"""Rules taken away, one at a time, and for each a study in which that gives somebody's answer away.

An auditor that finds nothing there is worth nothing; with the rule in its place it must find nothing.
"""

from __future__ import annotations

import contextlib
import random
from typing import TYPE_CHECKING, Any
from unittest import mock

from tests.privacy.candidates import SCORE, Target
from tests.privacy.shapes import EVENING, Answers, Person, Shape

if TYPE_CHECKING:
    from collections.abc import Iterator

RELEASES = "evaluation.releases"
FIGURES = "evaluation.figures"


def _old_shares(counts: Any) -> Any:
    """Top-coded as it was: of all but two these two know what the others answered."""
    from evaluation.figures.disclosure import NEARLY_ALL, Shares

    counts = tuple(counts)
    most, people = max(counts), sum(counts)
    if most > NEARLY_ALL * people or most >= people - 2:
        return Shares(mostly=counts.index(most))
    return Shares(percent=tuple(round(100 * count / people) for count in counts))


def _each_alone(definition: Any) -> Any:
    return {scale.key: (scale,) for scale in definition.scales}


def _never_alike(_values: Any, _homes: Any) -> bool:
    return False


# name → what takes a rule away. Patched where each is used.
LEAKS: dict[str, dict[str, Any]] = {
    "a mean of one": {
        f"{FIGURES}.disclosure.ADULTS_FOR_MEAN": 1,
        f"{FIGURES}.disclosure.FAMILIES_FOR_MEAN": 1,
        f"{FIGURES}.scales.are_alike": _never_alike,  # one is always alike: a second lock on the same door
    },
    "answers alike are told": {f"{FIGURES}.scales.are_alike": _never_alike},
    "almost the same people twice": {f"{RELEASES}.scale_rows.may_stand": lambda *_all: True},
    "de fleste of all but two": {
        f"{RELEASES}.items.told_shares": _old_shares,
        f"{FIGURES}.evening.told_shares": _old_shares,
    },
    "all items but one": {f"{RELEASES}.items.beside_the_top_coded": lambda *_all: None},
    "alpha of items that are not told": {
        f"{RELEASES}.working_out.waves_told_in_full": lambda *_all: {"before", "after"}
    },
    "a total beside its parts": {f"{RELEASES}.scale_rows.sharing": _each_alone},
    "all groups but the pool's": {f"{FIGURES}.scales._may_be_left": lambda *_all: True},
    "an evening of two": {f"{FIGURES}.evening.ANSWERS_FOR_MEAN": 2, f"{FIGURES}.evening.BANDS": ((2, "2+"),)},
}


@contextlib.contextmanager
def leaking(name: str) -> Iterator[None]:
    with contextlib.ExitStack() as stack:
        for where, instead in LEAKS.get(name, {}).items():
            stack.enter_context(mock.patch(where, instead))
        yield


# leak → what is worked out, and by which household: 0 is somebody who did not answer
SHOWS = {
    "a mean of one": (Target(5, "T1", SCORE), 0),
    "answers alike are told": (Target(1, "T0", SCORE), 1),
    "almost the same people twice": (Target(8, "T0", SCORE), 0),
    "de fleste of all but two": (Target(2, "T0", 1), 1),
    "all items but one": (Target(1, "T0", 0), 1),
    "alpha of items that are not told": (Target(2, "T0", 0), 1),
    "a total beside its parts": (Target(2, "T1", 1), 1),
    "all groups but the pool's": (Target(50, "T1", SCORE), 1),
    "an evening of two": (Target(10, EVENING, SCORE), 12),
}

# what some say at each wave: one figure an item, a dash for who was not there
Lines = dict[str, tuple[str, ...]]
Parts = tuple[int, ...]


def _shape(
    name: str, lines: Lines, *, alone: int = 0, couple: bool = False, small: int = 0, parts: Parts = ()
) -> Shape:
    """A person for each column. The first two are a couple, or nobody is; the last ``small`` have a group
    of their own.
    """
    many = len(next(iter(lines.values())))
    waves = tuple(wave for wave in lines if wave != EVENING)
    answers: Answers = {
        (n, wave): tuple(int(figure) for figure in said)
        for wave, column in lines.items()
        for n, said in enumerate(column)
        if said != "-"
    }
    people = [
        Person(
            n,
            home=1 if couple and n == 1 else n + 1,
            group=int(n >= many - small),
            place=0,
            phase="pilot",
            waves=tuple(wave for wave in lines if (n, wave) in answers),
        )
        for n in range(many)
    ]
    items = len(next(iter(answers.values()))) - alone
    groups = dict.fromkeys(sorted({person.group for person in people}), "pilot")
    return Shape(name, 1, groups, people, waves, items, alone, 0, parts, answers)


TWELVE = tuple(["15", "24", "33", "42", "51", "14", "23", "32", "41", "52", "13", "34"])
LATER = tuple(["21", "35", "43", "52", "54", "25", "33", "44", "53", "51", "12", "45"])
# by leak: the smallest study it shows in, as each person answers at each wave
STUDIES: dict[str, Lines] = {
    "a mean of one": {"T0": tuple("234512-----"), "T1": tuple("-----432423")},
    "answers alike are told": {"T0": tuple("23333333"), "T1": tuple("24351423")},
    "almost the same people twice": {
        "T0": tuple("234512342"),
        "T1": tuple("345423413"),
        "T2": tuple("42315423-"),
    },
    "de fleste of all but two": {
        "T0": tuple(["21", "32", "45", "55", "15", "25", "35", "45", "55", "25"]),
        "T1": tuple(["31", "42", "13", "24", "35", "41", "52", "13", "24", "35"]),
    },
    "all items but one": {
        "T0": tuple(["31", "52", "53", "54", "55", "51", "52", "53", "54", "55", "51", "52"]),
        "T1": LATER,
    },
    "alpha of items that are not told": {
        "T0": tuple(["34", "33", "32", "33", "33", "33", "33", "33", "33", "33"]),
        "T1": tuple(["33", "33", "33", "33", "33", "33", "33", "33", "33", "23"]),
        "T2": tuple(["53", "31", "34", "43", "54", "21", "14", "31", "45", "15"]),
    },
    "a total beside its parts": {
        "T0": tuple(["13", "24", "32", "41", "53", "25", "32", "44"]),
        "T1": tuple(["25", "35", "45", "15", "55", "35", "25", "45"]),
    },
    "an evening of two": {
        "T0": TWELVE,
        "T1": LATER,
        EVENING: tuple(["13", "24", "35", "42", "21", "34", "-", "-", "-", "-", "24", "32"]),
    },
}


def _ten_groups() -> Shape:
    """Ten groups of five, and a pool of two groups of which one alone answered both times."""
    chance = random.Random(4)
    people, answers = [], Answers()
    for n in range(59):
        waves = ("T0", "T1") if n <= 50 else ("T0",) if n % 2 else ("T1",)
        group = n // 5 if n < 50 else 10 + (n > 54)
        people.append(Person(n, n + 1, group, place=0, phase="pilot", waves=waves))
        for wave in waves:
            said = {"T0": chance.randint(1, 3), "T1": chance.randint(2, 5)}[wave]
            answers[n, wave] = ({"T0": 1, "T1": 5}[wave] if n == 50 else said,)
    groups = dict.fromkeys(range(12), "pilot")
    return Shape("all groups but the pool's", 1, groups, people, ("T0", "T1"), 1, 0, 0, (), answers)


def directed() -> dict[str, Shape]:
    """By leak: the smallest study it shows in."""
    return {"all groups but the pool's": _ten_groups()} | {
        name: _shape(
            name,
            each,
            alone=int(name == "de fleste of all but two"),
            couple=name in ("de fleste of all but two", "alpha of items that are not told"),
            small=2 if name == "an evening of two" else 0,
            parts=(1, 1) if name == "a total beside its parts" else (),
        )
        for name, each in STUDIES.items()
    }
