"""Forms that staff sign: whoever is erased takes with her what lies beside her number among the answers.

The web process may neither read nor delete there. Where it is counted, a withdrawal is put in, which the
closing job carries out at its next run (``withdrawing.py``); what waits sealed is left out by a box that says
so. The words she wrote herself are without a name once they are counted, and stay.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.db.models.signals import pre_delete

from courses.models import User
from evaluation.answers import pairing
from evaluation.models import IdentityMode, Occasion, Participation, ReleaseDraft

if TYPE_CHECKING:
    from django.db.models import QuerySet

UNCOUNTED = Q(occasion__state__in=[Occasion.State.OPEN, Occasion.State.CLOSED])
SENT = Q(state=Participation.State.DONE)
SIGNED = Q(occasion__identity=IdentityMode.NAMED)


def connect() -> None:
    """Before she is deleted, whoever does it; from a restored database once more."""
    pre_delete.connect(_leaving, sender=User, dispatch_uid="signed forms go with her")


def kept_with_account(rows: QuerySet[Participation]) -> QuerySet[Participation]:
    """Without those that lead to answers with a name: they are told of, and found, by nothing else."""
    return rows.exclude(SIGNED & SENT)


def _leaving(instance: User, **_: Any) -> None:
    """One query of whoever has signed nothing. Counting waits for it."""
    hers = Participation.objects.filter(SIGNED, SENT | UNCOUNTED, user=instance.pk)
    rows = hers.select_related("occasion__wave__study").order_by("occasion_id")
    held = list(rows.select_for_update(of=("occasion",), no_key=True))
    if not held:
        return
    from evaluation.answers import sealing  # with its cryptography: no weight on the web's start

    pairing.signed_taken_back(held)
    for row in held:
        if row.occasion.state == Occasion.State.COUNTED:
            ReleaseDraft.objects.take_back(row.occasion.wave.study)
        elif row.state == Participation.State.DONE:
            no = {"kind": "withdraw", "named": instance.pk}
            sealing.put_box(row.occasion_id, sealing.sealed_box(row.occasion, no))
