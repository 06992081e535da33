"""How many an occasion asked: counted when it closes, so that what a release divides by stays when somebody
who was asked is erased. The count names nobody, and nobody can tell from it who is gone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Count, Q
from django.db.models.functions import Greatest

from evaluation.models import IdentityMode, Occasion, Participation

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from evaluation.answers.inbox import Inbox

State = Occasion.State


def count(occasion: Occasion) -> None:
    """Those who are asked as it closes. Two queries.

    A home whose adults are in two groups is counted at the one that closes first, so that the sum over a
    wave and phase has each home once.
    """
    home = "user__adult__family"
    told = _asked_elsewhere(occasion).filter(user__adult__family__isnull=False).values(home)
    found = _asked_here(occasion).aggregate(
        asked=Count("user", distinct=True),
        asked_families=Count(home, distinct=True, filter=~Q(user__adult__family__in=told)),
    )
    Occasion.objects.filter(pk=occasion.pk).update(**found)


def count_again(opened: Inbox) -> None:
    """Whoever answered and was erased before it closed was asked as well: her sheet is what tells of her.

    Not of her family, so that it is never said to be more than it was. Three queries.
    """
    occasion = opened.occasion
    if occasion.identity == IdentityMode.ANONYMOUS:
        return
    done = Participation.objects.filter(occasion=occasion.pk, state=Participation.State.DONE)
    gone = max(0, len(opened.sheets) - done.count())
    asked = Greatest("asked", _asked_here(occasion).count() + gone)
    Occasion.objects.filter(pk=occasion.pk).update(asked=asked)


def _asked_here(occasion: Occasion) -> QuerySet[Participation]:
    """Without those counted at another occasion: whoever changes group is one."""
    here = Participation.objects.filter(occasion=occasion.pk)
    return here.exclude(user__in=_asked_elsewhere(occasion).values("user"))


def _asked_elsewhere(occasion: Occasion) -> QuerySet[Participation]:
    """At other occasions of the wave and phase that have closed, and are counted there."""
    shut = Q(occasion__state__in=[State.CLOSED, State.COUNTED, State.DROPPED])
    elsewhere = Participation.objects.filter(shut, occasion__wave=occasion.wave_id)
    if occasion.group is not None:
        elsewhere = elsewhere.filter(occasion__group__phase=occasion.group.phase)
    return elsewhere.exclude(occasion=occasion.pk)
