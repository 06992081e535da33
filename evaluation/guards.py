"""What has been promised or locked stays, whichever way a row is written or goes: also fixtures and the
shell.

``save`` of a model does not run for a fixture that is loaded; these receivers do. An ``update`` of many rows
is guarded by the querysets of waves and occasions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models.signals import pre_delete, pre_save

from evaluation.models import (
    Criterion,
    InvitedAlreadyError,
    Occasion,
    Study,
    Wave,
    WaveInstrument,
)
from evaluation.models.studies import PROMISED

if TYPE_CHECKING:
    from django.db import models

STUDY_PROMISED = ("programme_id", "region_id", "is_research")
LOCKED = ("primary_outcome", "criteria_locked_on", "criteria_locked_by")


class LockedError(Exception):
    """The progression criteria are locked: they were set before anybody saw an answer, and stay so."""


def connect() -> None:
    for sender, receiver in (
        (Wave, _wave),
        (Occasion, _occasion),
        (WaveInstrument, _asked),
        (Criterion, _criterion),
        (Study, _study),
    ):
        pre_save.connect(receiver, sender=sender, dispatch_uid=f"guard {sender.__name__}")
    for sender, receiver in ((WaveInstrument, _unasked), (Criterion, _criterion)):
        pre_delete.connect(receiver, sender=sender, dispatch_uid=f"guard deleted {sender.__name__}")


def was_invited(study: Study) -> bool:
    """Whether anybody has been invited to anything in it. One query."""
    return Occasion.objects.opened().filter(wave__study=study.pk).exists()


def has_uncounted(study: Study) -> bool:
    """Whether somebody may be answering in it, or answers wait sealed. One query."""
    uncounted = [Occasion.State.OPEN, Occasion.State.CLOSED]
    return Occasion.objects.filter(wave__study=study.pk, state__in=uncounted).exists()


def is_being_asked(wave_id: int | None) -> bool:
    """Whether somebody may be answering it, or answers to it are not counted yet. One query."""
    uncounted = [Occasion.State.OPEN, Occasion.State.CLOSED]
    return Occasion.objects.filter(wave=wave_id, state__in=uncounted).exists()


def has_answers(wave_id: int | None) -> bool:
    """Whether answers to it have been counted, or wait to be. One query."""
    opened = Occasion.objects.opened().exclude(state=Occasion.State.DROPPED)
    return opened.filter(wave=wave_id).exists()


def _changed(row: models.Model, names: tuple[str, ...]) -> set[str]:
    """Which of the fields will be stored with another value than they have. One query."""
    stored = type(row)._base_manager.filter(pk=row.pk).values(*names).first() if row.pk else None
    return {name for name in names if stored and stored[name] != getattr(row, name)}


def _wave(instance: Wave, **_: Any) -> None:
    opened = Occasion.objects.opened().filter(wave=instance.pk)
    if _changed(instance, tuple(sorted(PROMISED))) and opened.exists():
        raise InvitedAlreadyError


def _occasion(instance: Occasion, **_: Any) -> None:
    if not _changed(instance, ("identity",)):
        return
    if Occasion.objects.opened().filter(pk=instance.pk).exists():
        raise InvitedAlreadyError


def _asked(instance: WaveInstrument, **_: Any) -> None:
    """What is asked does not change under somebody who is answering, nor under answers that wait sealed; and
    what has been answered is not exchanged: a release tells what the wave asks."""
    changed = _changed(instance, ("wave_id", "version_id", "order"))
    if changed - {"order"}:
        _unasked(instance)
    elif (changed or instance.pk is None) and is_being_asked(instance.wave_id):
        raise InvitedAlreadyError


def _unasked(instance: WaveInstrument, **_: Any) -> None:
    if has_answers(instance.wave_id):
        raise InvitedAlreadyError


def _criterion(instance: Criterion, **_: Any) -> None:
    if Study.objects.filter(pk=instance.study_id).exclude(criteria_locked_on=None).exists():
        raise LockedError


def _study(instance: Study, **_: Any) -> None:
    stored = Study.objects.filter(pk=instance.pk).first() if instance.pk else None
    if stored is None:
        return
    if stored.criteria_locked_on and _changed(instance, LOCKED):
        raise LockedError
    # what waits for more answers waits until the study ends, and is deleted then: that is promised too
    if instance.ends_on < stored.ends_on and has_uncounted(instance):
        raise InvitedAlreadyError
    later = instance.sunset_on > stored.sunset_on  # the day the link is broken is not put off
    if (later or _changed(instance, STUDY_PROMISED)) and was_invited(instance):
        raise InvitedAlreadyError
