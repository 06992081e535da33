"""Those who took their answers out of research after they were counted: found by the key, and deleted.

Asked for by ``sealing.withdraw``: a research consent that is withdrawn, none in force, and a salt that is
still there. The salt goes when nothing more can come, and then nobody can find anything again. A text that
was counted stands apart from the rest and cannot be found; after the sunset nothing can.

Whoever holds copies of both databases from before and after can see which rows went when somebody withdrew.
That cannot be helped by deleting; it is why copies of the answers are few, locked and short-lived.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef

from evaluation.answers import keys, pairing
from evaluation.models import Consent, Occasion, PairSalt, Participation, Response, Study

if TYPE_CHECKING:
    from django.db.models import QuerySet


def carry_out(study: Study) -> int:
    """Deletes the counted answers of those who have withdrawn. How many rows. Raises NoKeyError."""
    asked = list(_asked(study))
    if not asked or study.sunset_done_on:
        return 0
    key = keys.pair_key(study)
    keys.record_use(f"koblingsnøkkel, trukne svar i studie {study.pk}")
    ids = [pairing.pair_id(key, bytes(each.salt), study.pk) for each in asked]
    uncounted = Participation.objects.filter(
        user=OuterRef("user"),
        occasion__wave__study=study,
        occasion__state__in=[Occasion.State.OPEN, Occasion.State.CLOSED],
    )
    # before anything is deleted: what is counted meanwhile is found by its salt the next time
    salts = PairSalt.objects.filter(pk__in=[each.pk for each in asked])
    over = list(salts.exclude(Exists(uncounted)).values_list("pk", flat=True))
    gone, _ = Response.objects.filter(study=study.pk, pair_id__in=ids).delete()
    PairSalt.objects.filter(pk__in=over).delete()
    return int(gone)


def _asked(study: Study) -> QuerySet[PairSalt]:
    research = Consent.objects.filter(
        user=OuterRef("user"), letter__study=study, purpose=Consent.Purpose.RESEARCH
    )
    salts = PairSalt.objects.filter(study=study)
    return salts.filter(Exists(research)).exclude(Exists(research.filter(withdrawn_on=None)))
