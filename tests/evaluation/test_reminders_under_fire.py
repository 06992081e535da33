"""Nobody who has answered, or said no, is reminded. Real processes, a real mail server, a real database.

``python -m tests.benchmarks.form_reminders`` runs the same with 500 races.
"""

from __future__ import annotations

import pytest

from tests.benchmarks import form_reminders

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "answers"])


def test_no_reminder_goes_to_someone_who_was_done() -> None:
    found = form_reminders.race(60)
    assert found["done first"]
    assert found["sent first"]
    assert found["answered"]
    assert found["declined"]
    assert found["sent to someone who was done"] == 0
    assert found["sent twice"] == 0
    assert found["not sent to someone who was not done"] == 0
