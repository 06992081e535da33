"""The people and evenings around a rehearsal's answers: whom the figures of reach and delivery are of."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np

from courses.models import (
    Adult,
    Assignment,
    Attendance,
    CoreElementTick,
    EditionModule,
    EditionPart,
    Enrolment,
    Evening,
    EveningLog,
    Family,
    Group,
    ReadingEvent,
    Role,
    User,
)
from evaluation.synthetic import FAMILIES_IN_GROUP

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.random import Generator

    from courses.models import Edition, Municipality
    from evaluation.synthetic import Cohort

INVENTED = "@oppdiktet.example.no"  # of addresses
FIRST_EVENING = datetime(2025, 9, 4, 16, tzinfo=UTC)
NAMES = ("Anne", "Jonas", "Ingrid", "Lars", "Marit", "Ola", "Silje", "Per", "Kari", "Tor", "Nina", "Arne")
STATES = {"present": 0.8, "partly": 0.05, "made-up": 0.07, "excused": 0.04, "absent": 0.04}
DONE = {"yes": 0.85, "partly": 0.1, "no": 0.05}  # core elements
READ = 0.7  # of the parts
WRITTEN = 0.9  # logs, of the evenings
PHASE = "pilot"
AT_ONCE = 2_000


def make_people(
    asked: Cohort, places: Sequence[Municipality], edition: Edition, seed: int
) -> tuple[list[Group], list[Adult]]:
    """Groups with a leader each, families, and their adults, enrolled: one for each of ``asked``."""
    families = int(asked.households.max(initial=-1)) + 1
    count = -(-families // FAMILIES_IN_GROUP)
    groups = Group.objects.bulk_create(
        Group(name=f"Øvingsgruppe {seed}-{nth}", edition=edition, phase=PHASE) for nth in range(1, count + 1)
    )
    of_group = [places[nth % len(places)] for nth in range(count)]
    _put_in_places(groups, of_group)
    stamp = uuid.uuid4().hex[:8]  # another rehearsal with the same seed has people of its own
    leaders = _users(count, f"leder-{stamp}")
    starts = FIRST_EVENING.date() - timedelta(days=10)
    Role.objects.bulk_create(
        Role(user=user, kind=Role.Kind.CONTACT_PERSON, municipality=place, starts_on=starts)
        for user, place in zip(leaders, of_group, strict=True)
    )
    Assignment.objects.bulk_create(
        Assignment(group=group, user=user, starts_on=starts)
        for group, user in zip(groups, leaders, strict=True)
    )
    homes = Family.objects.bulk_create(
        Family(municipality=of_group[nth // FAMILIES_IN_GROUP]) for nth in range(families)
    )
    seats = np.r_[False, np.diff(asked.households) == 0] + 1
    adults = Adult.objects.bulk_create(
        Adult(user=user, family=homes[home], seat=seat)
        for user, home, seat in zip(
            _users(len(asked), f"voksen-{stamp}"), asked.households.tolist(), seats.tolist(), strict=True
        )
    )
    Enrolment.objects.bulk_create(
        Enrolment(adult=adult, group=groups[group], starts_on=starts)
        for adult, group in zip(adults, asked.groups.tolist(), strict=True)
    )
    return groups, adults


def _users(count: int, name: str) -> list[User]:
    return User.objects.bulk_create(
        User(first_name=NAMES[nth % len(NAMES)], email=f"{name}-{nth}{INVENTED}", password="!")  # noqa: S106 - none
        for nth in range(count)
    )


def _put_in_places(groups: Sequence[Group], places: Sequence[Municipality]) -> None:
    through = Group.municipalities.through
    through.objects.bulk_create(
        through(group=group, municipality=place) for group, place in zip(groups, places, strict=True)
    )


def make_evenings(groups: Sequence[Group], adults: Sequence[Adult], asked: Cohort, draw: Generator) -> None:
    """A week between evenings; marks, logs and reading. Nothing without groups."""
    if not groups:
        return
    edition = groups[0].edition
    modules = list(edition.programme.modules.order_by("number"))
    for nth, module in enumerate(modules):
        evenings = Evening.objects.bulk_create(
            Evening(
                group=group,
                module=module,
                starts_at=FIRST_EVENING + timedelta(weeks=nth),
                place="Øvingshuset",
                uid=uuid.uuid4(),
            )
            for group in groups
        )
        states = _drawn(STATES, len(adults), draw)
        Attendance.objects.bulk_create(
            (
                Attendance(
                    adult=adult, evening=evenings[group], state=state, marked_at=evenings[group].starts_at
                )
                for adult, group, state in zip(adults, asked.groups.tolist(), states, strict=True)
            ),
            batch_size=AT_ONCE,
        )
        layer = EditionModule.objects.filter(edition=edition, module=module, language="nb").first()
        keys = [element["key"] for element in (layer.evening.get("core_elements", []) if layer else [])]
        _make_logs(evenings, keys, draw)
    _make_reading(edition, adults, draw)


def _drawn(shares: Mapping[str, float], count: int, draw: Generator) -> list[str]:
    return [str(each) for each in draw.choice(list(shares), count, p=list(shares.values()))]


def _make_logs(evenings: Sequence[Evening], keys: Sequence[str], draw: Generator) -> None:
    written = draw.random(len(evenings)) < WRITTEN
    logs = EveningLog.objects.bulk_create(
        EveningLog(evening=evening, minutes_off=int(off), written_at=evening.starts_at + timedelta(hours=3))
        for evening, off, is_written in zip(evenings, draw.normal(0, 10, len(evenings)), written, strict=True)
        if is_written
    )
    done = iter(_drawn(DONE, len(logs) * len(keys), draw))
    CoreElementTick.objects.bulk_create(
        (CoreElementTick(log=log, key=key, done=next(done)) for log in logs for key in keys),
        batch_size=AT_ONCE,
    )


def _make_reading(edition: Edition, adults: Sequence[Adult], draw: Generator) -> None:
    parts = list(
        EditionPart.objects.filter(edition=edition)
        .order_by("module__number", "position")
        .prefetch_related("texts")
    )
    parts = [part for part in parts if part.texts.all()]
    read = draw.random((len(adults), len(parts))) < READ
    ReadingEvent.objects.bulk_create(
        (
            ReadingEvent(
                adult=adult,
                part=part,
                kind=ReadingEvent.Kind.READ,
                client_id=uuid.uuid4(),
                revision=part.texts.all()[0].revision,
                happened_at=FIRST_EVENING - timedelta(days=2) + timedelta(hours=nth),
            )
            for adult, row in zip(adults, read.tolist(), strict=True)
            for nth, (part, is_read) in enumerate(zip(parts, row, strict=True))
            if is_read
        ),
        batch_size=AT_ONCE,
    )
