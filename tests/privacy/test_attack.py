"""A small version of `make attack`, and that it finds a leak when there is one."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.browser.serving import ROOT
from tests.privacy.attack import no_better_than_chance


def attack(*arguments: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.privacy.attack", "--repetitions", "1", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600)
    if not done.stdout:
        pytest.fail(done.stderr)
    return dict(json.loads(done.stdout))


def test_with_everything_but_the_keys_answers_are_linked_no_better_than_by_chance() -> None:
    """One false alarm in a million runs: the whole attack, with twenty repetitions, is judged at 0.05."""
    found = attack("--limit", "0.000001")
    assert found["ways"] > 50
    assert found["nights"] == 14
    assert found["clean"], found


def test_ids_that_count_upwards_are_found_out() -> None:
    found = attack("--leak", "order")
    assert not found["clean"]
    assert next(iter(found["best ways"].values())) == {"right": 80, "tried": 80, "p": 0.0}


def test_ids_that_tell_two_rows_of_one_person_or_home_are_found_out() -> None:
    """Then who answered once is known by name, with every answer; and a group's only couple."""
    found = attack("--leak", "pairs")
    assert not found["clean"]
    assert found["best ways"]["answered once × pair_id"] == {"right": 10, "tried": 10, "p": 0.0}


@pytest.mark.parametrize(
    ("right", "tried", "p"), [(0, 10, 1.0), (10, 10, 0.5**10), (5, 10, 0.623046875), (1, 1, 0.5)]
)
def test_the_binomial_tail_is_the_textbooks(right: int, tried: int, p: float) -> None:
    assert no_better_than_chance(right, tried, 2) == p
