"""One's own forms as cards on a first page: what may be answered, what was received, what asks for consent.

Two queries, written once per process: every visit to Min side asks them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Subquery, Sum
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses.models import Enrolment
from courses.prepared import INTEGER, MOMENT, Prepared
from evaluation.models import Audience, Consent, Information, Participation, Study, WaveInstrument

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

    from courses.models import User

State = Participation.State
SOON_DAYS = 2  # from then on the time left is said first


@dataclass(frozen=True)
class FormCard:
    """A form she may answer. ``left`` is «3 dager igjen»."""

    title: str
    minutes: int
    until: str
    left: str
    url: str
    on_paper: bool = False


@dataclass(frozen=True)
class OwnForms:
    open: list[FormCard]
    received: list[str]  # what the forms are called, while they are still open for others
    letters: list[tuple[str, str]]  # (study, address) of letters in research she has said nothing to


_minutes = (
    WaveInstrument.objects.filter(wave=OuterRef("occasion__wave"))
    .order_by()
    .values("wave")
    .annotate(n=Sum("version__minutes"))
    .values("n")
)
_asked = Prepared(
    lambda user, now: (
        Participation.objects.filter(user=user, occasion__state="open", occasion__closes_at__gt=now)
        .annotate(minutes=Subquery(_minutes))
        .order_by("occasion__closes_at", "pk")
        .values_list(
            "occasion_id",
            "state",
            "occasion__closes_at",
            "occasion__wave__name_nb",
            "occasion__wave__name_nn",
            "minutes",
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
    lambda user, group: (
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
            sunset_done_on=None,
        )
        .order_by("pk")
        .distinct()
        .values_list("pk", "name_nb", "name_nn")
    ),
    user=INTEGER,
    group=INTEGER,
)


def own_forms(user: User, language: str, group: int | None = None) -> OwnForms:
    """Of an adult in ``group``, or of staff without one. One query; two for an adult."""
    now = timezone.now()
    rows = _asked(user=user.pk, now=now)
    letters = _letters(user=user.pk, group=group) if group is not None else []
    return OwnForms(
        open=[
            FormCard(
                title=_name(language, nb, nn),
                minutes=minutes or 1,
                until=formats.date_format(timezone.localtime(closes), "l j. F H.i"),
                left=time_left(closes, now),
                url=reverse("answers:form", args=[pk]),
                on_paper=state == State.PAPER,
            )
            for pk, state, closes, nb, nn, minutes in rows
            if state in (State.OPEN, State.PAPER)
        ],
        received=[_name(language, nb, nn) for _pk, state, _at, nb, nn, _n in rows if state == State.DONE],
        letters=[
            (_name(language, nb, nn), reverse("answers:information", args=[pk])) for pk, nb, nn in letters
        ],
    )


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
