"""In research, adults are told once of each letter that they may read it and choose; nobody is reminded.

study:3    letter-1    form
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from courses.models import Enrolment, Message, User
from courses.outbox.letters import NotWantedError, Words
from courses.outbox.rows import LEFT, put, waking
from evaluation.audiences import current_letter
from evaluation.models import Audience, Consent, IdentityMode, Occasion, Study

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

AHEAD = timedelta(days=7)  # before the first form that it is about opens
State = Occasion.State


def tell_of_letter(study: Study, now: datetime) -> int:
    """Plans the message to those who have not had it and said nothing. How many. Two queries, or four."""
    letter = current_letter(study).first() if study.is_research else None
    if letter is None:
        return 0
    thing, step = f"study:{study.pk}", f"letter-{letter.number}"
    told = Message.objects.filter(thing=thing, step=step).values("user")
    said = Consent.objects.filter(letter=letter, withdrawn_on=None).values("user")
    new = _concerned(study, now).exclude(pk__in=told).exclude(pk__in=said)
    users = list(new.values_list("pk", flat=True))
    if users:
        put(users, kind=Message.Kind.FORM, thing=thing, step=step, due_at=waking(now))
    return len(users)


def _concerned(study: Study, now: datetime) -> QuerySet[User]:
    """Adults who take part in a group where a form that can be linked is open, or soon will be."""
    linked = Occasion.objects.filter(
        wave__study=study.pk, wave__audience=Audience.ADULT, identity=IdentityMode.LINKED, closes_at__gt=now
    ).filter(Q(state=State.OPEN) | Q(state=State.PLANNED, opens_at__lte=now + AHEAD))
    taking = Enrolment.objects.current().filter(paused_on=None, group__in=linked.values("group"))
    return User.objects.filter(pk__in=taking.values("adult__user"), is_active=True)


def compose(message: Message, pk: int, now: datetime) -> Words:
    """What the message says. Raises NotWantedError when she has chosen, or need not any more."""
    study = Study.objects.filter(pk=pk, is_research=True).first()
    letter = current_letter(study).first() if study else None
    if study is None or letter is None:
        raise NotWantedError("gone")
    if message.step != f"letter-{letter.number}":
        raise NotWantedError("superseded")
    if study.ends_on < timezone.localdate(now):
        raise NotWantedError("over")
    if Consent.objects.filter(user=message.user_id, letter=letter, withdrawn_on=None).exists():
        raise NotWantedError("done")
    if not _concerned(study, now).filter(pk=message.user_id).exists():
        raise NotWantedError(LEFT)
    first = _("Det ligger noe på Min side som du kan lese, og si ja eller nei til.")
    return Words(
        _("Noe å lese og velge"),
        (first, _("Det er frivillig, og tar et par minutter.")),
        reverse("answers:information", args=[pk]),
    )
