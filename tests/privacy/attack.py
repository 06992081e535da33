"""The linkage attack: everything but the keys is stolen, and every order in it is tried on every other.

    python -m tests.privacy.attack --repetitions 20         (`make attack`)

Forty answers before and forty after, from five groups (``story.py``), at times of chance over fourteen
nights. The attacker has both databases, their page files and journals, fourteen nightly copies, the log,
sessions and outbox, and knows who is in which group and home, and who left which form out. For every way of
putting the people of a group in an order (ids, physical places, transactions, nights in which something
changed, salts …) and every way of ordering the answers of that batch (the same, and the values themselves) he
says that the first is the first. And he looks for rows that belong together: whoever answered once is she of
whom there is one row, and a couple's are two of a home. Chance gives one right in a batch. Prints JSON; ends
with 1 where some way does better than chance.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import Counter, defaultdict
from math import comb
from typing import Any

from tests import houses
from tests.privacy import orders, stores
from tests.privacy.story import ANSWERING, COUPLE, LOG, Story

LIMIT = 0.05

# way of the attacker → [right, tried]
Score = dict[str, list[int]]


def no_better_than_chance(right: int, tried: int, one_in: int) -> float:
    """The probability of so many right, or more, by chance (binomial, one-sided; in whole numbers)."""
    ways = sum(comb(tried, k) * (one_in - 1) ** (tried - k) for k in range(right, tried + 1))
    return ways / one_in**tried


class Attacker:
    """Who has stolen everything but the keys of one story, and tries every way."""

    def __init__(self, story: Story) -> None:
        self.story, self.chance, self.loot, self.folder = story, story.chance, story.loot, story.folder
        self.occasions, self.study = story.occasions, story.study

    def attack(self) -> Score:
        files = stores.files_now(self.folder)
        score: Score = defaultdict(lambda: [0, 0])
        of_people = orders.of_people(self.story, files)
        for at in self.occasions.values():
            users = self.story.answering(at)
            rows, of_rows = self._orders_of_rows(at, files)
            for way, places in of_people.items():
                mine = {user: places[at.pk, user] for user in users if (at.pk, user) in places}
                if len(mine) < len(users) or len(set(mine.values())) < 2:
                    continue
                for other, theirs in of_rows.items():
                    self._guess(score[f"{way} × {other}"], mine, theirs, rows)
        self._by_kin(score)
        return dict(score)

    def _by_kin(self, score: Score) -> None:
        """By which rows belong together: whose have none in the other wave, and whose are two of a home."""
        from evaluation.models import Response

        rows = {row.pk: row for row in Response.objects.filter(study=self.study.pk)}
        for at in self.occasions.values():
            whose, _found = self._rows_of_batch(at)
            elsewhere = {bytes(row.pair_id) for row in rows.values() if row.wave != at.wave.code}
            alone = [pk for pk in whose if bytes(rows[pk].pair_id) not in elsewhere]
            self._pick(score["answered once × pair_id"], self.story.once(at), alone, whose)
            homes = Counter(bytes(rows[pk].household_id) for pk in whose)
            two = [pk for pk in whose if homes[bytes(rows[pk].household_id)] == COUPLE]
            self._pick(score["couples × household_id"], self.story.couples(at), two or list(whose), whose)

    def _pick(self, scored: list[int], people: list[int], among: list[int], whose: dict[int, int]) -> None:
        """One row drawn for each of these people, among those it can be."""
        for user in people:
            scored[0] += whose[self.chance.choice(among)] == user
            scored[1] += 1

    def _guess(
        self, scored: list[int], mine: dict[int, float], theirs: dict[int, Any], rows: dict[int, int]
    ) -> None:
        """Both orders laid beside each other; what is equal in an order lies there by chance."""
        people = sorted(mine, key=lambda user: (mine[user], self.chance.random()))
        answers = sorted(theirs, key=lambda row: (theirs[row], self.chance.random()))
        scored[0] += sum(rows[row] == user for user, row in zip(people, answers, strict=True))
        scored[1] += len(people)

    def _orders_of_rows(
        self, at: Any, files: dict[str, bytes]
    ) -> tuple[dict[int, int], dict[str, dict[int, Any]]]:
        """The rows of the batch (row → whose it truly is), and every order of them."""
        whose, found = self._rows_of_batch(at)
        veils = dict(found["pair_id"])
        for name, offset in stores.offsets(orders.files_and_nights(self.story, files), veils).items():
            if len(offset) == len(whose):
                found[f"place in {name}"] = offset
        return whose, found

    def _rows_of_batch(self, at: Any) -> tuple[dict[int, int], dict[str, dict[int, Any]]]:
        from evaluation.answers.vectors import decode
        from evaluation.models import Response

        here = list(Response.objects.filter(study=self.study.pk, wave=at.wave.code).order_by())
        numbers = {row.pk: decode(self.story.version.frozen, bytes(row.vector))["nr"] for row in here}
        here = [row for row in here if (at.pk, numbers[row.pk]) in self.story.truth]
        whose = {row.pk: self.story.truth[at.pk, numbers[row.pk]] for row in here}
        physical = stores.places(Response, {"study": self.study.pk})
        found: dict[str, dict[int, Any]] = defaultdict(dict)
        for row in here:
            for name, place in physical[row.pk].items():
                found[name][row.pk] = place
            found["vector"][row.pk] = bytes(row.vector)
            found["first answer"][row.pk] = decode(self.story.version.frozen, bytes(row.vector))["t01"]
            found["pair_id"][row.pk] = bytes(row.pair_id)
            found["household_id"][row.pk] = bytes(row.household_id)
        return whose, found

    def values_in_both(self) -> int:
        """Values beside an answer that also lie with the people: in any copy, file or log."""
        from evaluation.answers.veils import ids_of
        from evaluation.models import Response

        stolen = {
            name: content
            for night in self.loot.nights
            for name, content in night.items()
            if "answers" not in name
        }
        stolen |= {
            n: c for n, c in stores.files_now(self.folder).items() if not n.startswith(("answers", "wal"))
        }
        stolen[LOG] = (self.folder / LOG).read_bytes()
        hits = 0
        for row in Response.objects.filter(study=self.study.pk):
            veils = (bytes(row.pair_id), bytes(row.household_id))
            for value in (*veils, *ids_of(veils), row.pk.to_bytes(8, "big")):
                hits += any(
                    orders.any_in((value, value.hex().encode()), {name: content})
                    for name, content in stolen.items()
                )
            hits += any(str(row.pk).encode() in content for content in stolen.values())
        return hits


def attacked(repetitions: int, seed: int, *, leaking: str = "") -> dict[str, Any]:
    """All ways over all repetitions, each a study of its own."""
    total: Score = defaultdict(lambda: [0, 0])
    shared = Counter[str]()
    with houses.enter() as (folder, _more):
        if leaking:
            LEAKS[leaking]()
        for number in range(repetitions):
            story = Story(folder, random.Random(f"{seed}-{number}"))
            story.live()
            attacker = Attacker(story)
            for way, (right, tried) in attacker.attack().items():
                total[way][0] += right
                total[way][1] += tried
            shared["values in both"] += attacker.values_in_both()
            shared["nights"] += len(story.loot.nights)
            so_far = _verdict(total, number + 1)
            print(json.dumps(so_far | dict(shared)), file=sys.stderr, flush=True)
    return _verdict(total, repetitions) | dict(shared)


def count_upwards() -> None:
    """Ids that follow the order in which things come in."""
    from itertools import count

    from evaluation.answers import rows, sealing

    of_boxes, of_rows = count(1), count(1)
    sealing.drawn_id = lambda: next(of_boxes)  # type: ignore[assignment]
    rows.drawn_id = lambda: next(of_rows)  # type: ignore[assignment]


def pair_openly() -> None:
    """The same id in all of a person's rows, and of a household's."""
    from evaluation.answers import rows, veils

    veils.ids_of = lambda blocks: list(map(bytes, blocks))  # type: ignore[assignment]
    veils.require = lambda: None  # type: ignore[assignment]
    rows.veiled = lambda ids: [2 * each for each in ids]  # type: ignore[assignment]


# what the attack must find, to be worth anything
LEAKS = {"order": count_upwards, "pairs": pair_openly}


def _verdict(total: Score, repetitions: int) -> dict[str, Any]:
    p = {way: no_better_than_chance(right, tried, ANSWERING) for way, (right, tried) in total.items()}
    best = sorted(p, key=lambda way: p[way])[:5]
    right, tried = (sum(column) for column in zip(*total.values(), strict=True))
    return {
        "repetitions": repetitions,
        "ways": len(total),
        "right by all ways": right,
        "tried by all ways": tried,
        "share right": round(right / tried, 4),
        "chance": 1 / ANSWERING,
        "best ways": {
            way: {"right": total[way][0], "tried": total[way][1], "p": round(p[way], 5)} for way in best
        },
        "p of the best, for as many ways": round(min(1.0, min(p.values()) * len(p)), 4),
        "ways below 0.05": sum(each <= LIMIT for each in p.values()),
    }


def is_clean(found: dict[str, Any], limit: float = LIMIT) -> bool:
    """Of hundreds of ways some seem to succeed by chance: the best is judged for as many as were tried."""
    return found["p of the best, for as many ways"] > limit and found["values in both"] == 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--repetitions", type=int, default=20)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--limit", type=float, default=LIMIT)
    parser.add_argument("--leak", choices=LEAKS, default="", help="must be found")
    given = parser.parse_args()
    found = attacked(given.repetitions, given.seed, leaking=given.leak)
    clean = is_clean(found, given.limit)
    print(json.dumps({"seed": given.seed, "clean": clean} | found, ensure_ascii=False, indent=1))
    return 0 if clean else 1


if __name__ == "__main__":
    sys.exit(main())
