"""An occasion is closed and counted: sealed boxes become rows without a person, all in one batch.

Four steps, each of which may be the last one before the power goes; the next run goes on from there.

1. *People*: the occasion is closed and what is still open there is missed; a batch id is drawn and stored.
2. *Memory*: every box is opened, read and checked, names are taken out of texts, ids are drawn.
   *Answers*: all rows, by rising id, and the batch's own row, in one transaction. The batch's id is its
   primary key, so no batch can be written twice, whoever runs beside.
3. *People*: the inbox is emptied and the occasion counted, in one transaction.
4. What was deleted is taken out of the files (VACUUM), and the occasion's private key is marked: it is
   destroyed when a week has passed (``kept_keys.py``).

The two databases are never in one transaction. What says how far it came is a row in each: the batch in
the answers database, the state in the people database. A key that is missing or wrong stops it before 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from django.db import IntegrityError, transaction
from django.db.models import Case, Value, When

from evaluation.answers import asked, inbox, keeping_names, kept_keys, keys, pooling, rows, veils
from evaluation.answers.cleaning import vacuum
from evaluation.answers.sealing import drawn_id
from evaluation.answers.standstill import writing
from evaluation.answers.verdicts import give_verdict
from evaluation.models import (
    ClosingBatch,
    IdentityMode,
    KeyedSheet,
    Occasion,
    PaperEnvelope,
    Participation,
    Response,
    SealedAnswer,
    SealedNames,
    TextAnswer,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evaluation.answers.inbox import Inbox

State, Asked = Occasion.State, Participation.State


class NotOpenedError(Exception):
    """Nobody has been invited to the occasion yet: there is nothing to close."""


@dataclass(frozen=True)
class ClosingResult:
    """``sealed = taken + left_out``, of the occasions that were counted together. «waiting»: too few."""

    state: Literal["counted", "waiting", "dropped"]
    occasions: tuple[int, ...]
    sealed: int = 0
    taken: int = 0
    left_out: int = 0


def close(occasion: Occasion) -> ClosingResult:
    """Closes and counts; again and again if need be, with the same end.

    Raises NotOpenedError, and NoKeyError before anything is moved.
    """
    occasion = _fresh(occasion)
    if occasion.state == State.PLANNED:
        raise NotOpenedError
    if occasion.state in (State.OPEN, State.CLOSED) and not is_written(occasion):
        _require_keys(occasion)
        shut(occasion)
        return _count_alone_or_pooled(_fresh(occasion))
    return _finish([occasion])


def shut(occasion: Occasion) -> bool:
    """No answer is taken any more. Needs no key. False when it was shut before.

    Waits for every submit that has its row by now (``sealing.py``); those that come later find it closed.
    """
    with transaction.atomic():
        if not Occasion.objects.filter(pk=occasion.pk, state=State.OPEN).update(state=State.CLOSED):
            return False
        waiting = Participation.objects.filter(occasion=occasion.pk, state__in=[Asked.OPEN, Asked.PAPER])
        # no state an answer is taken in: one that waits for the row finds it gone. Whoever may have a sheet
        # in here is asked nowhere else in the wave before it is counted
        handed = When(state=Asked.PAPER, then=Value(Asked.HANDED))
        waiting.update(state=Case(handed, default=Value(Asked.MISSED)), draft_key=None)
        asked.count(occasion)
        keeping_names.keep(occasion)
    return True


def drop(occasion: Occasion) -> ClosingResult:
    """The study is over and there never were enough: what waits is deleted unread, and its key with it."""
    if not drop_unread(occasion):
        return close(occasion)  # a run beside this one was first
    vacuum()
    keys.destroy_seal_key(occasion)  # nothing of it can be wanted again
    return ClosingResult("dropped", (occasion.pk,))


def drop_unread(occasion: Occasion, **given_up: Any) -> bool:
    """Deletes what waits, to be swept; ``given_up`` is stored with it. False, with nothing changed, when it
    is not closed, or when a run beside this one has written its answers."""
    with transaction.atomic():
        closed = Occasion.objects.filter(pk=occasion.pk, state=State.CLOSED)
        if not closed.update(state=State.DROPPED, **given_up):
            return False
        if is_written(_fresh(occasion)):  # with the batch it has now, which nobody can draw any more
            transaction.set_rollback(True)
            return False
        _empty(occasion)
    return True


def _fresh(occasion: Occasion) -> Occasion:
    return pooling.whole(Occasion.objects.filter(pk=occasion.pk)).get()


def _require_keys(occasion: Occasion) -> None:
    keys.seal_key(occasion)
    if occasion.identity == IdentityMode.LINKED and not occasion.wave.study.sunset_done_on:
        keys.pair_key(occasion.wave.study)
        veils.require()


def is_written(occasion: Occasion) -> bool:
    """Asks the answers database even when it cannot be: one that is away stops closing before it begins."""
    return ClosingBatch.objects.filter(pk=occasion.batch or 0).exists()


def _count_alone_or_pooled(occasion: Occasion) -> ClosingResult:
    result = _count([occasion]) if pooling.seem_enough([occasion]) else None
    if result is None:
        pool = [each for each in pooling.pool_of(occasion) if not is_written(each) and keys.opens(each)]
        result = _count(pool) if len(pool) > 1 and pooling.seem_enough(pool) else None
    if result is None or occasion.pk not in result.occasions:
        return ClosingResult("waiting", (occasion.pk,))
    return result


def _count(together: Sequence[Occasion]) -> ClosingResult | None:
    """Opens and writes them. None when there are too few after all: then nothing was written."""
    for occasion in together:
        _draw_batch(occasion)
    opened = [inbox.opened(occasion) for occasion in together]
    if not pooling.are_enough(opened):
        return None
    if _write(opened):
        return _finish(together, opened)
    return _finish([occasion for occasion in together if is_written(occasion)])  # by a run beside this one


def _draw_batch(occasion: Occasion) -> None:
    """Whoever is first draws it; whoever runs beside reads the same."""
    Occasion.objects.filter(pk=occasion.pk, batch=None).update(batch=drawn_id())
    occasion.refresh_from_db(fields=["batch"])


def _write(opened: Sequence[Inbox]) -> bool:
    """All in one transaction. False when another run has written them already."""
    responses, texts = rows.of(opened)
    batches = [
        ClosingBatch(
            id=each.occasion.batch, sealed=each.sealed, taken=len(each.sheets), left_out=each.left_out
        )
        for each in opened
    ]
    try:
        with writing():
            ClosingBatch.objects.bulk_create(sorted(batches, key=lambda batch: batch.pk))
            Response.objects.bulk_create(sorted(responses, key=lambda row: row.pk), batch_size=500)
            TextAnswer.objects.bulk_create(sorted(texts, key=lambda row: row.pk), batch_size=500)
    except IntegrityError:
        if not any(is_written(each.occasion) for each in opened):
            raise
        return False
    return True


def _finish(together: Sequence[Occasion], opened: Sequence[Inbox] = ()) -> ClosingResult:
    """Empties the inboxes of what is written, and lets the keys go."""
    known = {each.occasion.pk: each for each in opened}
    uncounted = [each for each in together if each.state not in (State.COUNTED, State.DROPPED)]
    for occasion in uncounted:
        _take_away(occasion, known.get(occasion.pk) or _still_there(occasion))
    left = [each for each in together if keys.has_seal_key(each) and not kept_keys.is_let_go(each)]
    if uncounted or left:
        vacuum()
    for occasion in left:
        kept_keys.let_go(occasion)
    return _sums(together)


def _sums(together: Sequence[Occasion]) -> ClosingResult:
    batches = ClosingBatch.objects.filter(pk__in=[each.batch for each in together if each.batch])
    counts = [(batch.sealed, batch.taken, batch.left_out) for batch in batches]
    sealed, taken, left_out = (sum(column) for column in zip((0, 0, 0), *counts, strict=True))
    return ClosingResult(
        "dropped" if together[0].state == State.DROPPED else "counted",
        tuple(occasion.pk for occasion in together),
        sealed,
        taken,
        left_out,
    )


def _still_there(occasion: Occasion) -> Inbox | None:
    """What was written by a run that was killed before it got here, once more from its boxes."""
    try:
        return inbox.opened(occasion)
    except keys.NoKeyError:
        return None  # it was written: what is left is to empty the inbox


def _take_away(occasion: Occasion, known: Inbox | None) -> None:
    with transaction.atomic():
        here = Occasion.objects.filter(pk=occasion.pk, state__in=[State.OPEN, State.CLOSED])
        if not here.update(state=State.COUNTED):
            return
        if known is not None:
            Participation.objects.filter(
                occasion=occasion.pk, user__in=known.on_paper, state__in=[Asked.HANDED, Asked.MISSED]
            ).update(state=Asked.DONE)
            asked.count_again(known)
            give_verdict(known)
        _empty(occasion)


def _empty(occasion: Occasion) -> None:
    """Whoever's sheet was not among what was counted has missed it; that she had one is forgotten."""
    people = Participation.objects.filter(occasion=occasion.pk)
    people.filter(state=Asked.HANDED).update(state=Asked.MISSED)
    people.filter(has_sheet=True).update(has_sheet=False)
    SealedAnswer.objects.filter(occasion=occasion.pk).delete()
    SealedNames.objects.filter(occasion=occasion.pk).delete()
    PaperEnvelope.objects.filter(occasion=occasion.pk).delete()
    KeyedSheet.objects.filter(occasion=occasion.pk).delete()


def sweep() -> int:
    """Deletes what was put in at the very moment an occasion ended, and nobody is to read: that somebody
    withdrew, was erased or got another name. How many rows."""
    ended = Occasion.objects.filter(state__in=[State.COUNTED, State.DROPPED]).values("pk")
    boxes = [SealedAnswer.objects, SealedNames.objects, PaperEnvelope.objects, KeyedSheet.objects]
    gone = sum(int(rows.filter(occasion__in=ended).delete()[0]) for rows in boxes)
    if gone:
        vacuum()
    return gone
