"""A counted occasion's key is kept for a week, so that a backup from while it was open still opens.

The mark «counted 12» stands beside the key in its file, which no restore puts back: the day, and the batch
it was counted in. After a restore the same occasion waits again, without that batch: then the mark is of a
count that never was. Nothing is kept where no count can be needed again: of what was deleted uncounted (but
of what a backup without its inbox lost, which another may have), and after the study's sunset, when an old
copy of the inbox must pair nobody.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db.models import Count
from django.utils import timezone

from evaluation.answers import keys
from evaluation.models import IdentityMode, Occasion, SealedAnswer
from evaluation.models.studies import PUT_BACK

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import QuerySet

KEPT = timedelta(days=7)
TAKEN_AWAY = "gone"  # in the place of a batch
State = Occasion.State
ENDED = (State.COUNTED, State.DROPPED)


def let_go(occasion: Occasion) -> None:
    """It is counted and its inbox is swept: from today its key is only kept. Raises NoKeyError, OSError."""
    dropped = occasion.state == State.DROPPED and occasion.given_up_by != PUT_BACK
    if dropped or occasion.wave.study.sunset_done_on:
        keys.destroy_seal_key(occasion)
    elif not is_let_go(occasion):
        keys.mark_counted(occasion.pk, f"{timezone.localdate().isoformat()} {occasion.batch}")


def is_let_go(occasion: Occasion) -> bool:
    return keys.counted_marks().get(occasion.pk, "").endswith(f" {occasion.batch}")


def unswept() -> list[Occasion]:
    """Those that were ended by a run that was killed before it had swept the inbox."""
    marks = keys.counted_marks()
    ended = Occasion.objects.filter(pk__in=keys.with_seal_key(), state__in=ENDED)
    return [each for each in ended if not marks.get(each.pk, "").endswith(f" {each.batch}")]


def still_to_pair() -> QuerySet[Occasion]:
    """Linked answers that come or wait: the study's pairing key is theirs, but where theirs is lost."""
    uncounted = Occasion.objects.filter(identity=IdentityMode.LINKED, state__in=[State.OPEN, State.CLOSED])
    return uncounted.order_by("pk")


def mark_taken_away() -> None:
    """A key without its occasion, which a restore took away, is kept for a week from when it is seen: the
    number may be given again, and then it is another's. An empty database waits for its restore: there no
    key is marked. Raises NoKeyError and OSError."""
    if not Occasion.objects.exists():
        return
    kept = keys.with_seal_key() - set(keys.counted_marks())
    there = set(Occasion.objects.filter(pk__in=kept).values_list("pk", flat=True))
    for pk in kept - there:
        keys.mark_counted(pk, f"{timezone.localdate().isoformat()} {TAKEN_AWAY}")


def make_missing() -> int:
    """Keys for the planned occasions that have none. How many were made. Raises NoKeyError and OSError."""
    mark_taken_away()
    return keys.make_missing()


def destroy_over() -> int:
    """Destroys the keys whose week is over. How many. Raises NoKeyError and OSError."""
    mark_taken_away()
    waiting = set(Occasion.objects.exclude(state__in=ENDED).values_list("pk", flat=True))
    over = [pk for pk, day in _days() if day + KEPT <= timezone.localdate() and pk not in waiting]
    keys.destroy_seal_keys(over)
    return len(over)


def _days() -> Iterator[tuple[int, date]]:
    for pk, mark in keys.counted_marks().items():
        yield pk, date.fromisoformat(mark.split()[0])


def unopenable() -> list[tuple[int, int]]:
    """The uncounted occasions that have a public key, and no private one to it: (id, boxes that wait).

    Raises NoKeyError and OSError where the file cannot be read from here.
    """
    keys.with_seal_key()
    uncounted = Occasion.objects.exclude(state__in=ENDED).filter(public_key__isnull=False).order_by("pk")
    lost = [each.pk for each in uncounted if not keys.opens(each)]
    boxes = SealedAnswer.objects.filter(occasion__in=lost).order_by().values_list("occasion")
    waiting = dict(boxes.annotate(n=Count("pk")))
    return [(pk, waiting.get(pk, 0)) for pk in lost]
