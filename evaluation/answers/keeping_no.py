"""Somebody who said no to a form and leaves: her no stays, for a sheet of paper that was handed out before.

While she is here her participation says it. When she is erased nothing would, and her sheet would count as
that of anybody who has left: so a box is put in, sealed and as long as every other, that takes the sheet out
by her salt. Nobody can read it before closing, and afterwards it is gone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from evaluation.answers import sealing
from evaluation.models import Occasion, PairSalt, PaperEnvelope, Participation

if TYPE_CHECKING:
    from courses.models import User

UNCOUNTED = (Occasion.State.OPEN, Occasion.State.CLOSED)


def keep_no(user: User) -> None:
    """Before she is deleted. One query where she has said no to nothing that waits; without a salt there is
    no sheet of hers, or she has withdrawn, which is kept by itself."""
    declined = Participation.objects.filter(
        user=user.pk, state=Participation.State.DECLINED, occasion__state__in=UNCOUNTED
    )
    for row in declined.select_related("occasion__wave"):
        of = row.occasion
        salt = PairSalt.objects.filter(user=user.pk, study=of.wave.study_id).values_list("salt", flat=True)
        if salt and PaperEnvelope.objects.filter(occasion=of).exists():
            no: dict[str, Any] = {"kind": "withdraw", "pair_salt": bytes(salt[0]).hex()}
            sealing.put_box(of.pk, sealing.sealed_box(of, no))
