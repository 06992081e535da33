"""Workers that are killed lose nothing, and workers that meet send nothing twice. Real processes.

``make bench`` runs the same with 100 kills over 1 000 messages and 500 races.
"""

from __future__ import annotations

import pytest

from tests.benchmarks import outbox

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "answers"])


def test_killed_worker_loses_nothing_and_repeats_at_most_one_message_for_each_kill() -> None:
    found = outbox.kill_workers(kills=8, messages=60)
    assert found["kills"] >= 5
    assert found["sent again"] <= found["kills"]
    for fault in ("never sent", "under another Message-ID", "to somebody else", "not marked sent"):
        assert found[fault] == 0, found


def test_two_workers_send_nothing_twice_and_nothing_to_who_was_done() -> None:
    found = outbox.race(60)
    assert found["done first"]
    assert found["sent first"]
    assert found["sent to someone who was done"] == 0
    assert found["sent twice"] == 0
    assert found["not sent to someone who was not done"] == 0
