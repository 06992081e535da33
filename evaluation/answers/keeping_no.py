"""Somebody who said no to a form and leaves: her no stays, for a sheet of paper that was handed out before.

While she is here her participation says it. When she is erased nothing would, and her sheet would count as
that of anybody who has left: so a box is put in, sealed and as long as every other, that takes the sheet out
by her salt. Nobody can read it before closing, and afterwards it is gone.

A backup from before her no knows nothing of it, and the ledger only that she left. When she is erased again
from there, whatever she may have said no to since is a no.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models.signals import pre_delete

from courses.erasing import erased_again
from courses.models import User
from evaluation.models import Occasion, PairSalt, PaperEnvelope, Participation

if TYPE_CHECKING:
    from collections.abc import Sequence

State = Participation.State
UNCOUNTED = (Occasion.State.OPEN, Occasion.State.CLOSED)
MAY_SAY_NO = (State.OPEN, State.PAPER)  # whoever has answered cannot, nor after closing


def connect() -> None:
    """Before she is deleted, whoever does it."""
    pre_delete.connect(_leaving, sender=User, dispatch_uid="her no stays")
    erased_again.connect(_leaving_again, dispatch_uid="her no stays after a restore")


def _leaving(instance: User, **_: Any) -> None:
    _keep(instance, [State.DECLINED])


def _leaving_again(user: User, **_: Any) -> None:
    _keep(user, MAY_SAY_NO)


def _keep(user: User, states: Sequence[Any]) -> None:
    """One query where nothing of hers waits; without a salt there is no sheet of hers, or she has withdrawn,
    which is kept by itself."""
    from evaluation.answers import sealing  # with its cryptography: no weight on the web's start

    waiting = Participation.objects.filter(user=user.pk, state__in=states, occasion__state__in=UNCOUNTED)
    for row in waiting.select_related("occasion__wave"):
        of = row.occasion
        salt = PairSalt.objects.filter(user=user.pk, study=of.wave.study_id).values_list("salt", flat=True)
        if salt and PaperEnvelope.objects.filter(occasion=of).exists():
            no: dict[str, Any] = {"kind": "withdraw", "pair_salt": bytes(salt[0]).hex()}
            sealing.put_box(of.pk, sealing.sealed_box(of, no))
