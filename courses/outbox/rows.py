"""Rows of the outbox: put there once each, moved while they wait, stopped, tried again, later forgotten.

Which rows there should be is decided in ``courses/messaging.py``; what goes out is decided in
``courses/outbox/sending.py``, when it goes.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from email.utils import parseaddr
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.conf import settings
from django.db.models import CharField, F, Q, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from courses.models import Adult, Evening, Gathering, GuidanceMeeting, Message

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from django.db.models import QuerySet

    from courses.models import InvitedAdult, User

State = Message.State
MORNING, NIGHT = time(8), time(21)  # Oslo; nothing but what cannot wait goes out between
KEPT = timedelta(days=90)  # what was sent, or was not needed
URGENT = ("-urgent", "-sms")  # how the step of a change that cannot wait ends
STOPPED = "stopped"  # by a person: planning again does not bring it back
LEFT = "left"  # not among those concerned when it was to be sent
SILENCED = "silenced"  # a pause or a goodbye; whoever is back is told again


def is_quiet(at: datetime) -> bool:
    return not MORNING <= timezone.localtime(at).time() < NIGHT


def waking(at: datetime) -> datetime:
    """The same moment, or eight o'clock in Oslo after the night it lies in."""
    if not is_quiet(at):
        return at
    local = timezone.localtime(at)
    day = local.date() + timedelta(days=1) if local.time() >= NIGHT else local.date()
    return timezone.make_aware(datetime.combine(day, MORNING))


def before(at: datetime, days: int) -> datetime:
    """The same time of day in Oslo some days earlier, also across a change of clocks; never at night."""
    local = timezone.localtime(at)
    return waking(timezone.make_aware(datetime.combine(local.date() - timedelta(days=days), local.time())))


def urgent() -> Q:
    return Q(kind=Message.Kind.CHANGE) & (Q(step__endswith=URGENT[0]) | Q(step__endswith=URGENT[1]))


def due(now: datetime) -> Q:
    """What may go out now: its time has come, or whoever was sending it has not finished in time."""
    ready = Q(state=State.PLANNED, due_at__lte=now) | Q(state=State.SENDING, lease_until__lt=now)
    return ready & urgent() if is_quiet(now) else ready


def put(
    people: Iterable[User | InvitedAdult | int],
    *,
    kind: object,
    thing: str,
    step: str,
    due_at: datetime,
    invited: bool = False,
) -> None:
    """One row each, made or moved to its new time. What is sent, stopped or under way stays as it is.

    ``people`` are users, or invited adults, or their ids. Two queries.
    """
    ids = {person if isinstance(person, int) else person.pk for person in people}
    field = "invited_id" if invited else "user_id"
    rows = [
        Message(kind=kind, thing=thing, step=step, due_at=due_at, message_id=new_message_id(), **{field: pk})
        for pk in sorted(ids)
    ]
    Message.objects.bulk_create(rows, ignore_conflicts=True)
    there = Message.objects.filter(thing=thing, step=step, **{f"{field}__in": ids})
    # one that waits for its next try keeps that time, unless the thing itself has moved further away
    waits = Q(state=State.PLANNED) & (Q(tries=0) | Q(due_at__lt=due_at))
    back = Q(state=State.SKIPPED) & ~Q(why=STOPPED)
    if due_at <= timezone.now():  # what was not needed an hour ago is not asked about every hour
        back &= Q(why__in=[SILENCED, LEFT])
    there.filter(waits | back).exclude(state=State.PLANNED, due_at=due_at).update(
        due_at=due_at, state=State.PLANNED, why="", tries=0
    )


def new_message_id() -> str:
    """Unique for ever, and telling nothing."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return f"<{uuid4().hex}@{domain}>"


def take_out(why: str, **rows: object) -> int:
    """Planned rows that are not needed after all. How many it were.

    A row that a worker has taken at the same moment is waited for, and then it is sent: whoever takes
    rows out in the transaction that makes them needless knows that none is taken after it.
    """
    return Message.objects.filter(state=State.PLANNED, **rows).update(state=State.SKIPPED, why=why)


def bring_back(rows: Q) -> None:
    """Rows that were not needed, and are again: judged anew when they go."""
    Message.objects.filter(rows, state=State.SKIPPED).update(state=State.PLANNED, why="", tries=0)


def stop(message: Message) -> bool:
    """Stopped by a person. False when it was not waiting any more."""
    return bool(take_out(STOPPED, pk=message.pk))


def again(message: Message) -> bool:
    """«Prøv igjen»: what did not arrive, or was stopped, is sent after all. False when it was neither."""
    rows = Message.objects.filter(Q(state=State.DEAD) | Q(state=State.SKIPPED, why=STOPPED), pk=message.pk)
    now = timezone.now()
    later = F("due_at") if message.due_at > now else waking(now)
    return bool(rows.update(state=State.PLANNED, why="", tries=0, due_at=later, lease_until=None))


# by the app that plans them: the rows that are kept as long as their matter lasts, however old
LASTING: list[Callable[[datetime], Q]] = []


def old_rows(now: datetime) -> QuerySet[Message]:
    """Rows that are done with and older than 90 days, but for what is still to come or lasts.

    Without its row it would be planned, and told, once more.
    """
    over = now - KEPT
    done = Q(state=State.SENT, sent_at__lt=over) | Q(state__in=[State.SKIPPED, State.DEAD], due_at__lt=over)
    coming = (
        things("evening", Evening.objects.filter(starts_at__gt=now))
        | things("gathering", Gathering.objects.filter(starts_at__gt=now))
        | things("guidance", GuidanceMeeting.objects.filter(at__gt=now))
        | things("erasure", Adult.objects.all())  # it is the wish itself, and waits for a project leader
    )
    return Message.objects.filter(done).exclude(reduce(or_, (lasts(now) for lasts in LASTING), coming))


def forget_old(now: datetime | None = None) -> int:
    """Deletes them. How many."""
    return int(old_rows(now or timezone.now()).delete()[0])


def things(kind: str, rows: QuerySet[Any]) -> Q:
    """Messages about any of ``rows``: «kind:id»."""
    named = rows.order_by().annotate(thing=Concat(Value(f"{kind}:"), Cast("pk", CharField())))
    return Q(thing__in=named.values("thing"))


def dead() -> int:
    """How many messages did not arrive, and wait for somebody to look. One query."""
    return Message.objects.filter(state=State.DEAD).count()


def oldest_wait() -> timedelta:
    """How long the message that waits longest has been due. One query."""
    now = timezone.now()
    first = Message.objects.filter(due(now)).order_by("due_at").values_list("due_at", flat=True).first()
    return now - first if first else timedelta(0)
