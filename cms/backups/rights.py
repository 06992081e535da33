"""The roles' rights on PostgreSQL go with the tables a restore drops: given again before it opens."""

from __future__ import annotations

from django.conf import settings
from django.db import DatabaseError, connections, transaction

from cms.backups.manifest import ALIASES, BackupError

SQL = settings.BASE_DIR / "deploy" / "postgresql-roles.sql"


def give_again() -> None:
    """Runs the file in both databases, where the server has the roles. Raises BackupError, which says how.

    Whoever restores may own the tables and yet not be allowed to give them away: then somebody else must.
    """
    try:
        for alias in ALIASES:
            with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
                cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = 'egs_web'")
                if cursor.fetchone():
                    cursor.execute(SQL.read_text(encoding="utf-8"))
    except (DatabaseError, OSError) as error:
        raise BackupError(
            f"Alt er lagt tilbake, men rollene fikk ikke rettighetene sine ({str(error).splitlines()[0]})."
            f" Siden er stengt. Kjør {SQL} i begge databasene som superbruker, og slett {settings.RESTORING}."
        ) from error
