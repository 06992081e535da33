"""One's own forms as cards on a first page: what may be answered, what was received, what asks for consent.

Two queries, written once per process: every visit to a first page asks them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import CharField, Exists, OuterRef, Subquery, Sum, Value
from django.db.models.functions import Concat
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses.access import has_role
from courses.models import Enrolment, Message, Role
from courses.prepared import DAY, INTEGER, MOMENT, Prepared
from evaluation.models import (
    Audience,
    Consent,
    IdentityMode,
    Information,
    Participation,
    Study,
    WaveInstrument,
)
from evaluation.study_words import at_evening

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from django.db.models import QuerySet

    from courses.models import User

State = Participation.State
SOON_DAYS = 2  # from then on the time left is said first


@dataclass(frozen=True)
class FormCard:
    """A form she may answer. ``left`` is «3 dager igjen»; ``unreached``: a message did not arrive."""

    title: str
    minutes: int
    until: str
    left: str
    url: str
    on_paper: bool = False
    unreached: bool = False


@dataclass(frozen=True)
class OwnForms:
    open: list[FormCard]
    received: list[str]  # what the forms are called, while they are still open for others
    letters: list[tuple[str, str]]  # (study, address) of letters in research she has said nothing to
    declined: list[tuple[str, str]]  # (form, address) of those she said no to, while she may still say yes


_minutes = (
    WaveInstrument.objects.filter(wave=OuterRef("occasion__wave"))
    .order_by()
    .values("wave")
    .annotate(n=Sum("version__minutes"))
    .values("n")
)
# She alone is told. To a contact person a form's message that did not arrive would say that she is asked,
# which in research is that she has agreed, and that she had not answered: no others get one or a reminder.
# That an address does not work a contact person sees by the messages about evenings, which all are sent.
_unreached = Message.objects.filter(
    user=OuterRef("user"), thing=Concat(Value("form:"), OuterRef("occasion"), output_field=CharField())
).filter(state=Message.State.DEAD)
_agreed = Consent.objects.filter(user=OuterRef("user"), letter__study=OuterRef("occasion__wave__study"))
_agreed = _agreed.filter(purpose=Consent.Purpose.RESEARCH)
_withdrawn, _standing = (_agreed.filter(withdrawn_on__isnull=gone) for gone in (False, True))
_asked = Prepared(
    lambda user, now: (
        Participation.objects.filter(user=user, occasion__state="open", occasion__closes_at__gt=now)
        .annotate(minutes=Subquery(_minutes), unreached=Exists(_unreached))
        .annotate(withdrawn=Exists(_withdrawn), standing=Exists(_standing))
        .order_by("occasion__closes_at", "pk")
        .values_list(
            "occasion_id",
            "state",
            "occasion__closes_at",
            "occasion__wave__name_nb",
            "occasion__wave__name_nn",
            "occasion__evening__module__number",
            "minutes",
            "unreached",
            "occasion__identity",
            "withdrawn",
            "standing",
            "occasion__wave__study__is_research",
        )
    ),
    user=INTEGER,
    now=MOMENT,
)


def _unanswered_letter(user: int) -> QuerySet[Information]:
    """The newest letter of the study around it, if she has said nothing to it."""
    newest = Information.objects.filter(study=OuterRef("study")).order_by("-number").values("pk")[:1]
    rows = Information.objects.filter(study=OuterRef("pk"), pk=Subquery(newest))
    return rows.exclude(pk__in=Consent.objects.filter(user=user, withdrawn_on=None).values("letter"))


_letters = Prepared(
    lambda user, group, today: (
        Study.objects.filter(
            Exists(_unanswered_letter(user)),
            Exists(
                Enrolment.objects.filter(
                    group=group,
                    group__edition__programme=OuterRef("programme"),
                    group__municipalities__region=OuterRef("region"),
                )
            ),
            is_research=True,
            waves__audience=str(Audience.ADULT),
            waves__identity="linked",
            starts_on__lte=today,
            sunset_done_on=None,
        )
        .order_by("pk")
        .distinct()
        .values_list("pk", "name_nb", "name_nn")
    ),
    user=INTEGER,
    group=INTEGER,
    today=DAY,
)


_staff_letters = Prepared(
    lambda user, today: (
        Study.objects.filter(
            Exists(_unanswered_letter(user)),
            is_research=True,
            waves__identity__in=[str(IdentityMode.LINKED), str(IdentityMode.NAMED)],
            waves__audience__in=Role.objects.active(today)  # what staff are called there and here is the same
            .filter(user=user, municipality__region=OuterRef("region"))
            .values("kind"),
            starts_on__lte=today,
            sunset_done_on=None,
        )
        .order_by("pk")
        .distinct()
        .values_list("pk", "name_nb", "name_nn")
    ),
    user=INTEGER,
    today=DAY,
)


def own_forms(user: User, language: str, group: int | None = None) -> OwnForms:
    """Of an adult in ``group``, and of whoever works with the course. Reads roles, and one query or two."""
    now = timezone.now()
    today = timezone.localdate(now)
    rows = _asked(user=user.pk, now=now)
    letters = _letter_links(language, _letters(user=user.pk, group=group, today=today)) if group else {}
    if has_role(user, "contact-person", "leader"):
        letters |= _letter_links(language, _staff_letters(user=user.pk, today=today))
    return OwnForms(
        open=[
            FormCard(
                title=at_evening(_name(language, nb, nn), number),
                minutes=minutes or 1,
                until=formats.date_format(timezone.localtime(closes), "l j. F H.i"),
                left=time_left(closes, now),
                url=reverse("answers:form", args=[pk]),
                on_paper=state == State.PAPER,
                unreached=bool(unreached),
            )
            for pk, state, closes, nb, nn, number, minutes, unreached, *_rest in rows
            if state in (State.OPEN, State.PAPER)
        ],
        received=[
            at_evening(_name(language, nb, nn), number)
            for _pk, state, _at, nb, nn, number, *_rest in rows
            if state == State.DONE
        ],
        letters=[(name, url) for url, name in letters.items()],
        declined=[
            (at_evening(_name(language, nb, nn), number), reverse("answers:form", args=[pk]))
            for pk, state, _at, nb, nn, number, _minutes, _unreached, *consent in rows
            if state == State.DECLINED and _may_say_yes(*consent)
        ],
    )


def _may_say_yes(identity: str, withdrawn: bool, standing: bool, is_research: bool) -> bool:
    """As answering.barred: in research by who agrees, and signed by who has never withdrawn."""
    return not is_research or (standing and not (withdrawn and identity == str(IdentityMode.NAMED)))


def _letter_links(language: str, rows: Iterable[Iterable[Any]]) -> dict[str, str]:
    """The name of each study by the address of its letter."""
    return {reverse("answers:information", args=[pk]): _name(language, nb, nn) for pk, nb, nn in rows}


def _name(language: str, nb: str, nn: str) -> str:
    return (language == "nn" and nn) or nb


def time_left(until: datetime, now: datetime) -> str:
    """«3 dager igjen», «5 timer igjen»; never less than it is by more than an hour."""
    hours = int((until - now).total_seconds() // 3600)
    if hours >= 24 * SOON_DAYS:
        return ngettext("%(n)s dag igjen", "%(n)s dager igjen", hours // 24) % {"n": hours // 24}
    if hours >= 1:
        return ngettext("%(n)s time igjen", "%(n)s timer igjen", hours) % {"n": hours}
    return _("under en time igjen")
