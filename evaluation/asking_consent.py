"""In research, whoever is to be asked is told once of each letter that it is there to read; no reminders.

Nobody knows of whoever said nothing but by the row of her message: it is kept until the study ends.

study:3    letter-1    form
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Exists, F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from courses.access import in_force
from courses.models import Assignment, Enrolment, Message, Role, User
from courses.outbox.letters import NotWantedError, Words
from courses.outbox.rows import LEFT, put, things, waking
from evaluation.audiences import current_letter
from evaluation.models import Audience, Consent, IdentityMode, Occasion, Study

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

AHEAD = timedelta(days=7)  # before the first form that it is about opens
State = Occasion.State


def tell_of_letter(study: Study, now: datetime) -> int:
    """Plans the message to those who have not had it and said nothing. How many. Two queries, or four."""
    has_begun = study.starts_on <= timezone.localdate(now)
    letter = current_letter(study).first() if study.is_research and has_begun else None
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


def lasting(now: datetime) -> Q:
    """The rows of studies that have not ended. No query by itself."""
    return things("study", Study.objects.filter(ends_on__gte=timezone.localdate(now)))


def _concerned(study: Study, now: datetime) -> QuerySet[User]:
    """Those whom a form that is not anonymous is for, when one is open or soon will be."""
    soon = Occasion.objects.filter(wave__study=study.pk, closes_at__gt=now).exclude(
        identity=IdentityMode.ANONYMOUS
    )
    soon = soon.filter(Q(state=State.OPEN) | Q(state=State.PLANNED, opens_at__lte=now + AHEAD))
    of_adults = soon.filter(wave__audience=Audience.ADULT).values("group")
    taking = Enrolment.objects.current().filter(paused_on=None, group__in=of_adults)
    leading = Assignment.objects.current().filter(
        in_force(through="user__roles"),
        group__in=soon.filter(wave__audience=Audience.CONTACT_PERSON).values("group"),
        user__roles__kind=Role.Kind.CONTACT_PERSON,
        user__roles__municipality__groups=F("group"),
    )
    leaders = Role.objects.active().filter(
        Exists(soon.filter(wave__audience=Audience.LEADER)),
        kind=Role.Kind.LEADER,
        municipality__region=study.region_id,
    )
    asked = (
        Q(pk__in=taking.values("adult__user"))
        | Q(pk__in=leading.values("user"))
        | Q(pk__in=leaders.values("user"))
    )
    return User.objects.filter(asked, is_active=True)


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
