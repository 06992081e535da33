"""The disclosure auditor: can somebody who was there work out what another answered, from all we publish?

    python -m tests.privacy.auditor --shapes 200         (`make audit`)

Each shape is a study of chance: groups, municipalities, households of one or two, pilot and everyday use, two
or three waves with people who come and go, and answers from spread to all alike. Everything is released as it
would be, and what all roles see together is held against every answer and score, for every household in turn
(inference.py). Prints JSON; ends with 1 where anything can be worked out, or cannot be shown not to be.

``--planted`` takes away one rule after the other (planted.py): then it must find something, or it is worth
nothing.
"""

from __future__ import annotations

import argparse
import atexit
import copy
import json
import os
import random
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any

from tests import houses
from tests.privacy.planted import LEAKS, SHOWS, directed, leaking

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.privacy.candidates import Target
    from tests.privacy.shapes import Shape

KNOWN = {"low", "high", "keys", "version", "format", "municipality", "answers", "questionnaires"}
VERDICTS = ("safe", "not shown", "derivable")
SIZES = (2, 3, 2, 4, 2, 3, 2, 8)  # households in a group at most, over and over: the work grows by their cube


def audited(
    shapes: int, seed: int, *, leak: str = "", largest: int = 8, quiet: bool = False, processes: int = 1
) -> dict[str, Any]:
    """All shapes, of which most are small; stops at the first that leaks when a leak is planted."""
    sizes = [min(size, largest) for size in SIZES]
    todo = [(f"{seed}-{n}", sizes[n % len(sizes)], leak) for n in range(shapes)]
    began, safe, totals, leaks = time.monotonic(), Counter[str](), Counter[str](), []
    for found in _each(todo, processes):
        safe += found.pop("safe")
        leaks += found.pop("leaks")
        totals += found.pop("totals")
        if not quiet:
            print(json.dumps(found), file=sys.stderr, flush=True)
        if leak and leaks:
            break
    by_verdict = Counter(each["verdict"] for each in leaks)
    return {
        "seed": seed,
        "leak": leak,
        **totals,
        "seconds": round(time.monotonic() - began),
        "looked for": sum(safe.values()) + len(leaks),
        "shown safe": dict(safe.most_common()),
        "derivable": by_verdict["derivable"],
        "not shown": by_verdict["not shown"],
        "examples": leaks[:5],
    }


def _each(todo: list[tuple[str, int, str]], processes: int) -> Iterator[dict[str, Any]]:
    if processes == 1:
        with houses.enter():
            yield from (one(*each) for each in todo)
        return
    spawned = get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=spawned, initializer=_move_in) as pool:
        yield from (done.result() for done in as_completed([pool.submit(one, *each) for each in todo]))


def _move_in() -> None:
    """A house for as long as the process lives."""
    house = houses.enter()
    house.__enter__()
    atexit.register(house.__exit__, None, None, None)


def one(seed: str, largest: int, leak: str = "") -> dict[str, Any]:
    """A shape of chance: what was found, and how much was looked at."""
    from tests.privacy.shapes import drawn

    return {"shape": seed, "largest": largest} | looked(drawn(seed, largest), leak)


def looked(shape: Shape, leak: str = "", only: tuple[Target, int] | None = None) -> dict[str, Any]:
    """At one shape, or at one answer of it for one household."""
    from tests.privacy.inference import HARD, Audit
    from tests.privacy.remembering import remembering
    from tests.privacy.worlds import World

    began = time.monotonic()
    with leaking(leak), remembering():
        audit = Audit(World(shape), hard=0 if leak else HARD)  # what is not found at once is enough there
        found = audit.run(only)
    people, told = len({key[0] for key in audit.truth}), json.loads(audit.told)
    return {
        "respondents": people,
        "told": audit.told.count('"why": ""'),
        "seconds": round(time.monotonic() - began, 1),
        "found": len(found.leaks),
        "safe": found.safe,
        "leaks": [_told(shape.seed, *each) for each in found.leaks],
        "totals": Counter(
            {
                "shapes": 1,
                "shapes with respondents": int(people > 0),
                "shapes that are told of": int(_tells(told)),
                "in another order": int(bool(shape.order)),
                "somebody withdrew": int(bool(shape.gone)),
                "respondents": people,
                "numbers": _numbers(told),
                "published": found.published,
            }
        ),
    }


def _tells(told: dict[str, Any]) -> bool:
    """Whether some scale or item has a number."""
    parts = [snapshot for _phase, _wave, snapshot, _technical in told["releases"]]
    return any(not row["why"] for part in parts for row in (*part["scales"], *part["items"]))


def _numbers(told: Any) -> int:
    """How many are in all that is told, less what is known of the questionnaire before."""
    if isinstance(told, dict):
        return sum(_numbers(each) for name, each in told.items() if name not in KNOWN)
    if isinstance(told, list):
        return sum(map(_numbers, told))
    return int(isinstance(told, (int, float)) and not isinstance(told, bool))


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


def planted() -> list[dict[str, Any]]:
    """Each rule taken away in a study where that shows, and the same study with the rule in its place."""
    runs = []
    with houses.enter():
        for name, shape in directed().items():
            row: dict[str, Any] = {"leak": name}
            for kind, leak in (("without the rule", name), ("with it", "")):
                found = looked(copy.deepcopy(shape), leak, SHOWS[name])
                row[kind] = next((each["verdict"] for each in found["leaks"]), "safe")
            runs.append(row)
    return runs


def is_caught(run: dict[str, Any]) -> bool:
    """Whether it is worse without the rule than with it."""
    return VERDICTS.index(run["without the rule"]) > VERDICTS.index(run["with it"])


def is_clean(found: dict[str, Any]) -> bool:
    """Nothing can be worked out. What the search could not decide is counted, and is for somebody to read."""
    return not found["derivable"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--shapes", type=int, default=200)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--largest", type=int, default=3, help="households in a group at most")
    parser.add_argument("--leak", choices=sorted(LEAKS), default="", help="a rule taken away: must be found")
    parser.add_argument(
        "--planted", action="store_true", help="each rule in turn, in a study where it counts"
    )
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--quiet", action="store_true")
    given = parser.parse_args()
    if given.planted:
        runs = planted()
        print(json.dumps(runs, ensure_ascii=False, indent=1))
        return 0 if all(is_caught(run) for run in runs) else 1
    found = audited(
        given.shapes,
        given.seed,
        leak=given.leak,
        largest=given.largest,
        quiet=given.quiet,
        processes=given.processes,
    )
    print(json.dumps(found, ensure_ascii=False, indent=1))
    return 0 if is_clean(found) else 1


if __name__ == "__main__":
    sys.exit(main())
