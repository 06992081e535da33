"""Messages about a form: asked once, reminded at most twice, and only while it is not answered.

    form:12    asked, reminder, reminder-2    form

Whether one is still wanted is decided when it goes, in the transaction that takes its row. Whoever answers or
says no takes the rows out in the transaction that says so. Nobody's page shows who has been reminded.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Sum
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

FIRST, LAST = "reminder", "reminder-2"
LAST_DAYS = 2  # before it closes
APART = timedelta(days=2)  # between two messages about one form, at least


def plan_form(occasion: Occasion, users: Collection[int], now: datetime) -> None:
    """Tells ``users`` of the form, and plans their reminders. Two queries for each step."""
    if not users:
        return
    thing, asked = thing_of(occasion), waking(now)
    for step, due_at in (("asked", asked), *reminders(asked, occasion.closes_at)):
        put(users, kind=Message.Kind.FORM, thing=thing, step=step, due_at=due_at)


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
    """Last reminders that wait follow their form's closing, which has been put off. A query for each."""
    for occasion in occasions:
        waiting = Message.objects.filter(thing=thing_of(occasion), step=LAST, state=State.PLANNED)
        waiting.update(due_at=before(occasion.closes_at, LAST_DAYS))


def compose(message: Message, pk: int, now: datetime) -> Words:
    """What a message about a form says. Raises NotWantedError and NotYetError."""
    occasion = Occasion.objects.select_related("wave__study", "group").filter(pk=pk).first()
    if occasion is None:
        raise NotWantedError("gone")
    _must_be_unanswered(message, occasion, now)
    minutes = WaveInstrument.objects.filter(wave=occasion.wave_id).aggregate(n=Sum("version__minutes"))["n"]
    return _words(message.step, occasion, minutes or 1)


def _must_be_unanswered(message: Message, occasion: Occasion, now: datetime) -> None:
    own = Participation.objects.filter(occasion=occasion, user=message.user_id)
    state = own.values_list("state", flat=True).first()
    if state != Participation.State.OPEN:
        raise NotWantedError("gone" if state is None else "done")
    if occasion.state != Occasion.State.OPEN or occasion.closes_at <= now:
        raise NotWantedError("over")
    if not askable(occasion).filter(pk=message.user_id).exists():
        raise NotWantedError(LEFT)
    last = before(occasion.closes_at, LAST_DAYS)
    if message.step == LAST and last > now + timedelta(hours=1):
        raise NotYetError(last)


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
