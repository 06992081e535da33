"""Small versions of `make chaos`: killed workers, killed closings, and the same form ten times at once.

Each runs in a process of its own, on databases of its own, as the whole ones do.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.browser.serving import ROOT


def run(module: str, *arguments: str) -> dict[str, Any]:
    command = [sys.executable, "-m", f"tests.chaos.{module}", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600)
    if not done.stdout:
        pytest.fail(done.stderr)
    return dict(json.loads(done.stdout))


def test_no_form_is_lost_or_doubled_when_workers_are_killed() -> None:
    found = run("submits", "--posts", "60", "--kills", "4")
    assert found["kills"]
    assert found["acknowledged and lost"] == found["doubled"] == found["counted of another"] == 0
    assert found["acknowledged"] == found["boxes"] == found["done"] == found["counted"] == 60


def test_ten_equal_posts_at_once_are_one_answer() -> None:
    found = run("submits", "--identical", "12")
    assert found["boxes"] == found["done"] == found["counted"] == 12
    assert found["answers"] == {"received": 12, "already": 108}


def test_closing_killed_anywhere_counts_everything_once() -> None:
    found = run("closing", "--kills", "5")
    assert found["kills"] >= 5
    assert found["sealed in"] == found["answers out"] == found["texts out"]
    assert found["clean"], found
