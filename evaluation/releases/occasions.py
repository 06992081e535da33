"""Which occasions, groups and evenings a release is of: a wave's groups in a phase, and of staff the
region's own."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from courses.models import Evening, Group
from evaluation.answers.pooling import phase_of
from evaluation.models import Occasion, Release, Study, Wave

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

CLOSED = (Occasion.State.COUNTED, Occasion.State.DROPPED)


def occasions_of(wave: Wave, phase: str) -> QuerySet[Occasion]:
    """Those of groups in the phase; those without a group belong to the phase the region was in.

    One query more, and one for each occasion without a group.
    """
    alone = Occasion.objects.filter(wave=wave, group=None).select_related("wave__study", "group")
    here = [each.pk for each in alone if phase_of(each) == phase]
    return Occasion.objects.filter(wave=wave, group__phase=phase) | Occasion.objects.filter(pk__in=here)


def groups_of(study: Study, phase: str) -> QuerySet[Group]:
    """The groups of the phase that the study has asked: those with an occasion that has been opened."""
    asked = Occasion.objects.opened().filter(wave__study=study, group__isnull=False)
    return Group.objects.filter(phase=phase, pk__in=asked.values("group"))


def evenings_of(groups: QuerySet[Group] | list[int]) -> QuerySet[Evening]:
    """Those that were not cancelled."""
    return Evening.objects.filter(group__in=groups, cancelled_at=None)


def open_occasions(wave: Wave, phase: str) -> list[Occasion]:
    """Those that are planned, open or wait to be counted; small groups that wait in the pool among them."""
    rows = occasions_of(wave, phase).exclude(state__in=CLOSED)
    return list(rows.select_related("group", "evening__module").order_by("closes_at", "pk"))


def waves_and_phases(waves: Iterable[Wave]) -> list[tuple[Wave, str]]:
    """Each of ``waves`` with the phases it has occasions in, but for evening forms. Two queries and more."""
    found = {wave.pk: wave for wave in waves if wave.anchor != Wave.Anchor.EACH_EVENING}
    rows = Occasion.objects.filter(wave__in=found).select_related("wave__study", "group")
    of_groups = rows.filter(group__isnull=False).order_by().values_list("wave", "group__phase").distinct()
    there = {*of_groups, *((each.wave_id, phase_of(each)) for each in rows.filter(group=None))}
    phases = sorted({phase for _wave, phase in there}, reverse=True)  # the pilot first
    return [(wave, phase) for wave in found.values() for phase in phases if (wave.pk, phase) in there]


def counted_in(study: Study) -> str:
    """Changes whenever another occasion of the study has been counted, or another wave was let out: what is
    told hangs on what is out already (R7). Two queries.
    """
    counted = Occasion.objects.filter(wave__study=study, state__in=CLOSED).order_by("pk")
    out = Release.objects.filter(study=study).order_by("pk")
    written = repr([*counted.values_list("pk", "state", "batch"), *out.values_list("pk")])
    return hashlib.sha256(written.encode()).hexdigest()
