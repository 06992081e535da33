"""How many an occasion asked: counted when it closes, so that what a release divides by stays when somebody
who was asked is erased. The count names nobody, and nobody can tell from it who is gone.

Whoever is asked in two groups, or lives with somebody who is, is counted where it closes first. When she is
erased before the second has closed, nothing would tell the second of it: so what will be counted there is no
longer counted in the first. A home is missing where nobody of it is asked after all, and two only where
somebody of it comes into another group after that: to know that it was counted, it would have to be stored.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Count, F, Q
from django.db.models.functions import Greatest
from django.db.models.signals import pre_delete
from django.utils import timezone

from courses.models import Adult, Enrolment, User
from evaluation.models import IdentityMode, Occasion, Participation

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from evaluation.answers.inbox import Inbox

State = Occasion.State
SHUT = (State.CLOSED, State.COUNTED, State.DROPPED)


def connect() -> None:
    """Before somebody is deleted, whoever does it."""
    pre_delete.connect(_leaving, sender=User, dispatch_uid="asked once, also when she is gone")


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
    return _asked_beside(occasion).filter(occasion__state__in=SHUT).exclude(occasion=occasion.pk)


def _asked_beside(occasion: Occasion) -> QuerySet[Participation]:
    """At any occasion of its wave and phase."""
    return Participation.objects.filter(occasion__in=_beside(occasion))


def _beside(occasion: Occasion) -> QuerySet[Occasion]:
    beside = Occasion.objects.filter(wave=occasion.wave_id)
    return beside if occasion.group is None else beside.filter(group__phase=occasion.group.phase)


# --- somebody leaves between two
def _leaving(instance: User, **_: object) -> None:
    """One query of whoever was asked nowhere that has closed."""
    asked = Participation.objects.filter(user=instance.pk, occasion__state__in=SHUT)
    counted: dict[tuple[int, str], Occasion] = {}  # by wave and phase: where it closed first
    for row in asked.select_related("occasion__group").order_by("occasion__closes_at", "occasion"):
        group = row.occasion.group
        counted.setdefault((row.occasion.wave_id, group.phase if group else ""), row.occasion)
    for first in counted.values():
        here = Occasion.objects.filter(pk=first.pk)
        if _is_counted_again(instance, first):
            here.filter(asked__gt=0).update(asked=F("asked") - 1)
        if _is_home_counted_again(instance, first):
            here.filter(asked_families__gt=0).update(asked_families=F("asked_families") - 1)


def _is_counted_again(user: User, first: Occasion) -> bool:
    """Whether a sheet of hers will tell of her at another (``count_again``). What is signed goes with her."""
    sent = _asked_beside(first).filter(user=user.pk, state=Participation.State.DONE).exclude(occasion=first)
    waits = sent.filter(occasion__state__in=[State.OPEN, State.CLOSED])
    return first.identity == IdentityMode.LINKED and waits.exists()


def _is_home_counted_again(user: User, first: Occasion) -> bool:
    """Whether whoever she lives with is asked where it has not closed yet, or may be, and nowhere else. What
    closes meanwhile has counted with her in it, or waits until she is gone."""
    others = Adult.objects.filter(family__adults__user=user.pk).exclude(user=user.pk)
    if _asked_beside(first).filter(occasion__state__in=SHUT, user__adult__in=others).exists():
        return False
    taking = Enrolment.objects.filter(adult__in=others).exclude(ends_on__lt=timezone.localdate())
    theirs = Q(participations__user__adult__in=others) | Q(group__in=taking.values("group"))
    coming = Occasion.objects.filter(
        pk__in=_beside(first).filter(theirs).values("pk"), state__in=[State.PLANNED, State.OPEN]
    )
    return bool(coming.select_for_update(of=("self",), no_key=True).order_by("pk"))
