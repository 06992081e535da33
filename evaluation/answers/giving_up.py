"""An occasion whose sealing key is lost for good is given up: nobody can open its answers any more.

While it waits for its key nothing of its wave can be let out. Two people say that the key is lost, and say
it again when a night has passed; what waits is deleted unread. How many they were, who said so, who ran it
and on which day stay with the occasion. Should the key turn up afterwards, there is nothing left for it to
open.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from evaluation.answers import closing, keys
from evaluation.answers.cleaning import vacuum
from evaluation.answers.two_people import record, runner, said_a_night_ago
from evaluation.models import Consent, IdentityMode, KeyedSheet, Occasion, Participation

if TYPE_CHECKING:
    from pathlib import Path

    from evaluation.answers.two_people import Two

State = Occasion.State


class NotLostError(Exception):
    """There is nothing to give up; its text says why, in Norwegian."""


def lost_in(occasion: Occasion, *, file_is_lost: bool = False) -> int:
    """How many answers would be lost, at most. Raises NotLostError, also where the key file is not here and
    nobody says that it is lost; and NoKeyError where it cannot be read from here: then nobody knows."""
    if occasion.state in (State.COUNTED, State.DROPPED):
        raise NotLostError(f"Måletidspunkt {occasion.pk} er avsluttet. Det er ingenting å gi opp.")
    if occasion.state == State.PLANNED:
        raise NotLostError(f"Måletidspunkt {occasion.pk} er ikke åpnet. Ingen har svart der ennå.")
    _require_place(file_is_lost=file_is_lost)
    keys.with_seal_key()
    if keys.opens(occasion):
        raise NotLostError(
            f"Nøkkelen til måletidspunkt {occasion.pk} er her og passer. Kjør «manage.py close"
            f" {occasion.pk}»."
        )
    if closing.is_written(occasion):
        raise _is_counted(occasion)
    return _answers_in(occasion)


def where_it_was_sought(occasion: Occasion) -> str:
    """The key file and what it lacks, in words."""
    path: Path = settings.SEAL_KEY_FILE
    if not path.exists():
        return f"{path} finnes ikke"
    if keys.has_seal_key(occasion):
        return f"{path} finnes, med en annen nøkkel enn den svarene er forseglet med"
    return f"{path} finnes, uten denne nøkkelen"


def give_up(occasion: Occasion, by: Two, *, file_is_lost: bool = False) -> int | None:
    """Deletes what waits there, for good. How many answers were lost, at most; None the first time, when it
    is only noted that the two have said so. Raises as ``lost_in``."""
    lost = lost_in(occasion, file_is_lost=file_is_lost)
    if not said_a_night_ago(f"skal gis opp, måletidspunkt {occasion.pk}", by):
        return None
    closing.shut(occasion)  # those who answer now would answer in vain
    with transaction.atomic():
        lost = _answers_in(occasion)
        by_whom = f"{' og '.join(by)}, kjørt av {runner()}"
        today = timezone.localdate()
        if not closing.drop_unread(occasion, given_up_on=today, given_up_by=by_whom, lost_answers=lost):
            raise _is_counted(occasion)
        record(f"gitt opp, måletidspunkt {occasion.pk}", by, f", opptil {lost} svar tapt")
    vacuum()
    return lost


def _is_counted(occasion: Occasion) -> NotLostError:
    return NotLostError(
        f"Svarene til måletidspunkt {occasion.pk} er talt opp. Kjør «manage.py close {occasion.pk}»."
    )


def _require_place(*, file_is_lost: bool) -> None:
    """Raises NotLostError. Whoever runs it without the site's own settings looks where no key ever lay."""
    path: Path = settings.SEAL_KEY_FILE
    if path.exists():
        return
    if not settings.SEAL_KEYS_APART:
        raise NotLostError(
            f"Nøkkelfilen {path} finnes ikke, og SEAL_KEY_FILE er ikke satt her. Sett SEAL_KEY_FILE til filen"
            " nøklene lå i, og kjør kommandoen igjen. Ingenting er endret."
        )
    if not file_is_lost:
        raise NotLostError(
            f"Nøkkelfilen {path} finnes ikke. Er stien riktig, og finnes det ingen kopi? Er filen tapt for"
            " godt, si også --file-is-lost. Ingenting er endret."
        )


def _answers_in(occasion: Occasion) -> int:
    """Answers, not boxes: a box may hold a no as well. Whoever both sent one and gave in a sheet is there
    twice; whoever was erased since only by her sheet."""
    if occasion.identity == IdentityMode.ANONYMOUS:
        return Occasion.objects.values_list("received", flat=True).get(pk=occasion.pk)
    done = Participation.objects.filter(occasion=occasion.pk, state=Participation.State.DONE)
    study = occasion.wave.study
    if study.is_research:  # what was taken back would not have been counted
        agreed = Consent.objects.filter(purpose=Consent.Purpose.RESEARCH, withdrawn_on=None)
        done = done.filter(user__in=agreed.filter(letter__study=study).values("user"))
    return done.count() + KeyedSheet.objects.filter(occasion=occasion.pk).count()
