"""What was copied in is today's again: its tables, whom it holds, what they have agreed to, what it sends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from cms.backups.manifest import ALIASES, BackupError
from courses import erasing
from courses.ledger import LedgerError
from courses.models import Message
from courses.outbox.rows import STOPPED
from evaluation.answers import kept_keys, keys, unpaired, withdrawing
from evaluation.answers.lost_boxes import Lost, after_restore, draw_series
from evaluation.models import Study

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True)
class Again:
    """What had happened since the backup was made, and was done once more."""

    erased: int  # people
    withdrawn: int  # consents to research
    stopped: int  # messages that were due since: they may have gone already
    unopenable: list[tuple[int, int]] | None  # occasions without their key, and their boxes; None: not known
    lost: Lost  # what waited sealed when a copy without the inbox was made
    sheets: list[int]  # open occasions whose forms on paper must be printed anew


def put_right(*, inbox: bool, made_on: date) -> Again:
    """In both databases as they are now. ``inbox``: whether the copy has it, which was made on ``made_on``.
    Raises BackupError."""
    for alias in ALIASES:
        _must_be_known(alias)
        if _is_behind(alias):  # else half a minute for nothing
            apps = ["evaluation"] if alias == "answers" else []
            call_command("migrate", *apps, database=alias, interactive=False, verbosity=0)
    lost = Lost() if inbox else after_restore()
    sheets = draw_series()
    try:
        withdrawn = withdrawing.replay()  # first: whose person is gone, nobody can find
        erased = erasing.replay()
        if not settings.SEAL_KEYS_APART:  # what they had signed
            withdrawing.carry_out_where_possible(Study.objects.all())
        unpaired.replay(made_on)
    except (LedgerError, ImproperlyConfigured) as error:
        raise BackupError(f"De som er slettet siden, kan ikke slettes på nytt: {error}") from error
    due = Message.objects.filter(
        state__in=[Message.State.PLANNED, Message.State.SENDING], due_at__lte=timezone.now()
    )
    stopped = due.update(state=Message.State.SKIPPED, why=STOPPED, lease_until=None)
    return Again(erased, withdrawn, stopped, _unopenable(), lost, sheets)


def _unopenable() -> list[tuple[int, int]] | None:
    """None where whoever restores is not the one who may read the keys."""
    try:
        return kept_keys.unopenable()
    except (keys.NoKeyError, OSError):
        return None


def _is_behind(alias: str) -> bool:
    """Whether there are migrations to run; in the answers database only those of its own tables count."""
    executor = MigrationExecutor(connections[alias])
    targets = executor.loader.graph.leaf_nodes("evaluation" if alias == "answers" else None)
    return bool(executor.migration_plan(targets))


def _must_be_known(alias: str) -> None:
    """Raises BackupError for a backup from newer code than this."""
    loader = MigrationLoader(connections[alias])
    ours = sorted(
        key
        for key in loader.applied_migrations
        if key[0] in loader.migrated_apps and key not in loader.disk_migrations
    )
    replaced = {key for migration in loader.disk_migrations.values() for key in migration.replaces}
    if newer := [key for key in ours if key not in replaced]:
        raise BackupError(
            f"Sikkerhetskopien er fra en nyere utgave av koden ({'.'.join(newer[0])}). Oppdater først."
        )
