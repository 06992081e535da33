"""A backup without the inbox was put back: what waited sealed is gone, and that is not «nobody has answered».

Where the form is still open, whoever had answered is asked again. Where it has closed, what was lost is
stored with the occasion, as when a key is lost: it is counted with nobody's answers, and is told of. Its key
is kept for a week all the same, for a backup that has the inbox.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils import timezone

from evaluation.answers import closing, pooling
from evaluation.models import Consent, IdentityMode, Occasion, Participation
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


def _answered(occasion: Occasion) -> QuerySet[Participation]:
    rows = Participation.objects.filter(occasion=occasion.pk, state__in=ANSWERED)
    study = occasion.wave.study
    if study.is_research:  # what was taken back would not have been counted
        agreed = Consent.objects.filter(purpose=Consent.Purpose.RESEARCH, withdrawn_on=None)
        rows = rows.filter(user__in=agreed.filter(letter__study=study).values("user"))
    return rows
