"""What is due by the clock: windows that end, small groups that may be enough together, keys that must go.

``work`` runs these. Windows end for everybody; what needs a key is done there only in the embedded default
(``SEAL_KEYS_APART`` off), else by ``manage.py close`` and ``manage.py seal_keys``, which run apart.
"""

from __future__ import annotations

import logging

from django.conf import settings
from django.utils import timezone

from evaluation.answers import closing, keys, pooling, withdrawing
from evaluation.models import Occasion, Study

log = logging.getLogger(__name__)
State = Occasion.State


def make_seal_keys() -> int:
    """Keys for planned occasions, so that they can open. None of it where keys are kept apart."""
    return 0 if settings.SEAL_KEYS_APART else keys.make_missing()


def end_windows() -> int:
    """Shuts what was to be open until now, and counts it where the keys are at hand. How many were shut."""
    ended = Occasion.objects.filter(state=State.OPEN, closes_at__lte=timezone.now())
    shut = [occasion for occasion in ended if closing.shut(occasion)]
    if not settings.SEAL_KEYS_APART:
        _each(shut)
    return len(shut)


def count_everything() -> list[closing.ClosingResult]:
    """What ``manage.py close --due`` does: the windows that have ended, and all that waits."""
    ended = Occasion.objects.filter(state=State.OPEN, closes_at__lte=timezone.now())
    return _each(ended) + count_all_waiting()


def count_waiting() -> None:
    """What has waited: for others in its pool, or because the last run was ended. Then what has outlived
    its study, what was withdrawn, and the keys whose day has come."""
    if settings.SEAL_KEYS_APART:
        return
    count_all_waiting()
    for study in Study.objects.filter(sunset_on__lte=timezone.localdate(), sunset_done_on=None):
        keys.sunset(study, ())


def count_all_waiting() -> list[closing.ClosingResult]:
    """Without the sunset, which apart from the embedded default takes two people."""
    results = _each(pooling.whole(Occasion.objects.filter(state=State.CLOSED).order_by("pk")))
    results += [
        closing.drop(occasion)
        for occasion in pooling.whole(Occasion.objects.filter(state=State.CLOSED))
        if pooling.is_over(occasion)
    ]
    done = Occasion.objects.filter(state__in=[State.COUNTED, State.DROPPED])
    _each(occasion for occasion in done if keys.has_seal_key(occasion))  # ended before it was swept
    for study in Study.objects.filter(sunset_done_on=None):
        withdrawing.carry_out(study)
    return results


def _each(occasions: object) -> list[closing.ClosingResult]:
    """One that cannot be counted is logged, and the others are."""
    results = []
    for occasion in occasions:  # type: ignore[attr-defined]
        try:
            results.append(closing.close(occasion))
        except keys.NoKeyError as error:
            log.error("closing: %s", error)
    return results
