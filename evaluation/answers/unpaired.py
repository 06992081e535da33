"""That all pairing has ended once, and on which day: known when databases and answers are from before it.

The audit trail has it, and the ledger beside the key file (``courses/ledger.py``), which no restore puts
back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from courses import ledger
from courses.models import AuditEvent
from evaluation.answers.standstill import writing
from evaluation.models import Response

if TYPE_CHECKING:
    from datetime import date

    from django.db.models import QuerySet

USED = "nøkkelen «pairs» slettet"  # how the line of the audit trail begins


def take_out(rows: QuerySet[Response]) -> int:
    """Their pairs and homes. How many had any."""
    with writing():
        return rows.update(pair_id=None, household_id=None)


def note() -> None:
    """Writes the days into the ledger that it does not have: whoever ends the pairing may not reach it.

    Raises LedgerError.
    """
    known = ledger.unpaired_days()
    for day in _noted():
        if day not in known:
            ledger.add_unpaired(day)


def last_day() -> date | None:
    """The last day on which it ended. Raises LedgerError."""
    return max(_noted() | ledger.unpaired_days(), default=None)


def replay(made_on: date) -> int:
    """Takes the pairs out of answers of a backup that was made before the pairing ended, or that day: their
    key is gone. How many answers. Raises LedgerError."""
    day = last_day()
    if day is None or made_on > day:
        return 0
    return take_out(Response.objects.exclude(pair_id=None, household_id=None))


def _noted() -> set[date]:
    ended = AuditEvent.objects.filter(action=AuditEvent.Action.KEY_USED, detail__startswith=USED)
    return set(ended.values_list("on", flat=True))
