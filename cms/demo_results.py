"""The demo's results: a study that is over, of invented people, worked out and let out the real way.

Its groups met last year. Who was asked and who was there stands in the people database as for any group; the
answers come from ``evaluation/synthetic.py``, of the same people, and are put straight into the answers
database. The pages say that it is a rehearsal.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np
from django.utils import timezone

from cms.demo import persona_user, read_demo
from cms.demo_evenings import make_log
from cms.demo_studies import FIRST, SENT
from courses.models import (
    Adult,
    Assignment,
    Attendance,
    Edition,
    Enrolment,
    Evening,
    Family,
    Group,
    Municipality,
    User,
)
from evaluation import setting_up, windows
from evaluation.answers.sealing import drawn_id
from evaluation.instruments.freezing import freeze
from evaluation.models import Occasion, Participation, Response, Study
from evaluation.releases import releasing
from evaluation.synthetic import answers, cohort, put

if TYPE_CHECKING:
    from numpy.random import Generator

    from evaluation.models import Wave
    from evaluation.synthetic import Cohort

PHASE = "pilot"
APART = timedelta(weeks=2)  # between two evenings
MARKS, SHARES = ("present", "made-up", "absent"), (0.85, 0.07, 0.08)


def make_results() -> None:
    """A study beside the running one, with the same waves, a year earlier. Nothing without that one, or
    when it is there already.
    """
    demo = read_demo()
    row, today = demo["results"], timezone.localdate()
    running = Study.objects.filter(key=demo["study"]["key"]).first()
    if running is None or Study.objects.filter(key=row["key"]).exists():
        return
    study = _make_study(running, row, today)
    waves = {wave.code: wave for wave in setting_up.standard_set_up(study)}
    for wave in waves.values():  # in the order they open
        after = SENT if wave.code == "T0" else 5 * APART
        for each in wave.instruments.select_related("version"):
            freeze(each.version, timezone.now() + FIRST + after)
    draw = np.random.default_rng(row["seed"])
    people = cohort(row["families"], draw)
    groups = [_make_group(each, today) for each in row["groups"]]
    adults = _make_people(people, groups, row["names"])
    _make_attendance(adults, draw)
    before, after = waves["T0"], waves["T1"]
    for group, mine in groupby(zip(adults, people.stays, strict=True), key=lambda each: each[0][1]):
        asked = [(adult, bool(stays)) for (adult, _group), stays in mine]
        _asked(before, group, {adult: True for adult, _stays in asked})
        _asked(after, group, dict(asked))
    for group in groups:
        _asked_after_evenings(waves["kveld"], group, draw)
    places = [group.municipalities.get().pk for group in groups]
    put(before, after, PHASE, people, draw, places)
    content = releasing.content_of(after, PHASE, slow=False)
    releasing.release(after, PHASE, content, persona_user("prosjektleder"))


def _make_study(running: Study, row: dict[str, Any], today: date) -> Study:
    criteria, by = list(running.criteria.all()), running.criteria_locked_by
    over = running
    over.pk, over.key = None, row["key"]
    over.name_nb, over.name_nn = row["name_nb"], row["name_nn"]
    over.starts_on, over.ends_on = today - timedelta(days=500), today - timedelta(days=200)
    over.sunset_on = over.sunset_done_on = today - timedelta(days=170)
    over.criteria_locked_on, over.criteria_locked_by = None, ""
    over.save(force_insert=True)
    for criterion in criteria:
        criterion.pk, criterion.study = None, over
        criterion.save(force_insert=True)
    locked = {"criteria_locked_on": over.starts_on + timedelta(days=3), "criteria_locked_by": by}
    Study.objects.filter(pk=over.pk).update(**locked)
    over.refresh_from_db()
    return over


def _make_group(row: dict[str, Any], today: date) -> Group:
    """With six evenings held, each with its log."""
    edition = Edition.objects.filter(programme__slug="en-god-start").latest("pk")
    group: Group = Group.objects.create(name=row["name"], edition=edition, phase=PHASE, seats=14)
    group.municipalities.set([Municipality.objects.get(slug=row["municipality"])])
    by = persona_user(row["leader"])
    first = today + FIRST
    last = first + 5 * APART
    if by is not None:
        Assignment.objects.create(group=group, user=by, starts_on=first - APART, ends_on=last + APART)
    for place, module in enumerate(edition.programme.modules.order_by("number")):
        at = datetime.combine(first + place * APART, time(18), tzinfo=timezone.get_default_timezone())
        evening = Evening.objects.create(
            group=group, module=module, starts_at=at, minutes=135, place=row["place"]
        )
        if by is not None:
            make_log(evening, {"minutes_off": 0} | row["logs"].get(module.number, {}), by)
    return group


def _make_people(people: Cohort, groups: list[Group], names: list[str]) -> list[tuple[Adult, Group]]:
    """The adults of ``people`` in their order, each with the group; they have finished."""
    families: dict[int, Family] = {}
    made = []
    for number, (home, at) in enumerate(zip(people.households.tolist(), people.groups.tolist(), strict=True)):
        group, is_second = groups[at], home in families
        if not is_second:
            families[home] = Family.objects.create(municipality=group.municipalities.get())
        user = User.objects.create_person(
            first_name=names[number % len(names)], email=f"prove{number + 1}@example.no"
        )
        adult = Adult.objects.create(user=user, family=families[home], seat=2 if is_second else 1)
        days = [timezone.localdate(evening.starts_at) for evening in group.evenings.order_by("starts_at")]
        Enrolment.objects.create(
            adult=adult, group=group, starts_on=days[0] - APART, ends_on=days[-1] + timedelta(days=1)
        )
        made.append((adult, group))
    return made


def _make_attendance(adults: list[tuple[Adult, Group]], draw: Generator) -> None:
    Attendance.objects.bulk_create(
        Attendance(
            adult=adult,
            evening=evening,
            state=str(draw.choice(MARKS, p=SHARES)),
            marked_at=evening.starts_at,
        )
        for adult, group in adults
        for evening in group.evenings.all()
    )


def _asked(wave: Wave, group: Group, answered: dict[Adult, bool]) -> None:
    """An occasion that has been counted, and who answered at it."""
    window = windows.of_group(wave, list(group.evenings.all()))
    if window is None:
        return
    occasion = Occasion.objects.create(
        wave=wave,
        group=group,
        identity=wave.identity,
        opens_at=window.opens_at,
        closes_at=window.closes_at,
        state=Occasion.State.COUNTED,
        public_key=bytes(32),  # nothing is sealed to it any more
    )
    State = Participation.State
    Participation.objects.bulk_create(
        Participation(occasion=occasion, user=adult.user, state=State.DONE if done else State.MISSED)
        for adult, done in answered.items()
    )


def _asked_after_evenings(wave: Wave, group: Group, draw: Generator) -> None:
    """The anonymous forms of each evening, as many as were there, counted."""
    (row,) = wave.instruments.select_related("version")
    for evening in group.evenings.select_related("module"):
        there = evening.attendances.filter(state="present").count()
        window = windows.of_evening(wave, evening)
        Occasion.objects.create(
            wave=wave,
            group=group,
            evening=evening,
            identity=wave.identity,
            opens_at=window.opens_at,
            closes_at=window.closes_at,
            state=Occasion.State.COUNTED,
            public_key=bytes(32),
            received=there,
        )
        vectors = answers(row.version.frozen, 1 + draw.normal(0, 0.5, there), draw)
        Response.objects.bulk_create(
            Response(
                id=drawn,
                study=wave.study_id,
                wave=wave.code,
                phase=PHASE,
                role=wave.audience,
                version=row.version_id,
                module=evening.module.slug,
                vector=vector.tobytes(),
            )
            for drawn, vector in zip(sorted(drawn_id() for _form in range(there)), vectors, strict=True)
        )
