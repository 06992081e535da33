"""The disclosure auditor: can somebody who was there work out what another answered, from all we publish?

    python -m tests.privacy.auditor --shapes 200         (`make audit`)

Each shape is a study of chance: groups, municipalities, households of one or two, pilot and everyday use, two
or three waves with people who come and go, and answers from spread to all alike. Everything is released as it
would be, and what all roles see together is held against every answer and score, for every household in turn
(inference.py). Prints JSON; ends with 1 where anything can be worked out, or cannot be shown not to be.

``--leak NAME`` takes one rule away: then the auditor must find something, or it is worth nothing.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import random
import sys
import time
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from unittest import mock

from tests import houses

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


# name → what takes a rule away. Patched where each is used.
LEAKS: dict[str, dict[str, Any]] = {
    "a mean of one": {
        f"{FIGURES}.disclosure.ADULTS_FOR_MEAN": 1,
        f"{FIGURES}.disclosure.FAMILIES_FOR_MEAN": 1,
    },
    "answers alike are told": {f"{FIGURES}.scales.are_alike": lambda _values, _homes: False},
    "almost the same people twice": {f"{RELEASES}.working_out.may_stand": lambda *_all: True},
    "de fleste of all but two": {
        f"{RELEASES}.items.told_shares": _old_shares,
        f"{FIGURES}.evening.told_shares": _old_shares,
    },
    "all items but one": {f"{RELEASES}.items.beside_the_top_coded": lambda *_all: None},
    "an evening of two": {f"{FIGURES}.evening.ANSWERS_FOR_MEAN": 2, f"{FIGURES}.evening.BANDS": ((2, "2+"),)},
}


@contextlib.contextmanager
def leaking(name: str) -> Iterator[None]:
    with contextlib.ExitStack() as stack:
        for where, instead in LEAKS.get(name, {}).items():
            stack.enter_context(mock.patch(where, instead))
        yield


def audited(
    shapes: int, seed: int, *, leak: str = "", largest: int = 8, quiet: bool = False
) -> dict[str, Any]:
    """All shapes, each in a house of its own study; stops at the first that leaks when a leak is planted."""
    from tests.privacy.inference import Audit
    from tests.privacy.worlds import World, drawn

    safe, leaks = Counter[str](), []
    totals = Counter[str]()
    with leaking(leak), _remembering():
        for number in range(shapes):
            began = time.monotonic()
            shape = drawn(f"{seed}-{number}", largest)
            audit = Audit(World(shape))
            found = audit.run()
            safe += found.safe
            totals += Counter(
                shapes=1, respondents=len({key[0] for key in audit.truth}), published=found.published
            )
            leaks += [_told(shape.seed, *each) for each in found.leaks]
            if not quiet:
                took = round(time.monotonic() - began, 1)
                print(
                    json.dumps({"shape": shape.seed, "seconds": took, "leaks": len(found.leaks)}),
                    file=sys.stderr,
                    flush=True,
                )
            if leak and leaks:
                break
    by_verdict = Counter(each["verdict"] for each in leaks)
    return {
        "seed": seed,
        "leak": leak,
        **totals,
        "looked for": sum(safe.values()) + len(leaks),
        "shown safe": dict(safe.most_common()),
        "derivable": by_verdict["derivable"],
        "not shown": by_verdict["not shown"],
        "examples": leaks[:5],
    }


@contextlib.contextmanager
def _remembering() -> Iterator[None]:
    """What is slow and the same in every world of a shape is worked out once: pure functions of few numbers,
    and what is told of evenings and municipalities without looking at an answer.
    """
    from evaluation.figures.statistics import change
    from evaluation.releases import delivery, reach, working_out

    with contextlib.ExitStack() as stack:
        for where, name in (
            (change, "noncentral_interval"),
            (working_out, "editions"),
            (delivery, "changes_made"),
            (reach, "told_flow"),
            (reach, "whole_flow"),
        ):
            known = lru_cache(maxsize=10_000)(getattr(where, name))
            stack.enter_context(mock.patch.object(where, name, known))
        stack.enter_context(mock.patch.object(working_out, "reaim", return_value=([], [])))  # repeats a scale
        yield


def _told(shape: str, target: Any, home: int, verdict: str) -> dict[str, Any]:
    what = "score" if target.question < 0 else f"item {target.question}"
    return {
        "shape": shape,
        "of": target.person,
        "wave": target.wave,
        "what": what,
        "by household": home,
        "verdict": verdict,
    }


def is_clean(found: dict[str, Any]) -> bool:
    return not found["derivable"] and not found["not shown"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--shapes", type=int, default=200)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--largest", type=int, default=8, help="households in a group at most")
    parser.add_argument("--leak", choices=sorted(LEAKS), default="", help="a rule taken away: must be found")
    parser.add_argument("--all-leaks", action="store_true", help="each rule taken away in turn")
    parser.add_argument("--quiet", action="store_true")
    given = parser.parse_args()
    with houses.enter():
        runs = [
            audited(given.shapes, given.seed, leak=leak, largest=given.largest, quiet=given.quiet)
            for leak in (sorted(LEAKS) if given.all_leaks else [given.leak])
        ]
    print(json.dumps(runs if given.all_leaks else runs[0], ensure_ascii=False, indent=1))
    return 0 if all(is_clean(found) for found in runs) else 1


if __name__ == "__main__":
    sys.exit(main())
