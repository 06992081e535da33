"""Planning: one row in the outbox for each thing a person may be told, and who should be told of it.

Every function here may be called again and again: a row that waits is moved, and what was sent stays sent.
Whether it is still wanted, and what it says, is decided when it goes (``courses/outbox/letters.py``), by
the same queries for who should be told.

    thing             step                                     kind
    invited:7         invitation-1, waiting, reminder          invitation
    evening:12        reminder, reminder-2                     evening
                      moved-3, moved-3-urgent, moved-3-sms     change (also place-…, cancelled-…)
    gathering:4       announcement, seat                       invitation
                      reminder, reminder-2, moved-1            evening, change
    guidance:5        reminder, next                           guidance
                      moved-1, cancelled-2                     change
    catch-up:9        offer, reminder                          evening
    call:2            asked, reminder                          guidance
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils import timezone

from courses.access import in_force
from courses.local import leading
from courses.models import CatchUp, Enrolment, Evening, Gathering, Message, Role, SignUp, User
from courses.outbox.rows import SILENCED, State, before, put, take_out, waking

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from courses.models import Adult, CallRequest, FamilyInvitation, GuidanceMeeting, InvitedAdult

Kind = Message.Kind
DAYS_BEFORE = 2  # an evening, a gathering
SOON = timedelta(hours=48)  # a change this near is told at once, and by text message too
REMINDERS = ("reminder", "reminder-2")  # at most two for one thing
AHEAD = timedelta(days=DAYS_BEFORE + 1)


# --- who is told: asked when it is planned, and again when it is sent
def adults_in(group_id: int) -> QuerySet[Enrolment]:
    """Those who take part today and have not paused."""
    return Enrolment.objects.current().filter(group=group_id, paused_on=None)


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
    return User.objects.filter(fitting, is_active=True).exclude(pk__in=no).exclude(pk__in=silent())


def coming_to(gathering: Gathering) -> QuerySet[User]:
    """Those with a seat. To a refresher everybody comes who has not said no."""
    there = SignUp.objects.filter(gathering=gathering, state=SignUp.State.SIGNED_UP).values("user")
    coming = User.objects.filter(pk__in=there, is_active=True).exclude(pk__in=silent())
    if gathering.kind == Gathering.Kind.REFRESHER and gathering.seats is None:
        return coming | invited_to(gathering)
    return coming


def meeting_for_guidance(meeting: GuidanceMeeting) -> QuerySet[User]:
    """The adults of the family, and the contact person."""
    family = Q(adult__family=meeting.family_id) & ~Q(pk__in=silent())
    return User.objects.filter(family | Q(pk=meeting.contact_person_id), is_active=True)


def leading_adult(adult: Adult) -> QuerySet[User]:
    """The contact persons of the groups an adult takes part in today."""
    groups = Enrolment.objects.current().filter(adult=adult).values("group")
    rows = Role.objects.active().filter(kind=Role.Kind.CONTACT_PERSON, municipality__groups__in=groups)
    return User.objects.filter(
        in_force(through="assignments"),
        assignments__group__in=groups,
        pk__in=rows.values("user"),
        is_active=True,
    ).distinct()


# --- what is planned
def plan_invitation(invited: InvitedAdult) -> None:
    """The link, and one reminder three days before it ends. Again with each «send på nytt»."""
    thing, now = f"invited:{invited.pk}", timezone.now()
    step = f"invitation-{invited.issue}"
    put([invited], kind=Kind.INVITATION, thing=thing, step=step, due_at=waking(now), invited=True)
    last = before(invited.expires_at, days=3)
    if last > now:
        put([invited], kind=Kind.INVITATION, thing=thing, step="reminder", due_at=last, invited=True)


def plan_waiting(invitation: FamilyInvitation) -> None:
    """Tells a household, once, that it waits for a seat."""
    for invited in invitation.adults.filter(used_at=None):
        put(
            [invited],
            kind=Kind.INVITATION,
            thing=f"invited:{invited.pk}",
            step="waiting",
            due_at=waking(timezone.now()),
            invited=True,
        )


def plan_evening(evening: Evening) -> None:
    """A reminder two days before to everybody who takes part; moved with the evening."""
    if evening.cancelled_at:
        take_out("cancelled", thing=f"evening:{evening.pk}", kind=Kind.EVENING)
    elif evening.starts_at > timezone.now():
        _remind(taking_part(evening), f"evening:{evening.pk}", evening.starts_at)


def _remind(people: QuerySet[User], thing: str, starts_at: datetime) -> None:
    """The reminder of something with a time. Who was reminded of its old time is reminded of the new one.

    At most two for one thing, whatever it is moved to afterwards. Four queries or five.
    """
    due_at = before(starts_at, DAYS_BEFORE)
    told = Message.objects.filter(thing=thing, step__in=REMINDERS, state__in=[State.SENT, State.SENDING])
    # told of this very time: its reminder came due no earlier than the one for this time would
    reminded = {
        user
        for user, was_due in told.values_list("user_id", "due_at")
        if user and was_due >= due_at - timedelta(minutes=1)
    }
    before_it_moved = {user for user in told.values_list("user_id", flat=True) if user} - reminded
    everybody = set(people.values_list("pk", flat=True))
    first = everybody - reminded - before_it_moved
    put(first, kind=Kind.EVENING, thing=thing, step=REMINDERS[0], due_at=due_at)
    if again := everybody & before_it_moved:
        put(again, kind=Kind.EVENING, thing=thing, step=REMINDERS[1], due_at=due_at)


def plan_enrolment(enrolment: Enrolment) -> None:
    """Everything that waits for an adult in her group: the coming evenings and refreshers."""
    for evening in enrolment.group.evenings.filter(starts_at__gt=timezone.now()):
        plan_evening(evening)
    for gathering in enrolment.group.gatherings.filter(starts_at__gt=timezone.now()):
        plan_gathering(gathering)


def plan_change(evening: Evening, what: str, was: datetime | None = None) -> None:
    """Tells that an evening was moved, got another place, or was cancelled; then its reminders follow.

    ``what`` is «moved», «place» or «cancelled»; ``was`` when it would have begun before it was moved.
    """
    _change(concerned_by(evening), f"evening:{evening.pk}", what, evening, was)
    plan_evening(evening)


def _change(
    people: QuerySet[User], thing: str, what: str, event: Evening | Gathering, was: datetime | None
) -> None:
    now = timezone.now()
    moments = [at for at in (event.starts_at, was) if at and at > now]
    if not moments:
        return  # a date in the past was put right
    step, near = f"{what}-{event.sequence}", min(moments) - now <= SOON
    if was is None:  # who was reminded of the old date had less than two days left
        told = Message.objects.filter(thing=thing, step__in=REMINDERS, state=State.SENT)
        near = near or told.exists()
    if not near:
        put(people, kind=Kind.CHANGE, thing=thing, step=step, due_at=waking(now))
        return
    put(people, kind=Kind.CHANGE, thing=thing, step=f"{step}-urgent", due_at=now)
    with_mobile = people.exclude(mobile=None)
    put(with_mobile, kind=Kind.CHANGE, thing=thing, step=f"{step}-sms", due_at=now)


def plan_gathering(gathering: Gathering) -> None:
    """Tells whom it is for (a refresher: two weeks before), and reminds those who come."""
    thing, now = f"gathering:{gathering.pk}", timezone.now()
    if gathering.cancelled_at:
        take_out("cancelled", thing=thing, kind__in=[Kind.EVENING, Kind.INVITATION])
        return
    if gathering.starts_at <= now:
        return
    early = before(gathering.starts_at, days=14)
    told_at = early if gathering.kind == Gathering.Kind.REFRESHER else waking(now)
    if gathering.starts_at - now > AHEAD:
        known = Message.objects.filter(thing=thing, step="announcement").values("user")
        new = invited_to(gathering)
        if told_at != early:  # its time is when the person came in, not moved at each planning
            new = new.exclude(pk__in=known)
        put(new, kind=Kind.INVITATION, thing=thing, step="announcement", due_at=told_at)
    _remind(coming_to(gathering), thing, gathering.starts_at)


def plan_gathering_change(gathering: Gathering, what: str, was: datetime | None = None) -> None:
    """As ``plan_change``, to those who come."""
    _change(coming_to(gathering), f"gathering:{gathering.pk}", what, gathering, was)
    plan_gathering(gathering)


def plan_seat(sign_up: SignUp) -> None:
    """Tells somebody on a gathering's waiting list that there is a seat."""
    thing = f"gathering:{sign_up.gathering_id}"
    due_at = waking(timezone.now())
    put([sign_up.user_id], kind=Kind.INVITATION, thing=thing, step="seat", due_at=due_at)
    plan_gathering(sign_up.gathering)


