"""Whom a text may be about: the names that are taken out of it before anybody else reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from courses.models import Adult, Assignment, Role, User, WalkIn

if TYPE_CHECKING:
    from collections.abc import Iterable

    from evaluation.models import Occasion


def names_around(occasion: Occasion) -> set[str]:
    """Names that a text from this occasion may be about: adults and contact persons, whenever they were in
    the group, and those they live with; of staff without a group everybody with a role in the region."""
    if occasion.group_id is None:
        region = occasion.wave.study.region_id
        roles = Role.objects.filter(municipality__region=region) | Role.objects.filter(municipality=None)
        return _names(User.objects.filter(roles__in=roles))
    return names_in([occasion.group_id])


def names_in(groups: Iterable[int]) -> set[str]:
    """Names of those who take part in any of the groups or did, of those they live with, of whoever came to
    an evening without being on its list, and of their contact persons. Four queries."""
    groups = list(groups)
    taking = Adult.objects.filter(enrolments__group__in=groups)
    living = Adult.objects.filter(family__adults__in=taking)
    leading = Assignment.objects.filter(group__in=groups).values("user")
    people = User.objects.filter(adult__in=taking) | User.objects.filter(adult__in=living)
    aliases = set(taking.exclude(alias="").values_list("alias", flat=True))
    came = set(WalkIn.objects.filter(evening__group__in=groups).values_list("name", flat=True)) - {""}
    return _names(people) | _names(User.objects.filter(pk__in=leading)) | aliases | came


def _names(users: Any) -> set[str]:
    rows = users.values_list("first_name", "last_name")
    return {name for row in rows for name in row if name}
