"""How the project stands: municipalities, groups, evenings and logs as numbers. No outcomes, no persons.

The project leader sees her places exactly; a municipality's leader her own coarsely, and nothing at all
of what families did there until five take part (reliability §6.9, R8).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from courses import project_sums as sums
from courses.access import active_roles
from courses.models import Group, Municipality, Role
from courses.project_sums import adherence, by_first, ids_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from django.db.models import QuerySet

    from courses.models import User

LEAST_FAMILIES = 5  # below, a leader sees nothing of what families in her municipality did
LEADS, WATCHES = Role.Kind.PROJECT_LEADER, Role.Kind.LEADER


@dataclass(frozen=True)
class Reach:
    """Which municipalities a person may see on the project's pages, and in which exactly."""

    led: frozenset[int] | None  # where she is project leader; None: the whole region
    watched: frozenset[int]  # where she is leader

    @property
    def is_region(self) -> bool:
        return self.led is None

    @property
    def leads(self) -> bool:
        """Whether she is a project leader anywhere."""
        return self.led is None or bool(self.led)

    def leads_in(self, place: int) -> bool:
        return self.led is None or place in self.led

    def places(self) -> QuerySet[Municipality]:
        """The municipalities she may see."""
        rows = Municipality.objects.order_by("name")
        return rows if self.led is None else rows.filter(pk__in=self.led | self.watched)

    def groups(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Groups of those municipalities."""
        if self.led is None:
            return rows
        places = self.led | self.watched
        return rows.filter(pk__in=Group.objects.filter(municipalities__in=places).values("pk"))


def reach_of(user: User) -> Reach:
    """What a project leader or a leader reaches. Reads her roles; others reach nothing."""
    roles = active_roles(user)
    led = {role.municipality_id for role in roles if role.kind == LEADS}
    watched = frozenset(role.municipality_id for role in roles if role.kind == WATCHES)
    if None in led:
        return Reach(None, watched)
    return Reach(frozenset(place for place in led if place is not None), watched)


@dataclass(frozen=True)
class Marks:
    """Marks of attendance as numbers. Not marked is not counted: it is not absence."""

    there: int = 0  # there for all or some of it
    made_up: int = 0  # shown apart
    marked: int = 0  # in all, made up included

    @property
    def share(self) -> float | None:
        return (self.there + self.made_up) / self.marked if self.marked else None


@dataclass(frozen=True)
class Standing:
    """How far the families' course has come in a municipality, or a group, whoever it is for."""

    groups: int = 0
    held: int = 0  # evenings that are over and were not cancelled
    logs_missing: int = 0  # of those held before today
    families: int = 0  # that take part today
    adults: int = 0
    invited: int = 0  # households not in yet
    waiting: int = 0
    marks: Marks = field(default_factory=Marks)
    adherence: float | None = None  # 0–1

    @property
    def is_few(self) -> bool:
        return self.families < LEAST_FAMILIES


@dataclass(frozen=True)
class Phase:
    """One of the five phases in one municipality."""

    number: int
    starts_on: date | None = None
    ends_on: date | None = None
    responsible: str = ""

    def is_on(self, day: date) -> bool:
        begun = self.starts_on is not None and self.starts_on <= day
        return begun and (self.ends_on is None or self.ends_on >= day)


def morning_of(now: datetime) -> datetime:
    """When the day began in Oslo: an evening of today has no log to be missed yet."""
    return datetime.combine(timezone.localtime(now).date(), time(), tzinfo=timezone.get_default_timezone())


def standing_of_places(places: Sequence[int], now: datetime) -> dict[int, Standing]:
    """How each municipality stands. Five queries. At most ``PER_PAGE`` places."""
    ids, today = ids_of(places), timezone.localdate(now)
    evenings = by_first(sums.evenings_of_places(now=now, morning=morning_of(now), **ids))
    families = by_first(sums.families_of_places(today=today, **ids))
    invited = by_first(sums.invited_of_places(**ids))
    ticks, marks = by_first(sums.ticks_of_places(**ids)), by_first(sums.marks_of_places(**ids))
    return {
        place: _standing(
            evenings.get(place, (0, 0, 0, 0)),
            families.get(place, (0, 0)),
            invited.get(place, (0, 0)),
            Marks(*marks.get(place, ())),
            ticks.get(place, (0, 0, 0)),
        )
        for place in places
    }


def standing_of_groups(groups: Sequence[int], now: datetime) -> dict[int, Standing]:
    """How each group stands. Four queries. At most ``PER_PAGE`` groups."""
    ids, today = ids_of(groups), timezone.localdate(now)
    evenings = by_first(sums.evenings_of_groups(now=now, morning=morning_of(now), **ids))
    families = by_first(sums.families_of_groups(today=today, **ids))
    ticks, marks = by_first(sums.ticks_of_groups(**ids)), by_first(sums.marks_of_groups(**ids))
    return {
        group: _standing(
            (1, *evenings.get(group, (0, 0, 0))),
            families.get(group, (0, 0)),
            (0, 0),
            Marks(*marks.get(group, ())),
            ticks.get(group, (0, 0, 0)),
        )
        for group in groups
    }


def _standing(
    evenings: Sequence[int],
    families: Sequence[int],
    invited: Sequence[int],
    marks: Marks,
    ticks: Sequence[int],
) -> Standing:
    groups, held, due, logged = evenings
    return Standing(
        groups=groups,
        held=held,
        logs_missing=due - logged,
        families=families[0],
        adults=families[1],
        invited=invited[0],
        waiting=invited[1],
        marks=marks,
        adherence=adherence(*ticks),
    )


def phases_of_places(places: Sequence[int]) -> dict[int, list[Phase]]:
    """The five phases of each municipality, in order. One query."""
    found = {place: {number: Phase(number) for number in range(1, 6)} for place in places}
    for place, *row in sums.phases_of_places(**ids_of(places)):
        found[place][row[0]] = Phase(*row)
    return {place: list(phases.values()) for place, phases in found.items()}


@dataclass(frozen=True)
class InAll:
    """The families' course in the whole region, in a line of numbers. Three queries."""

    now: datetime

    @cached_property
    def evenings(self) -> Sequence[int]:
        """Held, due, logged."""
        row = sums.evenings_in_all(now=self.now, morning=morning_of(self.now))
        return row[0][1:] if row else (0, 0, 0)

    @property
    def held(self) -> int:
        return self.evenings[0]

    @property
    def logs_missing(self) -> int:
        return self.evenings[1] - self.evenings[2]

    @cached_property
    def families(self) -> int:
        rows = sums.families_in_all(today=timezone.localdate(self.now))
        return int(rows[0][1]) if rows else 0

    @cached_property
    def groups(self) -> int:
        rows = sums.groups_in_all()
        return int(rows[0][1]) if rows else 0


def groups_of(
    reach: Reach, now: datetime, place: int | None = None, *, training: bool = False
) -> QuerySet[Any]:
    """Groups as (id, name, phase, next evening), those that meet next first. Not sliced yet."""
    rows = reach.groups(sums.next_evenings(now, training=training))
    if place is not None:
        rows = rows.filter(pk__in=sums.Places.objects.filter(municipality=place).values("group"))
    return rows


def first_groups(reach: Reach, now: datetime, *, training: bool) -> Sequence[Sequence[Any]]:
    """The first ``PER_PAGE`` of ``groups_of``. One query."""
    if reach.is_region:
        return (sums.first_in_training if training else sums.first_groups)(now=now)
    return list(groups_of(reach, now, training=training)[: sums.PER_PAGE])


def places_of_groups(groups: Sequence[int]) -> dict[int, dict[int, str]]:
    """The municipalities of each group and their names, in the names' order. One query."""
    found: dict[int, dict[int, str]] = {group: {} for group in groups}
    for group, place, name in sums.places_of_groups(**ids_of(groups)):
        found[group][place] = name
    return found
