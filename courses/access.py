"""Who may do what: the roles a request carries, and the rows a person may see.

The declared matrix (every route, every role) is in ``cms/access_matrix.py``; ``cms/middleware.py``
enforces it. Rows are decided here: every queryset that holds people has ``visible_to(user)``, built by
``people_visible_to``, and every view starts from it, so that a foreign id is a 404.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from django.db.models import Q
from django.utils import timezone

if TYPE_CHECKING:
    from datetime import date

    from django.db.models import QuerySet

    from courses.models.people import Role, User

    Rows = TypeVar("Rows", bound=QuerySet[Any])


def active_roles(user: User) -> list[Role]:
    """The roles in force today. One query per request; anonymous people have none."""
    if not user.is_authenticated:
        return []
    if not hasattr(user, "_active_roles"):
        user._active_roles = user.roles_today()
    return user._active_roles


def has_role(user: User, *kinds: str) -> bool:
    return any(role.kind in kinds for role in active_roles(user))


def _role_places(user: User, kind: str, municipality: str) -> Q | None:
    """Rows in the places of a role: Q() for the whole region, None when the role is not held."""
    places = [role.municipality_id for role in active_roles(user) if role.kind == kind]
    if not places:
        return None
    if None in places:
        return Q()
    return Q(**{f"{municipality}__in": places})


def in_force(on: date | None = None, through: str = "") -> Q:
    """Rows with ``starts_on``/``ends_on`` that hold on a day (today in Oslo), or reached through such."""
    day, starts, ends = on or timezone.localdate(), _at(through, "starts_on"), _at(through, "ends_on")
    return Q(**{f"{starts}__lte": day}) & (Q(**{ends: None}) | Q(**{f"{ends}__gte": day}))


def _at(through: str, field: str) -> str:
    return f"{through}__{field}" if through else field


def led_groups(user: User) -> QuerySet[Any]:
    """The groups a contact person leads today, in the municipalities where that is her role today."""
    places = [role.municipality_id for role in active_roles(user) if role.kind == "contact-person"]
    return user.assignments.current().filter(group__municipalities__in=places).values("group")


def _own(user: User, ways: tuple[str, ...], takers: str | None) -> Q:
    """Rows that are one's own, or those of a group one takes part in today."""
    own = Q(pk__in=[])
    for way in ways:
        own |= Q(**{way: user.pk})
    if takers is not None:
        own |= Q(**{f"{takers}__adult__user": user.pk}) & in_force(through=takers)
    return own


def _led(user: User, group: str | None, enrolments: str | None) -> Q:
    """Rows of a contact person's groups; where they are about adults, of those who take part today."""
    groups = led_groups(user)
    led = Q(**{f"{group}__in": groups}) if group is not None else Q()
    if enrolments is not None:
        led &= Q(**{f"{_at(enrolments, 'group')}__in": groups}) & in_force(through=enrolments)
    return led


# how a row about one adult is reached: its municipality, and the enrolments that bring it to a contact person
OF_AN_ADULT: dict[str, Any] = {
    "municipality": "adult__family__municipality",
    "enrolments": "adult__enrolments",
}


def people_visible_to(
    rows: Rows,
    user: User,
    *,
    municipality: str | tuple[str, ...],
    own: str | tuple[str, ...] = (),
    takers: str | None = None,
    group: str | None = None,
    enrolments: str | None = None,
    staff: bool = False,
    leader: bool = False,
) -> Rows:
    """Narrow ``rows`` to what ``user`` may see.

    The look-ups say how a row is reached: ``municipality`` its municipality, ``own`` the users it belongs
    to whatever the day, ``takers`` the enrolments of those who see it while theirs is in force. A contact
    person reaches it by ``group``, the group she leads, and where it is about an adult by ``enrolments``,
    of which one in her groups must be in force («»: the row itself). ``staff`` rows (roles, invitations)
    of the whole region, and all others in her places, are open to the project leader; ``leader`` opens
    rows to the municipality's leader. Reads the user's roles: one query per request.
    """
    if not user.is_authenticated:
        return rows.none()
    allowed = _own(user, _all_of(own), takers)
    if (group is not None or enrolments is not None) and has_role(user, "contact-person"):
        allowed |= _led(user, group, enrolments)
    for kind in ("project-leader", *(("leader",) if leader else ())):
        for way in _all_of(municipality):
            places = _role_places(user, kind, way)
            if places is not None and not places:
                return rows
            if places is not None:
                allowed |= places | (Q(**{f"{way}__isnull": True}) if staff else Q(pk__in=[]))
    return rows.filter(pk__in=rows.model._base_manager.filter(allowed).values("pk"))


def _all_of(ways: str | tuple[str, ...]) -> tuple[str, ...]:
    return (ways,) if isinstance(ways, str) else ways
