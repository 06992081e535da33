"""Messages that did not arrive, and who sees that: nobody's failure stays unseen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Count, Q, Value
from django.utils import timezone

from courses.access import active_roles
from courses.models import (
    Assignment,
    CallRequest,
    Enrolment,
    Evening,
    Group,
    GuidanceMeeting,
    Message,
    Role,
)
from courses.outbox.rows import State, things
from courses.prepared import DAY, Prepared

if TYPE_CHECKING:
    from datetime import date

    from django.db.models import QuerySet

    from courses.models import User


def of_group_work(group: Group) -> Q:
    """Those to a group's contact persons about their work in it: the rows are for the group's own page."""
    staff = Assignment.objects.current().filter(group=group).values("user")
    work = (
        Q(thing=f"group:{group.pk}")
        | things("evening", Evening.objects.filter(group=group))
        | things("guidance", GuidanceMeeting.objects.filter(contact_person__in=staff))
        | things("call", CallRequest.objects.filter(adult__enrolments__group=group))
    )
    return work & Q(state=State.DEAD, user__in=staff)


def of_no_group(user: User) -> QuerySet[Message]:
    """Those that stand on no family's group page, to people in the places where ``user`` is project leader.

    Of families outside a group, and of everybody with a role. Reads the user's roles.
    """
    rows = _of_no_group(_places(user), timezone.localdate())
    return rows.select_related("user__adult__family").order_by("due_at", "pk")


def count_of_no_group(user: User) -> int:
    """How many ``of_no_group`` are. One query. Reads the user's roles."""
    places, today = _places(user), timezone.localdate()
    if None not in places:
        return _of_no_group(places, today).count()
    rows = _in_region(today=today)
    return int(rows[0][1]) if rows else 0


def _places(user: User) -> set[int | None]:
    """Where she is project leader; None among them is the whole region."""
    return {role.municipality_id for role in active_roles(user) if role.kind == Role.Kind.PROJECT_LEADER}


def _of_no_group(places: set[int | None], on: date) -> QuerySet[Message]:
    in_groups = Enrolment.objects.current(on).values("adult__user")
    roles = Role.objects.active(on)
    if None not in places:
        roles = roles.filter(municipality__in=places)
    theirs = Q(user__in=roles.values("user"))
    families = ~Q(user__in=in_groups)
    if None not in places:
        families &= Q(user__adult__family__municipality__in=places)
    rows = Message.objects.filter(families | theirs, state=State.DEAD, invited=None)
    return rows.exclude(kind=Message.Kind.FORM)  # «send på nytt» would tell whether she has answered


_in_region = Prepared(  # → (1, messages)
    lambda today: (
        _of_no_group({None}, today)
        .order_by()
        .values(one=Value(1))
        .annotate(messages=Count("pk"))
        .values_list("one", "messages")
    ),
    today=DAY,
)
