"""The command for keys before two people, and where a key lies."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING

import pytest
from django.core.management import call_command

if TYPE_CHECKING:
    from pathlib import Path

TWO = ["--witness", "Kari Lie", "--witness", "Per Vik"]


@pytest.fixture(autouse=True)
def key_file(tmp_path: Path, settings: object) -> Path:
    path = tmp_path / "keys" / "seal.json"
    settings.SEAL_KEY_FILE = path  # type: ignore[attr-defined]
    return path


def run(*arguments: object) -> str:
    said = StringIO()
    call_command("seal_keys", *map(str, arguments), stdout=said)
    return said.getvalue()
