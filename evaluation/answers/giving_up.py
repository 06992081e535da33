"""An occasion whose sealing key is lost for good is given up: nobody can open its answers any more.

While it waits for its key nothing of its wave can be let out. Two people say that the key is lost; what waits
is deleted unread, and how many they were, who said so and on which day stay with the occasion. Should the key
turn up afterwards, there is nothing left for it to open.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from evaluation.answers import closing, keys
from evaluation.answers.cleaning import vacuum
from evaluation.models import Occasion, SealedAnswer

if TYPE_CHECKING:
    Two = tuple[str, str]

State = Occasion.State


class NotLostError(Exception):
    """There is nothing to give up; its text says why, in Norwegian."""


def lost_in(occasion: Occasion) -> int:
    """How many sealed answers would be lost. Raises NotLostError, and NoKeyError where the key file cannot be
    read from here: then nobody knows."""
    if occasion.state in (State.COUNTED, State.DROPPED):
        raise NotLostError(f"Måletidspunkt {occasion.pk} er avsluttet. Det er ingenting å gi opp.")
    if occasion.state == State.PLANNED:
        raise NotLostError(f"Måletidspunkt {occasion.pk} er ikke åpnet. Ingen har svart der ennå.")
    keys.with_seal_key()
    if keys.opens(occasion):
        raise NotLostError(
            f"Nøkkelen til måletidspunkt {occasion.pk} er her og passer. Kjør «manage.py close"
            f" {occasion.pk}»."
        )
    if closing.is_written(occasion):
        raise NotLostError(
            f"Svarene til måletidspunkt {occasion.pk} er talt opp. Kjør «manage.py close {occasion.pk}»."
        )
    return SealedAnswer.objects.filter(occasion=occasion.pk).count()


def give_up(occasion: Occasion, by: Two) -> int:
    """Deletes what waits there, for good. How many answers were lost. Raises as ``lost_in``."""
    lost_in(occasion)
    closing.shut(occasion)  # those who answer now would answer in vain
    with transaction.atomic():
        lost = SealedAnswer.objects.filter(occasion=occasion.pk).count()
        done = Occasion.objects.filter(pk=occasion.pk, state=State.CLOSED).update(
            state=State.DROPPED,
            given_up_on=timezone.localdate(),
            given_up_by=" og ".join(by)[:200],
            lost_answers=lost,
        )
        if not done:
            raise NotLostError(f"Måletidspunkt {occasion.pk} er avsluttet. Det er ingenting å gi opp.")
        closing.empty(occasion)
        keys.record_use(f"gitt opp, måletidspunkt {occasion.pk}, {lost} svar tapt ({' og '.join(by)})")
    vacuum()
    keys.destroy_seal_key(occasion)  # what lies there under its number opens nothing
    return lost
