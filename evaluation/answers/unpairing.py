"""The end of all pairing: the key «pairs» is destroyed before two people, and what it locked goes with it.

It is one key for every study, and figures are worked out by it after a study's own pairing key is gone: so a
sunset leaves it, and it goes when no study has a pairing key any more. After this nobody can say that two
answers are one person's; what is told already stands.

A key that is lost for good keeps every closing and release from going on. Then two people say so, and the ids
that nothing opens any more are taken out: a new key locks what comes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db.models import Q
from django.utils import timezone

from courses.keys import destroy_key
from courses.keys import keys as keys_in_file
from evaluation.answers import ceremony, keys, veils
from evaluation.answers.standstill import writing
from evaluation.models import Response, Study

if TYPE_CHECKING:
    from pathlib import Path

    from evaluation.answers.two_people import Two


MANY = 500  # rows at a time


class StillPairedError(Exception):
    """A study has its pairing key yet: its answers are to be paired."""


class NotLostError(Exception):
    """Every answer's ids open."""


def end(witnesses: Two, out: Path) -> int:
    """Destroys the key and leaves the proof. How many answers lost their ids. Raises StillPairedError,
    NoKeyError, and OSError before anything is destroyed when there is no room for the proof.

    Killed on the way, the next run goes on; when the key is gone it only gives the proof its name.
    """
    with_key = Study.objects.filter(sunset_done_on=None).exclude(key_fingerprint="").order_by("pk")
    if names := ", ".join(f"«{study}»" for study in with_key):
        raise StillPairedError(f"Koblingsnøkkelen er ikke slettet for {names}. Ingenting er endret.")
    unnamed = ceremony.unnamed_proof(out)
    is_there = _has_key()
    if is_there:
        veils.require()
        ceremony.write_proof(unnamed, _proof(witnesses))
    elif not unnamed.exists():
        raise keys.NoKeyError(
            f"Nøkkelen «{veils.KEY}» ligger ikke i {settings.KEY_FILE}. Ingenting er endret."
        )
    with writing():
        paired = Response.objects.filter(Q(pair_id__isnull=False) | Q(household_id__isnull=False))
        lost = paired.update(pair_id=None, household_id=None)
    if is_there:
        keys.record_use(f"nøkkelen «{veils.KEY}» slettet ({' og '.join(witnesses)})")
        destroy_key(settings.KEY_FILE, veils.KEY)
    unnamed.replace(out)
    return lost


def give_up(witnesses: Two, out: Path) -> int:
    """Takes out the ids that no key in the file opens, and leaves a paper that says theirs is lost. How many
    answers lost theirs. Raises NotLostError, and NoKeyError without a key file: it may lie elsewhere.
    """
    if not settings.KEY_FILE.exists():
        raise keys.NoKeyError(
            f"{settings.KEY_FILE} finnes ikke her. Legg den tilbake, eller lag den med «manage.py keys make»,"
            " og prøv igjen."
        )
    shut = _shut()
    if not shut:
        raise NotLostError(
            f"Ingen svar er låst med en nøkkel «{veils.KEY}» som er borte. Ingenting er endret."
        )
    unnamed = ceremony.unnamed_proof(out)
    ceremony.write_proof(unnamed, _proof_of_loss(witnesses, len(shut)))
    with writing():
        for start in range(0, len(shut), MANY):
            Response.objects.filter(pk__in=shut[start : start + MANY]).update(pair_id=None, household_id=None)
    keys.record_use(f"nøkkelen «{veils.KEY}» er tapt ({' og '.join(witnesses)})")
    unnamed.replace(out)
    return len(shut)


def _shut() -> list[int]:
    """Answers whose ids no key in the file opens."""
    paired = Response.objects.exclude(pair_id=None).order_by().values_list("pk", "pair_id")
    if not _has_key():
        return [pk for pk, _id in paired]
    return [pk for pk, pair_id in paired.iterator() if not veils.opens(bytes(pair_id))]


def _has_key() -> bool:
    try:
        return bool(keys_in_file(veils.KEY))
    except ImproperlyConfigured:
        return False


def _proof_of_loss(witnesses: Two, answers: int) -> str:
    return f"""NØKKELEN «{veils.KEY.upper()}» ER TAPT

Dato: {timezone.localdate():%d.%m.%Y}
Nøkkelfil: {settings.KEY_FILE}

Nøkkelen som {answers} svar er koblet med, finnes verken i nøkkelfilen eller i en kopi av den. Koblingen er
tatt ut av disse svarene, og kan ikke komme tilbake. Svarene selv er der som før.

{ceremony.signed(witnesses)}"""


def _proof(witnesses: Two) -> str:
    prints = ", ".join(keys.fingerprint(each) for each in keys_in_file(veils.KEY))
    return f"""NØKKELEN «{veils.KEY.upper()}» – BEVIS FOR SLETTING

Dato: {timezone.localdate():%d.%m.%Y}
Fingeravtrykket til det som er slettet (SHA-256): {prints}
Nøkkelfil: {settings.KEY_FILE}

Nøkkelen er tatt ut av nøkkelfilen, og den gamle filen er overskrevet. Koblingen er tatt ut av alle svar.
Systemet kan ikke lenger si at to svar er fra samme person eller hjem. Dette er bare sant når også kopiene er
borte:

[ ] Kopier av nøkkelfilen er slettet, på alle maskiner
[ ] Sikkerhetskopier av svarene fra før i dag er slettet, senest etter 35 dager

{ceremony.signed(witnesses)}"""
