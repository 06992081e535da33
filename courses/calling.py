"""«Ring disse før torsdag»: who needs a call before the next evening, and why, in coarse words."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from courses.guiding import RHYTHM
from courses.models import CallRequest
from courses.progress import Reading

if TYPE_CHECKING:
    from courses.coaching import Call, GroupSeen, Household, Invited, Meeting, Person

SOON = timedelta(days=2)
MISSED = frozenset({"absent", "excused"})


@dataclass
class ToCall:
    """Whom to call, and the reasons, the weightiest first."""

    names: str
    people: list[Person] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    invitation: bool = False
    shielded: bool = False  # not for paper


def next_evening(evenings: list[Meeting], now: datetime) -> Meeting | None:
    """The first that stands and is not over. Pure."""
    standing = (row for row in evenings if row.cancelled_at is None)
    return next((row for row in standing if row.starts_at + timedelta(minutes=row.minutes) > now), None)


def last_evening(evenings: list[Meeting], now: datetime) -> Meeting | None:
    """The last that was held. Pure."""
    held = [
        row
        for row in evenings
        if row.cancelled_at is None and row.starts_at + timedelta(minutes=row.minutes) <= now
    ]
    return held[-1] if held else None


def to_call(seen: GroupSeen, now: datetime) -> list[ToCall]:
    """Households and invited people with a reason, those who asked for a call first. No query."""
    coming, last = next_evening(seen.evenings, now), last_evening(seen.evenings, now)
    rows = [_household(household, coming, last, now) for household in seen.households]
    found = [row for row in rows if row.reasons]
    found.sort(key=lambda row: (not row.calls, -len(row.reasons)))
    return found + _not_in_yet(seen.invited)


def _household(household: Household, coming: Meeting | None, last: Meeting | None, now: datetime) -> ToCall:
    row = ToCall(household.names, household.people, shielded=household.shielded)
    for person in household.people:
        reasons = _of_person(person, coming, last, now)
        alone = len(household.people) == 1
        row.reasons += [reason if alone else f"{person.name}: {_lower(reason)}" for reason in reasons]
        if person.call:
            row.calls.append(person.call)
    if any(person.paused_on is None for person in household.people):
        row.reasons += _of_guidance(household, now)
    return row


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def _of_person(person: Person, coming: Meeting | None, last: Meeting | None, now: datetime) -> list[str]:
    reasons = []
    if person.call:
        reasons.append(_("Har bedt om en samtale, %(wish)s") % {"wish": wish_words(person.call)})
    if person.paused_on:
        return reasons
    if last and person.attendance.get(last.module) in MISSED and not _catching_up(person, last.module):
        reasons.append(_("Var ikke med sist, og kan ta igjen kvelden"))
    if coming and coming.starts_at - now <= SOON and coming.module not in _begun(person):
        reasons.append(_("Har ikke begynt å lese til kvelden"))
    return reasons


def _catching_up(person: Person, module: int) -> bool:
    return any(row.module == module and row.state == "under-way" for row in person.catch_ups)


def _begun(person: Person) -> set[int]:
    return {module for module, reading in person.reading.items() if reading is not Reading.NOT_STARTED}


def _of_guidance(household: Household, now: datetime) -> list[str]:
    """Guidance is every fortnight, also when all is well: a passed date wants a new one."""
    if household.family is None or household.next_at:
        return []
    if household.last_at:
        day = formats.date_format(timezone.localtime(household.last_at), "j. F")
        return [_("Veiledningen %(day)s er passert, og ingen ny er avtalt") % {"day": day}]
    begun = min(person.starts_on for person in household.people)
    if timezone.localdate(now) - begun >= RHYTHM:
        return [_("Ingen veiledning er avtalt ennå")]
    return []


def _not_in_yet(invited: list[Invited]) -> list[ToCall]:
    """One row for each household that has a link and has not used it."""
    households: dict[int, list[Invited]] = {}
    for row in invited:
        if not row.waiting:
            households.setdefault(row.invitation, []).append(row)
    reason = _("Invitert, men har ikke kommet inn ennå")
    return [
        ToCall(
            str(_(" og ")).join(row.name for row in rows),
            reasons=[reason],
            invitation=True,
            shielded=rows[0].shielded,
        )
        for rows in households.values()
    ]


def wish_words(call: Call | CallRequest) -> str:
    """«torsdag 26. november, formiddag», or «når som helst»."""
    time = str(CallRequest.Time(call.wished_time).label)
    if call.wished_on is None:
        return time
    return f"{formats.date_format(call.wished_on, 'l j. F')}, {time}"
