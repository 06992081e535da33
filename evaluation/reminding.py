"""Messages about a form: asked once, reminded at most twice, and only while it is not answered.

Never two of them together: what waited through a no or a pause may come due at once. Then the first reminder
gives way to the last, and the last waits two days after whatever went before it, if the form is open then.

    form:12    asked, reminder, reminder-2    form

Whether one is still wanted is decided when it goes, in the transaction that takes its row. Whoever answers or
says no takes the rows out in the transaction that says so. Nobody's page shows who has been reminded.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Q, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses.models import Message
from courses.outbox.letters import NotWantedError, NotYetError, Words, day_and_time
from courses.outbox.rows import LEFT, State, before, put, waking
from evaluation.audiences import askable
from evaluation.models import Occasion, Participation, WaveInstrument

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

    from django.db.models import QuerySet

ASKED, FIRST, LAST = "asked", "reminder", "reminder-2"
LAST_DAYS = 2  # before it closes
APART = timedelta(days=2)  # between two messages about one form, at least
SLACK = timedelta(hours=1)  # what a worker may be late
GOING = (State.PLANNED, State.SENDING, State.SENT)


def plan_form(occasion: Occasion, users: Collection[int], now: datetime) -> None:
    """Tells ``users`` of the form, and plans their reminders. Two queries for each step."""
    asked = waking(now)
    _remind(occasion, users, ((ASKED, asked), *reminders(asked, occasion.closes_at)))


def thing_of(occasion: Occasion) -> str:
    return f"form:{occasion.pk}"


def reminders(asked: datetime, closes_at: datetime) -> list[tuple[str, datetime]]:
    """When to remind somebody who was asked then: half-way, and two days before it closes.

    One where the time is short, none where it is very short; always before it closes.
    """
    last = before(closes_at, LAST_DAYS)
    if last - asked < APART or last >= closes_at:
        return []
    middle = waking(asked + (last - asked) / 2)
    if middle - asked < APART or last - middle < APART:
        return [(FIRST, last)]
    return [(FIRST, middle), (LAST, last)]


def follow(occasions: Iterable[Occasion]) -> None:
    """Reminders of forms whose closing has been put off: a last one that waits is moved, and those for whom
    there was no time before are planned. Three queries for each form, and two for each step."""
    now = waking(timezone.now())
    for occasion in occasions:
        last = before(occasion.closes_at, LAST_DAYS)
        rows = Message.objects.filter(thing=thing_of(occasion))
        rows.filter(step=LAST, state=State.PLANNED).update(due_at=last)
        asked = Participation.objects.filter(occasion=occasion, state=Participation.State.OPEN)
        going = rows.exclude(state=State.SKIPPED)
        first, early = going.filter(step=FIRST), going.filter(step=FIRST, due_at__lte=last - APART)
        lacking = asked.exclude(user__in=going.filter(step=LAST).values("user"))
        lacking = lacking.values_list("user", flat=True)
        never = list(lacking.exclude(user__in=first.values("user")))
        once = list(lacking.filter(user__in=early.values("user")))
        _remind(occasion, never, reminders(now, occasion.closes_at))
        _remind(occasion, once, [(LAST, last)] if last > now else [])


def _remind(occasion: Occasion, users: Collection[int], steps: Iterable[tuple[str, datetime]]) -> None:
    for step, due_at in steps:
        if users:
            put(users, kind=Message.Kind.FORM, thing=thing_of(occasion), step=step, due_at=due_at)


def compose(message: Message, pk: int, now: datetime) -> Words:
    """What a message about a form says. Raises NotWantedError and NotYetError."""
    occasion = Occasion.objects.select_related("wave__study", "group").filter(pk=pk).first()
    if occasion is None:
        raise NotWantedError("gone")
    _must_be_unanswered(message, occasion, now)
    if message.step in (FIRST, LAST):
        _must_be_alone(message, occasion, now)
    minutes = WaveInstrument.objects.filter(wave=occasion.wave_id).aggregate(n=Sum("version__minutes"))["n"]
    return _words(message.step, occasion, minutes or 1)


def _must_be_unanswered(message: Message, occasion: Occasion, now: datetime) -> None:
    own = Participation.objects.filter(occasion=occasion, user=message.user_id)
    state = own.values_list("state", flat=True).first()
    if state != Participation.State.OPEN:
        raise NotWantedError("gone" if state is None else "done")
    if occasion.state != Occasion.State.OPEN or occasion.closes_at <= now:
        raise NotWantedError("over")
    if not askable(occasion, anywhere=True).filter(pk=message.user_id).exists():
        raise NotWantedError(LEFT)


def _must_be_alone(message: Message, occasion: Occasion, now: datetime) -> None:
    """Of a reminder: that its time has come, and that no other message about the same form goes with it."""
    last = before(occasion.closes_at, LAST_DAYS)
    if message.step == LAST and last > now + SLACK:
        raise NotYetError(last)
    others = Message.objects.filter(thing=message.thing, user=message.user_id).exclude(pk=message.pk)
    gives_way = message.step == FIRST and others.filter(step=LAST, state__in=GOING).exists()
    if gives_way and last <= now:
        raise NotWantedError("superseded")
    went = _latest(others, now)
    if went is None or went + APART <= now + SLACK:
        return
    free = waking(went + APART)
    if gives_way or free >= occasion.closes_at:
        raise NotWantedError("superseded")
    raise NotYetError(free)


def _latest(rows: QuerySet[Message], now: datetime) -> datetime | None:
    """When one of them went last. One that a worker is sending goes now, and the first of all when it is
    tried again. One query."""
    waits = Q(step=ASKED, state=State.PLANNED)
    gone = rows.filter(Q(state__in=[State.SENT, State.SENDING]) | waits)
    found = gone.values_list("state", "sent_at", "due_at")
    return max(
        ((sent or now) if state == State.SENT else max(due, now) for state, sent, due in found), default=None
    )


def _words(step: str, occasion: Occasion, minutes: int) -> Words:
    until = _("Du kan svare til %(at)s.") % {"at": day_and_time(timezone.localtime(occasion.closes_at))}
    no = _("Vil du ikke svare, sier du det på siden, og da minner vi deg ikke på det.")
    path = reverse("answers:form", args=[occasion.pk])
    if step == FIRST:
        first = _("Skjemaet ligger fortsatt klart, hvis du vil svare.")
        return Words(_("Et skjema venter på deg"), (first, until, no), path, text=f"{first} {until}")
    if step == LAST:
        first = _("Skjemaet ligger klart litt til. Dette er siste gang vi minner om det.")
        return Words(_("Skjemaet lukker snart"), (first, until), path, text=f"{first} {until}")
    first = ngettext(
        "Det ligger et kort skjema til deg. Det tar omtrent %(n)s minutt.",
        "Det ligger et kort skjema til deg. Det tar omtrent %(n)s minutter.",
        minutes,
    ) % {"n": minutes}
    return Words(_("Et kort skjema til deg"), (first, until, no), path, text=f"{first} {until}")
