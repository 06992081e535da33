"""The demo's study: answers before the course, forms after evenings, and one that can be answered now.

Everything goes the real way: occasions by the rule, answers through the seal. What has ended is counted by
``work``, as everywhere. The answers are invented, and the same each time.
"""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from courses.models import Adult, Evening, Group, Programme
from evaluation import informing, opening, setting_up, windows
from evaluation.answers import keys, sealing
from evaluation.instruments.freezing import freeze
from evaluation.models import Consent, Occasion, Participation, Study, Wave

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from courses.models import Municipality, User
    from evaluation.instruments.definition import Definition, Item
    from evaluation.models import InstrumentVersion

FIRST = timedelta(days=-440)  # the first evening of the study before this one (``demo_results.py``)
SENT = timedelta(days=-14)  # a questionnaire goes out so long before the first evening
LIMITS = {"attendance": (80, 60), "pairs": (70, 50), "adherence": (80, 60)}  # green, red


def make_studies(
    demo: dict[str, Any], places: Mapping[str, Municipality], staff: Mapping[str, User], today: date
) -> None:
    """Nothing without questionnaires. Expects the people and evenings of the demo."""
    row, now = demo["study"], timezone.now()
    if not setting_up.newest_versions():
        return
    study = _make_study(row, next(iter(places.values())), staff["prosjektleder"], today)
    chance = random.Random(row["seed"])  # noqa: S311 - invented answers
    for group in Group.objects.filter(name__in=row["groups"]).order_by("pk"):
        adults = list(Adult.objects.filter(enrolments__group=group).select_related("user").order_by("pk"))
        adults = [adult for adult in adults if adult.user.email not in row["new"]]
        for adult in adults:
            _has_read(adult.user, study)
        _before(study, group, adults, chance, set(row["missed"]))
        for evening in group.evenings.filter(starts_at__lt=now - timedelta(days=3)):
            _after_evening(study, evening, chance)
    study.letters.update(made_on=study.starts_on)  # before anybody was asked anything
    Consent.objects.filter(letter__study=study).update(given_on=study.starts_on)
    opening.plan_occasions(study, now)
    _half_way(study, row, now, chance)


def _make_study(row: dict[str, Any], place: Municipality, leader: User, today: date) -> Study:
    starts = today - timedelta(weeks=row["weeks_ago"])
    study = Study.objects.create(
        key=row["key"],
        name_nb=row["name_nb"],
        name_nn=row["name_nn"],
        programme=Programme.objects.get(slug=row["programme"]),
        region=place.region,
        purpose_nb=row["purpose_nb"],
        purpose_nn=row["purpose_nn"],
        controller=row["controller"],
        contact_name=leader.first_name,
        contact_email=leader.email,
        starts_on=starts,
        ends_on=starts + timedelta(weeks=row["weeks"]),
        sunset_on=starts + timedelta(weeks=row["weeks"], days=30),
    )
    waves = {wave.code: wave for wave in setting_up.standard_set_up(study)}
    half = row["half_way"]
    wave = Wave(study=study, identity="linked", anchor="first-evening", **half["wave"])
    setting_up.save_wave(wave, [waves["T0"].instruments.get().version])
    limits = [
        {"measure": name, "scale": "", "green": green, "red": red} for name, (green, red) in LIMITS.items()
    ]
    setting_up.set_criteria(study, row["primary_outcome"], limits)
    setting_up.lock_criteria(study, leader)
    Study.objects.filter(pk=study.pk).update(criteria_locked_on=starts + timedelta(days=3))
    study.refresh_from_db()
    return study


def _has_read(user: User, study: Study) -> None:
    letter = informing.letter_of(study)
    if letter is not None:
        informing.acknowledge(user, letter, mark=letter.checksum, agrees=False)


# --- answers
def _before(study: Study, group: Group, adults: list[Adult], chance: random.Random, missed: set[str]) -> None:
    """T0 of a group that has begun: open until its first evening, answered by most."""
    wave = study.waves.get(code="T0")
    window = windows.of_group(wave, list(group.evenings.all()))
    if window is None or window.closes_at > timezone.now():
        return
    occasion = _opened(wave, window, group=group)
    Participation.objects.bulk_create(Participation(occasion=occasion, user=adult.user) for adult in adults)
    for adult in adults:
        if adult.user.email not in missed:
            _answer(adult.user, occasion, chance, leaning=0)


def _after_evening(study: Study, evening: Evening, chance: random.Random) -> None:
    """As many anonymous forms as there were people in the room, one of them with a word."""
    wave = study.waves.get(code="kveld")
    occasion = _opened(wave, windows.of_evening(wave, evening), group=evening.group, evening=evening)
    (version,) = _versions(wave)
    heads = evening.head_count or evening.attendances.filter(state="present").count()
    for number in range(heads):
        given = _answers(version.frozen, chance, leaning=1)
        if not number:
            given["ord"] = "Fin kveld. Mer tid til å snakke sammen neste gang."
        sealing.submit_anonymous(occasion=occasion, forms=[(version, given)], limit=heads)


def _half_way(study: Study, row: dict[str, Any], now: datetime, chance: random.Random) -> None:
    """Open now, by the rule; who is in ``answered`` has answered."""
    due = Occasion.objects.filter(
        wave__study=study, wave__code=row["half_way"]["wave"]["code"], opens_at__lte=now, state="planned"
    )
    for occasion in due.select_related("wave__study", "group"):
        opening.open_occasion(occasion, now)
        for participation in occasion.participations.select_related("user"):
            if participation.user.email in row["half_way"]["answered"]:
                _answer(participation.user, occasion, chance, leaning=1)


def _opened(wave: Wave, window: windows.Window, **of: Any) -> Occasion:
    """An occasion with a key, open: what has ended is shut and counted by ``work``."""
    for version in _versions(wave):
        if version.frozen_at is None:
            freeze(version, timezone.now() + FIRST + SENT)
    occasion = Occasion.objects.create(
        wave=wave, identity=wave.identity, opens_at=window.opens_at, closes_at=window.closes_at, **of
    )
    keys.make_seal_key(occasion)
    Occasion.objects.filter(pk=occasion.pk).update(state=Occasion.State.OPEN)
    occasion.state = Occasion.State.OPEN
    return occasion


def _versions(wave: Wave) -> list[InstrumentVersion]:
    return [row.version for row in wave.instruments.select_related("version__instrument")]


def _answer(user: User, occasion: Occasion, chance: random.Random, leaning: int) -> None:
    forms = [(version, _answers(version.frozen, chance, leaning)) for version in _versions(occasion.wave)]
    sealing.submit(user=user, occasion_id=occasion.pk, forms=forms)


def _answers(definition: Definition, chance: random.Random, leaning: int) -> dict[str, Any]:
    """An answer to everything but texts and what hangs on another answer."""
    turned = {key for scale in definition.scales for key in scale.reversed}
    return {
        item.key: _one(item, chance, -leaning if item.key in turned else leaning)
        for item in definition.coded_items
        if item.show_if is None
    }


def _one(item: Item, chance: random.Random, leaning: int) -> Any:
    codes = list(item.codes) or list(range(item.low, item.high + 1))
    middle = (len(codes) - 1) / 2 + leaning
    place = min(max(round(chance.gauss(middle, 0.9)), 0), len(codes) - 1)
    return [codes[place]] if item.kind == "several" else codes[place]
