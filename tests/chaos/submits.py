"""Web workers are killed, again and again, while many people send their forms over and over.

    python -m tests.chaos.submits --posts 3000 --kills 100       (`make chaos`)
    python -m tests.chaos.submits --identical 50                  fifty forms, ten equal posts of each at once

Every client tries until it is told «mottatt»; a third of them taps twice. Then every box is opened and
looked at, the occasion is counted, and whatever is lost, doubled or another's is a failure. Prints JSON.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import random
import re
import signal
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from tests import houses
from tests.browser.serving import serving_in

if TYPE_CHECKING:
    from pathlib import Path

    from tests.browser.serving import Site

CLIENTS, TWICE, PATIENCE = 12, 0.3, 120
CSRF = "c" * 32


@dataclass
class Person:
    number: int
    user: Any
    cookie: str
    body: str
    told: list[str] = field(default_factory=list)


@dataclass
class Scene:
    """An occasion with everybody who is asked there, each with a form of her own."""

    occasion: Any
    people: list[Person]

    @property
    def path(self) -> str:
        return f"/skjema/{self.occasion.pk}/"


def scene(many: int) -> Scene:
    from evaluation.instruments.frozen import questionnaires_of
    from evaluation.models import Participation
    from evaluation.views.marks import mark_of
    from tests.study_factories import occasion, wave

    at = occasion(wave=wave(versions=[houses.numbered_form()]))
    users = houses.many_adults(many)
    Participation.objects.bulk_create(Participation(occasion=at, user=user) for user in users)
    asked = questionnaires_of(at.wave_id)[0]
    people = []
    for number, (user, cookie) in enumerate(zip(users, houses.cookies_of(users), strict=True)):
        fields = {"nr": number, "t01": number % 5 + 1, "t02": number % 3 + 1}
        said = {asked.name(key): value for key, value in fields.items()}
        marks = {"csrfmiddlewaretoken": CSRF, "mark": mark_of(user, at.pk)}
        people.append(Person(number, user, cookie, urlencode(said | marks)))
    return Scene(at, people)


def post(site: Site, path: str, person: Person) -> str:
    """One try: the word of the answer, or what went wrong."""
    from django.conf import settings

    cookies = f"{settings.SESSION_COOKIE_NAME}={person.cookie}; {settings.CSRF_COOKIE_NAME}={CSRF}"
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Accept": "application/json",
        "Cookie": cookies,
    }
    connection = http.client.HTTPConnection(site.url.removeprefix("http://"), timeout=40)
    try:
        connection.request("POST", path, person.body, headers)
        answer = connection.getresponse()
        body = answer.read()
    except (OSError, http.client.HTTPException):
        return "cut off"
    finally:
        connection.close()
    if answer.status != 200:
        return str(answer.status)
    return str(json.loads(body)["status"])


def send(site: Site, path: str, person: Person, chance: random.Random) -> None:
    """Until it is told that it has come, as the page's own script does."""
    deadline = time.monotonic() + PATIENCE
    twice = chance.random() < TWICE
    while time.monotonic() < deadline:
        if twice:
            other = threading.Thread(target=lambda: person.told.append(post(site, path, person)))
            other.start()
        person.told.append(post(site, path, person))
        if twice:
            other.join()
        if {"received", "already"} & set(person.told):
            return
        time.sleep(0.05 + chance.random() / 5)


def under_fire(posts: int, kills: int, seed: int) -> dict[str, Any]:
    chance = random.Random(seed)
    with houses.enter() as (folder, more):
        play = scene(posts)
        done, killed = threading.Event(), Counter[str]()
        # the master, which answers nobody, has everything in memory: new workers are there at once
        with serving_in(folder, workers=2, options=("--preload",), **more) as site:
            killer = threading.Thread(target=kill, args=(site, play, kills, done, killed, chance))
            killer.start()
            with ThreadPoolExecutor(CLIENTS) as clients:
                for person in play.people:
                    clients.submit(send, site, play.path, person, random.Random(f"{seed}-{person.number}"))
            done.set()
            killer.join()
        counts = {"kills": killed["rounds"], "workers killed": killed["workers"]}
        return counts | verdict(play) | {"the log's errors": errors_in(folder)}


