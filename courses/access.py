"""Who may do what: the roles a request carries, and the rows a person may see.

The declared matrix (every route, every role) is in ``cms/access_matrix.py``; ``cms/middleware.py``
enforces it. Rows are decided here: every queryset that holds people has ``visible_to(user)``, built by
``people_visible_to``, and every view starts from it, so that a foreign id is a 404.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from django.db.models import Q

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from courses.models.people import Role, User

    Rows = TypeVar("Rows", bound=QuerySet[Any])


def active_roles(user: User) -> list[Role]:
    """The roles in force today. One query per request; anonymous people have none."""
    if not user.is_authenticated:
        return []
    if not hasattr(user, "_active_roles"):
        user._active_roles = list(user.roles.active())
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


def people_visible_to(
    rows: Rows,
    user: User,
    *,
    municipality: str,
    own: str | tuple[str, ...] | None,
    group: str | None = None,
    staff: bool = False,
    leader: bool = False,
) -> Rows:
    """Narrow ``rows`` to what ``user`` may see.

    The look-ups say how a row is reached: ``municipality`` its municipality, ``own`` the users it belongs
    to, ``group`` the group a contact person leads. ``staff`` rows (roles, invitations, users) and all
    others are open to the project leader in her places; ``leader`` opens rows to the municipality's leader.
    Reads the user's roles: one query per request.
    """
    if not user.is_authenticated:
        return rows.none()
    allowed = Q(pk__in=[])
    for way in (own,) if isinstance(own, str) else own or ():
        allowed |= Q(**{way: user.pk})
    if group is not None and has_role(user, "contact-person"):
        allowed |= Q(**{f"{group}__in": user.assignments.current().values("group")})
    for kind in ("project-leader", *(("leader",) if leader else ())):
        places = _role_places(user, kind, municipality)
        if places is not None and not places:
            return rows
        if places is not None:
            allowed |= places | (Q(**{f"{municipality}__isnull": True}) if staff else Q(pk__in=[]))
    return rows.filter(pk__in=rows.model._base_manager.filter(allowed).values("pk"))
