"""What an attacker holds: both databases as rows, as files and as nightly copies. Never the keys.

A row's *places* are everything about it that could follow the order in which things happened: its id, its
place in the table, the transaction that wrote it, its place in the file and in the copies.
"""

from __future__ import annotations

import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.on_real_servers import program

Places = dict[str, float]


@dataclass
class Loot:
    """Nightly copies, in order: of each database the bytes, and of each table the keys in written order."""

    nights: list[dict[str, bytes]] = field(default_factory=list)

    def everything(self) -> bytes:
        return b"".join(content for night in self.nights for content in night.values())


def is_postgresql() -> bool:
    from django.db import connection

    return connection.vendor == "postgresql"


def dump(folder: Path) -> dict[str, bytes]:
    """Tonight's copy: pg_dump of both databases in the order the rows lie, or the files as they are."""
    if not is_postgresql():
        return files_now(folder)
    return {alias: _pg_dump(alias) for alias in ("default", "answers")}


def _pg_dump(alias: str) -> bytes:
    from django.db import connections

    told = connections[alias].settings_dict
    command = [str(program("pg_dump")), "--data-only", "--no-owner", "--dbname"]
    address = f"postgresql://{told['USER']}@{told['HOST']}:{told['PORT']}/{told['NAME']}"
    return subprocess.run([*command, address], check=True, capture_output=True).stdout


def files_now(folder: Path) -> dict[str, bytes]:
    """Page files and journals of this moment; on PostgreSQL the heap files of both and the WAL."""
    if not is_postgresql():
        return {path.name: path.read_bytes() for path in sorted(folder.glob("*.sqlite3*"))}
    from django.db import connections

    found: dict[str, bytes] = {}
    for alias in ("default", "answers"):
        with connections[alias].cursor() as cursor:
            cursor.execute("CHECKPOINT")
            cursor.execute(
                "SELECT current_setting('data_directory'), oid FROM pg_database"
                " WHERE datname = current_database()"
            )
            root, oid = cursor.fetchone()
        for path in sorted(Path(root, "base", str(oid)).iterdir()):
            found[f"{alias}/{path.name}"] = path.read_bytes()
        for path in sorted(Path(root, "pg_wal").glob("0*")):
            found[f"wal/{path.name}"] = path.read_bytes()
    return found


def places(model: Any, where: dict[str, Any]) -> dict[int, Places]:
    """By primary key: the physical and numbered places of each row."""
    from django.db import connections, router

    rows = model.objects.filter(**where).order_by()
    keys = list(rows.values_list("pk", flat=True))
    table = model._meta.db_table
    with connections[router.db_for_read(model)].cursor() as cursor:
        if is_postgresql():
            cursor.execute(f'SELECT id, ctid::text, xmin::text, xmax::text FROM "{table}"')  # noqa: S608
            seen = {pk: (ctid, xmin, xmax) for pk, ctid, xmin, xmax in cursor.fetchall()}
            return {pk: {"id": float(pk)} | _of_tuple(*seen[pk]) for pk in keys}
        cursor.execute(f'SELECT rowid, id FROM "{table}" NOT INDEXED')  # noqa: S608 - our own table
        order = {pk: (number, rowid) for number, (rowid, pk) in enumerate(cursor.fetchall())}
    return {pk: {"id": float(pk), "rowid": float(order[pk][1]), "scan": float(order[pk][0])} for pk in keys}


def _of_tuple(ctid: str, xmin: str, xmax: str) -> Places:
    page, line = ctid.strip("()").split(",")
    return {"ctid": int(page) * 10_000.0 + int(line), "xmin": float(xmin), "xmax": float(xmax)}


def offsets(files: dict[str, bytes], needles: dict[int, bytes]) -> dict[str, dict[int, float]]:
    """By file: where each row's own bytes first lie in it."""
    found: dict[str, dict[int, float]] = {}
    for name, content in files.items():
        here = {pk: place for pk, needle in needles.items() if (place := _place(content, needle)) >= 0}
        if here:
            found[name] = here
    return found


def _place(content: bytes, needle: bytes) -> float:
    """Where it lies, as bytes or as a dump spells them; -1 when it does not."""
    as_they_are = content.find(needle)
    return float(as_they_are if as_they_are >= 0 else content.find(needle.hex().encode()))
