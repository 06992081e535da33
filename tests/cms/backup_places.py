"""Where a test of backups keeps its own ledger, keys and files; the lock of a restore is gone afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import connections

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def own_places(tmp_path: Path, settings):
    settings.ERASURE_LEDGER = tmp_path / "keys" / "erased.txt"
    settings.SEAL_KEY_FILE = tmp_path / "keys" / "seal.json"
    settings.MEDIA_ROOT, settings.RESTORING = tmp_path / "media", tmp_path / "restoring"
    if connections["default"].vendor == "sqlite":
        settings.S3_BUCKET = ""
    yield
    settings.RESTORING.unlink(missing_ok=True)
