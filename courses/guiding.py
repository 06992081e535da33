"""Guidance between evenings: the next meeting, and «ring meg». When, never what about."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from courses import messaging
from courses.local import leading
from courses.models import CallRequest, Family, GuidanceMeeting

if TYPE_CHECKING:
    from collections.abc import Iterable

    from courses.models import Adult, User

RHYTHM = timedelta(days=14)
USUAL = time(10)  # of the first meeting; the next are suggested at the hour of the last
SATURDAY = 5
WISHED = {"morning": time(10), "afternoon": time(14), "evening": time(18)}


def next_and_last(
    meetings: Iterable[GuidanceMeeting], now: datetime
) -> tuple[GuidanceMeeting | None, GuidanceMeeting | None]:
    """The next meeting and the last one held, of those that stand. Pure."""
    standing = sorted((row for row in meetings if row.cancelled_at is None), key=lambda row: row.at)
    coming = [row for row in standing if row.at > now]
    held = [row for row in standing if row.at <= now]
    return (coming[0] if coming else None, held[-1] if held else None)


def suggested(last: datetime | None, now: datetime) -> datetime:
    """Two weeks after the last meeting, or from today, at the same hour and not at a weekend. Pure."""
    zone = timezone.get_default_timezone()
    hour = timezone.localtime(last).time().replace(second=0, microsecond=0) if last else USUAL
    day = timezone.localdate(last or now) + RHYTHM
    if day <= timezone.localdate(now):
        day = timezone.localdate(now) + timedelta(days=1)
    while day.weekday() >= SATURDAY:
        day += timedelta(days=1)
    return datetime.combine(day, hour, tzinfo=zone)


def suggested_talk(call: CallRequest | None, now: datetime) -> datetime:
    """When to talk: the day and time of day that was wished for, else tomorrow or after the weekend. Pure."""
    day = timezone.localdate(now) + timedelta(days=1)
    if call and call.wished_on:
        day = max(day, call.wished_on)
    else:
        while day.weekday() >= SATURDAY:
            day += timedelta(days=1)
    clock = WISHED.get(call.wished_time, USUAL) if call else USUAL
    return datetime.combine(day, clock, tzinfo=timezone.get_default_timezone())


@transaction.atomic
def agree(
    family: Family, at: datetime, *, by: User | None = None, group: int | None = None
) -> GuidanceMeeting:
    """The next meeting: a new one, or the one that was agreed moves. A family has one at a time.

    ``by``: the contact person who agrees; without her, whoever leads ``group`` now.
    """
    Family.objects.select_for_update().get(pk=family.pk)  # two who agree at once make one meeting
    now = timezone.now()
    meeting, _last = next_and_last(GuidanceMeeting.objects.filter(family=family, at__gt=now), now)
    person = by.pk if by else _leader(group)
    if meeting is None:
        meeting = GuidanceMeeting.objects.create(family=family, at=at, contact_person_id=person)
    elif meeting.at != at:
        meeting.at, meeting.changed_at = at, now
        meeting.sequence += 1
        meeting.contact_person_id = person or meeting.contact_person_id
        meeting.save()
    messaging.plan_guidance(meeting)
    return meeting


def _leader(group: int | None) -> int | None:
    if group is None:
        return None
    rows = leading(group, timezone.localdate()).order_by("pk").values_list("user", flat=True)
    return rows.first()


@transaction.atomic
def cancel(meeting: GuidanceMeeting) -> bool:
    """Takes a coming meeting off, and tells both. False when it has been, or was off already."""
    now = timezone.now()
    rows = GuidanceMeeting.objects.filter(pk=meeting.pk, cancelled_at=None, at__gt=now)
    if not rows.update(cancelled_at=now, changed_at=now, sequence=F("sequence") + 1):
        return False
    meeting.refresh_from_db()
    messaging.plan_guidance(meeting)
    return True


# --- «ring meg»
def ask_for_call(adult: Adult, *, wished_on: date | None, wished_time: str) -> CallRequest:
    """Asks to be called. Whoever has asked already changes her wish: one is open at a time."""
    wish = {"wished_on": wished_on, "wished_time": wished_time}
    open_one = CallRequest.objects.filter(adult=adult, answered_at=None)
    if not open_one.update(**wish):
        try:
            with transaction.atomic():
                CallRequest.objects.create(adult=adult, **wish)
        except IntegrityError:  # asked twice at once
            open_one.update(**wish)
    call = open_one.get()
    messaging.plan_call_request(call)
    return call


def take_back_call(adult: Adult) -> bool:
    """False when there was none, or she has been called already."""
    return bool(CallRequest.objects.filter(adult=adult, answered_at=None).delete()[0])


def answer_call(call: CallRequest, by: User) -> bool:
    """«Ringt». False when it was marked before."""
    rows = CallRequest.objects.filter(pk=call.pk, answered_at=None)
    return bool(rows.update(answered_at=timezone.now(), answered_by=by))
