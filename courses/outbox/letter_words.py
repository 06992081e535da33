"""The sentences of each letter, one function for each thing a message can be about.

Each reads the thing as it is now and raises NotWantedError when nobody needs the letter any more.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _

from courses import calendars, erasure_requests, messaging, welcoming
from courses.access import led_groups
from courses.models import (
    Attendance,
    CallRequest,
    CatchUp,
    Enrolment,
    Evening,
    Gathering,
    GuidanceMeeting,
    InvitedAdult,
    Message,
)
from courses.outbox import whom
from courses.outbox.letters import NotWantedError, NotYetError, Words, day_and_time, words_of_talk
from courses.outbox.rows import LEFT, State, before

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from django.db.models import QuerySet

    from courses.models import User

MIN_SIDE = "/min/"
CLOSED = {welcoming.Door.USED: "done", welcoming.Door.WITHDRAWN: "withdrawn", welcoming.Door.EXPIRED: "over"}
PLACE = "place"
TOLD = (State.PLANNED, State.SENDING, State.SENT)  # a change that goes, or has gone


def _found(rows: QuerySet[Any], pk: int) -> Any:
    row = rows.filter(pk=pk).first()
    if row is None:
        raise NotWantedError("gone")
    return row


def _must_concern(people: QuerySet[User], message: Message) -> None:
    if not people.filter(pk=message.user_id).exists():
        raise NotWantedError(LEFT)


def _must_come(at: datetime, now: datetime, cancelled_at: datetime | None) -> None:
    if cancelled_at:
        raise NotWantedError("cancelled")
    if at <= now:
        raise NotWantedError("over")


def _must_be_due(message: Message, starts_at: datetime, days: int, now: datetime) -> None:
    """A reminder of something that has moved away waits with it; a change that near is reminder enough."""
    due_at = before(starts_at, days)
    if due_at > now + timedelta(hours=1):
        raise NotYetError(due_at)
    changes = Message.objects.filter(user=message.user_id, thing=message.thing, kind=Message.Kind.CHANGE)
    if changes.filter(state__in=TOLD, due_at__gte=due_at).exists():
        raise NotWantedError("superseded")


def _must_be_newest(message: Message) -> None:
    """A change that another change followed is not told: the last one says what holds."""
    mine = message.step.removesuffix("-urgent").removesuffix("-sms")
    later = Message.objects.filter(user=message.user_id, thing=message.thing, kind=Message.Kind.CHANGE)
    if later.filter(pk__gt=message.pk).exclude(step__in=[mine, f"{mine}-urgent", f"{mine}-sms"]).exists():
        raise NotWantedError("superseded")


def _changed(message: Message, noun: str, definite: str, starts_at: datetime) -> tuple[str, tuple[str, ...]]:
    """Subject and sentences of a change; each says all that holds now, so that one is enough."""
    what, at = message.step.partition("-")[0], day_and_time(starts_at)
    if what == "cancelled":
        subject = _("%(what)s er avlyst") % {"what": definite}
        return subject, (_("%(what)s %(at)s er avlyst.") % {"what": definite, "at": at},)
    where = _("Sted og det du ellers trenger, står på Min side.")
    if what == PLACE:
        first = _("%(what)s har fått nytt møtested. Tiden er %(at)s.") % {"what": definite, "at": at}
        return _("Nytt møtested: %(what)s") % {"what": noun.lower()}, (first, where)
    first = _("%(what)s er flyttet. Ny tid er %(at)s.") % {"what": definite, "at": at}
    return _("%(what)s er flyttet") % {"what": definite}, (first, where)


def _evening(message: Message, pk: int, now: datetime) -> Words:
    evening = _found(Evening.objects.select_related("module"), pk)
    name = calendars.evening_name(evening)
    if message.kind == Message.Kind.CHANGE:
        _must_be_newest(message)
        _must_concern(whom.concerned_by(evening), message)
        if evening.starts_at <= now:
            raise NotWantedError("over")
        subject, sentences = _changed(message, name, name, evening.starts_at)
    else:
        _must_come(evening.starts_at, now, evening.cancelled_at)
        _must_concern(whom.taking_part(evening), message)
        _must_not_know(evening, message)
        _must_be_due(message, evening.starts_at, messaging.DAYS_BEFORE, now)
        at = {"what": name, "at": day_and_time(evening.starts_at)}
        subject = _("%(what)s %(at)s") % at
        sentences = (_("%(what)s er %(at)s.") % at, _("Sted og det du ellers trenger, står på Min side."))
    return Words(subject, sentences, MIN_SIDE, calendars.attachment(calendars.of_evening(evening)))


def _must_not_know(evening: Evening, message: Message) -> None:
    """Who has said no, or has had the evening elsewhere, is not reminded of it."""
    known = [Attendance.State.EXCUSED, Attendance.State.PRESENT, Attendance.State.MADE_UP]
    if Attendance.objects.filter(evening=evening, adult__user=message.user_id, state__in=known).exists():
        raise NotWantedError("done")


def _gathering(message: Message, pk: int, now: datetime) -> Words:
    gathering = _found(Gathering.objects, pk)
    noun, definite = calendars.gathering_names(gathering)
    path, entry = reverse("evenings:gathering", args=[pk]), calendars.of_gathering(gathering)
    if message.kind == Message.Kind.CHANGE:
        _must_be_newest(message)
        _must_concern(whom.coming_to(gathering), message)
        if gathering.starts_at <= now:
            raise NotWantedError("over")
        subject, sentences = _changed(message, noun, definite, gathering.starts_at)
        return Words(subject, sentences, path, calendars.attachment(entry))
    _must_come(gathering.starts_at, now, gathering.cancelled_at)
    at = {"what": noun, "at": day_and_time(gathering.starts_at)}
    subject = _("%(what)s %(at)s") % at
    if message.step == "announcement":
        _must_concern(whom.invited_to(gathering), message)
        more = _("Les mer på Min side, og si der om du kommer.")
        return Words(subject, (_("Du er invitert: %(what)s %(at)s.") % at, more), path)
    _must_concern(whom.coming_to(gathering), message)
    first = _("%(what)s er %(at)s.") % (at | {"what": definite})
    if message.step.startswith("seat"):
        first = _("Det ble en plass til deg: %(what)s %(at)s.") % at
    else:
        _must_be_due(message, gathering.starts_at, messaging.DAYS_BEFORE, now)
    where = _("Sted og det du ellers trenger, står på Min side.")
    return Words(subject, (first, where), path, calendars.attachment(entry))


def _group(message: Message, pk: int, now: datetime) -> Words:
    """Several evenings that changed together: all that holds from the first of them on."""
    _must_be_newest(message)
    what, first = message.step.split("-")[:2]
    coming = Evening.objects.filter(group=pk, starts_at__gt=now, cancelled_at=None)
    evenings = list(coming.filter(starts_at__gte=_found(Evening.objects, int(first)).starts_at))
    if not evenings:
        raise NotWantedError("over")
    _must_concern(whom.concerned_by(evenings[0]), message)
    rows = [(calendars.evening_name(row), row.starts_at, calendars.of_evening(row)) for row in evenings]
    for row in Gathering.objects.filter(group=pk, starts_at__gt=now, cancelled_at=None):
        if whom.coming_to(row).filter(pk=message.user_id).exists():
            rows.append((calendars.gathering_names(row)[0], row.starts_at, calendars.of_gathering(row)))
    times = [f"{name}: {day_and_time(at)}" for name, at, _entry in rows]
    subject, one = _("Kveldene er flyttet"), _("Kveldene er flyttet. Den første er %(at)s.")
    if what == PLACE:
        subject, one = _("Nytt møtested for kveldene"), _("Nytt møtested for kveldene. Den første er %(at)s.")
    where = _("Sted og det du ellers trenger, står på Min side.")
    attached = calendars.attachment(*(entry for _name, _at, entry in rows))
    text = one % {"at": day_and_time(evenings[0].starts_at)}
    return Words(subject, (f"{subject}:", *times, where), MIN_SIDE, attached, text)


def _guidance(message: Message, pk: int, now: datetime) -> Words:
    meeting = _found(GuidanceMeeting.objects, pk)
    if message.step == "next":
        return _next_guidance(message, meeting, now)
    _must_concern(whom.meeting_for_guidance(meeting), message)
    noun, definite = _("Avtale"), _("Avtalen")
    attached = calendars.attachment(calendars.of_guidance(meeting))
    if message.kind == Message.Kind.CHANGE:
        _must_be_newest(message)
        if meeting.at <= now:
            raise NotWantedError("over")
        subject, sentences = _changed(message, noun, definite, meeting.at)
        return Words(subject, sentences[:1], MIN_SIDE, attached)
    _must_come(meeting.at, now, meeting.cancelled_at)
    _must_be_due(message, meeting.at, 1, now)
    at = day_and_time(meeting.at)
    subject = _("%(what)s %(at)s") % {"what": noun, "at": at}
    return Words(subject, (_("Du har en avtale %(at)s.") % {"at": at},), MIN_SIDE, attached)


def _next_guidance(message: Message, meeting: GuidanceMeeting, now: datetime) -> Words:
    """To the contact person, when two weeks have gone and no next date is agreed."""
    family = meeting.family
    newer = GuidanceMeeting.objects.filter(family=family, at__gt=meeting.at, cancelled_at=None)
    if meeting.cancelled_at or newer.exists():
        raise NotWantedError("done")
    mine = [adult for adult in family.adults.all() if _leads(message, adult)]
    if not mine:
        raise NotWantedError(LEFT)
    first = _("Det er to uker siden forrige avtale, og det er ikke satt en ny.")
    page = _group_page(message, mine[0])
    return Words(_("Ny avtale?"), (first, _("Avtal gjerne neste når det passer.")), page)


def _leads(message: Message, adult: Any) -> bool:
    wants_silence = whom.silent().filter(adult=adult).exists()
    return not wants_silence and whom.leading_adult(adult).filter(pk=message.user_id).exists()


def _catch_up(message: Message, pk: int, now: datetime) -> Words:
    offered = CatchUp.objects.filter(evening=pk, adult__user=message.user_id)
    catch_up = offered.select_related("evening__module").first()
    if catch_up is None:
        raise NotWantedError("gone")
    if catch_up.state == CatchUp.State.DONE or (catch_up.read_at and message.step == "reminder"):
        raise NotWantedError("done")
    # the group she was in, or the one she has changed to: she makes up the module there
    taking = Enrolment.objects.current().filter(adult=catch_up.adult_id, paused_on=None)
    if not taking.filter(group__evenings__module=catch_up.evening.module_id).exists():
        raise NotWantedError(LEFT)
    page = reverse("evenings:catch_up", args=[catch_up.pk])
    if message.step.startswith("talk"):
        return words_of_talk(message, catch_up.call_at, now, page)
    name = calendars.evening_name(catch_up.evening)
    first = _("Du kan ta igjen %(what)s når det passer for deg.") % {"what": name.lower()}
    if message.step == "reminder":
        first = _("%(what)s ligger klar for deg, når du har tid.") % {"what": name}
    minutes = _("Det tar ti til femten minutter, og så en kort telefon.")
    return Words(name, (first, minutes), page)


def _call(message: Message, pk: int, now: datetime) -> Words:
    call = _found(CallRequest.objects.select_related("adult"), pk)
    if call.answered_at:
        raise NotWantedError("done")
    _must_concern(whom.leading_adult(call.adult), message)
    first = _("Noen i gruppa ønsker at du ringer.")
    wish = _("Ønsket tid: %(time)s.") % {"time": _wish(call)}
    return Words(_("Ønske om en telefon"), (first, wish), _group_page(message, call.adult))


def _group_page(message: Message, adult: Any) -> str:
    """Where a contact person finds an adult she leads: the page with whom to call."""
    taking = Enrolment.objects.current().filter(adult=adult).values_list("group", flat=True)
    led = taking.filter(group__in=led_groups(message.user)).first()  # none: the project leader leads them all
    return reverse("evenings:group", args=[led or taking[0]])


def _wish(call: CallRequest) -> str:
    from django.utils.formats import date_format

    time = call.get_wished_time_display()
    return f"{date_format(call.wished_on, 'l j. F')}, {time}" if call.wished_on else time


def _invited(message: Message, pk: int, now: datetime) -> Words:
    invited = _found(InvitedAdult.objects.select_related("invitation"), pk)
    door, waits = welcoming.door_of(invited), message.step.startswith("waiting")
    if door in CLOSED or (waits and door != welcoming.Door.WAITING):
        raise NotWantedError(CLOSED.get(door, "superseded"))
    subject = _("Invitasjon")
    if waits:
        full = _("Gruppa er full akkurat nå, og du står på venteliste.")
        return Words(subject, (full, _("Vi sier fra så snart det blir en plass til deg.")))
    if door == welcoming.Door.WAITING:
        raise NotWantedError("waiting")
    if invited.expires_at <= now:
        raise NotWantedError("over")
    if message.step in messaging.REMINDERS:
        _must_be_due(message, invited.expires_at, 3, now)
    elif message.step != f"invitation-{invited.issue}":
        raise NotWantedError("superseded")
    last = day_and_time(invited.expires_at)
    return Words(
        subject,
        (
            _("Du er invitert til «En god start»."),
            _("Lenken varer til %(at)s. Vet du ikke hva dette er, kan du se bort fra beskjeden.")
            % {"at": last},
            _("Åpne lenken for å se hva det gjelder, og for å komme i gang:"),
        ),
        welcoming.link_of(invited),
        text=_("Du er invitert. Lenken varer til %(at)s:") % {"at": last},
    )


COMPOSERS: dict[str, Callable[[Message, int, datetime], Words]] = {
    "evening": _evening,
    "gathering": _gathering,
    "group": _group,
    "guidance": _guidance,
    "catch-up": _catch_up,
    "call": _call,
    "invited": _invited,
    "erasure": erasure_requests.letter,
}
