"""The two SQLite files as migrating leaves them. Half a minute of work, done once and kept in var/.

A folder there is named for what decides the tables: the lock, the routers and our migrations.
"""

from __future__ import annotations

import fcntl
import functools
import hashlib
import os
import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FILES = {"default": "people.sqlite3", "answers": "answers.sqlite3"}  # as in cms/settings.py


@functools.cache  # before migrating: a migration edited meanwhile must not pass for what was run
def kept_databases() -> Path:
    """The folder of the migrated files, «default» and «answers»; whoever comes first makes it."""
    apps = ("courses", "evaluation", "cms")
    migrations = [path for app in apps for path in ROOT.glob(f"{app}/migrations/*.py")]
    sources = [ROOT / "requirements.lock", ROOT / "cms" / "routers.py", *sorted(migrations)]
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:16]
    folder = ROOT / "var" / "test-databases" / digest
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not all((folder / alias).exists() for alias in FILES):
            _migrate(folder / f"unfinished-{os.getpid()}", folder)
    return folder


def _migrate(unfinished: Path, folder: Path) -> None:
    """Both at once, in commands of their own. Raises RuntimeError with what a failed one said."""
    from tests.browser.serving import finished, manage

    unfinished.mkdir()
    try:
        finished(
            *(
                manage(unfinished, "migrate", "--no-input", "--verbosity", "0", "--database", alias)
                for alias in FILES
            )
        )
        for alias, name in FILES.items():
            (unfinished / name).rename(folder / alias)
    finally:
        shutil.rmtree(unfinished)


def lay_out(folder: Path) -> None:
    """Copies of both files, by the names a site looks for in its DATA_DIR."""
    for alias, name in FILES.items():
        shutil.copyfile(kept_databases() / alias, folder / name)
