"""``manage.py work``: what must happen without anyone asking, again and again. ``--once`` does it once.

Messages that are due go out every ten seconds. Once a minute: scheduled publishing, roles whose last day
has passed, free seats to whoever waits, forms that open and close, old sessions, counters, messages and
invitations; every quarter of an hour the reminders that the clock brings near are planned. Every step may
run in several processes at the same time.
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

from cms.retention import keep_to_the_table
from courses.erasure_requests import hand_on as hand_on_erasure_requests
from courses.forgetting import forget_invited
from courses.inviting import sync_all_cms_groups
from courses.ledger import note_key
from courses.messaging import plan_ahead
from courses.outbox.rows import forget_old
from courses.outbox.sending import send_due
from courses.privacy_reports import send_reports
from courses.seats import fill_all_seats
from evaluation.answers.due import count_waiting, end_windows, make_seal_keys
from evaluation.answers.unpaired import note as note_unpaired
from evaluation.answers.withdrawing import note_withdrawals
from evaluation.opening import open_forms
from evaluation.releases.releasing import work_out_drafts

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


def preview_releases() -> None:
    """Where the answers are kept apart, ``manage.py release --drafts`` does it there."""
    if not settings.SEAL_KEYS_APART:
        work_out_drafts()


STEPS: tuple[Callable[[], object], ...] = (
    plan_ahead,
    hand_on_erasure_requests,
    fill_all_seats,
    make_seal_keys,
    open_forms,
    end_windows,
    send_due,
    publish_scheduled,
    sync_all_cms_groups,
    drop_old_sessions,
    drop_old_counters,
    forget_old,
    forget_invited,
    send_reports,
    keep_to_the_table,
    note_key,
    note_withdrawals,
    note_unpaired,
    count_waiting,
    preview_releases,
)
# step → in which rounds of the running command; 6 is once a minute
EVERY = {
    "send_due": 1,
    "preview_releases": 1,
    "plan_ahead": 90,
    "keep_to_the_table": 360,
    "count_waiting": 360,
}
SELDOM = 6


def work_once(number: int = 0) -> int:
    """Every step whose turn it is in round ``number``; all of them in the first. How many failed.

    One that fails is logged and does not stop the others.
    """
    failed = 0
    if settings.RESTORING.exists():  # what would be sent is not right yet
        return 0
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
