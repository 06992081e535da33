"""A small version of `make audit`, and that it finds a leak that is planted."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.browser.serving import ROOT


def audit(*arguments: str) -> Any:
    command = [sys.executable, "-m", "tests.privacy.auditor", "--quiet", "--largest", "2", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600)
    if not done.stdout:
        pytest.fail(done.stderr)
    return json.loads(done.stdout)


def test_nobody_can_work_out_what_another_answered() -> None:
    found = audit("--shapes", "4", "--seed", "3")
    assert found["looked for"] > 100
    assert (found["derivable"], found["not shown"]) == (0, 0), found["examples"]


def test_a_rule_taken_away_is_found_out() -> None:
    found = audit("--shapes", "1", "--seed", "9", "--leak", "a mean of one")
    assert found["derivable"] + found["not shown"] > 0, found
