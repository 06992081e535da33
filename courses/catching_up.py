"""Catching up a missed evening: who is offered it, what it is made of, and when it is made up.

A missed or partly attended evening gives ten to fifteen minutes built from what the group did, and a short
talk with the contact person or a seat at a neighbouring group's evening (``courses/neighbours.py``). Not
marked is never missed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from courses import messaging
from courses.attending import Mark, adults_of, mark
from courses.models import (
    Attendance,
    AttendanceMark,
    CallRequest,
    CatchUp,
    CoreElementTick,
    EditionModule,
    Enrolment,
    Evening,
)
from courses.neighbours import losing_seats

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from courses.editions import PartWords
    from courses.models import User

MISSED = frozenset({"absent", "excused", "partly"})
HELD_ELSEWHERE = frozenset({"present", "made-up"})
LEAST, MOST = 10, 15  # minutes in all
QUESTIONS_EACH = 2  # of a core element: enough to think about alone
DONE, UNDER_WAY = CatchUp.State.DONE, CatchUp.State.UNDER_WAY


class NotOnTheListError(Exception):
    """The adult can no longer be marked at the evening: she has left the group."""


# --- who is offered it
@transaction.atomic
def offer(evening: Evening) -> int:
    """Brings the offers of an evening up to date with its attendance; how many are new.

    Called whenever attendance is marked or a log is saved; the same again changes nothing. An offer
    that a correction has made needless is taken away; one that a late starter got when she came
    (``courses/enrolling.py``) stays, and so does one that is begun while nothing is marked. Guests who
    were here have made up their own evening.
    """
    if evening.cancelled_at is not None or evening.starts_at > timezone.now():
        return 0
    states = dict(Attendance.objects.filter(evening=evening).values_list("adult_id", "state"))
    _settle_guests(evening, states)
    begun = _begun_in(evening)
    _take_up_again(evening, begun, states)
    missed = {adult for adult in begun if states.get(adult) in MISSED}
    came_late = {adult for adult, day in begun.items() if day >= timezone.localdate(evening.starts_at)}
    waiting = {adult for adult in came_late if states.get(adult, "unknown") == "unknown"}
    needed = missed | waiting
    unmarked = {adult for adult in begun if states.get(adult, "unknown") == "unknown"}
    offered = CatchUp.objects.filter(evening=evening, adult__in=begun).exclude(adult__in=needed)
    needless = offered.exclude(state=DONE).exclude(state=UNDER_WAY, adult__in=unmarked)
    losing_seats.send(CatchUp, catch_ups=needless)
    needless.delete()
    return _add(evening, missed)


def _begun_in(evening: Evening) -> dict[int, Any]:
    """The adults who take part in the evening's group today, and the day each began."""
    rows = Enrolment.objects.filter(group=evening.group_id).current()
    return dict(rows.order_by("-starts_on").values_list("adult_id", "starts_on"))


def _take_up_again(evening: Evening, begun: Collection[int], states: dict[int, str]) -> None:
    """A made-up evening whose mark was changed afterwards, by a slip perhaps, can be made up once more."""
    counts = {adult for adult in begun if states.get(adult) in HELD_ELSEWHERE}
    made_up = Attendance.objects.filter(evening__module=evening.module_id, state="made-up")
    done = CatchUp.objects.filter(state=DONE, evening__module=evening.module_id, adult__in=begun)
    lost = done.exclude(adult__in=counts).exclude(adult__in=made_up.values("adult"))
    lost.update(state=UNDER_WAY, done_at=None, confirmed_by=None)


def _add(evening: Evening, adults: Collection[int]) -> int:
    """Offers to those who have none and were not at the same module's evening elsewhere."""
    there = Attendance.objects.filter(
        adult__in=adults, evening__module=evening.module_id, state__in=HELD_ELSEWHERE
    ).exclude(evening=evening)
    known = CatchUp.objects.filter(evening=evening, adult__in=adults)
    new = set(adults) - set(there.values_list("adult_id", flat=True))
    new -= set(known.values_list("adult_id", flat=True))
    CatchUp.objects.bulk_create(
        [CatchUp(adult_id=adult, evening=evening) for adult in sorted(new)], ignore_conflicts=True
    )
    for row in CatchUp.objects.filter(evening=evening, adult__in=new).select_related("adult__user"):
        messaging.plan_catch_up(row)
    return len(new)


# --- when it is made up
@transaction.atomic
def confirm(catch_up: CatchUp, by: User | None) -> bool:
    """«Vi har snakket sammen»: the evening is made up. False when it was already.

    Whoever has changed group makes up the module in the new one. Raises NotOnTheListError, and stores
    nothing, when the adult has left, or the new group has not come that far.
    """
    now, own = timezone.now(), _own_evening(catch_up)
    still_open = CatchUp.objects.filter(pk=catch_up.pk).exclude(state=DONE)
    losing_seats.send(CatchUp, catch_ups=still_open)
    # no seat any more: what a neighbour marks or does not mark says nothing of a talk
    if not still_open.update(state=DONE, done_at=now, confirmed_by=by, neighbour=None):
        return False
    [outcome] = mark(own, [Mark(catch_up.adult_id, "made-up", now)], by)
    if outcome.status == "refused" or not adults_of(own).filter(pk=catch_up.adult_id).exists():
        raise NotOnTheListError
    CallRequest.objects.filter(adult=catch_up.adult_id, answered_at=None).update(
        answered_at=now, answered_by=by
    )
    catch_up.refresh_from_db()
    return True


