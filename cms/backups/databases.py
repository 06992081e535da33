"""Copying a database out and in: SQLite by its own backup interface, PostgreSQL by pg_dump and pg_restore."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import connections

from cms.backups.manifest import ALIASES, INBOX, LEFT_OUT, BackupError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.backends.base.base import BaseDatabaseWrapper

DEBIAN = Path("/usr/lib/postgresql")
LONG = 3600  # seconds a dump may take


def engine_of(alias: str) -> str:
    return "postgresql" if connections[alias].vendor == "postgresql" else "sqlite"


def file_of(alias: str) -> Path:
    """Of an SQLite database."""
    return Path(connections[alias].settings_dict["NAME"])


def copy_out(alias: str, folder: Path, *, inbox: bool) -> tuple[Path, dict[str, int]]:
    """The copy, and how many rows each of its tables has. Raises BackupError."""
    left_out = LEFT_OUT if inbox else LEFT_OUT + INBOX
    if engine_of(alias) == "postgresql":
        return _dump(alias, folder / f"{alias}.dump", left_out)
    target = folder / f"{alias}.sqlite3"
    if not file_of(alias).exists():
        raise BackupError(f"Databasen {file_of(alias)} finnes ikke.")
    try:
        with (
            closing(sqlite3.connect(f"file:{file_of(alias)}?mode=ro", uri=True, timeout=60)) as source,
            closing(sqlite3.connect(target)) as copy,
        ):
            source.backup(copy)
        with closing(sqlite3.connect(target, isolation_level=None)) as copy:
            here = set(tables_in(copy))
            for table in here.intersection(left_out):
                copy.execute(f'DELETE FROM "{table}"')  # noqa: S608 - our own names
            copy.execute("VACUUM")
            return target, counts_in(copy)
    except sqlite3.Error as error:
        raise BackupError(f"Databasen {file_of(alias)} kan ikke kopieres: {error}.") from error


def tables_in(database: sqlite3.Connection) -> list[str]:
    rows = database.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        " AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name"
    )
    return [name for (name,) in rows]


def counts_in(database: sqlite3.Connection) -> dict[str, int]:
    return {
        table: database.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]  # noqa: S608
        for table in tables_in(database)
    }


def check_sqlite(path: Path, rows: dict[str, int]) -> None:
    """Raises BackupError when the file is broken, or holds other rows than the manifest says."""
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
            said = database.execute("PRAGMA integrity_check").fetchone()[0]
            counted = counts_in(database)
    except sqlite3.Error as error:
        raise BackupError(f"Databasen i sikkerhetskopien er skadet: {error}.") from error
    if said != "ok" or counted != rows:
        raise BackupError("Databasen i sikkerhetskopien er skadet: den har ikke det den skal ha.")


# --- PostgreSQL
def program(name: str) -> str:
    """The newest on the machine; what a distribution wraps is looked for where Debian keeps it first."""
    for path in sorted(DEBIAN.glob(f"*/bin/{name}"), key=lambda path: -_version(path)):
        return str(path)
    if found := shutil.which(name):
        return found
    raise BackupError(
        f"{name} mangler. Installer postgresql-client (samme hovedversjon som databasen eller nyere)."
    )


def _version(path: Path) -> float:
    try:
        return float(path.parent.parent.name)
    except ValueError:
        return 0


def _address(connection: BaseDatabaseWrapper) -> tuple[list[str], dict[str, str]]:
    """How the programs reach the database; the password goes in the environment, where nobody lists it."""
    given = connection.settings_dict
    options = ["--dbname", given["NAME"]]
    for flag, key in (("--host", "HOST"), ("--port", "PORT"), ("--username", "USER")):
        options += [flag, str(given[key])] if given.get(key) else []
    secret = {"PGPASSWORD": str(given["PASSWORD"])} if given.get("PASSWORD") else {}
    modes = {"sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT"}
    told = given.get("OPTIONS", {})
    tls = {env: str(told[key]) for key, env in modes.items() if key in told}
    return options, os.environ | secret | tls


def _run(command: list[str], environment: dict[str, str]) -> None:
    try:
        done = subprocess.run(  # noqa: S603 - a program of our own choice, no shell
            command, env=environment, capture_output=True, text=True, timeout=LONG, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise BackupError(f"{Path(command[0]).name} ble ikke ferdig: {error}.") from error
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["ukjent feil"])[-1]
        raise BackupError(f"{Path(command[0]).name} sier: {last}")


def _dump(alias: str, target: Path, left_out: tuple[str, ...]) -> tuple[Path, dict[str, int]]:
    """Rows are counted in the snapshot that is dumped."""
    connection = connections[alias]
    options, environment = _address(connection)
    dump = program("pg_dump")
    # a connection of its own: the one in use may be inside a transaction already
    ours = connection.copy()
    try:
        ours.ensure_connection()
        ours.connection.autocommit = False
        with ours.connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            cursor.execute("SELECT pg_export_snapshot()")
            (snapshot,) = cursor.fetchone()
            rows = _counts(cursor, left_out)
            left = [f"--exclude-table-data={table}" for table in left_out]
            command = [dump, "-Fc", "--no-owner", "--no-privileges", f"--snapshot={snapshot}", *left]
            _run([*command, "--file", str(target), *options], environment)
        return target, rows
    finally:
        ours.close()


def _counts(cursor: object, left_out: tuple[str, ...] = ()) -> dict[str, int]:
    cursor.execute(  # type: ignore[attr-defined]
        "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename"
    )
    tables = [name for (name,) in cursor.fetchall()]  # type: ignore[attr-defined]
    counted = {}
    for table in tables:
        if table in left_out:
            counted[table] = 0
            continue
        cursor.execute(f'SELECT count(*) FROM "{table}"')  # type: ignore[attr-defined]  # noqa: S608
        counted[table] = cursor.fetchone()[0]  # type: ignore[attr-defined]
    return counted


def put_in(alias: str, dump: Path, rows: dict[str, int]) -> None:
    """A dump into a PostgreSQL database, whole or not at all, over what is there. Raises BackupError."""
    options, environment = _address(connections[alias])
    connections[alias].close()
    flags = ["--clean", "--if-exists", "--no-owner", "--no-privileges", "--single-transaction"]
    _run([program("pg_restore"), *flags, *options, str(dump)], environment)
    with connections[alias].cursor() as cursor:
        counted = _counts(cursor)
    if {table: count for table, count in counted.items() if table in rows} != rows:
        raise BackupError("Databasen har ikke det sikkerhetskopien sier at den skal ha. Siden holdes stengt.")


def is_empty() -> bool:
    """Whether nobody is in the people database: it is not there, has no tables, or no user."""
    if engine_of("default") == "sqlite" and not file_of("default").exists():
        return True
    try:
        with connections["default"].cursor() as cursor:
            if "courses_user" not in connections["default"].introspection.table_names(cursor):
                return True
            cursor.execute("SELECT 1 FROM courses_user LIMIT 1")
            return cursor.fetchone() is None
    except Exception:  # a broken database is not an empty one
        return False


@contextmanager
def databases_at(folder: Path) -> Iterator[None]:
    """Both SQLite databases are the files in ``folder`` while the block runs."""
    before = {alias: connections[alias].settings_dict["NAME"] for alias in ALIASES}
    try:
        for alias in ALIASES:
            connections[alias].close()
            connections[alias].settings_dict["NAME"] = str(folder / f"{alias}.sqlite3")
        yield
    finally:
        for alias in ALIASES:
            connections[alias].close()
            connections[alias].settings_dict["NAME"] = before[alias]
