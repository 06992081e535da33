"""What is due by the clock: windows that end, small groups that may be enough together, keys that must go.

``work`` runs these. Windows end for everybody; what needs a key is done there only in the embedded default
(``SEAL_KEYS_APART`` off), else by ``manage.py close`` and ``manage.py seal_keys``, which run apart.
"""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone

from evaluation.answers import ceremony, closing, kept_keys, keys, pooling, withdrawing
from evaluation.models import Occasion, Study

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from django.db.models import QuerySet

log = logging.getLogger(__name__)
State = Occasion.State


def make_seal_keys() -> int:
    """Keys for planned occasions, so that they can open. None of it where keys are kept apart."""
    return 0 if settings.SEAL_KEYS_APART else kept_keys.make_missing()


def end_windows() -> int:
    """Shuts what was to be open until now, and counts it where the keys are at hand. How many were shut."""
    ended = Occasion.objects.filter(state=State.OPEN, closes_at__lte=timezone.now())
    shut = [occasion for occasion in ended if closing.shut(occasion)]
    if not settings.SEAL_KEYS_APART:
        _each(shut, [])
    return len(shut)


def count_everything(faults: list[str]) -> list[closing.ClosingResult]:
    """What ``manage.py close --due`` does: the windows that have ended, and all that waits. ``faults``
    takes what was said of keys that are missing or wrong, and of databases."""
    ended = Occasion.objects.filter(state=State.OPEN, closes_at__lte=timezone.now())
    return _each(ended, faults) + count_all_waiting(faults)


def count_waiting() -> None:
    """What has waited: for others in its pool, or because the last run was ended. Then what has outlived
    its study, what was withdrawn, and the keys whose day has come."""
    if settings.SEAL_KEYS_APART:
        for study in keys_over_their_day():
            log.warning("the pairing key of study %s was to be destroyed by %s", study.key, study.sunset_on)
        return
    count_all_waiting([])
    for study in Study.objects.filter(sunset_on__lte=timezone.localdate()):
        waiting = kept_keys.still_to_pair().filter(wave__study=study)
        # they would be counted without a pair; those whose key is lost keep no promise waiting
        if not any(each.state == State.OPEN or keys.opens(each) for each in waiting):
            with _logged([]):
                ceremony.end_alone(study)


def keys_over_their_day() -> QuerySet[Study]:
    """The studies whose pairing key was to be destroyed by today, and is not."""
    return Study.objects.filter(sunset_on__lte=timezone.localdate(), sunset_done_on=None).order_by("pk")


def count_all_waiting(faults: list[str]) -> list[closing.ClosingResult]:
    """Without the sunset, which apart from the embedded default takes two people."""
    _take_out_withdrawn(faults)  # first: who agrees again is counted from then on
    results = _each(pooling.whole(Occasion.objects.filter(state=State.CLOSED).order_by("pk")), faults)
    few = [pk for result in results if result.state == "waiting" for pk in result.occasions]
    results += [
        closing.drop(occasion)  # one whose key is missing is not among them: it waits for its key
        for occasion in pooling.whole(Occasion.objects.filter(state=State.CLOSED, pk__in=few))
        if pooling.is_over(occasion) and not _may_be_enough(occasion, few)
    ]
    with _logged(faults):
        _each(kept_keys.unswept(), faults)
        closing.sweep()
    _take_out_withdrawn(faults)
    with _logged(faults):
        kept_keys.destroy_over()
    return results


def _may_be_enough(occasion: Occasion, tried: Collection[int]) -> bool:
    """Whether others of its pool were not tried: the key is missing, or a database did not answer. From the
    day the pairing key is to go a missing key is waited for no more: that day is promised."""
    others = pooling.closed_beside(occasion).exclude(pk__in=tried)
    if timezone.localdate() < occasion.wave.study.sunset_on:
        return others.exists()
    return any(keys.opens(each) for each in others)


def _take_out_withdrawn(faults: list[str]) -> None:
    for study in Study.objects.order_by("pk"):  # signed forms also after the sunset
        with _logged(faults):
            withdrawing.carry_out(study)


def _each(occasions: Iterable[Occasion], faults: list[str]) -> list[closing.ClosingResult]:
    results = []
    for occasion in occasions:
        with _logged(faults):
            results.append(closing.close(occasion))
    return results


@contextmanager
def _logged(faults: list[str]) -> Iterator[None]:
    """One whose key is missing or wrong, or whose database does not answer, is logged and stops no other."""
    try:
        yield
    except keys.NoKeyError as error:
        said = str(error)
    except DatabaseError as error:
        said = f"En database svarte ikke ({error}). Kjør kommandoen igjen."
    else:
        return
    log.error("closing: %s", said)
    faults.append(said)
