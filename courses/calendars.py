"""Calendar entries: files in mails and a feed with a secret address, made of the same rows.

An entry says «Kurskveld 3» and when. It never says where, what about, or with whom: calendars are shared,
lie open on kitchen tables and are copied to other companies' servers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from email.utils import parseaddr
from functools import lru_cache
from typing import TYPE_CHECKING

from django.conf import settings
from django.core import signing
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from courses.access import active_roles, led_groups
from courses.models import CalendarFeed, CatchUp, Enrolment, Evening, Gathering, GuidanceMeeting, SignUp

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from icalendar import Calendar, Component, Event

    from courses.models import User

SIGNER = signing.Signer(salt="courses.calendars")
LONGEST = 120  # signs of a token; nothing longer is looked at
BEHIND = timedelta(days=60)  # how far back the feed shows
ALARM = timedelta(hours=-3)
# Everlasting, and in the form that every calendar program has read since 1998
OSLO = (
    "BEGIN:VTIMEZONE\r\nTZID:Europe/Oslo\r\n"
    "BEGIN:DAYLIGHT\r\nDTSTART:19960331T020000\r\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r\n"
    "TZNAME:CEST\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nEND:DAYLIGHT\r\n"
    "BEGIN:STANDARD\r\nDTSTART:19961027T030000\r\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\n"
    "TZNAME:CET\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
)


@dataclass(frozen=True)
class Entry:
    """One entry, in the active language."""

    uid: UUID
    sequence: int
    changed_at: datetime
    starts_at: datetime
    minutes: int
    summary: str
    path: str
    cancelled: bool


# --- what things are called where strangers may read it
def evening_name(evening: Evening) -> str:
    """«Kurskveld 3». Reads the module."""
    return _("Kurskveld %(number)s") % {"number": evening.module.number}


def gathering_names(gathering: Gathering) -> tuple[str, str]:
    """«Temakveld» and «Temakvelden». Its own title may tell what it is about, and is not used."""
    if gathering.kind == Gathering.Kind.THEME_EVENING:
        return _("Temakveld"), _("Temakvelden")
    if gathering.kind == Gathering.Kind.STAFF_COURSE:
        return _("Kursdag"), _("Kursdagen")
    return _("Samling"), _("Samlingen")


def of_evening(evening: Evening, path: str = "/min/") -> Entry:
    return _entry(evening, evening.starts_at, evening_name(evening), path)


def of_gathering(gathering: Gathering) -> Entry:
    path = reverse("evenings:gathering", args=[gathering.pk])
    return _entry(gathering, gathering.starts_at, gathering_names(gathering)[0], path)


def of_guidance(meeting: GuidanceMeeting) -> Entry:
    return _entry(meeting, meeting.at, _("Avtale"), "/min/")


def _entry(thing: Evening | Gathering | GuidanceMeeting, at: datetime, summary: str, path: str) -> Entry:
    return Entry(
        uid=thing.uid,
        sequence=thing.sequence,
        changed_at=thing.changed_at,
        starts_at=at,
        minutes=thing.minutes,
        summary=summary,
        path=path,
        cancelled=thing.cancelled_at is not None,
    )


# --- written as RFC 5545 says; icalendar is imported there, since few processes write an entry
def attachment(*entries: Entry) -> bytes:
    """Entries as a file for a mail. A later one with the same UID takes its place."""
    from icalendar import vCalAddress

    calendar = _calendar()
    calendar.add("method", "PUBLISH")
    sender = vCalAddress(f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}")
    sender.params["CN"] = "En god start"
    for entry in entries:
        event = _event(entry)
        event.add("organizer", sender)
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def feed(entries: list[Entry]) -> bytes:
    """All entries. The same rows give the same bytes: asking again can be answered with «as before»."""
    calendar = _calendar()
    calendar.add("x-wr-calname", "En god start")
    calendar.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    for entry in entries:
        calendar.add_component(_event(entry))
    return bytes(calendar.to_ical())


@lru_cache(maxsize=1)
def _oslo() -> Component:
    from icalendar import Timezone

    return Timezone.from_ical(OSLO)


def _calendar() -> Calendar:
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("prodid", "-//En god start//NO")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add_component(_oslo())
    return calendar


def _event(entry: Entry) -> Event:
    from icalendar import Alarm, Event

    event = Event()
    event.add("uid", str(entry.uid))
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.changed_at)
    event.add("last-modified", entry.changed_at)
    starts_at = timezone.localtime(entry.starts_at)
    event.add("dtstart", starts_at)
    # minutes on the clock that runs, not on the wall: an evening on the night of the change lasts as long
    event.add("dtend", timezone.localtime(entry.starts_at + timedelta(minutes=entry.minutes)))
    event.add("summary", entry.summary)
    event.add("url", f"{settings.SITE_URL}{entry.path}")
    event.add("class", "PRIVATE")
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    if not entry.cancelled:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", entry.summary)
        alarm.add("trigger", ALARM)
        event.add_component(alarm)
    return event


# --- the feed of a person
def token_of(feed: CalendarFeed) -> str:
    return SIGNER.sign(feed.nonce)


def address_of(feed: CalendarFeed) -> str:
    return settings.SITE_URL + reverse("evenings:feed", args=[token_of(feed)])


def owner_of(token: str) -> User | None:
    """Whose feed an address is, while she takes part or has a role. Three queries; none for a made-up one."""
    if len(token) > LONGEST:
        return None
    try:
        nonce = SIGNER.unsign(token)
    except signing.BadSignature:
        return None
    row = CalendarFeed.objects.select_related("user").filter(nonce=nonce, user__is_active=True).first()
    if row is None:
        return None
    user = row.user
    takes_part = Enrolment.objects.current().filter(adult__user=user).exists()
    return user if takes_part or active_roles(user) else None


def entries_of(user: User) -> list[Entry]:
    """What is in a person's calendar, in the active language: evenings, gatherings with a seat, guidance.
    To a refresher of her groups everybody comes who has not said no.

    Four queries and her roles, whatever the number of entries. A pause takes the group's evenings out.
    """
    since = timezone.now() - BEHIND
    taking = Enrolment.objects.current().filter(adult__user=user, paused_on=None).values("group")
    led = set(led_groups(user).values_list("group", flat=True))
    guest = CatchUp.objects.filter(adult__user=user).exclude(neighbour=None).values("neighbour")
    evenings = Evening.objects.filter(
        Q(group__in=taking) | Q(group__in=led) | Q(pk__in=guest), starts_at__gt=since
    ).select_related("module")
    seats = SignUp.objects.filter(user=user, state=SignUp.State.SIGNED_UP).values("gathering")
    no = SignUp.objects.filter(user=user, state=SignUp.State.WITHDRAWN).values("gathering")
    open_to_all = Q(group__in=taking, seats=None) | Q(group__in=led)
    gatherings = Gathering.objects.filter(
        Q(pk__in=seats) | (open_to_all & ~Q(pk__in=no)), starts_at__gt=since
    )
    meetings = GuidanceMeeting.objects.filter(
        Q(family__adults__user=user) | Q(contact_person=user), at__gt=since
    ).distinct()
    entries = [
        of_evening(
            evening,
            reverse("evenings:evening", args=[evening.pk]) if evening.group_id in led else "/min/",
        )
        for evening in evenings
    ]
    entries += [of_gathering(gathering) for gathering in gatherings]
    entries += [of_guidance(meeting) for meeting in meetings]
    return sorted(entries, key=lambda entry: (entry.starts_at, str(entry.uid)))