def plan_guidance(meeting: GuidanceMeeting) -> None:
    """A reminder the day before, a word when it is moved or cancelled, and «avtal neste» two weeks after."""
    thing, people, now = f"guidance:{meeting.pk}", meeting_for_guidance(meeting), timezone.now()
    if meeting.cancelled_at:
        take_out("cancelled", thing=thing, kind=Kind.GUIDANCE)
    elif meeting.at > now:
        due_at = before(meeting.at, days=1)
        put(people, kind=Kind.GUIDANCE, thing=thing, step="reminder", due_at=due_at)
        if meeting.contact_person_id:
            late = waking(meeting.at + timedelta(days=14))
            put([meeting.contact_person_id], kind=Kind.GUIDANCE, thing=thing, step="next", due_at=late)
    if meeting.sequence and (meeting.at > now or meeting.cancelled_at):
        step = f"{'cancelled' if meeting.cancelled_at else 'moved'}-{meeting.sequence}"
        near = "-urgent" if meeting.at - now <= SOON else ""
        due_at = now if near else waking(now)
        put(people, kind=Kind.CHANGE, thing=thing, step=step + near, due_at=due_at)


def plan_catch_up(catch_up: CatchUp) -> None:
    """The offer at once, in the daytime, and one reminder five days later."""
    thing, now = f"catch-up:{catch_up.pk}", timezone.now()
    for step, days in (("offer", 0), ("reminder", 5)):
        due_at = waking(now + timedelta(days=days))
        put([catch_up.adult.user_id], kind=Kind.EVENING, thing=thing, step=step, due_at=due_at)


def plan_call_request(call: CallRequest) -> None:
    """Tells the contact persons that somebody wants a call, and once more a day later."""
    thing, people, now = f"call:{call.pk}", leading_adult(call.adult), timezone.now()
    for step, days in (("asked", 0), ("reminder", 1)):
        due_at = waking(now + timedelta(days=days))
        put(people, kind=Kind.GUIDANCE, thing=thing, step=step, due_at=due_at)


def silence(adult: Adult) -> None:
    """Takes out everything that waits for an adult. In the transaction that pauses or ends her course."""
    take_out(SILENCED, user=adult.user_id)


def plan_ahead() -> None:
    """What the clock brings near, planned once more: whoever came in since gets a reminder as well."""
    now = timezone.now()
    for evening in Evening.objects.filter(starts_at__range=(now, now + AHEAD)):
        plan_evening(evening)
    for gathering in Gathering.objects.filter(starts_at__range=(now, now + timedelta(days=15))):
        plan_gathering(gathering)
