"""What a contact person sees of her group: coarse, in words, and never what anyone wrote.

Every query is asked once for the whole group, so that thirty families cost as many as three.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from courses.access import people_visible_to
from courses.coaching_rows import (
    calls_in,
    catch_ups_in,
    evenings_in,
    finished_in,
    guidance_in,
    invited_to,
    marks_in,
    people_in,
)
from courses.editions import words_of
from courses.models import Attendance, Group
from courses.progress import COUNTS_AS_THERE, Reading

if TYPE_CHECKING:
    from collections.abc import Iterable

    from courses.editions import ModuleWords
    from courses.models import User
    from courses.models.groups import GroupQuerySet


def groups_led_by(user: User) -> GroupQuerySet:
    """The groups a contact person leads today; for the project leader those of her places.

    Narrower than ``Group.objects.visible_to``: who takes part in a group never sees it from this side.
    """
    return people_visible_to(Group.objects.all(), user, municipality="municipalities", group="pk")


def group_led_by(user: User, group_id: int) -> Group:
    """One of them, with edition and programme. One query, and the roles; Http404 for everybody else's."""
    rows = groups_led_by(user).select_related("edition__programme").filter(pk=group_id)
    group = rows.first()
    if group is None:
        raise Http404
    return group


@dataclass(frozen=True)
class Meeting:
    """One evening of the group, in order."""

    pk: int
    module: int
    starts_at: datetime
    minutes: int
    place: str
    bring: str
    cancelled_at: datetime | None
    log: int | None
    words: ModuleWords | None = None


@dataclass(frozen=True)
class OpenCatchUp:
    """A catch-up that is not done."""

    pk: int
    module: int
    state: str
    read_at: datetime | None
    call_at: datetime | None
    neighbour_at: datetime | None


@dataclass(frozen=True)
class Call:
    """An open «ring meg»."""

    pk: int
    wished_on: date | None
    wished_time: str


@dataclass
class Person:
    """One adult as her contact person sees her. ``reading`` and ``attendance`` go by module id."""

    pk: int
    family: int | None
    shielded: bool
    name: str
    mobile: str
    email: str
    starts_on: date
    paused_on: date | None
    reading: dict[int, Reading] = field(default_factory=dict)
    attendance: dict[int, str] = field(default_factory=dict)
    catch_ups: list[OpenCatchUp] = field(default_factory=list)
    call: Call | None = None


@dataclass
class Household:
    """A family, or an adult without one, with when they last met for guidance and when they meet next."""

    family: int | None
    people: list[Person]
    next_at: datetime | None = None
    last_at: datetime | None = None

    @property
    def names(self) -> str:
        return str(_(" og ")).join(person.name for person in self.people)

    @property
    def shielded(self) -> bool:
        return any(person.shielded for person in self.people)


@dataclass(frozen=True)
class Invited:
    """Somebody on her way in."""

    invitation: int
    name: str
    shielded: bool
    waiting: bool
    expires_at: datetime


@dataclass(frozen=True)
class GroupSeen:
    """The whole group, read in eight queries."""

    group: Group
    modules: list[ModuleWords]
    evenings: list[Meeting]
    households: list[Household]
    invited: list[Invited]

    @property
    def people(self) -> Iterable[Person]:
        return (person for household in self.households for person in household.people)


def see(group: Group, language: str) -> GroupSeen:
    """Everything the coach view shows, for a group with its edition. Eight queries, whatever its size."""
    now, asked = timezone.now(), {"group": group.pk, "today": timezone.localdate()}
    modules = list(words_of(group.edition, language).values())
    by_module = {words.module.pk: words for words in modules}
    people = {row[0]: _person(row) for row in people_in(**asked)}
    _add_progress(people, by_module, finished_in(**asked, edition=group.edition_id), marks_in(**asked))
    for pk, adult, *rest in catch_ups_in(**asked):
        if adult in people:  # who came between two queries is there the next time
            people[adult].catch_ups.append(OpenCatchUp(pk, *rest))
    for pk, adult, *rest in calls_in(**asked):
        if adult in people:
            people[adult].call = Call(pk, *rest)
    households = _households(people.values())
    _add_guidance(households, guidance_in(**asked), now)
    evenings = [Meeting(*[*row, by_module.get(row[1])]) for row in evenings_in(group=group.pk)]
    invited = [_invited(*row) for row in invited_to(group=group.pk)]
    return GroupSeen(group, modules, evenings, households, invited)


def _person(row: list[Any]) -> Person:
    adult, family, shielded, alias, name, mobile, email, starts_on, paused_on = row
    if shielded:
        return Person(adult, family, True, alias or str(_("Deltaker")), "", "", starts_on, paused_on)
    return Person(adult, family, False, name, mobile or "", email or "", starts_on, paused_on)


def _invited(
    invitation: int, name: str, alias: str, shielded: bool, waiting: bool, expires_at: datetime
) -> Invited:
    shown = (alias or str(_("Deltaker"))) if shielded else name
    return Invited(invitation, shown, bool(shielded), bool(waiting), expires_at)


def _add_progress(
    people: dict[int, Person],
    modules: dict[int, ModuleWords],
    finished: list[list[Any]],
    marks: list[list[Any]],
) -> None:
    """Coarse reading, and attendance by the same rule as Min side: what counts is not undone elsewhere."""
    for adult, module, parts in finished:
        if module in modules and adult in people:
            done = parts >= len(modules[module].parts)
            people[adult].reading[module] = Reading.DONE if done else Reading.UNDER_WAY
    for adult, module, state in marks:
        attendance = people[adult].attendance if adult in people else {}
        if attendance.get(module) not in COUNTS_AS_THERE and state != Attendance.State.UNKNOWN:
            attendance[module] = state


def _households(people: Iterable[Person]) -> list[Household]:
    """Adults of one family together, in the order they came; whoever has none stands alone."""
    together: dict[Any, Household] = {}
    for person in people:
        key = person.family or f"adult {person.pk}"
        together.setdefault(key, Household(person.family, [])).people.append(person)
    return sorted(together.values(), key=lambda household: household.names.casefold())


def _add_guidance(households: list[Household], meetings: list[list[Any]], now: datetime) -> None:
    by_family = {household.family: household for household in households if household.family}
    for family, at in meetings:  # by time
        household = by_family.get(family) or Household(None, [])
        if at <= now:
            household.last_at = at
        elif household.next_at is None:
            household.next_at = at
