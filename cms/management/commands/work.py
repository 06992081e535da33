"""``manage.py work``: what must happen without anyone asking, again and again. ``--once`` does it once.

Messages that are due go out every ten seconds. Once a minute: scheduled publishing, roles whose last day
has passed, free seats to whoever waits, old sessions, counters, messages and invitations; every quarter of
an hour the reminders that the clock brings near are planned. Every step may run in several processes at
the same time.
"""

from __future__ import annotations

import itertools
import logging
import signal
import threading
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import caches
from django.core.cache.backends.db import DatabaseCache
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import close_old_connections, connection
from django.utils import timezone

from courses.forgetting import forget_invited
from courses.inviting import sync_all_cms_groups
from courses.messaging import plan_ahead
from courses.outbox.rows import forget_old
from courses.outbox.sending import send_due
from courses.seats import fill_all_seats

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Callable

PAUSE = 10  # seconds between two rounds
log = logging.getLogger(__name__)


def publish_scheduled() -> None:
    call_command("publish_scheduled", verbosity=0)


def drop_old_sessions() -> None:
    Session.objects.filter(expire_date__lt=timezone.now()).delete()


def drop_old_counters() -> None:
    """The cache table forgets by itself only when it is full; Redis does it by the clock."""
    if isinstance(caches["default"], DatabaseCache):
        table = connection.ops.quote_name(settings.CACHES["default"]["LOCATION"])
        now = connection.ops.adapt_datetimefield_value(timezone.now())
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table} WHERE expires < %s", [now])  # noqa: S608 - our own table


STEPS: tuple[Callable[[], object], ...] = (
    plan_ahead,
    fill_all_seats,
    send_due,
    publish_scheduled,
    sync_all_cms_groups,
    drop_old_sessions,
    drop_old_counters,
    forget_old,
    forget_invited,
)
# step → in which rounds of the running command; 6 is once a minute
EVERY = {"send_due": 1, "plan_ahead": 90}
SELDOM = 6


def work_once(number: int = 0) -> int:
    """Every step whose turn it is in round ``number``; all of them in the first. How many failed.

    One that fails is logged and does not stop the others.
    """
    failed = 0
    for step in STEPS:
        if number % EVERY.get(step.__name__, SELDOM):
            continue
        try:
            step()
        except Exception:
            log.exception("work: %s failed", step.__name__)
            failed += 1
    close_old_connections()
    return failed


class Command(BaseCommand):
    help = "Gjør det som skal skje av seg selv. --once gjør én runde og slutter."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="Én runde.")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["once"]:
            raise SystemExit(1 if work_once() else 0)
        stopped = threading.Event()
        for asked in (signal.SIGTERM, signal.SIGINT):
            signal.signal(asked, lambda *_: stopped.set())
        for number in itertools.count():
            work_once(number)
            if stopped.wait(PAUSE):
                return
