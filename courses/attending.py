"""Who was at an evening: taps on the list, people who walk in, and the count of heads.

Every tap is a row that never changes (``AttendanceMark``); ``Attendance`` says what the last one by the
devices' clocks says. Two leaders may mark at once, with or without network: nothing is lost, and the same
tap sent twice is one row. Not marked is never turned into absent.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.core.cache import cache
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from courses.access import in_force, people_visible_to
from courses.auditing import Action, record_adults
from courses.models import Adult, Assignment, Attendance, AttendanceMark, Enrolment, Evening, WalkIn

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.db.models import QuerySet

    from courses.models import User
    from courses.models.evenings import EveningQuerySet

OPENS_BEFORE = timedelta(hours=2)
BEFOREHAND = frozenset({"excused", "unknown"})  # somebody says beforehand that she cannot come
MOST_HEADS = 500
COUNT_KNOWN = int(timedelta(days=14).total_seconds())
LONGEST_NAME = 40  # of somebody who walks in


class NotNowError(Exception):
    """The evening takes no marks now. The message is a sentence for the contact person."""


@dataclass(frozen=True)
class Mark:
    """One tap: whom it is about (an adult's id), what it says, and when by the device's own clock."""

    adult: int
    state: str  # Attendance.State
    marked_at: datetime = field(default_factory=timezone.now)  # aware
    client_id: uuid.UUID = field(default_factory=uuid.uuid4)


@dataclass(frozen=True)
class Outcome:
    """What became of a tap: «stored», «known» (it was here already) or «refused», and then why."""

    client_id: uuid.UUID
    status: str
    id: int | None = None  # of the row
    why: str = ""


def evenings_led_by(user: User) -> EveningQuerySet:
    """Evenings of the groups a contact person leads today; for the project leader all.

    Narrower than ``Evening.objects.visible_to``: whoever takes part in a group sees its evenings there,
    but never its list of names.
    """
    return people_visible_to(Evening.objects.all(), user, municipality="group__municipalities", group="group")


def opens_at(evening: Evening) -> datetime:
    """From when people can be marked as there."""
    return evening.starts_at - OPENS_BEFORE


def is_open(evening: Evening) -> bool:
    return evening.cancelled_at is None and timezone.now() >= opens_at(evening)


def adults_of(evening: Evening) -> QuerySet[Adult]:
    """Who can be marked: the adults of the group, and guests from a neighbouring group.

    Whoever has left, a guest from her own group too, is no longer the contact person's to know, and those
    who lead are not counted.
    """
    day = timezone.localdate(evening.starts_at)
    stays_until = max(day, timezone.localdate())
    enrolled = Q(enrolments__group=evening.group_id) & (
        Q(enrolments__ends_on=None) | Q(enrolments__ends_on__gte=stays_until)
    )
    guests = Q(catch_ups__neighbour=evening.pk) & in_force(through="enrolments")
    found = Adult.objects.filter(enrolled | guests).exclude(user__in=leading_on(evening.group_id, day))
    return Adult.objects.filter(pk__in=found.values("pk"))


def _may_be_marked(evening: Evening, adults: set[int]) -> set[int]:
    """Those of ``adults`` whom a tap may be about: also who took part that day and has left since, so that
    a tap that waited on a phone is not lost. Two queries.
    """
    day = timezone.localdate(evening.starts_at)
    then = Enrolment.objects.filter(in_force(day), group=evening.group_id, adult__in=adults)
    then = then.exclude(adult__user__in=leading_on(evening.group_id, day))
    now = adults_of(evening).filter(pk__in=adults)
    return {*now.values_list("pk", flat=True), *then.values_list("adult", flat=True)}


def leading_on(group: int, day: date) -> QuerySet[Any]:
    """The users who lead a group on a day."""
    return Assignment.objects.filter(in_force(day), group=group).values("user")


@transaction.atomic
def mark(evening: Evening, marks: Sequence[Mark], by: User | None) -> list[Outcome]:
    """Stores taps and brings ``Attendance`` up to date. One outcome each, in their order.

    A tap from the future counts as made now. One about somebody who is not on the list, or too early,
    is refused; the others are kept. Eleven queries whatever the number.
    """
    # one writer at a time for each evening: what the last tap says is decided by all of them
    Evening.objects.select_for_update().filter(pk=evening.pk).first()
    now = timezone.now()
    may = _may_be_marked(evening, {tap.adult for tap in marks})
    ids = {tap.client_id for tap in marks}
    known = _rows_by_client_id(evening, ids)
    refused: dict[uuid.UUID, str] = {}
    fresh: dict[uuid.UUID, AttendanceMark] = {}
    for tap in marks:
        if tap.client_id in known or tap.client_id in fresh:
            continue
        if why := _refusal(evening, tap, may):
            refused[tap.client_id] = why
        else:
            fresh[tap.client_id] = AttendanceMark(
                client_id=tap.client_id,
                evening=evening,
                adult_id=tap.adult,
                state=tap.state,
                by=by,
                marked_at=min(tap.marked_at, now),
                received_at=now,
            )
    AttendanceMark.objects.bulk_create(fresh.values(), ignore_conflicts=True)
    marked = {row.adult_id for row in fresh.values()}
    _bring_up_to_date(evening, marked)
    if by is not None:
        record_adults(by, Action.CHANGED, marked)
    stored = _rows_by_client_id(evening, ids)
    return [_outcome(tap.client_id, refused, known, stored) for tap in marks]


def _rows_by_client_id(evening: Evening, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, int]:
    return dict(
        AttendanceMark.objects.filter(evening=evening, client_id__in=ids).values_list("client_id", "pk")
    )


def _refusal(evening: Evening, tap: Mark, may: set[int]) -> str:
    """Why a tap is not stored, in a sentence; empty when it is."""
    if tap.adult not in may:
        return _("Denne personen står ikke på lista for kvelden.")
    if tap.state not in Attendance.State.values:
        return _("Vi kjenner ikke dette merket.")
    return why_not_now(evening, tap.state)


def why_not_now(evening: Evening, state: str = "present") -> str:
    """Why the evening takes no such mark now, in a sentence; empty when it does."""
    if evening.cancelled_at is not None:
        return _("Kvelden er avlyst. Ingen kan merkes.")
    if not is_open(evening) and state not in BEFOREHAND:
        return _("Kvelden er ikke begynt. Oppmøtet åpner to timer før.")
    return ""


def _outcome(
    client_id: uuid.UUID,
    refused: dict[uuid.UUID, str],
    known: dict[uuid.UUID, int],
    stored: dict[uuid.UUID, int],
) -> Outcome:
    if client_id in refused:
        return Outcome(client_id, "refused", why=refused[client_id])
    if client_id not in stored:  # another evening's tap has this id
        return Outcome(client_id, "refused", why=_("Vi kjenner ikke dette merket."))
    return Outcome(client_id, "known" if client_id in known else "stored", stored[client_id])


def _bring_up_to_date(evening: Evening, adults: Iterable[int]) -> None:
    """``Attendance`` of these adults is what the last tap says, unless it was decided later than that."""
    last = {
        row.adult_id: row
        for row in AttendanceMark.objects.filter(evening=evening, adult__in=adults).order_by(
            "marked_at", "pk"
        )
    }
    decided = dict(
        Attendance.objects.filter(evening=evening, adult__in=last).values_list("adult_id", "marked_at")
    )
    Attendance.objects.bulk_create(
        [
            Attendance(
                evening=evening,
                adult_id=adult,
                state=row.state,
                marked_by_id=row.by_id,
                marked_at=row.marked_at,
            )
            for adult, row in last.items()
            if (later := decided.get(adult)) is None or later <= row.marked_at
        ],
        update_conflicts=True,
        unique_fields=["adult", "evening"],
        update_fields=["state", "marked_by", "marked_at"],
    )


def walk_in(
    evening: Evening,
    *,
    name: str,
    by: User | None,
    client_id: uuid.UUID | None = None,
    marked_at: datetime | None = None,
) -> WalkIn:
    """Somebody who is not on the list is counted. The same client id twice is one row.

    Raises NotNowError before the evening and when it is cancelled.
    """
    if why := why_not_now(evening):
        raise NotNowError(why)
    now = timezone.now()
    row, _made = WalkIn.objects.get_or_create(
        client_id=client_id or uuid.uuid4(),
        defaults={"evening": evening, "name": name, "by": by, "marked_at": min(marked_at or now, now)},
    )
    if row.evening_id != evening.pk:
        raise NotNowError(_("Vi kjenner ikke dette merket."))
    return row


@transaction.atomic
def join_walk_in(walk_in: WalkIn, adult: Adult, by: User | None) -> Outcome:
    """It turned out who it was: the adult is marked as there, over whatever was marked before."""
    [outcome] = mark(walk_in.evening, [Mark(adult.pk, "present")], by)
    if outcome.status == "stored":
        walk_in.adult, walk_in.name = adult, ""  # her own name says it, as long as she is here
        walk_in.save(update_fields=["adult", "name"])
    return outcome


def take_away(walk_in: WalkIn) -> None:
    """It was nobody after all. The row stays, nameless, so that the same tap sent again adds nobody."""
    walk_in.name = ""
    walk_in.save(update_fields=["name"])


@transaction.atomic
def count_heads(evening: Evening, heads: int | None, counted_at: datetime | None = None) -> None:
    """The count in the room, a cross-check of the list; None takes it away.

    ``counted_at`` by the device's clock: an older count that a phone brings late changes nothing. When the
    last one was counted is known for as long as a phone may bring one; after that the last to come stands.
    """
    locked = Evening.objects.select_for_update().get(pk=evening.pk)
    now, known = timezone.now(), f"heads-counted-{evening.pk}"
    at = min(counted_at or now, now)
    if at < cache.get(known, at):
        evening.head_count = locked.head_count
        return
    cache.set(known, at, COUNT_KNOWN)
    Evening.objects.filter(pk=evening.pk).update(head_count=heads)
    evening.head_count = heads
