"""That all pairing has ended once, and on which day: known when databases and answers are from before it.

The audit trail has it, and the ledger beside the key file (``courses/ledger.py``), which no restore puts
back.
"""

from __future__ import annotations

from collections import Counter
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
    for day in (_noted() - _in_ledger()).elements():
        ledger.add_unpaired(day)


def last_day() -> date | None:
    """The last day on which it ended. Raises LedgerError."""
    return max(_noted() | _in_ledger(), default=None)


def replay(made_on: date) -> int:
    """Takes the pairs out of answers of a backup that was made before the pairing ended: their key is gone.
    How many answers. Raises LedgerError.

    Of a backup from that very day its own audit trail tells: the line comes after the pairs were taken out,
    and people are copied before answers. So one that has it, for each time that day, has only newer pairs.
    """
    noted, known = _noted(), _in_ledger()
    if not any(made_on < day or (made_on == day and known[day] > noted[day]) for day in noted | known):
        return 0
    return take_out(Response.objects.exclude(pair_id=None, household_id=None))


def _in_ledger() -> Counter[date]:
    return Counter(ledger.unpaired_days())


def _noted() -> Counter[date]:
    ended = AuditEvent.objects.filter(action=AuditEvent.Action.KEY_USED, detail__startswith=USED)
    return Counter(ended.values_list("on", flat=True))
