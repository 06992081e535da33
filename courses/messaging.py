"""Planning: one row in the outbox for each thing a person may be told, and who should be told of it.

Every function here may be called again and again: a row that waits is moved, and what was sent stays sent.
Whether it is still wanted, and what it says, is decided when it goes (``courses/outbox/letters.py``), by
the same queries for who should be told.

    thing             step                                     kind
    invited:7         invitation-1, waiting-1                  invitation, the number that of the letter
                      reminder, reminder-2                     invitation
    evening:12        reminder, reminder-2                     evening
                      moved-3, moved-3-urgent, moved-3-sms     change (also place-…, cancelled-…)
    group:2           moved-12-3                               change, of several evenings at once
    gathering:4       announcement, seat-1795612000            invitation
                      reminder, reminder-2, moved-1            evening, change
    guidance:5        reminder, reminder-2, next               guidance
                      moved-1, cancelled-2                     change
    catch-up:12       offer, reminder (of the evening missed)  evening
                      talk-1795612000 (when it is)
    call:2            asked, reminder                          guidance
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils import timezone

from courses.models import Evening, Gathering, GuidanceMeeting, Message, Role, User
from courses.outbox.rows import SILENCED, State, before, bring_back, put, take_out, waking
from courses.outbox.whom import (
    coming_to,
    concerned_by,
    invited_to,
    leading_adult,
    meeting_for_guidance,
    taking_part,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet

    from courses.models import Adult, CallRequest, CatchUp, Enrolment, FamilyInvitation, InvitedAdult, SignUp

Kind = Message.Kind
DAYS_BEFORE = 2  # an evening, a gathering
SOON = timedelta(hours=48)  # a change this near is told at once, and by text message too
REMINDERS = ("reminder", "reminder-2")  # at most two for one thing
LATER_THAT_DAY = timedelta(hours=12)  # after eight in the morning: early enough to hear of it then
AHEAD = timedelta(days=DAYS_BEFORE + 1)


# --- what is planned
def plan_invitation(invited: InvitedAdult) -> None:
    """The link, and a reminder three days before it ends. Anew with each «send på nytt»; two in all."""
    thing, now = f"invited:{invited.pk}", timezone.now()
    step = f"invitation-{invited.issue}"
    put([invited], kind=Kind.INVITATION, thing=thing, step=step, due_at=waking(now), invited=True)
    last = before(invited.expires_at, days=3)
    if last > now:
        rows = Message.objects.filter(thing=thing, step=REMINDERS[0])
        step = REMINDERS[rows.filter(state__in=[State.SENT, State.SENDING]).exists()]
        put([invited], kind=Kind.INVITATION, thing=thing, step=step, due_at=last, invited=True)


def plan_waiting(invitation: FamilyInvitation) -> None:
    """Tells a household, once each time, that it waits for a seat."""
    for invited in invitation.adults.filter(used_at=None):
        put(
            [invited],
            kind=Kind.INVITATION,
            thing=f"invited:{invited.pk}",
            step=f"waiting-{invited.issue}",
            due_at=waking(timezone.now()),
            invited=True,
        )


def plan_evening(evening: Evening) -> None:
    """A reminder two days before to everybody who takes part; moved with the evening."""
    if evening.cancelled_at:
        take_out("cancelled", thing=f"evening:{evening.pk}", kind=Kind.EVENING)
    elif evening.starts_at > timezone.now():
        _remind(taking_part(evening), f"evening:{evening.pk}", evening.starts_at)


def _remind(
    people: QuerySet[User],
    thing: str,
    starts_at: datetime,
    kind: object = Kind.EVENING,
    days: int = DAYS_BEFORE,
) -> None:
    """The reminder of something with a time. Who was reminded of its old time is reminded of the new one.

    At most two for one thing, whatever it is moved to afterwards. Four queries or five.
    """
    due_at = before(starts_at, days)
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
    put(first, kind=kind, thing=thing, step=REMINDERS[0], due_at=due_at)
    if again := everybody & before_it_moved:
        put(again, kind=kind, thing=thing, step=REMINDERS[1], due_at=due_at)


def plan_enrolment(enrolment: Enrolment) -> None:
    """Everything that waits for an adult in her group: what a pause took out, and what came since."""
    adult = enrolment.adult
    bring_back(Q(user=adult.user_id, why=SILENCED))
    for meeting in GuidanceMeeting.objects.filter(family=adult.family_id, at__gt=timezone.now()):
        _remind_of_guidance(meeting)
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
    step, first = f"{what}-{event.sequence}", min(moments)
    near = is_near(event, was)
    if was is None:  # who was reminded of this very date counts on it
        told = Message.objects.filter(thing=thing, step__in=REMINDERS, state=State.SENT)
        due_at = before(event.starts_at, DAYS_BEFORE) - timedelta(minutes=1)
        near = near or told.filter(due_at__gte=due_at).exists()
    if not near:
        put(people, kind=Kind.CHANGE, thing=thing, step=step, due_at=waking(now))
        return
    at = _told_at(first)
    put(people, kind=Kind.CHANGE, thing=thing, step=f"{step}-urgent", due_at=at)
    with_mobile = people.exclude(mobile=None)
    put(with_mobile, kind=Kind.CHANGE, thing=thing, step=f"{step}-sms", due_at=at)


def _told_at(begins: datetime) -> datetime:
    """When a near change goes: now, but nobody is woken for what the morning is early enough for."""
    morning = waking(timezone.now())
    return timezone.now() if begins < morning + LATER_THAT_DAY else morning


def is_near(event: Evening | Gathering, was: datetime | None) -> bool:
    """Whether a change of it is told apart, and at once: it begins, or was to begin, within two days."""
    now = timezone.now()
    return any(now < at <= now + SOON for at in (event.starts_at, was) if at)


def plan_series(what: str, evenings: Sequence[Evening]) -> None:
    """Tells of several evenings of a group that changed together in one message; none of them near."""
    first, group = evenings[0], evenings[0].group_id
    step, due_at = f"{what}-{first.pk}-{first.sequence}", waking(timezone.now())
    put(concerned_by(first), kind=Kind.CHANGE, thing=f"group:{group}", step=step, due_at=due_at)


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
    step = f"seat-{int(sign_up.made_at.timestamp())}"  # one for each time she signs up
    put([sign_up.user_id], kind=Kind.INVITATION, thing=thing, step=step, due_at=due_at)
    plan_gathering(sign_up.gathering)


def plan_guidance(meeting: GuidanceMeeting) -> None:
    """A reminder the day before, a word when it is moved or cancelled, and «avtal neste» two weeks after."""
    thing, people, now = f"guidance:{meeting.pk}", meeting_for_guidance(meeting), timezone.now()
    if meeting.cancelled_at:
        take_out("cancelled", thing=thing, kind=Kind.GUIDANCE)
    elif meeting.at > now:
        _remind_of_guidance(meeting)
        if meeting.contact_person_id:
            late = waking(meeting.at + timedelta(days=14))
            put([meeting.contact_person_id], kind=Kind.GUIDANCE, thing=thing, step="next", due_at=late)
    if meeting.sequence and (meeting.at > now or meeting.cancelled_at):
        step = f"{'cancelled' if meeting.cancelled_at else 'moved'}-{meeting.sequence}"
        near = "-urgent" if meeting.at - now <= SOON else ""
        due_at = _told_at(meeting.at) if near else waking(now)
        put(people, kind=Kind.CHANGE, thing=thing, step=step + near, due_at=due_at)


def _remind_of_guidance(meeting: GuidanceMeeting) -> None:
    if meeting.cancelled_at is None:
        people = meeting_for_guidance(meeting)
        _remind(people, f"guidance:{meeting.pk}", meeting.at, Kind.GUIDANCE, days=1)


def plan_catch_up(catch_up: CatchUp) -> None:
    """The offer at once, in the daytime, and one reminder five days later. Once for each evening missed.

    A mark that was corrected back and forth leaves the rows as they are: the offer may be another row.
    """
    thing, now = f"catch-up:{catch_up.evening_id}", timezone.now()
    bring_back(Q(user=catch_up.adult.user_id, thing=thing, why__in=["gone", "done"]))
    for step, days in (("offer", 0), ("reminder", 5)):
        due_at = waking(now + timedelta(days=days))
        put([catch_up.adult.user_id], kind=Kind.EVENING, thing=thing, step=step, due_at=due_at)


def plan_talk(catch_up: CatchUp) -> None:
    """Tells the adult when the talk is; of another time once more."""
    if catch_up.call_at is None:
        return
    thing, step = f"catch-up:{catch_up.evening_id}", f"talk-{int(catch_up.call_at.timestamp())}"
    due_at = _told_at(catch_up.call_at)
    put([catch_up.adult.user_id], kind=Kind.EVENING, thing=thing, step=step, due_at=due_at)


def plan_call_request(call: CallRequest) -> None:
    """Tells the contact persons that somebody wants a call, and once more a day later."""
    thing, people, now = f"call:{call.pk}", leading_adult(call.adult), timezone.now()
    for step, days in (("asked", 0), ("reminder", 1)):
        due_at = waking(now + timedelta(days=days))
        put(people, kind=Kind.GUIDANCE, thing=thing, step=step, due_at=due_at)


def silence(adult: Adult) -> None:
    """Takes out everything that waits for an adult. In the transaction that pauses or ends her course.

    Of somebody who has a role only what she gets as an adult: her work goes on.
    """
    rows: dict[str, object] = {"user": adult.user_id}
    if Role.objects.active().filter(user=adult.user_id).exists():
        rows |= {"kind": Kind.EVENING, "thing__regex": "^(evening|catch-up):"}
    take_out(SILENCED, **rows)


def plan_ahead() -> None:
    """What the clock brings near, planned once more: whoever came in since gets a reminder as well."""
    now = timezone.now()
    for evening in Evening.objects.filter(starts_at__range=(now, now + AHEAD)):
        plan_evening(evening)
    for gathering in Gathering.objects.filter(starts_at__range=(now, now + timedelta(days=15))):
        plan_gathering(gathering)
