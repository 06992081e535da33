"""What was deleted is taken out of the files too: a deleted row lies in its page until another comes."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from django.db import OperationalError, connections, router

from evaluation.models import SealedAnswer, SealedNames

if TYPE_CHECKING:
    from django.db.models import Model

TRIES, PAUSE = 5, 2  # somebody may be in the middle of a post


def may_vacuum(table: type[Model]) -> bool:
    """PostgreSQL lets whoever owns it, and only warns the others."""
    connection = connections[router.db_for_write(table)]
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = to_regclass(%s)",
            [table._meta.db_table],
        )
        return bool(cursor.fetchone()[0])


def vacuum(*tables: type[Model]) -> None:
    """Writes tables of one database, by default the inbox, anew without what was deleted.

    On PostgreSQL they are owned by the closing role (deploy/postgresql-roles.sql); on SQLite it is the whole
    file. Raises OperationalError when others kept it busy: what runs next tries again.
    """
    tables = tables or (SealedAnswer, SealedNames)
    connection = connections[router.db_for_write(tables[0])]
    if connection.in_atomic_block:
        return  # a test's own transaction: nothing is deleted yet, and nothing can be written anew
    named = (connection.ops.quote_name(table._meta.db_table) for table in tables)
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
