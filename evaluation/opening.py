"""Occasions are made, moved and opened by rule from each group's evenings; then people are asked.

``open_forms`` is done by ``manage.py work`` every minute, and may be done again and again. What somebody has
been promised is never taken back: an open form closes no earlier than it said, and what was opened stays.
"""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import timedelta
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from courses.models import Evening
from evaluation import informing, reminding, windows
from evaluation.answers.keys import NoKeyError, make_seal_key
from evaluation.answers.taking_part import hold
from evaluation.asking_consent import tell_of_letter
from evaluation.audiences import not_asked_yet
from evaluation.instruments.places import FaultsError
from evaluation.models import Audience, IdentityMode, Occasion, Participation, Study, Wave
from evaluation.obstacles import key_obstacle, obstacles_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from django.db.models import QuerySet

log = logging.getLogger(__name__)
State = Occasion.State
OVER = timedelta(days=400)  # after its last evening nothing more is asked of a group
LEAST_TIME = timedelta(hours=1)  # nobody is asked for the first time when less than this is left
Key = tuple[int, int | None, int | None]  # wave, group, evening
ByGroup = Mapping[int, list[Evening]]


def open_forms(now: datetime | None = None) -> Counter[str]:
    """Everything that is due: occasions planned and moved, opened, and those asked who came later."""
    now = now or timezone.now()
    done: Counter[str] = Counter()
    for study in running(now):
        try:
            done += plan_occasions(study, now)
        except OverflowError:  # a day beyond all calendars: that study waits, the others do not
            log.exception("study %s cannot be planned", study.pk)
            continue
        done["told of a letter"] += tell_of_letter(study, now)
    done += open_due(now)
    done["asked later"] += ask_latecomers(now)
    return +done


def running(now: datetime) -> QuerySet[Study]:
    """Studies in which something may still open, or be put off."""
    return Study.objects.filter(ends_on__gte=timezone.localdate(now)).prefetch_related("waves")


# --- planning
def plan_occasions(study: Study, now: datetime) -> Counter[str]:
    """Makes a study's occasions, moves those that nobody has been invited to, and puts off open ones.

    Three queries and one for each that has moved, however many groups.
    """
    waves, by_group = list(study.waves.all()), _evenings(study, now)
    there = {_key(row): row for row in Occasion.objects.filter(wave__in=[wave.pk for wave in waves])}
    identity = {wave.pk: wave.identity for wave in waves}
    wanted = _wanted(study, waves, by_group)
    new = [
        Occasion(
            wave_id=wave,
            group_id=group,
            evening_id=evening,
            identity=identity[wave],
            opens_at=window.opens_at,
            closes_at=window.closes_at,
        )
        for (wave, group, evening), window in wanted.items()
        if (wave, group, evening) not in there and _is_to_come(window, study, now)
    ]
    Occasion.objects.bulk_create(new, ignore_conflicts=True)
    done = Counter({"planned": len(new)})
    gone = [
        row.pk
        for key, row in there.items()
        if row.state == State.PLANNED and (key not in wanted or row.closes_at <= now)  # it never opened
    ]
    done["removed"] = Occasion.objects.filter(pk__in=gone, state=State.PLANNED).delete()[0] if gone else 0
    windows_of = _held_open(study, waves, by_group) | wanted
    for key, row in there.items():
        if key in windows_of:
            done["moved"] += _follow(row, windows_of[key], identity[row.wave_id])
    return done


def _key(occasion: Occasion) -> Key:
    return occasion.wave_id, occasion.group_id, occasion.evening_id


def _wanted(study: Study, waves: Sequence[Wave], by_group: ByGroup) -> dict[Key, windows.Window]:
    """The occasions as the rule has them."""
    return _before_sunset(study, _by_rule(waves, by_group))


def _by_rule(waves: Sequence[Wave], by_group: ByGroup) -> Iterator[tuple[Key, windows.Window]]:
    for wave in waves:
        if wave.anchor == Wave.Anchor.EACH_EVENING:
            for evening in chain(*by_group.values()):
                if evening.cancelled_at is None:
                    yield (wave.pk, evening.group_id, evening.pk), windows.of_evening(wave, evening)
            continue
        for group, evenings in _asked_together(wave, by_group):
            if window := windows.of_group(wave, evenings):
                yield (wave.pk, group, None), window


def _held_open(study: Study, waves: Sequence[Wave], by_group: ByGroup) -> dict[Key, windows.Window]:
    """How long those stay open that have lost their evenings: nothing is planned by this."""
    found = (
        ((wave.pk, group, None), window)
        for wave in waves
        for group, evenings in _asked_together(wave, by_group)
        if (window := windows.held_open(wave, evenings))
    )
    return _before_sunset(study, found)


def _before_sunset(study: Study, found: Iterable[tuple[Key, windows.Window]]) -> dict[Key, windows.Window]:
    """Each has closed before the day the pairing key is destroyed: that day is promised, and would wait for
    whoever still answers."""
    closed = ((key, windows.closed_before(study.sunset_on, window)) for key, window in found)
    return {key: window for key, window in closed if window}


def _asked_together(wave: Wave, by_group: ByGroup) -> Iterable[tuple[int | None, list[Evening]]]:
    """Leaders are asked once in the region, not for each group. One that never came about is left out."""
    if wave.audience == Audience.LEADER:
        came = [rows for rows in by_group.values() if any(each.cancelled_at is None for each in rows)]
        return [(None, [*chain(*(came or by_group.values()))])]
    return by_group.items()


class Awaited(NamedTuple):
    evening: Evening
    otherwise: windows.Window | None  # when it is open if no new date comes


