"""Who is told of what: asked when a message is planned, and again when it is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils import timezone

from courses.access import in_force
from courses.local import leading
from courses.models import CatchUp, Enrolment, Gathering, Role, SignUp, User

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from courses.models import Adult, Evening, GuidanceMeeting


def adults_in(group_id: int) -> QuerySet[Enrolment]:
    """Those who take part today and have not paused."""
    return Enrolment.objects.current().filter(group=group_id, paused_on=None)


def adults_of(programme_id: int) -> QuerySet[Enrolment]:
    """The same in any group of a programme."""
    return Enrolment.objects.current().filter(group__edition__programme=programme_id, paused_on=None)


def taking_part(evening: Evening) -> QuerySet[User]:
    """The adults of the group, and guests from another group who make up for theirs."""
    guests = CatchUp.objects.filter(neighbour=evening).exclude(state=CatchUp.State.DONE)
    enrolled = adults_in(evening.group_id).values("adult__user")
    away = silent()
    return User.objects.filter(
        Q(pk__in=enrolled) | Q(pk__in=guests.exclude(adult__user__in=away).values("adult__user")),
        is_active=True,
    )


def concerned_by(evening: Evening) -> QuerySet[User]:
    """Whoever should know of a change: those who take part, and those who lead."""
    return User.objects.filter(
        Q(pk__in=taking_part(evening).values("pk")) | Q(pk__in=leaders_of(evening.group_id)), is_active=True
    )


def leaders_of(group_id: int) -> QuerySet[Any]:
    """The ids of those who lead a group today."""
    return leading(group_id, timezone.localdate()).values("user")


def silent() -> QuerySet[Any]:
    """The ids of users who are told nothing at all: they have paused or left every group they were in."""
    taking = Enrolment.objects.current().filter(paused_on=None).values("adult")
    return Enrolment.objects.exclude(adult__in=taking).values("adult__user")


def pausing() -> QuerySet[Any]:
    """The ids of users who are in a group and have paused in all of theirs."""
    return silent().filter(pk__in=Enrolment.objects.current().values("pk"))


def invited_to(gathering: Gathering) -> QuerySet[User]:
    """Whom a gathering is for, except those who want silence or have said no."""
    places = gathering.municipalities.values("pk")
    if gathering.kind == Gathering.Kind.REFRESHER:
        fitting = Q(pk__in=adults_in(gathering.group_id or 0).values("adult__user"))
    elif gathering.kind == Gathering.Kind.THEME_EVENING:
        fitting = Q(adult__family__municipality__in=places)
    else:
        kinds = [Role.Kind.CONTACT_PERSON, Role.Kind.LEADER]
        roles = Role.objects.active().filter(kind__in=kinds, municipality__in=places)
        fitting = Q(pk__in=roles.values("user"))
    no = SignUp.objects.filter(gathering=gathering, state=SignUp.State.WITHDRAWN).values("user")
    asked = User.objects.filter(fitting, is_active=True).exclude(pk__in=no)
    if gathering.kind == Gathering.Kind.STAFF_COURSE:  # her work: no pause in a course of her own ends it
        return asked
    return asked.exclude(pk__in=silent())


def coming_to(gathering: Gathering) -> QuerySet[User]:
    """Those with a seat, but for a pause. To a refresher everybody comes who has not said no.

    Whoever leaves gives her seats back (``courses/gatherings.py``): one she has since, she asked for.
    """
    there = SignUp.objects.filter(gathering=gathering, state=SignUp.State.SIGNED_UP).values("user")
    coming = User.objects.filter(pk__in=there, is_active=True)
    if gathering.kind != Gathering.Kind.STAFF_COURSE:
        coming = coming.exclude(pk__in=pausing())
    if gathering.kind == Gathering.Kind.REFRESHER and gathering.seats is None:
        return coming | invited_to(gathering)
    return coming


def meeting_for_guidance(meeting: GuidanceMeeting) -> QuerySet[User]:
    """The adults of the family, and the contact person."""
    family = Q(adult__family=meeting.family_id) & ~Q(pk__in=silent())
    return User.objects.filter(family | Q(pk=meeting.contact_person_id), is_active=True)


def leading_adult(adult: Adult) -> QuerySet[User]:
    """The contact persons of the groups an adult takes part in today.

    Of staff in training, whose group nobody may be set to lead: the project leaders, who lead the course.
    """
    groups = Enrolment.objects.current().filter(adult=adult).values("group")
    rows = Role.objects.active().filter(kind=Role.Kind.CONTACT_PERSON, municipality__groups__in=groups)
    led = User.objects.filter(
        in_force(through="assignments"),
        assignments__group__in=groups,
        pk__in=rows.values("user"),
        is_active=True,
    ).distinct()
    if adult.family_id is not None or led.exists():
        return led
    here = Q(municipality=None) | Q(municipality__groups__in=groups)
    leaders = Role.objects.active().filter(here, kind=Role.Kind.PROJECT_LEADER)
    return User.objects.filter(pk__in=leaders.values("user"), is_active=True)
