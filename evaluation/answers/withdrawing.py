"""Those who took their answers out of research after they were counted: found by the key, and deleted.

Asked for by ``sealing.withdraw``, in a row that says by what they are found and not whose they are: erased
since, or put back by a restore, they are found all the same. The row goes when nothing more can come. A text
that was counted stands apart from the rest and cannot be found; after the sunset only signed forms can.

The ledger beside the key file knows of it as well (``courses/ledger.py``): a backup from before holds the
consent and the answers, and what is put back is withdrawn once more before the site opens.

Whoever holds copies of both databases from before and after can see which rows went when somebody withdrew.
That cannot be helped by deleting; it is why copies of the answers are few, locked and short-lived.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
from collections import Counter
from datetime import date
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils import timezone

from courses import ledger
from courses.keys import key
from evaluation.answers import keys, pairing, sealing, veils
from evaluation.answers.standstill import writing
from evaluation.models import Consent, IdentityMode, Occasion, Response, Study, Withdrawal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


def carry_out(study: Study) -> int:
    """Deletes the counted answers of those who have withdrawn. How many rows. Raises NoKeyError.

    A withdrawal stays while something it is of may still be counted: decided before anything is deleted, so
    that what is counted meanwhile is found the next time.
    """
    asked = list(Withdrawal.objects.filter(study=study))
    uncounted = Occasion.objects.filter(
        wave__study=study, state__in=[Occasion.State.OPEN, Occasion.State.CLOSED]
    )
    identities = dict(uncounted.values_list("pk", "identity"))
    pairs_more = not study.sunset_done_on and IdentityMode.LINKED in identities.values()
    more = {each.pk for each in asked if (each.occasion_id in identities if each.named else pairs_more)}
    gone = sum(_deleted(study, named=each.named, occasion=each.occasion_id) for each in asked if each.named)
    salts = [bytes(each.salt) for each in asked if each.salt]
    if salts and not study.sunset_done_on:
        pair_key = keys.pair_key(study)
        keys.record_use(f"koblingsnøkkel, trukne svar i studie {study.pk}")
        theirs = {pairing.pair_id(pair_key, salt, study.pk) for salt in salts}
        gone += _deleted(study, pk__in=_rows_of(theirs, study))
    Withdrawal.objects.filter(pk__in={each.pk for each in asked} - more).delete()
    # releases wait for it; one of today may have come since the rows were read
    Study.objects.filter(pk=study.pk, taken_back_on__lt=timezone.localdate()).update(taken_back_on=None)
    return gone


def _rows_of(pair_ids: set[bytes], study: Study) -> list[int]:
    """Which rows those are: every id of the study is opened, as no two look alike."""
    rows = list(Response.objects.filter(study=study.pk).exclude(pair_id=None).values_list("pk", "pair_id"))
    opened = veils.ids_of(veil for _row, veil in rows)
    return [row for (row, _veil), each in zip(rows, opened, strict=True) if each in pair_ids]


def _deleted(study: Study, **of: Any) -> int:
    with writing():
        return int(Response.objects.filter(study=study.pk, **of).delete()[0])


def carry_out_last(study: Study) -> None:
    """The same, before the study's pairing key goes and nobody can find them any more. Where that key is lost
    already nothing waits for it. Raises NoKeyError where «pairs» does not open: with it they can be found."""
    try:
        carry_out(study)
    except keys.NoKeyError as error:
        try:
            keys.pair_key(study)
        except keys.NoKeyError:
            return
        raise keys.NoKeyError(
            f"Noen har trukket svarene sine fra «{study}», og uten «pairs» kan de ikke finnes og slettes."
            f" {error} Koblingsnøkkelen er ikke slettet."
        ) from error


def carry_out_where_possible(studies: Iterable[Study]) -> None:
    """What needs no key, and the rest where the keys are: the job that misses them says so."""
    for study in studies:
        with contextlib.suppress(keys.NoKeyError):
            carry_out(study)


def waiting_in(studies: Iterable[int]) -> int:
    """How many in these have taken back answers that are found by their pairs, and not deleted yet."""
    return Withdrawal.objects.filter(study__in=set(studies), salt__isnull=False).count()


def note_withdrawals() -> None:
    """Writes those into the ledger that it does not have yet: at once, and by ``work`` what failed then.

    Two queries. Raises LedgerError and ImproperlyConfigured.
    """
    known = ledger.withdrawals()
    withdrawn = Consent.objects.filter(purpose=Consent.Purpose.RESEARCH, withdrawn_on__isnull=False)
    for each in withdrawn.select_related("user", "letter__study").order_by("pk"):
        mark = _mark(each)
        if each.withdrawn_on and each.withdrawn_on.isoformat() in known.get(mark, ()):
            known[mark].remove(each.withdrawn_on.isoformat())  # the next of that day is another
        elif each.withdrawn_on:
            ledger.add_mark(mark, each.withdrawn_on, withdrawn=True)


def replay() -> int:
    """Hears every withdrawal again that this (restored) database does not know of. How many consents.

    One given after it stands. Where the keys are at hand the counted answers go too, so that nobody who is
    erased after this leaves hers behind. Raises LedgerError and ImproperlyConfigured.
    """
    heard = 0
    for each in _given_before(ledger.withdrawals()):
        sealing.withdraw(each.user, each.letter.study, on=each.withdrawn_on)
        heard += 1
    if not settings.SEAL_KEYS_APART:  # also those the backup knows of, and had not carried out
        carry_out_where_possible(Study.objects.all())
    return heard


def _given_before(wanted: Mapping[str, list[str]]) -> Iterator[Consent]:
    """The consents in force that were withdrawn later, with the day it was."""
    if not wanted:
        return
    research = Consent.objects.filter(purpose=Consent.Purpose.RESEARCH)
    for each in research.filter(withdrawn_on=None).select_related("user", "letter__study"):
        days = Counter(date.fromisoformat(day) for day in wanted.get(_mark(each), ()))
        same = research.filter(user=each.user_id, letter__study=each.letter.study_id)
        if days:  # of two on one day the second may be from after this consent
            days -= Counter(same.exclude(withdrawn_on=None).values_list("withdrawn_on", flat=True))
        if later := [day for day in days if each.given_on <= day]:
            each.withdrawn_on = max(later)
            yield each


def _mark(consent: Consent) -> str:
    """Of a person and a study; it looks like no other mark of hers."""
    of = f"withdrawn {consent.user.username} {consent.letter.study.key}"
    return hmac.new(key("ledger"), of.encode(), hashlib.sha256).hexdigest()
