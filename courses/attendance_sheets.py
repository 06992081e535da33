"""The list of an evening as it is shown: who may come, what was marked, and every change of it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from courses.access import in_force
from courses.attending import leading_on
from courses.models import Attendance, AttendanceMark, CatchUp, Enrolment, WalkIn
from courses.prepared import DAY, INTEGER, Prepared

if TYPE_CHECKING:
    import uuid
    from datetime import datetime

    from courses.models import Evening

THERE = frozenset({"present", "partly"})
NOT_MARKED = "unknown"
PERSON = {
    "adult": "adult_id",
    "family": "adult__family_id",
    "seat": "adult__seat",
    "alias": "adult__alias",
    "shielded": "adult__family__shielded",
    "name": "adult__user__first_name",
    "mobile": "adult__user__mobile",
}
COLUMNS = PERSON.values()

marks_of = Prepared(
    lambda evening: (
        AttendanceMark.objects.filter(evening=evening)
        .order_by("marked_at", "pk")
        .values_list("adult_id", "state", "by__first_name", "marked_at")
    ),
    evening=INTEGER,
)
states_of = Prepared(
    lambda evening: Attendance.objects.filter(evening=evening).values_list("adult_id", "state"),
    evening=INTEGER,
)
walked_in = Prepared(
    lambda evening: (
        WalkIn.objects.filter(evening=evening, adult=None)
        .exclude(name="")  # taken away
        .values_list("pk", "client_id", "name")
    ),
    evening=INTEGER,
)
enrolled_in = Prepared(
    lambda group, day, until: (
        Enrolment.objects.filter(Q(ends_on=None) | Q(ends_on__gte=until), group=group)
        .exclude(adult__user__in=leading_on(group, day))
        .order_by("starts_on", "pk")
        .values_list("starts_on", "paused_on", *COLUMNS)
    ),
    group=INTEGER,
    day=DAY,
    until=DAY,
)
guests_at = Prepared(
    lambda evening, today: (
        CatchUp.objects.filter(
            neighbour=evening, adult__in=Enrolment.objects.filter(in_force(today)).values("adult")
        )
        .order_by("pk")
        .values_list(*COLUMNS)
    ),
    evening=INTEGER,
    today=DAY,
)


@dataclass(frozen=True)
class Change:
    """One mark in the trace of an adult's evening."""

    state: str
    words: str
    by: str  # first name; empty when the person is gone
    at: datetime  # by the device that marked


@dataclass(frozen=True)
class SheetRow:
    """One adult on the list, as a contact person may see her."""

    adult: int
    family: int | None
    name: str  # an alias when the family is shielded
    shielded: bool
    mobile: str | None  # None when shielded, a guest, or not given
    partner: str  # the other adult of the family on this list, where two are called the same
    guest: bool  # from a neighbouring group
    paused: bool
    state: str
    words: str  # the state's
    changes: tuple[Change, ...]  # every mark that said something new, oldest first

    @property
    def corrected(self) -> Change | None:
        """The last change, where there was something to change."""
        return self.changes[-1] if len(self.changes) > 1 else None

    @property
    def is_there(self) -> bool:
        return self.state in THERE


@dataclass(frozen=True)
class WalkedIn:
    """Somebody in the room who is not on the list."""

    pk: int
    client_id: uuid.UUID
    name: str


@dataclass(frozen=True)
class Sheet:
    """The whole list, in families, and those who walked in."""

    rows: tuple[SheetRow, ...]
    walk_ins: tuple[WalkedIn, ...]  # not yet joined with somebody on the list

    @property
    def marked(self) -> int:
        return sum(row.state != NOT_MARKED for row in self.rows)

    @property
    def there(self) -> int:
        """How many should be in the room: marked as there, and those who walked in."""
        return sum(row.is_there for row in self.rows) + len(self.walk_ins)


def sheet_of(evening: Evening) -> Sheet:
    """The list of an evening that was found among those the reader leads. Five queries at any size."""
    words = {state: str(label) for state, label in Attendance.State.choices}
    marks: dict[int, list[Change]] = defaultdict(list)
    for adult, state, by, at in marks_of(evening=evening.pk):
        changes = marks[adult]
        if not changes or changes[-1].state != state:
            changes.append(Change(state, words[state], by or "", timezone.localtime(at)))
    states = {adult: state for adult, state in states_of(evening=evening.pk)}
    people = _people(evening, states)
    partners = _partners(people)
    rows = tuple(
        SheetRow(
            adult=person["adult"],
            family=person["family"],
            name=shown(person),
            shielded=bool(person["shielded"]),
            mobile=None if person["shielded"] or person["guest"] else person["mobile"],
            partner=partners.get(person["adult"], ""),
            guest=person["guest"],
            paused=person["paused"],
            state=(state := states.get(person["adult"], NOT_MARKED)),
            words=words[state],
            changes=tuple(marks[person["adult"]]),
        )
        for person in people
    )
    return Sheet(rows, tuple(WalkedIn(*row) for row in walked_in(evening=evening.pk)))


def shown(person: dict[str, Any]) -> str:
    """What a contact person sees: the same rule as ``Adult.shown_name``, for values."""
    if person["shielded"]:
        return person["alias"] or _("Deltaker")
    return str(person["name"])


def _people(evening: Evening, states: dict[int, str]) -> list[dict[str, Any]]:
    """Adults of the group and guests, family by family. Two queries.

    Whoever joined the group after the evening is on the list only when something was marked, and a guest
    as long as she takes part in some group.
    """
    day = timezone.localdate(evening.starts_at)
    until = max(day, timezone.localdate())  # whoever has left is no longer on it
    found: dict[int, dict[str, Any]] = {}
    for starts_on, paused_on, *values in enrolled_in(group=evening.group_id, day=day, until=until):
        person = dict(zip(PERSON, values, strict=True))
        came_later = starts_on > day and states.get(person["adult"], NOT_MARKED) == NOT_MARKED
        if not came_later:
            found[person["adult"]] = person | {"guest": False, "paused": paused_on is not None}
    for values in guests_at(evening=evening.pk, today=timezone.localdate()):
        person = dict(zip(PERSON, values, strict=True))
        found.setdefault(person["adult"], person | {"guest": True, "paused": False})
    first: dict[Any, int] = {}  # a family stands where its first adult does
    for place, person in enumerate(found.values()):
        first.setdefault(_household(person), place)
    return sorted(
        found.values(), key=lambda person: (person["guest"], first[_household(person)], person["seat"] or 0)
    )


def _household(person: dict[str, Any]) -> tuple[str, int]:
    return ("family", person["family"]) if person["family"] else ("adult", person["adult"])


def _partners(people: list[dict[str, Any]]) -> dict[int, str]:
    """For those called the same as somebody else: whom they live with."""
    names = [shown(person) for person in people]
    partners = {}
    for person in people:
        if names.count(shown(person)) > 1:
            others = [shown(one) for one in people if one is not person and one["family"] == person["family"]]
            if person["family"] and others:
                partners[person["adult"]] = others[0]
    return partners
