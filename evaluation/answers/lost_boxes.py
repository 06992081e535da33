"""A backup was put back, and what waited sealed is as the copy has it: what is lost is not lost in silence.

A copy without the inbox has nothing of it, and that is not «nobody has answered».

Where the form is still open, whoever had answered is asked again. Where it has closed, what was lost is
stored with the occasion, as when a key is lost: it is counted with nobody's answers, and is told of. Its key
is kept for a week all the same, for a backup that has the inbox.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils import timezone

from courses.models.people import random_nonce
from evaluation.answers import closing, pooling
from evaluation.models import Audience, Consent, IdentityMode, Occasion, Participation
from evaluation.models.studies import PUT_BACK

if TYPE_CHECKING:
    from django.db.models import QuerySet

State, Asked = Occasion.State, Participation.State
ANSWERED = (Asked.DONE, Asked.PAPER, Asked.HANDED)  # a sheet that was keyed is gone with the rest


@dataclass
class Lost:
    """How many answers, at most, by occasion: those that may be given again, and those that cannot."""

    again: dict[int, int] = field(default_factory=dict)
    for_good: dict[int, int] = field(default_factory=dict)


def after_restore() -> Lost:
    """Only of a copy without the inbox, before anything is heard again. A query or a few per occasion."""
    lost = Lost()
    uncounted = pooling.whole(Occasion.objects.filter(state__in=[State.OPEN, State.CLOSED]))
    # no sheet from before is taken any more (``draw_series``), nor can one that was put in be counted
    Participation.objects.filter(occasion__in=uncounted.values("pk"), has_sheet=True).update(has_sheet=False)
    for occasion in uncounted.order_by("pk"):
        answered = _answered(occasion)
        is_anonymous = occasion.identity == IdentityMode.ANONYMOUS
        many = occasion.received if is_anonymous else answered.count()
        if not many or closing.is_written(occasion):
            continue
        if occasion.state == State.OPEN and occasion.closes_at > timezone.now():
            answered.update(state=Asked.OPEN)
            Occasion.objects.filter(pk=occasion.pk).update(received=0)
            lost.again[occasion.pk] = many
            continue
        closing.shut(occasion)
        given_up = {"given_up_on": timezone.localdate(), "given_up_by": PUT_BACK}
        if closing.drop_unread(occasion, lost_answers=many, **given_up):
            lost.for_good[occasion.pk] = many
    return lost


def draw_series() -> list[int]:
    """After any restore, when what is lost is known: a sheet that is printed for somebody is not taken any
    more, as its envelope may not be here. A device may send of an evening as if for the first time, where
    none of that evening's answers are here. The open forms whose sheets must be printed anew, by their ids.
    """
    now, anew = timezone.now(), []
    linked = Q(identity=IdentityMode.LINKED, wave__audience=Audience.ADULT)
    hangs = linked | Q(identity=IdentityMode.ANONYMOUS, received=0)
    for occasion in Occasion.objects.filter(hangs, state__in=[State.PLANNED, State.OPEN]).order_by("pk"):
        has_begun = occasion.opens_at <= now  # else none has been printed
        before = [*occasion.series_before, *([occasion.series] if has_begun else [])]
        Occasion.objects.filter(pk=occasion.pk).update(series=random_nonce(), series_before=before)
        if has_begun and occasion.closes_at > now and occasion.identity == IdentityMode.LINKED:
            anew.append(occasion.pk)
    return anew


def _answered(occasion: Occasion) -> QuerySet[Participation]:
    rows = Participation.objects.filter(occasion=occasion.pk, state__in=ANSWERED)
    study = occasion.wave.study
    if study.is_research:  # what was taken back would not have been counted
        agreed = Consent.objects.filter(purpose=Consent.Purpose.RESEARCH, withdrawn_on=None)
        rows = rows.filter(user__in=agreed.filter(letter__study=study).values("user"))
    return rows
