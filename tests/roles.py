"""The roles of deploy/postgresql-roles.sql, given in both databases, and a process as one of them."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from django.db import connections

ROOT = Path(__file__).resolve().parent.parent
SQL = ROOT / "deploy" / "postgresql-roles.sql"
BUSY = 20


def address(alias: str, role: str) -> str:
    told = connections[alias].settings_dict
    return f"postgresql://{role}@{told['HOST']}:{told['PORT']}/{told['NAME']}"


def give_roles(*aliases: str) -> None:
    """Roles belong to the whole server: others may be giving them too."""
    import psycopg

    for alias in aliases:
        for left in reversed(range(BUSY)):
            try:
                with psycopg.connect(address(alias, "postgres"), autocommit=True) as connection:
                    connection.execute(SQL.read_text(encoding="utf-8"))
                break
            except (psycopg.errors.InternalError, psycopg.errors.UniqueViolation):
                if not left:
                    raise
                time.sleep(0.2)


def as_role(role: str, *command: str, **more: str) -> subprocess.CompletedProcess[str]:
    databases = {
        "DATABASE_URL": address("default", role).replace("postgresql://", "postgres://"),
        "ANSWERS_DATABASE_URL": address("answers", role).replace("postgresql://", "postgres://"),
    }
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "cms.settings"} | databases | more
    return subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300
    )
