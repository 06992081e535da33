"""What was deleted is taken out of the files too: a deleted row lies in its page until another comes."""

from __future__ import annotations

import time

from django.db import OperationalError, connections, router

from evaluation.models import SealedAnswer, SealedNames

TRIES, PAUSE = 5, 2  # somebody may be in the middle of a post


def vacuum() -> None:
    """Writes the inbox anew without what was deleted. On PostgreSQL its tables, which the closing role owns;
    on SQLite the whole file. Raises OperationalError when others kept it busy: what runs next tries again.
    """
    connection = connections[router.db_for_write(SealedAnswer)]
    if connection.in_atomic_block:
        return  # a test's own transaction: nothing is deleted yet, and nothing can be written anew
    named = (connection.ops.quote_name(table._meta.db_table) for table in (SealedAnswer, SealedNames))
    statement = f"VACUUM (FULL) {', '.join(named)}" if connection.vendor == "postgresql" else "VACUUM"
    for left in reversed(range(TRIES)):
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement)
                return
        except OperationalError:
            if not left:
                raise
            time.sleep(PAUSE)
