"""``manage.py work``: what must happen without anyone asking, again and again. ``--once`` does it once.

Today: scheduled publishing, roles whose last day has passed, old sessions and counters. Every step may
run in several processes at the same time.
"""

from __future__ import annotations

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

from courses.inviting import sync_all_cms_groups

if TYPE_CHECKING:
    from argparse import ArgumentParser

PAUSE = 60  # seconds between two rounds
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


STEPS = (publish_scheduled, sync_all_cms_groups, drop_old_sessions, drop_old_counters)


def work_once() -> int:
    """Every step once; one that fails is logged and does not stop the others. The number that failed."""
    failed = 0
    for step in STEPS:
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
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopped.set())
        while not stopped.is_set():
            work_once()
            stopped.wait(PAUSE)
