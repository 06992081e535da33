"""The outbox under fire: workers killed while they send, and people who are done while they are reminded.

python -m tests.benchmarks.outbox      on files of its own, or on the database that DATABASE_URL names

Real processes, a real mail server on loopback, a real database. Prints JSON. The test suite runs the same
with smaller numbers (tests/courses/test_outbox_under_fire.py).
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from courses.models import Evening
    from tests.posts import Sink

ROOT = Path(__file__).resolve().parent.parent.parent
LEASE = 4  # seconds where workers are killed, so that the figures need not wait; two minutes in the world
PATIENCE = 300  # seconds for everything to be sent


# --- the nursery: one process that has read everything, and forks workers that can be killed
def nursery(given: dict[str, Any]) -> None:
    """Forks a worker for each line it reads, and tells its process id. Ends with its input."""
    import django

    django.setup()
    from django.conf import settings
    from django.db import connections
    from django.urls import reverse

    from courses.outbox import rows as outbox
    from courses.outbox.sending import send_due  # noqa: F401 - read once, before anybody is forked

    reverse("evenings:my_messages")
    for name, value in given["settings"].items():
        setattr(settings, name, value)
    connections["default"].settings_dict["NAME"] = given["database"]
    outbox.is_quiet = lambda _at: False  # the figures are the same at night
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for _line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            os.close(0)
            _work()
            os._exit(0)
        print(pid, flush=True)


def _work() -> None:
    """Sends until it is killed, or until nothing is left."""
    from django.db import OperationalError

    from courses.models import Message
    from courses.outbox.sending import send_due

    while Message.objects.filter(state__in=["planned", "sending"]).exists():
        with contextlib.suppress(OperationalError):  # SQLite: the others wrote for too long
            send_due()
        time.sleep(0.05)


@dataclass
class Workers:
    """Starts workers through a nursery, and kills them."""

    process: subprocess.Popen[str]
    pids: list[int] = field(default_factory=list)

    def start(self) -> int:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write("one\n")
        self.process.stdin.flush()
        pid = int(self.process.stdout.readline())
        self.pids.append(pid)
        return pid

    def kill(self, pid: int) -> bool:
        """False when it had ended by itself."""
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            return False
        while Path(f"/proc/{pid}").exists():
            time.sleep(0.001)
        return True


@contextlib.contextmanager
def workers(port: int, lease: int = 120) -> Iterator[Workers]:
    from django.db import connection

    given = {
        "database": str(connection.settings_dict["NAME"]),
        "settings": {
            "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "EMAIL_HOST": "127.0.0.1",
            "EMAIL_PORT": port,
            "EMAIL_TIMEOUT": 10,
            "OUTBOX_LEASE": lease,
        },
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.outbox", "nursery", json.dumps(given)],
        cwd=ROOT,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "cms.settings"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    started = Workers(process)
    try:
        yield started
    finally:
        for pid in started.pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        process.communicate(timeout=30)  # its input ends, and so does it


# --- the two scenes
def evening_with(adults: int) -> Evening:
    """An evening tomorrow, and its adults enrolled."""
    from django.utils import timezone

    from tests import factories as made
    from tests.editions import make_edition, make_families

    edition = make_edition(modules=1, parts=1)
    group = made.GroupFactory(edition=edition)
    make_families(group, adults // 2)
    module = edition.programme.modules.get()
    starts_at = timezone.now() + timedelta(days=1)
    evening: Evening = made.EveningFactory(group=group, module=module, starts_at=starts_at)
    return evening


def until_sent(deadline: float) -> None:
    from courses.models import Message

    while Message.objects.filter(state__in=["planned", "sending"]).exists():
        if time.monotonic() > deadline:
            raise RuntimeError("the outbox was not emptied")
        time.sleep(0.2)


def kill_workers(kills: int, messages: int, seed: int = 1) -> dict[str, Any]:
    """A worker at a time, killed at random moments spread over all the messages; the last one finishes."""
    from django.utils import timezone

    from courses import messaging
    from courses.models import Message
    from tests.posts import Sink, listening

    chance, sink = random.Random(seed), Sink(wait=0.002)
    messaging.plan_change(evening_with(messages), "moved")
    Message.objects.filter(kind="evening").delete()
    Message.objects.update(due_at=timezone.now() - timedelta(minutes=1))  # planned at night: waits for eight
    done = 0
    with listening(sink) as port, workers(port, LEASE) as at_work:
        while done < kills:
            pid, before = at_work.start(), len(sink.mails)
            share = max((messages - before) // (kills - done + 1), 1)
            _until_arrived(sink, before + chance.randint(0, 2 * share - 1), pid)
            time.sleep(chance.uniform(0, 0.03))
            done += at_work.kill(pid)
            if not Message.objects.filter(state__in=["planned", "sending"]).exists():
                break
        at_work.start()
        until_sent(time.monotonic() + PATIENCE)
    return _judged(sink, messages) | {"kills": done}


def _until_arrived(sink: Sink, number: int, pid: int) -> None:
    deadline = time.monotonic() + 5
    while len(sink.mails) < number and time.monotonic() < deadline and Path(f"/proc/{pid}").exists():
        time.sleep(0.0005)


def _judged(sink: Sink, messages: int) -> dict[str, Any]:
    from courses.models import Message

    arrived = Counter(mail["Message-ID"] for mail in sink.messages)
    rows = dict(Message.objects.values_list("message_id", "user__email"))
    to = {(mail["Message-ID"], who) for mail, who in zip(sink.messages, sink.recipients, strict=True)}
    assert len(rows) == messages
    return {
        "messages": messages,
        "never sent": sum(1 for message_id in rows if not arrived[message_id]),
        "sent again": sum(arrived.values()) - len(arrived),
        "most for one message": max(arrived.values()),
        "under another Message-ID": sum(1 for message_id in arrived if message_id not in rows),
        "to somebody else": sum(1 for message_id, who in to if rows[message_id] != who),
        "not marked sent": Message.objects.exclude(state="sent").count(),
    }


def race(races: int, seed: int = 1) -> dict[str, Any]:
    """Two workers at once; every adult is done at some moment around the one when her reminder goes."""
    from django.utils import timezone

    from courses import messaging
    from courses.models import Attendance, Enrolment, Message
    from tests.posts import Sink, listening

    chance, sink = random.Random(seed), Sink(wait=0.002)
    evening = evening_with(races)
    messaging.plan_evening(evening)
    Message.objects.update(due_at=timezone.now() - timedelta(minutes=1))
    waiting = list(Message.objects.order_by("due_at", "pk").values_list("pk", flat=True))
    first: list[int] = []  # done before any worker had taken the message
    with listening(sink) as port, workers(port) as at_work:
        for _worker in range(2):
            at_work.start()
        while waiting:
            # near the front, where the workers are
            ahead = max(0, len(sink.mails) + len(first) - (races - len(waiting)))
            pk = waiting.pop(min(ahead + chance.randint(0, 6), len(waiting) - 1))
            if _done(pk, evening, Attendance, Enrolment, pause=chance.random() < 0.5):
                first.append(pk)
            time.sleep(chance.uniform(0, 0.006))
        until_sent(time.monotonic() + PATIENCE)
    arrived = Counter(mail["Message-ID"] for mail in sink.messages)
    rows = dict(Message.objects.values_list("pk", "message_id"))
    return {
        "races": races,
        "done first": len(first),
        "sent first": races - len(first),
        "sent to someone who was done": sum(arrived[rows[pk]] for pk in first),
        "sent twice": sum(1 for count in arrived.values() if count > 1),
        "not sent to someone who was not done": sum(
            1 for pk, message_id in rows.items() if pk not in first and not arrived[message_id]
        ),
    }


def _done(pk: int, evening: Evening, attendance: Any, enrolments: Any, *, pause: bool) -> bool:
    """One tap: a pause, or «jeg kommer ikke». True when the message was not taken by then."""
    from django.db import transaction
    from django.utils import timezone

    from courses import messaging
    from courses.models import Message

    with transaction.atomic():
        row = Message.objects.select_for_update(of=("self",)).select_related("user__adult").get(pk=pk)
        if pause:
            enrolments.objects.filter(adult=row.user.adult).update(paused_on=timezone.localdate())
            messaging.silence(row.user.adult)
        else:
            attendance.objects.create(adult=row.user.adult, evening=evening, state="excused")
        return row.state == "planned"


def main() -> None:
    import django

    django.setup()
    from django.core.management import call_command

    from courses.models import Message

    for alias in ("default", "answers"):
        call_command("migrate", database=alias, verbosity=0, interactive=False)
    killed = kill_workers(kills=100, messages=1000)
    Message.objects.all().delete()
    print(json.dumps({"killed": killed, "raced": race(500)}))


if __name__ == "__main__":
    if sys.argv[1:2] == ["nursery"]:
        nursery(json.loads(sys.argv[2]))
    else:
        main()
