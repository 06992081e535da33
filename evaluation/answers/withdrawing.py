"""Those who took their answers out of research after they were counted: found by the key, and deleted.

Asked for by ``sealing.withdraw``: a research consent that is withdrawn, none in force, and a salt that is
still there. The salt goes when nothing more can come, and then nobody can find anything again. A text that
was counted stands apart from the rest and cannot be found; after the sunset nothing can.

The ledger beside the key file knows of it as well (``courses/ledger.py``): a backup from before holds the
consent and the answers, and what is put back is withdrawn once more before the site opens.

Whoever holds copies of both databases from before and after can see which rows went when somebody withdrew.
That cannot be helped by deleting; it is why copies of the answers are few, locked and short-lived.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Exists, OuterRef

from courses import ledger
from courses.keys import key
from evaluation.answers import keys, pairing, sealing
from evaluation.answers.standstill import writing
from evaluation.models import Consent, Occasion, PairSalt, Participation, Response, Study

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from django.db.models import QuerySet


def carry_out(study: Study) -> int:
    """Deletes the counted answers of those who have withdrawn. How many rows. Raises NoKeyError."""
    with_name = Response.objects.filter(study=study.pk, named__in=list(_staff(study))).delete()[0]
    asked = list(_asked(study))
    if not asked or study.sunset_done_on:
        return int(with_name)
    pair_key = keys.pair_key(study)
    keys.record_use(f"koblingsnøkkel, trukne svar i studie {study.pk}")
    ids = [pairing.pair_id(pair_key, bytes(each.salt), study.pk) for each in asked]
    uncounted = Participation.objects.filter(
        user=OuterRef("user"),
        occasion__wave__study=study,
        occasion__state__in=[Occasion.State.OPEN, Occasion.State.CLOSED],
    )
    # before anything is deleted: what is counted meanwhile is found by its salt the next time
    salts = PairSalt.objects.filter(pk__in=[each.pk for each in asked])
    over = list(salts.exclude(Exists(uncounted)).values_list("pk", flat=True))
    with writing():
        gone, _ = Response.objects.filter(study=study.pk, pair_id__in=ids).delete()
    PairSalt.objects.filter(pk__in=over).delete()
    return int(gone + with_name)


def note_withdrawals() -> None:
    """Writes those into the ledger that it does not have yet: at once, and by ``work`` what failed then.

    Two queries. Raises LedgerError and ImproperlyConfigured.
    """
    known = ledger.withdrawals()
    withdrawn = Consent.objects.filter(purpose=Consent.Purpose.RESEARCH, withdrawn_on__isnull=False)
    for each in withdrawn.select_related("user", "letter__study").order_by("pk"):
        mark = _mark(each)
        if each.withdrawn_on and each.withdrawn_on.isoformat() not in known.setdefault(mark, set()):
            ledger.add_mark(mark, each.withdrawn_on, withdrawn=True)
            known[mark].add(each.withdrawn_on.isoformat())


def replay() -> int:
    """Hears every withdrawal again that this (restored) database does not know of. How many consents.

    One given after it stands. Where the keys are at hand the counted answers go too, so that nobody who is
    erased after this leaves hers behind. Raises LedgerError and ImproperlyConfigured.
    """
    heard = 0
    for each in _given_before(ledger.withdrawals()):
        sealing.withdraw(each.user, each.letter.study, on=each.withdrawn_on)
        heard += 1
    if heard and not settings.SEAL_KEYS_APART:
        for study in Study.objects.filter(sunset_done_on=None):
            with contextlib.suppress(keys.NoKeyError):  # the job that finds it says so
                carry_out(study)
    return heard


def _given_before(wanted: Mapping[str, set[str]]) -> Iterator[Consent]:
    """The consents in force that were withdrawn later, with the day it was."""
    if not wanted:
        return
    research = Consent.objects.filter(purpose=Consent.Purpose.RESEARCH)
    for each in research.filter(withdrawn_on=None).select_related("user", "letter__study"):
        days = {date.fromisoformat(day) for day in wanted.get(_mark(each), ())}
        same = research.filter(user=each.user_id, letter__study=each.letter.study_id)
        known = set(same.exclude(withdrawn_on=None).values_list("withdrawn_on", flat=True)) if days else set()
        if later := {day for day in days - known if each.given_on <= day}:
            each.withdrawn_on = max(later)
            yield each


def _mark(consent: Consent) -> str:
    """Of a person and a study; it looks like no other mark of hers."""
    of = f"withdrawn {consent.user.username} {consent.letter.study.key}"
    return hmac.new(key("ledger"), of.encode(), hashlib.sha256).hexdigest()


def _asked(study: Study) -> QuerySet[PairSalt]:
    research = _research(study).filter(user=OuterRef("user"))
    salts = PairSalt.objects.filter(study=study)
    return salts.filter(Exists(research)).exclude(Exists(research.filter(withdrawn_on=None)))


def _staff(study: Study) -> QuerySet[Consent]:
    """The ids of those who have withdrawn: of staff, whose forms may bear their name."""
    research = _research(study)
    gone = research.exclude(withdrawn_on=None)
    return gone.exclude(user__in=research.filter(withdrawn_on=None).values("user")).values_list(
        "user", flat=True
    )


def _research(study: Study) -> QuerySet[Consent]:
    return Consent.objects.filter(letter__study=study, purpose=Consent.Purpose.RESEARCH)
