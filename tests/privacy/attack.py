"""The linkage attack: everything but the keys is stolen, and every order in it is tried on every other.

    python -m tests.privacy.attack --repetitions 20         (`make attack`)

Forty adults in five groups answer before and after, in an order and at times of chance, over fourteen
nights. The attacker has both databases, their page files and journals, fourteen nightly copies, the log,
sessions, outbox and audit, and knows who is in which group. For every way of putting the people of a group
in an order (ids, physical places, transactions, nights in which something changed, salts …) and every way of
ordering the answers of that batch (the same, and the values themselves) he says that the first is the
first. Chance gives one right in a batch. Prints JSON; ends with 1 where some way does better than chance.
"""

from __future__ import annotations

import argparse
import json
import logging
import random
import sys
from collections import Counter, defaultdict
from math import comb
from typing import TYPE_CHECKING, Any

from tests import houses
from tests.privacy import stores

if TYPE_CHECKING:
    from pathlib import Path

GROUPS, IN_GROUP, NIGHTS = 5, 8, 14
WAVES = ("T0", "T1")
LIMIT = 0.05

# way of the attacker → [right, tried]
Score = dict[str, list[int]]


def no_better_than_chance(right: int, tried: int, one_in: int) -> float:
    """The probability of so many right, or more, by chance (binomial, one-sided; in whole numbers)."""
    ways = sum(comb(tried, k) * (one_in - 1) ** (tried - k) for k in range(right, tried + 1))
    return ways / one_in**tried


