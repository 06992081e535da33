"""Writing a study: its standard waves in one tap, what its waves ask, and the criteria, locked once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from courses.slugs import in_plain_letters
from evaluation import informing
from evaluation.guards import LockedError, is_being_asked
from evaluation.models import (
    Audience,
    Criterion,
    IdentityMode,
    InstrumentVersion,
    InvitedAlreadyError,
    Occasion,
    Study,
    Wave,
    WaveInstrument,
)
from evaluation.obstacles import asked_of_evenings
from evaluation.windows import is_before_course

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from courses.models import User


class TooLateError(Exception):
    """Answers have been counted: criteria that are set now would not be set beforehand."""


class NotReadyError(Exception):
    """There is nothing to lock yet; the sentence says what lacks."""


class Standard(NamedTuple):
    """A wave of the standard set-up. ``asks``: the beginnings of instrument keys, those that are there."""

    code: str
    nb: str
    nn: str
    audience: str
    identity: str
    anchor: str
    after: int
    days: int
    asks: tuple[str, ...]


ANONYMOUS, LINKED, NAMED = IdentityMode.values
ADULT, CONTACT = str(Audience.ADULT), str(Audience.CONTACT_PERSON)
FIRST, LAST, EACH = Wave.Anchor.values
STANDARD = (
    Standard("T0", "Før første kveld", "Før første kveld", ADULT, LINKED, FIRST, -14, 14, ("trygg",)),
    Standard("T1", "Etter siste kveld", "Etter siste kveld", ADULT, LINKED, LAST, 0, 14, ("trygg", "etter-")),
    Standard("T2", "Et halvt år etter", "Eit halvt år etter", ADULT, LINKED, LAST, 182, 21, ("trygg",)),
    Standard("kveld", "Etter hver kveld", "Etter kvar kveld", ADULT, ANONYMOUS, EACH, 0, 2, ("kveld",)),
    Standard(
        "KP",
        "Etter siste kveld, kontaktpersonene",
        "Etter siste kveld, kontaktpersonane",
        CONTACT,
        NAMED,
        LAST,
        0,
        21,
        ("kontaktpersonens",),
    ),
)


@transaction.atomic
def standard_set_up(study: Study) -> list[Wave]:
    """The usual waves with the questionnaires that are there; waves that exist are left alone, and nobody
    is asked twice about an evening."""
    there = set(study.waves.values_list("code", flat=True))
    if asked_of_evenings(study):
        there |= {each.code for each in STANDARD if each.identity == ANONYMOUS}
    newest = newest_versions()
    made = []
    for each in STANDARD:
        if each.code in there:
            continue
        wave = Wave.objects.create(
            study=study,
            code=each.code,
            name_nb=each.nb,
            name_nn=each.nn,
            audience=each.audience,
            identity=each.identity,
            anchor=each.anchor,
            opens_after_days=each.after,
            open_for_days=each.days,
        )
        fitting = [row for row in newest if row.instrument.key.startswith(each.asks)]
        fitting.sort(
            key=lambda row: [row.instrument.key.startswith(stem) for stem in each.asks], reverse=True
        )
        WaveInstrument.objects.bulk_create(
            WaveInstrument(wave=wave, version=version, order=place) for place, version in enumerate(fitting)
        )
        made.append(wave)
    put_in_order(study)
    informing.keep_letter(study)
    return made


def put_in_order(study: Study) -> None:
    """Numbers a study's waves as they open, whatever order they were written in."""
    waves = sorted(study.waves.all(), key=_opens)
    for place, wave in enumerate(waves):
        if wave.order != place:
            Wave.objects.filter(pk=wave.pk).update(order=place)


def _opens(wave: Wave) -> tuple[int, int, bool, str]:
    """Before the first evening, after each, later from the first, from the last; families before staff."""
    stages = {EACH: 1, LAST: 3}
    stage = stages.get(wave.anchor, 0 if is_before_course(wave) else 2)
    return stage, wave.opens_after_days, wave.audience != ADULT, wave.code


def newest_versions(also: Iterable[int] = ()) -> list[InstrumentVersion]:
    """The newest version of each questionnaire, and those in ``also``. One query."""
    rows = InstrumentVersion.objects.select_related("instrument").order_by("instrument__key", "-number")
    kept, seen, wanted = [], set(), set(also)
    for row in rows:
        if row.instrument_id not in seen or row.pk in wanted:
            kept.append(row)
        seen.add(row.instrument_id)
    return kept


@transaction.atomic
def save_wave(wave: Wave, versions: Sequence[InstrumentVersion]) -> None:
    """A wave with what it asks, in order. Raises InvitedAlreadyError for what has been promised."""
    wave.save()
    put_in_order(wave.study)
    asked = [row.version_id for row in wave.instruments.order_by("order", "pk")]
    if asked != [version.pk for version in versions]:
        if is_being_asked(wave.pk):
            raise InvitedAlreadyError
        wave.instruments.exclude(version__in=versions).delete()
        for place, version in enumerate(versions):
            wave.instruments.update_or_create(version=version, defaults={"order": place})
    informing.keep_letter(wave.study)


@transaction.atomic
def remove_wave(wave: Wave) -> None:
    """Takes away a wave nobody has been invited to. Raises InvitedAlreadyError."""
    if Occasion.objects.opened().filter(wave=wave).exists():
        raise InvitedAlreadyError
    Occasion.objects.filter(wave=wave, state=Occasion.State.PLANNED).delete()
    study = wave.study
    wave.delete()
    informing.keep_letter(study)


def key_of(name: str) -> str:
    """«Piloten, høst 2026» → «piloten-host-2026», one that no study has and that is no number. One query."""
    plain = re.sub(r"[^a-z0-9]+", "-", in_plain_letters(name)).strip("-")[:40]
    stem = plain if plain[:1].isalpha() else f"studie-{plain}".strip("-")
    taken = {"ny"}  # an address of ours
    taken |= set(Study.objects.filter(key__startswith=stem).values_list("key", flat=True))
    return next(key for key in (stem, *(f"{stem}-{n}" for n in range(2, 1000))) if key not in taken)


# --- what is measured against, set before anybody sees an answer
@transaction.atomic
def set_criteria(study: Study, primary_outcome: str, rows: Sequence[dict[str, Any]]) -> None:
    """Raises LockedError once they are locked."""
    found = Study.objects.select_for_update().get(pk=study.pk)
    if found.criteria_locked_on:
        raise LockedError
    found.primary_outcome = primary_outcome
    found.save()
    found.criteria.all().delete()
    for row in rows:
        Criterion.objects.create(study=found, **row)


@transaction.atomic
def lock_criteria(study: Study, by: User) -> None:
    """For good, with today's date and her name. Raises LockedError, TooLateError and NotReadyError."""
    found = Study.objects.select_for_update().get(pk=study.pk)
    if found.criteria_locked_on:
        raise LockedError
    if is_counted(found):
        raise TooLateError
    if not found.primary_outcome or not found.criteria.exists():
        raise NotReadyError(_("Velg hovedutfallet og minst ett kriterium først."))
    name = by.get_full_name() or str(by)
    Study.objects.filter(pk=found.pk, criteria_locked_on=None).update(
        criteria_locked_on=timezone.localdate(), criteria_locked_by=name[:120]
    )


def is_counted(study: Study) -> bool:
    """Whether any answer has been opened. One query."""
    return Occasion.objects.filter(wave__study=study.pk, state=Occasion.State.COUNTED).exists()