def _own_evening(catch_up: CatchUp) -> Evening:
    """The missed evening, or the same module's in the group she has changed to."""
    groups = Enrolment.objects.filter(adult=catch_up.adult_id).current().values("group")
    same = Evening.objects.filter(module=catch_up.evening.module_id, group__in=groups)
    return same.filter(pk=catch_up.evening_id).first() or same.first() or catch_up.evening


def _settle_guests(evening: Evening, states: dict[int, str]) -> None:
    """Present at the neighbour's evening: made up at one's own. A correction there is one here as well.

    Only a mark says that a guest was not there; a list that nobody has marked says nothing.
    """
    guests = CatchUp.objects.filter(neighbour=evening).select_related("evening")
    marked_by = dict(Attendance.objects.filter(evening=evening).values_list("adult_id", "marked_by_id"))
    for row in guests:
        state, done = states.get(row.adult_id), row.state == DONE
        if state == "present" and not done:
            [outcome] = mark(_own_evening(row), [Mark(row.adult_id, "made-up")], None)
            if outcome.status == "refused":
                continue
            CatchUp.objects.filter(pk=row.pk).update(
                state=DONE, done_at=timezone.now(), confirmed_by=marked_by.get(row.adult_id)
            )
        elif state in MISSED and done:
            _reopen(row)


def _reopen(catch_up: CatchUp) -> None:
    """The guest was not there after all: her own evening is as it was marked before."""
    own = _own_evening(catch_up)
    before = (
        AttendanceMark.objects.filter(evening=own, adult=catch_up.adult_id).exclude(state="made-up").last()
    )
    mark(own, [Mark(catch_up.adult_id, before.state if before else "unknown")], None)
    CatchUp.objects.filter(pk=catch_up.pk).update(state=UNDER_WAY, done_at=None, confirmed_by=None)


# --- what the adult does on the way
def go_through(catch_up: CatchUp) -> None:
    """«Jeg har gått gjennom dette»; the first time is kept."""
    rows = CatchUp.objects.filter(pk=catch_up.pk, read_at=None).exclude(state=DONE)
    rows.update(read_at=timezone.now(), state=UNDER_WAY)


@transaction.atomic
def agree_talk(catch_up: CatchUp, at: datetime) -> None:
    """The contact person has a time for the talk; the adult is told, and sees it on her page."""
    rows = CatchUp.objects.filter(pk=catch_up.pk).exclude(state=DONE)
    moved = rows.update(call_at=at, state=UNDER_WAY)
    catch_up.refresh_from_db()
    if moved:
        messaging.plan_talk(catch_up)


# --- what it is made of
@dataclass(frozen=True)
class Element:
    """One thing the group did: the core element, and a question or two from its places in the plan."""

    text: str
    partly: bool
    questions: list[str]


@dataclass(frozen=True)
class Covered:
    """What an evening was about. Without a log: what was planned."""

    logged: bool
    elements: list[Element]

    @property
    def minutes(self) -> int:
        """To read this and think over the questions."""
        return min(5, max(2, len(self.elements)))


def covered(evening: Evening, language: str = "nb") -> Covered:
    """What the group did, in the words of its edition. Reads the group; two queries more."""
    layer = _facilitators_layer(evening, language)
    ticks = dict(CoreElementTick.objects.filter(log__evening=evening).values_list("key", "done"))
    questions: dict[str, list[str]] = {}
    for item in layer.get("plan", []):
        questions.setdefault(item.get("core", ""), []).extend(item.get("ask", []))
    elements = [
        Element(
            core["text"], ticks.get(core["key"]) == "partly", questions.get(core["key"], [])[:QUESTIONS_EACH]
        )
        for core in layer.get("core_elements", [])
        if not ticks or ticks.get(core["key"]) in ("yes", "partly")
    ]
    return Covered(bool(ticks), elements)


def _facilitators_layer(evening: Evening, language: str) -> dict[str, Any]:
    rows = EditionModule.objects.filter(
        edition=evening.group.edition_id, module=evening.module_id, language__in={"nb", language}
    )
    layers = dict(rows.values_list("language", "evening"))
    return layers.get(language) or layers.get("nb") or {}


def chosen_parts(parts: Sequence[PartWords], read: Collection[str], beside: int) -> list[PartWords]:
    """Parts for ten to fifteen minutes in all: first what is not read, then what is worth a second look.

    ``read``: keys of parts read; ``beside``: minutes that go to the rest of the page.
    """
    chosen: set[str] = set()
    minutes = beside
    fresh = [part for part in parts if part.key not in read]
    again = [part for part in parts if part.key in read]
    for wanted, enough in ((fresh, MOST), (again, LEAST)):
        for part in wanted:
            if minutes < enough and minutes + part.minutes <= MOST:
                chosen.add(part.key)
                minutes += part.minutes
    return [part for part in parts if part.key in chosen]