class Story:
    """One repetition: a study in this house, lived night by night, with the truth kept by the teller."""

    def __init__(self, folder: Path, chance: random.Random) -> None:
        from tests.crowds import adults
        from tests.factories import EditionFactory, GroupFactory
        from tests.study_factories import study, wave

        self.folder, self.chance = folder, chance
        self.study = study()
        edition = EditionFactory(programme=self.study.programme)
        self.groups = [GroupFactory(edition=edition) for _ in range(GROUPS)]
        self.people = {group.pk: adults(group, IN_GROUP, families=5) for group in self.groups}
        version = houses.numbered_form()
        self.waves = [wave(self.study, code=code, versions=[version]) for code in WAVES]
        self.version = version
        self.truth: dict[tuple[int, int], int] = {}  # (occasion, number answered) → user
        self.loot = stores.Loot()
        self.occasions: dict[tuple[str, int], Any] = {}

    def live(self) -> None:
        numbers = iter(self.chance.sample(range(30_000), GROUPS * IN_GROUP * len(WAVES)))
        for wave in self.waves:
            for group in self.groups:
                self._open(wave, group)
            asked = [(group.pk, adult) for group in self.groups for adult in self.people[group.pk]]
            nights = NIGHTS // len(WAVES)
            when = defaultdict(list)
            for group_pk, adult in houses.shuffled(asked, self.chance):
                when[self.chance.randrange(nights)].append((group_pk, adult))
            for night in range(nights):
                for group_pk, adult in when[night]:
                    self._answer(wave, group_pk, adult, next(numbers))
                if night == nights - 1:
                    self._close(wave)
                self.loot.nights.append(stores.dump(self.folder))

    def _open(self, wave: Any, group: Any) -> None:
        from tests.crowds import asked

        self.occasions[wave.code, group.pk] = asked(self.people[group.pk], wave=wave, group=group)

    def _answer(self, wave: Any, group_pk: int, adult: Any, number: int) -> None:
        from django.utils import timezone

        from courses.models import Message
        from evaluation.answers import sealing

        at = self.occasions[wave.code, group_pk]
        houses.cookies_of([adult.user])  # she logs in first, and a reminder of hers is taken out
        Message.objects.create(
            user=adult.user, kind="form", thing=f"form:{at.pk}", step="reminder", due_at=timezone.now(),
            message_id=f"<{at.pk}-{adult.pk}@example.no>",
        )  # fmt: skip
        answers = {"nr": number, "t01": self.chance.randint(1, 5), "t02": self.chance.randint(1, 5)}
        self.truth[at.pk, number] = adult.user.pk
        sealing.submit(user=adult.user, occasion_id=at.pk, forms=[(self.version, answers)])

    def _close(self, wave: Any) -> None:
        from evaluation.answers import closing

        for group in houses.shuffled(self.groups, self.chance):
            result = closing.close(self.occasions[wave.code, group.pk])
            assert result.taken == IN_GROUP, result

    # --- what the attacker does
    def attack(self) -> Score:
        files = stores.files_now(self.folder)
        score: Score = defaultdict(lambda: [0, 0])
        orders = self._orders_of_people(files)
        for at in self.occasions.values():
            users = [adult.user.pk for adult in self.people[at.group_id]]
            rows, of_rows = self._orders_of_rows(at, files)
            for way, places in orders.items():
                mine = {user: places[at.pk, user] for user in users if (at.pk, user) in places}
                if len(mine) < len(users) or len(set(mine.values())) < 2:
                    continue
                for other, theirs in of_rows.items():
                    self._guess(score[f"{way} × {other}"], mine, theirs, rows)
        return dict(score)

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
        from evaluation.answers.vectors import decode
        from evaluation.models import Response

        here = list(Response.objects.filter(study=self.study.pk, wave=at.wave.code).order_by())
        numbers = {row.pk: decode(self.version.frozen, bytes(row.vector))["nr"] for row in here}
        here = [row for row in here if (at.pk, numbers[row.pk]) in self.truth]
        whose = {row.pk: self.truth[at.pk, numbers[row.pk]] for row in here}
        physical = stores.places(Response, {"study": self.study.pk})
        orders: dict[str, dict[int, Any]] = defaultdict(dict)
        for row in here:
            for name, place in physical[row.pk].items():
                orders[name][row.pk] = place
            orders["vector"][row.pk] = bytes(row.vector)
            orders["first answer"][row.pk] = decode(self.version.frozen, bytes(row.vector))["t01"]
        if at.wave.code != WAVES[0]:  # a pair's id is the same in both waves: that is one try, not two
            return whose, orders
        for row in here:
            orders["pair_id"][row.pk] = bytes(row.pair_id)
            orders["household_id"][row.pk] = bytes(row.household_id)
        needles = {row.pk: bytes(row.pair_id) for row in here}
        for name, offset in stores.offsets(self._files_and_nights(files), needles).items():
            if len(offset) == len(here):
                orders[f"place in {name}"] = offset
        return whose, orders

    def _files_and_nights(self, files: dict[str, bytes]) -> dict[str, bytes]:
        """Names that mean the same in every repetition."""
        last = {f"last night's {name}": content for name, content in self.loot.nights[-1].items()}
        return last | {_plain(name): content for name, content in files.items()}

    def _orders_of_people(self, files: dict[str, bytes]) -> dict[str, dict[tuple[int, int], Any]]:
        """(occasion, user) → where she stands, for every way of ordering the people of a group."""
        from evaluation.models import PairSalt

        orders: dict[str, dict[tuple[int, int], Any]] = defaultdict(dict)
        pairs = [(at, adult) for at in self.occasions.values() for adult in self.people[at.group_id]]
        salts = {salt.user_id: salt for salt in PairSalt.objects.filter(study=self.study)}
        places, rows = self._rows_of_people(salts)
        logged_in, changed = _logins(), self._nights()
        for at, adult in pairs:
            user, key = adult.user, (at.pk, adult.user.pk)
            for name, row in rows.items():
                for place, value in places[name][row(at, user.pk)].items():
                    orders[f"{name} {place}"][key] = value
            orders["user id"][key] = user.pk
            orders["user name"][key] = user.username
            orders["salt value"][key] = bytes(salts[user.pk].salt)
            orders["last login"][key] = logged_in.get(str(user.pk), 0)
            orders["night it changed"][key] = changed.get(key, 0)
        needles = {salt.user_id: bytes(salt.salt) for salt in salts.values()}
        for name, offset in stores.offsets(self._files_and_nights(files), needles).items():
            if len(offset) == len(needles):
                for at, adult in pairs:
                    orders[f"salt's place in {name}"][at.pk, adult.user.pk] = offset[adult.user.pk]
        return orders

    def _rows_of_people(self, salts: dict[int, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """By table: places of all its rows by key, and which row is somebody's at an occasion."""
        from courses.models import Message
        from evaluation.models import PairSalt, Participation

        of_study = {"occasion__wave__study": self.study}
        places = {
            "participation": stores.places(Participation, of_study),
            "salt": stores.places(PairSalt, {"study": self.study}),
            "message": stores.places(Message, {}),
        }
        asked = {(p.occasion_id, p.user_id): p.pk for p in Participation.objects.filter(**of_study)}
        messages = {(m.thing, m.user_id): m.pk for m in Message.objects.all()}
        return places, {
            "participation": lambda at, user: asked[at.pk, user],
            "salt": lambda _at, user: salts[user].pk,
            "message": lambda at, user: messages[f"form:{at.pk}", user],
        }

    def _nights(self) -> dict[tuple[int, int], int]:
        """In which copy she had a salt for the first time: the night after she first answered."""
        from evaluation.models import PairSalt

        found = {}
        for salt in PairSalt.objects.filter(study=self.study):
            value = bytes(salt.salt)
            forms = (value, value.hex().encode())  # in a page, and in a dump
            seen = next((n for n, night in enumerate(self.loot.nights) if _any_in(forms, night)), 0)
            for at in self.occasions.values():
                found[at.pk, salt.user_id] = seen
        return found

    def values_in_both(self) -> int:
        """Values beside an answer that also lie with the people: in any copy, file or log."""
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
        hits = 0
        for row in Response.objects.filter(study=self.study.pk):
            for value in (bytes(row.pair_id), bytes(row.household_id), row.pk.to_bytes(8, "big")):
                hits += any(
                    _any_in((value, value.hex().encode()), {name: content})
                    for name, content in stolen.items()
                )
            hits += any(str(row.pk).encode() in content for content in stolen.values())
        return hits


def _logins() -> dict[Any, int]:
    """User id, as a session has it → which of all logins is hers, the first to end first."""
    from django.contrib.sessions.models import Session

    sessions = Session.objects.order_by("expire_date")
    return {s.get_decoded().get("_auth_user_id"): number for number, s in enumerate(sessions)}


def _plain(name: str) -> str:
    return "heap" if "/" in name and not name.startswith("wal") else name.split("/")[0]


def _any_in(values: tuple[bytes, ...], files: dict[str, bytes]) -> bool:
    return any(value in content for value in values for content in files.values())


def attacked(repetitions: int, seed: int, *, leaking: bool = False) -> dict[str, Any]:
    """All ways over all repetitions, each a study of its own."""
    total: Score = defaultdict(lambda: [0, 0])
    shared = Counter[str]()
    with houses.enter() as (folder, _more):
        log = folder / "site.log"
        logging.basicConfig(filename=log, level=logging.INFO, force=True)
        if leaking:
            leak()
        for number in range(repetitions):
            story = Story(folder, random.Random(f"{seed}-{number}"))
            story.live()
            for way, (right, tried) in story.attack().items():
                total[way][0] += right
                total[way][1] += tried
            shared["values in both"] += story.values_in_both()
            shared["nights"] += len(story.loot.nights)
            so_far = _verdict(total, number + 1)
            print(json.dumps(so_far | dict(shared)), file=sys.stderr, flush=True)
    return _verdict(total, repetitions) | dict(shared)


def leak() -> None:
    """What the attack must find, to be worth anything: ids that count upwards as things come in."""
    from itertools import count

    from evaluation.answers import rows, sealing

    of_boxes, of_rows = count(1), count(1)
    sealing.drawn_id = lambda: next(of_boxes)  # type: ignore[assignment]
    rows.drawn_id = lambda: next(of_rows)  # type: ignore[assignment]


def _verdict(total: Score, repetitions: int) -> dict[str, Any]:
    p = {way: no_better_than_chance(right, tried, IN_GROUP) for way, (right, tried) in total.items()}
    best = sorted(p, key=lambda way: p[way])[:5]
    right, tried = (sum(column) for column in zip(*total.values(), strict=True))
    return {
        "repetitions": repetitions,
        "ways": len(total),
        "right by all ways": right,
        "tried by all ways": tried,
        "share right": round(right / tried, 4),
        "chance": 1 / IN_GROUP,
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
    parser.add_argument("--leak", action="store_true", help="ids that count upwards: must be found")
    given = parser.parse_args()
    found = attacked(given.repetitions, given.seed, leaking=given.leak)
    clean = is_clean(found, given.limit)
    print(json.dumps({"seed": given.seed, "clean": clean} | found, ensure_ascii=False, indent=1))
    return 0 if clean else 1


if __name__ == "__main__":
    sys.exit(main())
