"""When there are enough to be opened, and with whom those wait who are not. No answer is read here.

Below five adults or four families (an anonymous form: eight answers) an occasion stays closed with its key,
and nothing of it leaves the job that counts them. The small ones of one region, wave and phase, and of
evenings also of one module, are opened together when they are enough together. Those that never are, are
deleted when the study ends.
Contact persons' and leaders' forms with their names have no such limit: what they say is signed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Count, Q
from django.utils import timezone

from courses.models import Group
from evaluation.answers.inbox import population
from evaluation.figures.disclosure import ANSWERS_FOR_MEAN, Population
from evaluation.models import IdentityMode, Occasion, Participation, SealedAnswer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from evaluation.answers.inbox import Inbox, Sheet


def phase_of(occasion: Occasion) -> str:
    """The group's phase; of staff without a group the region's, which is the pilot until the pilot is over:
    until a group of the programme is in everyday use."""
    if occasion.group is not None:
        return str(occasion.group.phase)
    study = occasion.wave.study
    groups = Group.objects.filter(
        edition__programme=study.programme_id, municipalities__region=study.region_id
    )
    begun = groups.filter(evenings__starts_at__lte=occasion.opens_at, phase=Group.Phase.IMPLEMENTATION)
    return str(Group.Phase.IMPLEMENTATION if begun.exists() else Group.Phase.PILOT)


def seem_enough(occasions: Iterable[Occasion]) -> bool:
    """Whether it is worth opening: by how many boxes there are, and how many families they may be of.

    What was withdrawn or doubled is known only inside. Where nothing came there is nobody to hide. Each box
    beyond those who are known to have answered, on paper or erased since, may be of a family of its own. Two
    may have become one household since they answered: when it is over boxes alone decide, and what is inside.
    """
    occasions = list(occasions)
    here = [occasion.pk for occasion in occasions]
    sealed = SealedAnswer.objects.filter(occasion__in=here).count()
    mode = occasions[0].identity
    if mode == IdentityMode.NAMED or not sealed:
        return True
    if mode == IdentityMode.ANONYMOUS:
        return sealed >= ANSWERS_FOR_MEAN
    if is_over(occasions[0]):
        return Population(sealed, sealed).may_have_mean
    done = Participation.objects.filter(occasion__in=here, state=Participation.State.DONE)
    known = done.aggregate(
        answers=Count("pk"),
        families=Count("user__adult__family", distinct=True),
        alone=Count("user", filter=Q(user__adult__family=None), distinct=True),
    )
    others = max(0, sealed - known["answers"])
    return Population(sealed, known["families"] + known["alone"] + others).may_have_mean


def are_enough(inboxes: Iterable[Inbox]) -> bool:
    """The same of what was opened: this decides."""
    inboxes = list(inboxes)
    sheets = [sheet for inbox in inboxes for sheet in inbox.sheets]
    mode = inboxes[0].occasion.identity
    if mode == IdentityMode.NAMED or (not sheets and not any(inbox.sealed for inbox in inboxes)):
        return True
    if mode == IdentityMode.ANONYMOUS:
        return len(sheets) >= ANSWERS_FOR_MEAN
    return population(sheets).may_have_mean


def closed_beside(occasion: Occasion) -> QuerySet[Occasion]:
    """The closed occasions it may be opened with, itself among them, whether they need others or not."""
    waiting = Occasion.objects.filter(wave=occasion.wave_id, state=Occasion.State.CLOSED)
    if occasion.identity == IdentityMode.ANONYMOUS and occasion.evening is not None:
        waiting = waiting.filter(evening__module=occasion.evening.module_id)
    if occasion.group is not None:
        waiting = waiting.filter(group__phase=occasion.group.phase)
    return whole(waiting).order_by("pk")


def pool_of(occasion: Occasion) -> list[Occasion]:
    """Those of them that wait for each other, this one among them.

    One with a batch was opened and found to be too few, whatever it seems.
    """
    rows = closed_beside(occasion)
    return [
        each for each in rows if each.pk == occasion.pk or each.batch is not None or not seem_enough([each])
    ]


def is_over(occasion: Occasion) -> bool:
    """Whether nothing can come to its pool any more: the study has ended, and nobody answers in its wave."""
    answering = Occasion.objects.filter(wave=occasion.wave_id, state=Occasion.State.OPEN)
    return occasion.wave.study.ends_on < timezone.localdate() and not answering.exists()


def whole(rows: QuerySet[Occasion]) -> QuerySet[Occasion]:
    """With everything that closing reads of an occasion."""
    return rows.select_related("wave__study", "group__edition", "evening__module")


def municipalities_told(sheets: Iterable[Sheet]) -> set[int]:
    """The municipalities that are written beside the answers; all others are the region.

    Each of them is large enough, and so is the rest, if there is any: else the rest would be told by what
    is left when the others are taken away.
    """
    places: dict[int | None, list[Sheet]] = {}
    for sheet in sheets:
        places.setdefault(sheet.municipality, []).append(sheet)
    enough = [place for place in places if place is not None and population(places[place]).may_have_mean]
    enough.sort(key=lambda place: len(places[place]))  # the smallest goes into the rest first
    while enough:
        rest = [sheet for place, there in places.items() if place not in enough for sheet in there]
        if not rest or population(rest).may_have_mean:
            return set(enough)
        enough.pop(0)
    return set()
