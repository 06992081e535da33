"""Reminders about forms, raced: everybody answers, or says no, at some moment around the reminder.

python -m tests.benchmarks.form_reminders      on files of its own, or on the database that DATABASE_URL names

Real processes and a real mail server, as in tests/benchmarks/outbox.py. Prints JSON.
"""

from __future__ import annotations

import json
import random
import time
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from evaluation.models import Occasion


def form_for(adults: int) -> Occasion:
    """An open form that so many adults have been asked to fill in, with their reminder due."""
    from django.utils import timezone

    from courses.models import Message
    from evaluation import opening
    from tests import factories as made
    from tests import study_factories as of_study
    from tests.editions import make_edition, make_families

    group = made.GroupFactory(edition=make_edition(modules=1, parts=1))
    make_families(group, adults // 2)
    study = of_study.study(programme=group.edition.programme)
    occasion = of_study.occasion(wave=of_study.wave(study), group=group)
    opening.ask(occasion, timezone.now())
    Message.objects.exclude(step="reminder").delete()
    Message.objects.update(due_at=timezone.now() - timedelta(minutes=1))
    return occasion


def race(races: int, seed: int = 1) -> dict[str, Any]:
    """Two workers at once; half of the adults answer, half say no."""
    from courses.models import Message
    from tests.benchmarks.outbox import PATIENCE, until_sent, workers
    from tests.posts import Sink, listening

    chance, sink = random.Random(seed), Sink(wait=0.002)
    occasion = form_for(races)
    waiting = list(Message.objects.order_by("due_at", "pk").values_list("pk", "user"))
    first: list[int] = []  # done before any worker had taken the message
    with listening(sink) as port, workers(port) as at_work:
        for _worker in range(2):
            at_work.start()
        while waiting:
            ahead = max(0, len(sink.mails) + len(first) - (races - len(waiting)))  # where the workers are
            pk, user = waiting.pop(min(ahead + chance.randint(0, 6), len(waiting) - 1))
            if _done(pk, user, occasion, answers=chance.random() < 0.5):
                first.append(pk)
            time.sleep(chance.uniform(0, 0.006))
        until_sent(time.monotonic() + PATIENCE)
    arrived = Counter(mail["Message-ID"] for mail in sink.messages)
    rows = dict(Message.objects.values_list("pk", "message_id"))
    states = Counter(occasion.participations.values_list("state", flat=True))
    return {
        "races": len(rows),
        "done first": len(first),
        "sent first": len(rows) - len(first),
        "sent to someone who was done": sum(arrived[rows[pk]] for pk in first),
        "sent twice": sum(1 for count in arrived.values() if count > 1),
        "not sent to someone who was not done": sum(
            1 for pk, message_id in rows.items() if pk not in first and not arrived[message_id]
        ),
        "answered": states["done"],
        "declined": states["declined"],
    }


def _done(pk: int, user_id: int, occasion: Occasion, *, answers: bool) -> bool:
    """One tap: «send», or «jeg vil ikke svare». True when the message was not taken by then."""
    from django.db import transaction

    from courses.models import Message, User
    from evaluation import answering
    from evaluation.answers import sealing

    user = User.objects.get(pk=user_id)
    version = occasion.wave.instruments.get().version
    with transaction.atomic():
        row = Message.objects.select_for_update(of=("self",)).get(pk=pk)
        if answers:
            sealing.submit(user=user, occasion_id=occasion.pk, forms=[(version, {"t01": 4})])
        else:
            answering.decline(user, occasion.pk)
        return row.state == "planned"


def main() -> None:
    import django

    django.setup()
    from django.core.management import call_command

    for alias in ("default", "answers"):
        call_command("migrate", database=alias, verbosity=0, interactive=False)
    print(json.dumps(race(500)))


if __name__ == "__main__":
    main()
