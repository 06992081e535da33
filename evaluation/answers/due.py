"""What is due by the clock: windows that end, small groups that may be enough together, keys that must go.

``work`` runs these. Windows end for everybody; what needs a key is done there only in the embedded default
(``SEAL_KEYS_APART`` off), else by ``manage.py close`` and ``manage.py seal_keys``, which run apart.
"""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone

from evaluation.answers import closing, keys, pooling, withdrawing
from evaluation.models import IdentityMode, Occasion, Study

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

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
    uncounted = Occasion.objects.filter(
        state__in=[State.OPEN, State.CLOSED], identity=IdentityMode.LINKED
    ).values("wave__study")
    ended = Study.objects.filter(sunset_on__lte=timezone.localdate(), sunset_done_on=None)
    for study in ended.exclude(pk__in=uncounted):  # their answers would be counted without a pair
        keys.sunset(study, ())


def count_all_waiting() -> list[closing.ClosingResult]:
    """Without the sunset, which apart from the embedded default takes two people."""
    results = _each(pooling.whole(Occasion.objects.filter(state=State.CLOSED).order_by("pk")))
    few = [pk for result in results if result.state == "waiting" for pk in result.occasions]
    results += [
        closing.drop(occasion)  # one whose key is missing is not among them: it waits for its key
        for occasion in pooling.whole(Occasion.objects.filter(state=State.CLOSED, pk__in=few))
        if pooling.is_over(occasion)
    ]
    for occasion in Occasion.objects.filter(state__in=[State.COUNTED, State.DROPPED]):
        with _logged():
            if keys.has_seal_key(occasion):  # ended before it was swept
                closing.close(occasion)
    for study in Study.objects.filter(sunset_done_on=None):
        with _logged():
            withdrawing.carry_out(study)
    return results


def _each(occasions: Iterable[Occasion]) -> list[closing.ClosingResult]:
    results = []
    for occasion in occasions:
        with _logged():
            results.append(closing.close(occasion))
    return results


@contextmanager
def _logged() -> Iterator[None]:
    """One whose key is missing or wrong is logged, and stops no other."""
    try:
        yield
    except keys.NoKeyError as error:
        log.error("closing: %s", error)
