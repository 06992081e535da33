"""Closing is killed, again and again, wherever it happens to be: what was sealed comes out, once.

    python -m tests.chaos.closing --kills 100        (`make chaos`)

Each round seals an occasion's answers, lets a process of its own close it and kills that at a random moment
(SIGKILL), sometimes the next one too, until a last one is left alone. Half the rounds are of two small groups
that are opened together. Then rows, texts, batches, inbox and keys are counted. Prints JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sys
import time
from collections import Counter
from typing import Any

from tests import houses

SEALED = 40
SMALL = (3, 4)  # adults of the two groups of a pool


def sealed_at(wave: Any, many: int, chance: random.Random, first: int) -> Any:
    """An occasion with ``many`` boxes, each with a number of its own and a text."""
    from evaluation.answers import sealing
    from evaluation.models import Participation
    from tests.study_factories import occasion

    at = occasion(wave=wave)
    version = wave.instruments.get().version_id
    users = houses.many_adults(2 * many)[::2]  # one of each family
    Participation.objects.bulk_create(Participation(occasion=at, user=user, state="done") for user in users)
    for number in range(first, first + many):
        answers = {"nr": number, "t01": chance.randint(1, 5), "ord": f"nummer {number}"}
        who = {"pair_salt": chance.randbytes(16).hex(), "household_salt": chance.randbytes(16).hex()}
        content = {"kind": "answers", "forms": [{"version": version, "answers": answers}]} | who
        sealing.put_box(at.pk, sealing.sealed_box(at, content))
    return at


def close_in_a_process(occasion: Any, seconds: float | None) -> bool:
    """True when it was killed before it had finished. ``None``: it is left alone."""
    from django.db import connections

    connections.close_all()
    child = os.fork()
    if not child:
        from evaluation.answers import closing

        try:
            closing.close(occasion)
            os._exit(0)
        except BaseException as error:
            sys.stderr.write(f"{error!r}\n")
            os._exit(1)
    if seconds is not None:
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if os.WIFEXITED(status) and os.WEXITSTATUS(status):
        raise RuntimeError("closing ended with an error")
    return os.WIFSIGNALED(status)


def where(occasions: list[Any]) -> str:
    """How far it had come when it was killed."""
    from evaluation.answers import kept_keys
    from evaluation.models import ClosingBatch, Occasion

    states = set()
    for each in Occasion.objects.filter(pk__in=[occasion.pk for occasion in occasions]):
        written = each.batch is not None and ClosingBatch.objects.filter(pk=each.batch).exists()
        key = "key let go" if kept_keys.is_let_go(each) else "key in use"
        drawn = "batch drawn" if each.batch else "no batch"
        states.add(f"{each.state}, {'written' if written else drawn}, {key}")
    return " | ".join(sorted(states))


def round_of(chance: random.Random, longest: float, wave: Any, found: Counter[str]) -> None:
    from evaluation.answers import kept_keys
    from evaluation.answers.vectors import decode
    from evaluation.models import ClosingBatch, Response, SealedAnswer, TextAnswer

    pooled = chance.random() < 0.5
    sizes = SMALL if pooled else (SEALED,)
    occasions = [sealed_at(wave, many, chance, 1000 * n) for n, many in enumerate(sizes)]
    if pooled:
        close_in_a_process(occasions[0], None)  # too few: it waits
    for _ in range(chance.randint(1, 3)):
        if close_in_a_process(occasions[-1], chance.uniform(0, longest)):
            found["kills"] += 1
            found[f"at: {where(occasions)}"] += 1
    close_in_a_process(occasions[-1], None)
    close_in_a_process(occasions[-1], None)
    if pooled:
        close_in_a_process(occasions[0], None)
    rows = list(Response.objects.filter(study=wave.study_id))
    definition = wave.instruments.get().version.frozen
    numbers = sorted(decode(definition, bytes(row.vector))["nr"] for row in rows)
    expected = sorted(1000 * n + k for n, many in enumerate(sizes) for k in range(many))
    texts = TextAnswer.objects.filter(study=wave.study_id).count()
    batches = ClosingBatch.objects.filter(pk__in=[row.batch for row in map(_again, occasions)])
    found["rounds"] += 1
    found["sealed in"] += sum(sizes)
    found["answers out"] += len(rows)
    found["lost"] += len(set(expected) - set(numbers))
    found["doubled"] += len(numbers) - len(set(numbers))
    found["texts out"] += texts
    found["left in the inbox"] += SealedAnswer.objects.filter(occasion__in=occasions).count()
    found["not counted"] += sum(_again(each).state != "counted" for each in occasions)
    found["sums that differ"] += sum(b.sealed != b.taken + b.left_out for b in batches)
    found["batches missing"] += len(occasions) - len(batches)
    found["keys in use"] += sum(not kept_keys.is_let_go(_again(each)) for each in occasions)


def _again(occasion: Any) -> Any:
    from evaluation.models import Occasion

    return Occasion.objects.get(pk=occasion.pk)


def killed(kills: int, seed: int) -> dict[str, Any]:
    chance, found = random.Random(seed), Counter[str]()
    with houses.enter():
        import nacl.public  # noqa: F401 - else every child imports it before it begins

        from tests.study_factories import wave

        version = houses.numbered_form()
        clean = sealed_at(wave(versions=[version]), SEALED, chance, 0)
        began = time.monotonic()
        close_in_a_process(clean, None)
        longest = time.monotonic() - began
        while found["kills"] < kills:
            round_of(chance, longest, wave(versions=[version]), found)
    return dict(sorted(found.items()))


def is_clean(found: dict[str, Any]) -> bool:
    wrong = ("lost", "doubled", "left in the inbox", "not counted", "sums that differ", "batches missing")
    out = found["sealed in"] == found["answers out"] == found["texts out"]
    return out and not any(found[each] for each in (*wrong, "keys in use"))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    given = parser.parse_args()
    found = killed(given.kills, given.seed)
    clean = is_clean(found)
    print(json.dumps({"seed": given.seed, "clean": clean} | found, ensure_ascii=False, indent=1))
    return 0 if clean else 1


if __name__ == "__main__":
    sys.exit(main())
