"""The end of all pairing: the key «pairs» is destroyed before two people, and what it locked goes with it.

It is one key for every study, and figures are worked out by it after a study's own pairing key is gone: so a
sunset leaves it, and it goes when no study has a pairing key any more. After this nobody can say that two
answers are one person's; what is told already stands.

A key that is lost for good keeps every closing and release from going on. Then two people say so, and say it
again when a night has passed: the key file may only be another one. The ids that nothing opens any more are
taken out, and a new key locks what comes.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from courses.keys import destroy_key
from courses.keys import keys as keys_in_file
from courses.ledger import LedgerError
from evaluation.answers import ceremony, cleaning, keys, unpaired, veils, withdrawing
from evaluation.answers.two_people import record, said_a_night_ago
from evaluation.models import Release, Response, Study, Wave
from evaluation.releases.waiting import is_told, that_wait

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from evaluation.answers.two_people import Two


MANY = 500  # rows at a time
WAITED_FOR = timedelta(days=365)  # after a study's end: what is not let out by then will not be


class StillPairedError(Exception):
    """A study has its pairing key yet: its answers are to be paired."""


class NotToldError(Exception):
    """Figures are not let out yet that the pairs are needed for."""


class NotLostError(Exception):
    """Every answer's ids open."""


@dataclass(frozen=True)
class Lost:
    """What goes with a key that is lost."""

    answers: int  # that are paired no more
    withdrawals: int  # that waited, at most: nobody can find what they took back any more
    is_done: bool  # else it is only noted that two people have said so


def end(witnesses: Two, out: Path) -> int:
    """Destroys the key and leaves the proof. How many answers lost their ids. Raises StillPairedError,
    NotToldError, NoKeyError, and OSError before anything is destroyed when there is no room for the proof.

    Killed on the way, the next run goes on; when the key is gone it only gives the proof its name.
    """
    with_key = Study.objects.filter(sunset_done_on=None).exclude(key_fingerprint="").order_by("pk")
    if names := ", ".join(f"«{study}»" for study in with_key):
        raise StillPairedError(f"Koblingsnøkkelen er ikke slettet for {names}. Ingenting er endret.")
    unnamed = ceremony.unnamed_proof(out)
    is_there = _has_key()
    if is_there:
        veils.require()
        _require_told()
        ceremony.write_proof(unnamed, _proof(witnesses))
    elif not unnamed.exists():
        raise keys.NoKeyError(
            f"Nøkkelen «{veils.KEY}» ligger ikke i {settings.KEY_FILE}. Ingenting er endret."
        )
    lost = unpaired.take_out(Response.objects.exclude(pair_id=None, household_id=None))
    if is_there:  # after the pairs: a backup that has this line has none of them
        keys.record_use(f"{unpaired.USED} ({' og '.join(witnesses)})")
        destroy_key(settings.KEY_FILE, veils.KEY)
        if not settings.SEAL_KEYS_APART:  # else `work` does, whose ledger it is
            with contextlib.suppress(LedgerError):
                unpaired.note()
    if cleaning.may_vacuum(Response):
        cleaning.vacuum(Response)
    unnamed.replace(out)
    return lost


def _require_told() -> None:
    """Raises NotToldError while a paired wave is not let out, itself or with the next, and its study runs or
    ended within a year."""
    if names := ", ".join(sorted(_untold())):
        raise NotToldError(
            f"Tallene er ikke gitt ut for {names}, og trenger koblingen. Gi dem ut først, eller vent til"
            " studien har vært over i et år. Ingenting er endret."
        )


def _untold() -> Iterator[str]:
    out = set(Release.objects.order_by().values_list("wave", "phase"))  # no other column may be read
    since = timezone.localdate() - WAITED_FOR
    waves = {
        (wave.study_id, wave.code): wave
        for wave in Wave.objects.filter(study__ends_on__gt=since).select_related("study")
    }
    again = that_wait(waves.values())
    paired = Response.objects.exclude(pair_id=None).order_by()
    for study, code, phase in paired.values_list("study", "wave", "phase").distinct():
        wave = waves.get((study, code))
        if wave and (wave.pk, phase) not in out and not is_told(again.get(wave.pk), phase, out):
            yield f"«{wave.study}», {wave.name_nb}"


def give_up(witnesses: Two, out: Path) -> Lost:
    """Takes out the ids that no key in the file opens, and leaves a paper that says theirs is lost; the first
    time it is only noted that two people have said so. Raises NotLostError, and NoKeyError without a key
    file: it may lie elsewhere.
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
    lost = Lost(len(shut), withdrawing.waiting_in(shut.values()), is_done=True)
    if not said_a_night_ago(f"skal gis opp, nøkkelen «{veils.KEY}»", witnesses):
        return replace(lost, is_done=False)
    unnamed = ceremony.unnamed_proof(out)
    ceremony.write_proof(unnamed, _proof_of_loss(witnesses, lost))
    rows = list(shut)
    for start in range(0, len(rows), MANY):
        unpaired.take_out(Response.objects.filter(pk__in=rows[start : start + MANY]))
    record(f"nøkkelen «{veils.KEY}» er tapt", witnesses)
    unnamed.replace(out)
    return lost


def _shut() -> dict[int, int]:
    """Answers whose ids no key in the file opens, with their studies."""
    paired = Response.objects.exclude(pair_id=None).order_by().values_list("pk", "study", "pair_id")
    has_key = _has_key()
    return {
        pk: study for pk, study, pair_id in paired.iterator() if not (has_key and veils.opens(bytes(pair_id)))
    }


def _has_key() -> bool:
    try:
        return bool(keys_in_file(veils.KEY))
    except ImproperlyConfigured:
        return False


def _proof_of_loss(witnesses: Two, lost: Lost) -> str:
    withdrawn = (
        f"""
Opptil {lost.withdrawals} som har trukket svarene sine fra forskning, venter på at de slettes. Disse svarene
kan ikke lenger finnes, og blir stående uten navn og uten kobling.
"""
        if lost.withdrawals
        else ""
    )
    return f"""NØKKELEN «{veils.KEY.upper()}» ER TAPT

Dato: {timezone.localdate():%d.%m.%Y}
Nøkkelfil: {settings.KEY_FILE}

Nøkkelen som {lost.answers} svar er koblet med, finnes verken i nøkkelfilen eller i en kopi av den.
Koblingen er tatt ut av disse svarene, og kan ikke komme tilbake. Svarene selv er der som før.
{withdrawn}
{ceremony.signed(witnesses)}"""


def _proof(witnesses: Two) -> str:
    prints = ", ".join(keys.fingerprint(each) for each in keys_in_file(veils.KEY))
    table = Response._meta.db_table
    by_hand = f"[ ] «VACUUM (FULL) {table}» er kjørt i svardatabasen av eieren av tabellen\n"
    return f"""NØKKELEN «{veils.KEY.upper()}» – BEVIS FOR SLETTING

Dato: {timezone.localdate():%d.%m.%Y}
Fingeravtrykket til det som er slettet (SHA-256): {prints}
Nøkkelfil: {settings.KEY_FILE}

Nøkkelen er tatt ut av nøkkelfilen, og den gamle filen er overskrevet. Koblingen er tatt ut av alle svar.
Systemet kan ikke lenger si at to svar er fra samme person eller hjem. Dette er bare sant når også kopiene er
borte:

[ ] Kopier av nøkkelfilen er slettet, på alle maskiner
{"" if cleaning.may_vacuum(Response) else by_hand}\
[ ] Sikkerhetskopier og arkivert WAL av svarene fra før i dag er slettet, senest etter 35 dager

{ceremony.signed(witnesses)}"""