def kill(
    site: Site, play: Scene, kills: int, done: threading.Event, killed: Counter[str], chance: random.Random
) -> None:
    """All workers at once, with no warning, spread evenly over the posts and each a random moment late."""
    for number in range(kills):
        goal = len(play.people) * (number + chance.random()) / kills
        while sum(bool(person.told) for person in play.people) < goal and not done.is_set():
            time.sleep(0.002)
        if done.is_set():
            return
        victims = site.workers()
        for pid in victims:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        killed["rounds"] += 1
        killed["workers"] += len(victims)


def errors_in(folder: Path) -> dict[str, int]:
    """What the server's log ends its tracebacks with."""
    said = "".join(log.read_text("utf-8", "replace") for log in folder.parent.glob("gunicorn-*.log"))
    return dict(Counter(re.findall(r"^(?:\w+\.)*\w+Error: .{0,80}", said, re.MULTILINE)))


def verdict(play: Scene) -> dict[str, Any]:
    """What lies there, against what was told: by the boxes, and by the rows they become."""
    from evaluation.answers import boxes, closing, keys
    from evaluation.answers.vectors import decode
    from evaluation.models import Participation, Response, SealedAnswer

    private = keys.seal_key(play.occasion)
    rows = SealedAnswer.objects.filter(occasion=play.occasion).values_list("box", flat=True)
    inside = [boxes.open_box(private, bytes(box)) for box in rows]
    numbers = Counter(content["forms"][0]["answers"]["nr"] for content in inside)
    told = {person.number for person in play.people if {"received", "already"} & set(person.told)}
    done = Participation.objects.filter(occasion=play.occasion, state="done").count()
    result = closing.close(play.occasion)
    definition = play.occasion.wave.instruments.select_related("version").get().version.frozen
    wave = play.occasion.wave
    vectors = Response.objects.filter(study=wave.study_id, wave=wave.code).values_list("vector", flat=True)
    counted = Counter(decode(definition, bytes(vector))["nr"] for vector in vectors)
    return {
        "people": len(play.people),
        "acknowledged": len(told),
        "acknowledged and lost": len(told - set(numbers)),
        "doubled": sum(count - 1 for count in numbers.values()),
        "boxes": len(inside),
        "done": done,
        "salts": len({content["pair_salt"] for content in inside}),
        "counted": sum(counted.values()),
        "counted of another": len(set(counted) ^ told) + sum(count - 1 for count in counted.values()),
        "sealed = taken + left out": result.sealed == result.taken + result.left_out,
        "answers": dict(Counter(word for person in play.people for word in person.told)),
    }


def identical(forms: int, times: int) -> dict[str, Any]:
    """Each form ``times`` times at the same moment, two workers of four threads, nobody killed."""
    options = ("--threads", "4", "--timeout", "120")
    with houses.enter() as (folder, more):
        play = scene(forms)
        with (
            serving_in(folder, workers=2, options=options, **more) as site,
            ThreadPoolExecutor(times) as pool,
        ):
            for person in play.people:
                tries = [pool.submit(post, site, play.path, person) for _ in range(times)]
                person.told += [each.result() for each in tries]
        return verdict(play)


def is_clean(found: dict[str, Any]) -> bool:
    same = {found[key] for key in ("people", "acknowledged", "boxes", "done", "salts", "counted")}
    wrong = found["acknowledged and lost"] + found["doubled"] + found["counted of another"]
    return len(same) == 1 and wrong == 0 and found["sealed = taken + left out"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--posts", type=int, default=0)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--identical", type=int, default=0)
    parser.add_argument("--times", type=int, default=10)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    given = parser.parse_args()
    found = (
        under_fire(given.posts, given.kills, given.seed)
        if given.posts
        else identical(given.identical, given.times)
    )
    clean = is_clean(found)
    if given.identical:
        words = {"received": given.identical, "already": given.identical * (given.times - 1)}
        clean = clean and found["answers"] == words
    print(json.dumps({"seed": given.seed, "clean": clean} | found, ensure_ascii=False, indent=1))
    return 0 if clean else 1


if __name__ == "__main__":
    sys.exit(main())
