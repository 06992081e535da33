"""A backup and the closing job take turns: while the two databases are copied no batch is written.

On PostgreSQL by an advisory lock in the answers database, which takes no right to any table: whoever writes
shares it, whoever copies has it alone. On SQLite whoever is in a transaction there is the only one.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.db import connections, router, transaction

from evaluation.models import Response

if TYPE_CHECKING:
    from collections.abc import Iterator

LOCK = 0x656773  # any number that nothing else in the database uses
PATIENCE = "60s"  # for a batch that is being written
COPY_AT_MOST = "10min"  # that a batch waits for; the settings' own limits are those of a page


@contextmanager
def writing() -> Iterator[None]:
    """One transaction in the answers database. Waits for a backup that copies it; raises OperationalError
    of one that takes longer than ``COPY_AT_MOST``."""
    using = router.db_for_write(Response)
    with transaction.atomic(using=using):
        _say(
            using,
            f"SET LOCAL lock_timeout = '{COPY_AT_MOST}'",
            f"SET LOCAL statement_timeout = '{COPY_AT_MOST}'",
            f"SELECT pg_advisory_xact_lock_shared({LOCK})",
        )
        yield


@contextmanager
def no_batch_being_written() -> Iterator[None]:
    """While the block runs the two databases stay one story; reading and answering go on meanwhile.

    A batch id is drawn in the people database before the batch is written, and the inbox is emptied after:
    whichever of these a copy misses, the closing goes on from there.
    """
    using = router.db_for_write(Response)
    with transaction.atomic(using=using):
        _say(
            using,
            "SET LOCAL idle_in_transaction_session_timeout = 0",
            f"SET LOCAL lock_timeout = '{PATIENCE}'",
            f"SET LOCAL statement_timeout = '{PATIENCE}'",
            f"SELECT pg_advisory_xact_lock({LOCK})",
        )
        yield


def _say(using: str, *statements: str) -> None:
    if connections[using].vendor != "postgresql":
        return
    with connections[using].cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
