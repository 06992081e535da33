"""«Før din første kveld»: what a new contact person has in place, and what is left, read from what exists.

Three things only she knows (the plan read, the phone tried, the papers printed): she ticks them herself, and
the tick stays on her device.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from allauth.mfa.models import Authenticator
from django.db.models import Count, Exists, F, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from courses.models import (
    Attendance,
    EditionModule,
    Enrolment,
    Evening,
    FamilyInvitation,
    Group,
    Programme,
)
from courses.progress import COUNTS_AS_THERE

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from courses.models import User

FACTORS = [Authenticator.Type.WEBAUTHN, Authenticator.Type.TOTP]


@dataclass(frozen=True)
class Training:
    """Her own course: None in ``there`` when she is in no group of it."""

    there: int | None = None
    evenings: int = 0
    programme: str = ""  # slug

    @property
    def is_done(self) -> bool:
        return self.there is not None and self.there >= self.evenings > 0


@dataclass(frozen=True)
class FirstGroup:
    """The group of families she leads: the one that meets first."""

    pk: int
    name: str
    evenings: int  # with a date
    modules: int  # in its edition
    invited: int  # households, with or without an answer
    next_evening: Evening | None

    @property
    def has_all_dates(self) -> bool:
        return self.evenings >= self.modules > 0


@dataclass(frozen=True)
class Preparation:
    """Everything before the first evening."""

    has_own_factor: bool
    training: Training
    group: FirstGroup | None


def has_led(user: User) -> bool:
    """Whether she has held an evening for families, in whichever group. One query."""
    held = Evening.objects.filter(
        group__assignments__user=user,
        group__edition__programme__audience=Programme.Audience.FAMILIES,
        starts_at__lt=timezone.now(),
        cancelled_at=None,
    )
    return held.exists()


def preparation_of(user: User) -> Preparation:
    """Five queries at most, whatever the size of her group."""
    factor = Authenticator.objects.filter(user=user, type__in=FACTORS).exists()
    return Preparation(factor, _training(user), _group(user))


def _training(user: User) -> Training:
    """Two queries."""
    taken = (
        Enrolment.objects.filter(
            adult__user=user, group__edition__programme__audience=Programme.Audience.CONTACT_PERSONS
        )
        .order_by("-starts_on", "-pk")
        .values_list("adult_id", "group__edition__programme__slug", "group__edition_id")
        .first()
    )
    if taken is None:
        return Training()
    adult, slug, edition = taken
    modules = EditionModule.objects.filter(edition=edition, language="nb")
    was_there = Attendance.objects.filter(
        adult=adult, evening__module=OuterRef("module"), state__in=COUNTS_AS_THERE
    )
    sums = modules.aggregate(all=Count("pk"), there=Count("pk", filter=Exists(was_there)))
    return Training(sums["there"], sums["all"], slug)


def _how_many(rows: QuerySet[Any], key: str, *, distinct: str = "pk") -> Coalesce:
    """How many of these rows belong together by ``key``: counted apart, not multiplied by a join."""
    counted = rows.order_by().values(key).annotate(n=Count(distinct, distinct=True)).values("n")
    return Coalesce(Subquery(counted), 0)


def _group(user: User) -> FirstGroup | None:
    """One query, and one more when there is an evening to come."""
    here = OuterRef("pk")
    dated = Evening.objects.filter(group=here, cancelled_at=None)
    coming = dated.filter(starts_at__gte=timezone.now()).order_by("starts_at")
    modules = EditionModule.objects.filter(edition=OuterRef("edition"), language="nb")
    takers = Enrolment.objects.filter(group=here)
    row = (
        Group.objects.filter(
            pk__in=user.assignments.current().values("group"),
            edition__programme__audience=Programme.Audience.FAMILIES,
        )
        .annotate(
            first=Subquery(coming.values("pk")[:1]),
            starts=Subquery(coming.values("starts_at")[:1]),
            dated=_how_many(dated, "group"),
            in_all=_how_many(modules, "edition"),
            asked=_how_many(FamilyInvitation.objects.standing().filter(group=here), "group"),
            taking=_how_many(takers, "group", distinct="adult__family"),
        )
        .order_by(F("starts").asc(nulls_last=True), "-pk")
        .first()
    )
    if row is None:
        return None
    evening = Evening.objects.select_related("module").get(pk=row.first) if row.first else None
    return FirstGroup(row.pk, row.name, row.dated, row.in_all, max(row.asked, row.taking), evening)
