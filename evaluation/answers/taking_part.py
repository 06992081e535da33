"""Whether an answer may come in just now: the form is open, and in research her consent stands.

Asked in the statement that takes the answer, so that nothing can happen in between.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q

from courses.prepared import INTEGER, PreparedUpdate
from evaluation.models import Consent, Occasion, Participation, Study

if TYPE_CHECKING:
    from django.db.models import QuerySet


def still_open(pk: int) -> QuerySet[Occasion]:
    """For a subquery, never a join: a join would be a second look at the participation's own row, as it was
    before a post that runs at the same time changed it, and both would find it open."""
    return Occasion.objects.filter(pk=pk, state=Occasion.State.OPEN).values("pk")


def _to_answer(user: int, occasion: int) -> QuerySet[Participation]:
    """Hers, where it waits for an answer; in research where a consent of hers is in force, to any letter."""
    given = Consent.objects.filter(user=user, purpose=Consent.Purpose.RESEARCH, withdrawn_on=None)
    agreed = Exists(given.filter(letter__study=OuterRef("wave__study")))
    here = still_open(occasion).filter(Q(wave__study__is_research=False) | agreed)
    waiting = [Participation.State.OPEN, Participation.State.PAPER]
    return Participation.objects.filter(user=user, occasion=occasion, state__in=waiting, occasion__in=here)


# ``user`` and ``occasion``: she has answered. 1, or 0 where nothing was hers to answer
answered = PreparedUpdate(
    _to_answer, {"state": Participation.State.DONE, "draft_key": None}, user=INTEGER, occasion=INTEGER
)


def hold(study_id: int) -> None:
    """Nobody is asked, agrees or withdraws in the study beside this transaction. The first row that it holds:
    then the occasion's, then the participation's. Whoever answers waits for nobody."""
    list(Study.objects.select_for_update(no_key=True).filter(pk=study_id).values_list("pk"))