def awaited(study: Study, occasions: Iterable[Occasion], now: datetime) -> dict[int, Awaited]:
    """By occasion the evening whose new date it waits for. ``occasions`` with their waves. One query; another
    for each group whose name is asked for."""
    waiting = [row for row in occasions if row.state == State.PLANNED and _is_after(row.wave)]
    by_group = _evenings(study, now) if waiting else {}
    today, found = timezone.localdate(now), {}
    for row in waiting:
        evenings = dict(_asked_together(row.wave, by_group)).get(row.group_id, [])
        evening = windows.awaited(evenings)
        if evening and today < windows.given_up_on(study, evening):
            row.wave.study = study  # it asks for no other
            found[row.pk] = Awaited(evening, windows.of_group(row.wave, evenings))
    return found


def _is_after(wave: Wave) -> bool:
    return wave.anchor == Wave.Anchor.LAST_EVENING


def _evenings(study: Study, now: datetime) -> dict[int, list[Evening]]:
    """The evenings of the study's groups, by group, cancelled ones among them. One query."""
    groups = Evening.objects.filter(starts_at__gt=now - OVER).values("group")
    rows = Evening.objects.filter(
        group__in=groups,
        group__edition__programme=study.programme_id,
        group__municipalities__region=study.region_id,
    ).select_related("module")
    found: dict[int, list[Evening]] = defaultdict(list)
    for evening in rows.order_by("starts_at", "pk").distinct():
        found[evening.group_id].append(evening)
    return found


def _is_to_come(window: windows.Window, study: Study, now: datetime) -> bool:
    """Within the study's days, and with time left to answer."""
    opens = timezone.localdate(window.opens_at)
    return window.closes_at > now + LEAST_TIME and study.starts_on <= opens <= study.ends_on


def _follow(occasion: Occasion, window: windows.Window, identity: str) -> int:
    """A planned occasion moves with its evenings; an open one closes later, never earlier. 1 if it did."""
    if occasion.state == State.OPEN and window.closes_at > occasion.closes_at:
        earlier = Occasion.objects.filter(pk=occasion.pk, state=State.OPEN, closes_at__lt=window.closes_at)
        if earlier.update(closes_at=window.closes_at):
            occasion.closes_at = window.closes_at
            reminding.follow([occasion])
            return 1
    if occasion.state == State.PLANNED and (*window, identity) != (
        occasion.opens_at,
        occasion.closes_at,
        occasion.identity,
    ):
        planned = Occasion.objects.filter(pk=occasion.pk, state=State.PLANNED)
        return planned.update(opens_at=window.opens_at, closes_at=window.closes_at, identity=identity)
    return 0


# --- opening
def open_due(now: datetime) -> Counter[str]:
    """Opens what has come to its time and lacks nothing; the study's page says what the others lack."""
    due = Occasion.objects.filter(
        state=State.PLANNED,
        opens_at__lte=now,
        closes_at__gt=now,
        wave__study__starts_on__lte=timezone.localdate(now),
        wave__study__ends_on__gte=timezone.localdate(now),
    ).select_related("wave__study", "group")
    done: Counter[str] = Counter()
    faults: dict[int, list[str]] = {}
    for occasion in due:
        wave = occasion.wave
        if wave.pk not in faults:
            faults[wave.pk] = obstacles_of(wave)
        lacks = faults[wave.pk] or key_obstacle(occasion, wave.study)
        done["opened" if not lacks and open_occasion(occasion, now) else "blocked"] += 1
    return done


def open_occasion(occasion: Occasion, now: datetime) -> bool:
    """Freezes what is asked, opens the form and asks everybody who is there today. All of it or nothing.

    False when it lacks something, or another worker has opened it. Queries constant in people and items.
    """
    try:
        with transaction.atomic():
            return _open(occasion, now)
    except (FaultsError, NoKeyError) as error:
        log.warning("occasion %s was not opened: %s", occasion.pk, error)
        return False


def _open(occasion: Occasion, now: datetime) -> bool:
    hold(occasion.wave.study_id)
    if not Occasion.objects.select_for_update().filter(pk=occasion.pk, state=State.PLANNED).exists():
        return False  # another worker has
    from evaluation.instruments.freezing import freeze

    asked = occasion.wave.instruments.select_related("version").order_by("order", "pk")
    versions = [row.version for row in asked]
    for version in versions:
        if version.frozen_at is None:
            freeze(version)
    informing.keep_letter(occasion.wave.study)
    make_seal_key(occasion)
    Occasion.objects.filter(pk=occasion.pk, state=State.PLANNED).update(state=State.OPEN)
    occasion.state = State.OPEN
    ask(occasion, now)
    return True


# --- asking
def ask(occasion: Occasion, now: datetime) -> int:
    """Makes a participation for everybody who may be asked and has not been. How many.

    Anonymous forms ask nobody by name. Whoever withdraws meanwhile does so before or after. Four queries, and
    two for each message step.
    """
    if occasion.identity == IdentityMode.ANONYMOUS:
        return 0
    with transaction.atomic():
        hold(occasion.wave.study_id)
        users = list(not_asked_yet(occasion).order_by("pk").values_list("pk", flat=True))
        Participation.objects.bulk_create(
            [Participation(occasion=occasion, user_id=pk) for pk in users], ignore_conflicts=True
        )
        reminding.plan_form(occasion, users, now)
    return len(users)


def ask_latecomers(now: datetime, *, study: Study | None = None) -> int:
    """Those who came into a group, ended a pause or agreed while a form is open, are asked too."""
    rows = Occasion.objects.filter(state=State.OPEN, closes_at__gt=now + LEAST_TIME)
    rows = rows.exclude(identity=IdentityMode.ANONYMOUS).select_related("wave__study", "group")
    if study is not None:
        rows = rows.filter(Q(wave__study=study.pk))
    return sum(ask(occasion, now) for occasion in rows)
