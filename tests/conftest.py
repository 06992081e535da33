"""Where the tests run: in the demo on files of their own, or on the servers that the environment names.

The environment is set before Django reads its settings, and every pytest-xdist worker gets its own.
Migrating takes a minute, so migrated SQLite files are kept in var/ until a migration or the lock changes.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import sqlite3
import tempfile
from contextlib import closing, suppress
from pathlib import Path

import django
import pytest

ROOT = Path(__file__).resolve().parent.parent
DATA_DIR = Path(tempfile.mkdtemp(prefix="egs-tests-"))
REAL_SERVERS = bool(os.environ.get("DATABASE_URL"))


def _on_real_servers() -> dict[str, str]:
    """What production must have, since the demo refuses a real database. DEBUG allows plain http."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    redis = os.environ.get("REDIS_URL", "")
    return {
        "DEBUG": "1",
        "SECRET_KEY": secrets.token_urlsafe(48),
        "ALLOWED_HOSTS": "testserver,localhost,127.0.0.1",
        "SITE_URL": "http://localhost:8000",
        "EMAIL_URL": "memorymail://",
        "KEY_FILE": str(DATA_DIR / "keys.json"),
        # one numbered Redis database for each worker, counted from the one in the address
        "REDIS_URL": f"{redis.rpartition('/')[0]}/{worker}" if redis else "",
    }


os.environ |= {"DJANGO_SETTINGS_MODULE": "cms.settings", "DATA_DIR": str(DATA_DIR)}
os.environ |= _on_real_servers() if REAL_SERVERS else {"DEMO": "1"}
if REAL_SERVERS:
    from courses.keys import make_key_file

    make_key_file(DATA_DIR / "keys.json")  # the demo makes its own
os.environ.setdefault("STATIC_ROOT", str(ROOT / "var" / "static"))  # made by `make static`
# Playwright's event loop lives in the test's own thread, where Django then suspects async code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
django.setup()  # before the plugins above import models
django.setup()  # the fixtures of tests/people.py import models
pytest_plugins = ["tests.people"]


def pytest_unconfigure() -> None:
    shutil.rmtree(DATA_DIR, ignore_errors=True)


def _migrated() -> Path:
    """The folder of migrated databases, named for everything that decides what is in them."""
    migrations = [
        path for app in ("courses", "evaluation", "cms") for path in ROOT.glob(f"{app}/migrations/*.py")
    ]
    sources = [ROOT / "requirements.lock", ROOT / "cms" / "routers.py", *sorted(migrations)]
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()
    return ROOT / "var" / "test-databases" / digest[:16]


def _test_files() -> dict[str, Path]:
    from django.conf import settings

    return {alias: Path(database["TEST"]["NAME"]) for alias, database in settings.DATABASES.items()}


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """Django starts from the file laid out for it; in the end it goes with DATA_DIR."""
    return not REAL_SERVERS


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    if not REAL_SERVERS and _migrated().exists():
        for alias, path in _test_files().items():
            shutil.copyfile(_migrated() / alias, path)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> None:
    if not REAL_SERVERS and not _migrated().exists():
        unfinished = Path(tempfile.mkdtemp(dir=DATA_DIR))
        for alias, path in _test_files().items():
            with closing(sqlite3.connect(path)) as connection:
                connection.execute("VACUUM INTO ?", [str(unfinished / alias)])
        _migrated().parent.mkdir(parents=True, exist_ok=True)
        with suppress(OSError):  # another worker was first
            shutil.copytree(unfinished, _migrated().with_suffix(f".{os.getpid()}")).rename(_migrated())


@pytest.fixture(autouse=REAL_SERVERS)
def _empty_cache() -> None:
    """Redis forgets no counter when a test's transaction rolls back, as the cache table does."""
    from django.core.cache import cache

    cache.clear()
