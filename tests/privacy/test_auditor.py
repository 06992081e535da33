"""A small version of `make audit`, and that it finds each leak that is planted."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.browser.serving import ROOT
from tests.privacy.auditor import is_caught
from tests.privacy.planted import LEAKS


def audit(*arguments: str) -> Any:
    command = [sys.executable, "-m", "tests.privacy.auditor", "--quiet", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600)
    if not done.stdout:
        pytest.fail(done.stderr)
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def planted() -> dict[str, dict[str, str]]:
    return {run["leak"]: run for run in audit("--planted")}


def test_nobody_can_work_out_what_another_answered() -> None:
    found = audit("--shapes", "5", "--seed", "5", "--largest", "2", "--processes", "1")
    assert (found["shapes with respondents"], found["looked for"] > 1000) == (5, True)
    assert found["shapes that are told of"] >= 3
    assert (found["derivable"], found["not shown"]) == (0, 0), found["examples"]


@pytest.mark.parametrize("leak", LEAKS)
def test_a_rule_taken_away_is_found_out(planted: dict[str, dict[str, str]], leak: str) -> None:
    assert is_caught(planted[leak]), planted[leak]


def test_with_the_rules_in_place_nothing_can_be_derived(planted: dict[str, dict[str, str]]) -> None:
    assert {run["with it"] for run in planted.values()} == {"safe"}
