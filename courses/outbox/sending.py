"""Sending what is due, one message at a time, by as many workers as there are.

A worker takes a row for two minutes and decides in the same transaction whether it is still wanted; sends
it with the row's own Message-ID; and marks it sent. One that is killed in between leaves a row whose time
runs out, and the next worker sends it again under the same Message-ID: never lost, and at most once too
many for each kill.
"""

from __future__ import annotations

import logging
import random
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from courses.models import Message
from courses.outbox.letters import SMS, Letter, NotWantedError, NotYetError, compose
from courses.outbox.posting import NotAllowedError, Post, PostDownError, RefusedError
from courses.outbox.rows import State, due
from courses.outbox.texting import NumberRefusedError, send_text

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

log = logging.getLogger(__name__)
MOST_TRIES = 12  # two days and a bit, at the pace below
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=12)


@dataclass(frozen=True)
class Taken:
    """A row that is ours until ``until``, and what it says."""

    pk: int
    until: datetime
    tries: int
    message_id: str
    letter: Letter


def send_due() -> Counter[str]:
    """Sends everything that is due. How many went, failed, died, or were not needed.

    When the mail server is gone, only text messages go on: the mails wait untouched for the next round.
    """
    done: Counter[str] = Counter()
    with Post() as post:
        while True:
            taken = _take(done, texts_only=post.is_down)
            if taken is None:
                return done
            done[_send(taken, post)] += 1


# --- taking
def _take(done: Counter[str], *, texts_only: bool) -> Taken | None:
    """The next message that is wanted; others are settled on the way. None when nothing is due."""
    while True:
        with transaction.atomic():
            row = _next(timezone.now(), texts_only=texts_only)
            if row is None:
                return None
            taken = _take_row(row)
        if isinstance(taken, Taken):
            return taken
        done[taken] += 1


def _next(now: datetime, *, texts_only: bool) -> Message | None:
    rows = Message.objects.filter(due(now)).select_related("user", "invited__invitation__municipality")
    if texts_only and not settings.SMS_BACKEND:
        return None
    if texts_only:
        by_choice = Q(user__channel=SMS) & ~Q(user__mobile=None)
        mobile_only = Q(user__email=None, invited=None) | Q(user=None, invited__email=None)
        rows = rows.filter(Q(step__endswith="-sms") | by_choice | mobile_only)
    return _locked(rows.order_by("due_at", "pk")).first()


def _locked(rows: QuerySet[Message]) -> QuerySet[Message]:
    """Kept from the other workers, who go on to the next. SQLite lets one in at a time by itself."""
    if connection.features.has_select_for_update_skip_locked:
        return rows.select_for_update(skip_locked=True, of=("self",))
    return rows


def _take_row(row: Message) -> Taken | str:
    """Makes a row ours, or settles it: then the new state. Inside a transaction that holds the row."""
    now = timezone.now()
    until = now + timedelta(seconds=settings.OUTBOX_LEASE)
    same = Message.objects.filter(pk=row.pk, state=row.state, lease_until=row.lease_until)
    if not same.update(state=State.SENDING, lease_until=until, tries=F("tries") + 1):
        return "missed"
    tries = row.tries + 1
    if tries > MOST_TRIES:
        return _settle(row.pk, until, State.DEAD, why="tries")
    try:
        with transaction.atomic():
            letter = compose(row, now)
    except NotWantedError as error:
        state = State.DEAD if error.why == "no-way" else State.SKIPPED
        return _settle(row.pk, until, state, why=error.why)
    except NotYetError as error:
        return _put_back(row.pk, until, error.at, tries=row.tries)
    except DatabaseError:
        raise
    except Exception:  # one letter that cannot be written must not keep the others waiting
        log.exception("message %s could not be written", row.pk)
        return _put_back(row.pk, until, now + wait_after(tries), tries=tries)
    return Taken(row.pk, until, tries, row.message_id, letter)


# --- sending
def _send(taken: Taken, post: Post) -> str:
    """The state the message came to. Whatever goes wrong is told in the log without the address."""
    try:
        if taken.letter.channel == SMS:
            send_text(taken.letter.address, taken.letter.body)
        else:
            post.send(taken.letter, taken.message_id)
    except NotAllowedError:  # perhaps the server's rule for all, perhaps for this one: the others go first
        log.warning("mail does not go now: not allowed to send message %s", taken.pk)
        again = timezone.now() + wait_after(taken.tries)
        return _put_back(taken.pk, taken.until, again, tries=min(taken.tries, MOST_TRIES - 1))
    except PostDownError as error:  # not this message's fault: its time and its tries stay
        log.warning("mail does not go now: %s", error)
        return _put_back(taken.pk, taken.until, None, tries=taken.tries - 1)
    except (RefusedError, NumberRefusedError):
        log.warning("message %s was refused", taken.pk)
        return _settle(taken.pk, taken.until, State.DEAD, why="refused")
    except DatabaseError:
        raise
    except Exception as error:  # a text message may go by anybody's code
        log.warning("message %s waits for another try: %s", taken.pk, type(error).__name__)
        if taken.tries >= MOST_TRIES:
            return _settle(taken.pk, taken.until, State.DEAD, why="tries")
        again = timezone.now() + wait_after(taken.tries)
        return _put_back(taken.pk, taken.until, again, tries=taken.tries)
    now = timezone.now()
    return _settle(taken.pk, taken.until, State.SENT, channel=taken.letter.channel, sent_at=now)


def wait_after(tries: int) -> timedelta:
    """A minute, doubled with each try, twelve hours at most; a fifth more or less, so that they spread."""
    wait = min(FIRST_WAIT * 2 ** (tries - 1), LONGEST_WAIT)
    return wait * random.uniform(0.8, 1.2)  # noqa: S311 - nobody gains by guessing it


def _settle(pk: int, until: datetime, state: object, **fields: object) -> str:
    """The end of a message that is still ours. One that took too long has become another worker's."""
    ours = Message.objects.filter(pk=pk, state=State.SENDING, lease_until=until)
    if not ours.update(state=state, lease_until=None, **fields):
        log.warning("message %s took longer than the lease", pk)
    return str(state)


def _put_back(pk: int, until: datetime, at: datetime | None, *, tries: int) -> str:
    later = {} if at is None else {"due_at": at}
    ours = Message.objects.filter(pk=pk, state=State.SENDING, lease_until=until)
    ours.update(state=State.PLANNED, lease_until=None, tries=max(tries, 0), **later)
    return str(State.PLANNED)
