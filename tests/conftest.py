"""Where the tests run: in the demo on files of their own, or on the servers that the environment names.

The environment is set before Django reads its settings, and every pytest-xdist worker gets its own.
"""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from pathlib import Path

import pytest

pytest_plugins = ["tests.people"]
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
os.environ.setdefault("STATIC_ROOT", str(ROOT / "var" / "static"))  # made by `make static`
# Playwright's event loop lives in the test's own thread, where Django then suspects async code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"


def pytest_unconfigure() -> None:
    shutil.rmtree(DATA_DIR, ignore_errors=True)


@pytest.fixture(autouse=REAL_SERVERS)
def _empty_cache() -> None:
    """Redis forgets no counter when a test's transaction rolls back, as the cache table does."""
    from django.core.cache import cache

    cache.clear()
