"""«Ring disse før torsdag»: who needs a call before the next evening, and why, in coarse words.

What has no hurry stands apart: a call wished for after that evening, and guidance that wants a date.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from courses.guiding import RHYTHM
from courses.held import ends_at, was_held
from courses.models import CallRequest
from courses.progress import Reading

if TYPE_CHECKING:
    from courses.coaching import Call, GroupSeen, Household, Invited, Meeting, Person

SOON = timedelta(days=2)
NEAR = timedelta(days=7)  # an evening nearer than this has its day in the heading
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


@dataclass(frozen=True)
class Calls:
    """``before`` the evening ``coming`` (None: none is near), ``later`` than it; ``guidance`` has no date."""

    coming: Meeting | None
    before: list[ToCall]
    later: list[ToCall]
    guidance: list[ToCall]


def next_evening(evenings: list[Meeting], now: datetime) -> Meeting | None:
    """The first that stands and is not over. Pure."""
    standing = (row for row in evenings if row.cancelled_at is None)
    return next((row for row in standing if ends_at(row) > now), None)


def last_evening(evenings: list[Meeting], now: datetime) -> Meeting | None:
    """The last that was held. Pure."""
    held = [row for row in evenings if was_held(row, now)]
    return held[-1] if held else None


def calls_of(seen: GroupSeen, now: datetime) -> Calls:
    """Households and invited people with a reason, those who asked for a call first. No query.

    An evening that has begun is too late to call before: from then on it is about the next one.
    """
    last = last_evening(seen.evenings, now)
    standing = [row for row in seen.evenings if row.cancelled_at is None and row.starts_at > now]
    coming = standing[0] if standing else None
    near = coming if coming and coming.starts_at - now < NEAR else None
    before, later, guidance = [], [], []
    for household in seen.households:
        before.append(_row(household, [_of_person(one, coming, last, now, near) for one in household.people]))
        before[-1].calls = [
            one.call for one in household.people if one.call and not _is_later(one.call, near)
        ]
        later.append(_row(household, [_wished_later(one, near) for one in household.people]))
        later[-1].calls = [one.call for one in household.people if one.call and _is_later(one.call, near)]
        if any(person.paused_on is None for person in household.people):
            guidance.append(ToCall(household.names, household.people, _of_guidance(household, now)))
            guidance[-1].shielded = household.shielded
    found = [row for row in before if row.reasons]
    found.sort(key=lambda row: (not row.calls, -len(row.reasons)))
    return Calls(
        near,
        found + _not_in_yet(seen.invited),
        [row for row in later if row.reasons],
        [row for row in guidance if row.reasons],
    )


def _row(household: Household, reasons: list[list[str]]) -> ToCall:
    """A household with the reasons of each of its people; of two, each reason says whose it is."""
    row = ToCall(household.names, household.people, shielded=household.shielded)
    alone = len(household.people) == 1
    for person, said in zip(household.people, reasons, strict=True):
        row.reasons += said if alone else [f"{person.name}: {_lower(reason)}" for reason in said]
    return row


def _is_later(call: Call, near: Meeting | None) -> bool:
    """Whether she wishes to be called after the day of the evening."""
    if near is None or call.wished_on is None:
        return False
    return call.wished_on > timezone.localdate(near.starts_at)


def _wished_later(person: Person, near: Meeting | None) -> list[str]:
    return [_asked(person.call)] if person.call and _is_later(person.call, near) else []


def _asked(call: Call) -> str:
    return _("Har bedt om en samtale, %(wish)s") % {"wish": wish_words(call)}


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def _of_person(
    person: Person, coming: Meeting | None, last: Meeting | None, now: datetime, near: Meeting | None
) -> list[str]:
    reasons = []
    if person.call and not _is_later(person.call, near):
        reasons.append(_asked(person.call))
    if person.paused_on:
        return reasons
    state = person.attendance.get(last.module) if last else None
    if last and state in MISSED and not _catching_up(person, last.module):
        excused, missed = _("Meldte forfall sist"), _("Var ikke med sist")
        said = {"why": excused if state == "excused" else missed}
        reasons.append(_("%(why)s, og kan ta igjen kvelden") % said)
    if _lacks_reading(person, coming, now):
        reasons.append(_("Har ikke begynt å lese til kvelden"))
    return reasons


def _lacks_reading(person: Person, coming: Meeting | None, now: datetime) -> bool:
    """Whoever has said that she cannot come is not called about reading for it."""
    if coming is None or coming.starts_at - now > SOON or person.attendance.get(coming.module) in MISSED:
        return False
    return coming.module not in _begun(person)


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
