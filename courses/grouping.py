"""A group made whole at once: its evenings, its contact persons, its refreshers; and changed later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from courses import messaging, scheduling
from courses.access import active_roles, people_visible_to
from courses.models import Assignment, Evening, Group, Municipality, Role, User
from courses.seats import fill_seats

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from django.db.models import QuerySet

    from courses.models import Edition, Module


@dataclass(frozen=True)
class Duty:
    """Who does what in a group, and for a stand-in until when."""

    user: User
    kind: str
    ends_on: date | None = None


@dataclass(frozen=True)
class GroupPlan:
    """Everything the form for a new group asks for. ``times`` go with the edition's modules, in order."""

    name: str
    edition: Edition
    phase: str
    municipalities: Sequence[Municipality]
    seats: int
    times: Sequence[datetime]
    minutes: int
    place: str
    video_link: str
    duties: Sequence[Duty]


def managed_by(user: User) -> QuerySet[Group]:
    """The groups one leads or is project leader for: those one may change. Not those one takes part in."""
    rows: QuerySet[Group] = people_visible_to(
        Group.objects.all(), user, municipality="municipalities", group="pk"
    )
    return rows


def places_for(user: User) -> QuerySet[Municipality]:
    """Where one may make a group: a contact person in her region, a project leader in her places."""
    roles = [role for role in active_roles(user) if role.kind in ("contact-person", "project-leader")]
    if any(role.municipality_id is None for role in roles):
        return Municipality.objects.all()
    own = Q(pk__in=[role.municipality_id for role in roles if role.kind == "project-leader"])
    near = [role.municipality_id for role in roles if role.kind == "contact-person"]
    return Municipality.objects.filter(own | Q(region__municipalities__in=near)).distinct()


def own_places(user: User) -> set[int]:
    """The municipalities where one is contact person or project leader today; empty: the whole region."""
    roles = [role for role in active_roles(user) if role.kind in ("contact-person", "project-leader")]
    places = {role.municipality_id for role in roles}
    return set() if None in places else {place for place in places if place is not None}


def holiday_places(user: User) -> QuerySet[Municipality]:
    """The municipalities whose school holidays one types in: one's own."""
    own = own_places(user)
    return Municipality.objects.filter(pk__in=own) if own else places_for(user)


def contact_persons_in(places: Iterable[Municipality]) -> QuerySet[User]:
    """Who may lead a group for one of the municipalities."""
    roles = Role.objects.active().filter(kind=Role.Kind.CONTACT_PERSON, municipality__in=places)
    return User.objects.filter(pk__in=roles.values("user"), is_active=True).order_by("first_name", "pk")


def modules_of(edition: Edition) -> list[Module]:
    """The modules of an edition in its order. One query."""
    rows = edition.modules.filter(language="nb").select_related("module__programme").order_by("position")
    return [row.module for row in rows]


@transaction.atomic
def make_group(plan: GroupPlan) -> Group:
    """The group with everything that hangs on it. Raises EveningError, and makes nothing then."""
    group = Group.objects.create(name=plan.name, edition=plan.edition, phase=plan.phase, seats=plan.seats)
    group.municipalities.set(plan.municipalities)
    evenings: list[Evening] = []
    for module, starts_at in zip(modules_of(plan.edition), plan.times, strict=True):
        scheduling.refuse(starts_at, plan.minutes, evenings)
        evening = Evening.objects.create(
            group=group,
            module=module,
            starts_at=starts_at,
            minutes=plan.minutes,
            place=plan.place,
            video_link=plan.video_link,
        )
        evenings.append(evening)
    set_duties(group, plan.duties)
    for evening in evenings:
        messaging.plan_evening(evening)
    scheduling.make_refreshers(group)
    return group


@transaction.atomic
def set_duties(group: Group, duties: Sequence[Duty]) -> None:
    """Ends the duties that are not among ``duties`` and begins those that are new; the past stays."""
    wanted = {(duty.user.pk, duty.kind, duty.ends_on) for duty in duties}
    today = timezone.localdate()
    for row in group.assignments.current():
        if (row.user_id, row.duty, row.ends_on) in wanted:
            wanted.discard((row.user_id, row.duty, row.ends_on))
        elif row.starts_on < today:
            row.ends_on = today - timedelta(days=1)
            row.save(update_fields=["ends_on"])
        else:  # dates alone cannot say that it ended before the day did
            row.delete()
    for duty in duties:
        if (duty.user.pk, duty.kind, duty.ends_on) in wanted:
            Assignment.objects.create(group=group, user=duty.user, duty=duty.kind, ends_on=duty.ends_on)


@transaction.atomic
def change_group_row(group: Group, *, name: str, phase: str, seats: int, duties: Sequence[Duty]) -> None:
    """Another name, phase, number of seats or other contact persons. New seats go to those who wait."""
    group.name, group.phase, group.seats = name, phase, seats
    group.save(update_fields=["name", "phase", "seats"])
    set_duties(group, duties)
    fill_seats(group)


def led_elsewhere(group: Group) -> list[Evening]:
    """Evenings of other groups, at the same time, with one of this group's contact persons. Two queries.

    No refusal: two who lead together can part. It is said, so that nobody finds out on the day.
    """
    leaders = group.assignments.current().values("user")
    now = timezone.now()
    mine = list(group.evenings.filter(starts_at__gt=now, cancelled_at=None))
    others = Evening.objects.filter(
        group__in=Assignment.objects.current().filter(user__in=leaders).values("group"),
        starts_at__gt=now - timedelta(hours=12),
        cancelled_at=None,
    ).exclude(group=group)
    return [other for other in others.select_related("group") if any(_overlap(other, one) for one in mine)]


def _overlap(one: Evening, other: Evening) -> bool:
    return one.starts_at < other.starts_at + timedelta(
        minutes=other.minutes
    ) and other.starts_at < one.starts_at + timedelta(minutes=one.minutes)
