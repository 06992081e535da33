"""Whom a text may be about: the names that are taken out of it before anybody else reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q

from courses.models import Adult, Assignment, CatchUp, Enrolment, Role, User, WalkIn
from evaluation.models import Occasion

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet


def names_around(occasion: Occasion) -> set[str]:
    """Names that a text from this occasion may be about: adults and contact persons, whenever they were in
    the group, and those they live with; of staff without a group everybody with a role in the region."""
    if occasion.group_id is None:
        region = occasion.wave.study.region_id
        roles = Role.objects.filter(municipality__region=region) | Role.objects.filter(municipality=None)
        return _names(User.objects.filter(roles__in=roles))
    return names_in([occasion.group_id])


def names_in(groups: Iterable[int]) -> set[str]:
    """Names of those who take part in any of the groups or did, of guests who caught up an evening there, of
    those they live with, of whoever came to an evening without being on its list, and of their contact
    persons. Four queries."""
    groups = list(groups)
    enrolled = Enrolment.objects.filter(group__in=groups).values("adult")
    guests = CatchUp.objects.filter(neighbour__group__in=groups).values("adult")
    taking = Adult.objects.filter(Q(pk__in=enrolled) | Q(pk__in=guests))
    here = Q(pk__in=taking.values("pk")) | Q(family__in=taking.values("family"))
    leading = Assignment.objects.filter(group__in=groups).values("user")
    aliases = set(Adult.objects.filter(here).exclude(alias="").values_list("alias", flat=True))
    came = set(WalkIn.objects.filter(evening__group__in=groups).values_list("name", flat=True)) - {""}
    people = User.objects.filter(pk__in=Adult.objects.filter(here).values("user"))
    return _names(people) | _names(User.objects.filter(pk__in=leading)) | aliases | came


def occasions_around(user: User) -> QuerySet[Occasion]:
    """Those whose names hers is among, as ``names_around`` has them; of staff without a group also others."""
    home = Adult.objects.filter(Q(user=user.pk) | Q(family__adults__user=user.pk)).values("pk")
    around = Q(group__in=Enrolment.objects.filter(adult__in=home).values("group"))
    around |= Q(group__evenings__in=CatchUp.objects.filter(adult__in=home).values("neighbour"))
    around |= Q(group__in=Assignment.objects.filter(user=user.pk).values("group"))
    if Role.objects.filter(user=user.pk).exists():
        around |= Q(group=None)
    return Occasion.objects.filter(around).distinct()


def _names(users: Any) -> set[str]:
    rows = users.values_list("first_name", "last_name")
    return {name for row in rows for name in row if name}
