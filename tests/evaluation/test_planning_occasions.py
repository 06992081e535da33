"""Occasions are planned by rule and move with their evening; none is planned past what was promised."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from courses.models import Evening
from evaluation import opening
from evaluation.models import Occasion, Study
from tests import study_factories as made
from tests.evaluation.waves import FIRST, NOON, OSLO, after_wave, first, monday, only, study
from tests.factories import EveningFactory, GroupFactory

__all__ = ["first", "monday", "study"]
pytestmark = pytest.mark.django_db


def test_each_wave_gets_its_occasions_by_rule(study: Study, first: Evening):
    made.wave(study)
    after_wave(study)
    made.evening_wave(study)
    done = opening.open_forms()
    assert done["planned"] == 4
    codes = Occasion.objects.values_list("wave__code", "evening").order_by("opens_at")
    assert [code for code, _evening in codes] == ["T0", "kveld", "T1", "kveld"]
    assert [bool(evening) for _code, evening in codes] == [False, True, False, True]


def test_planning_again_plans_nothing(study: Study, first: Evening):
    made.evening_wave(study)
    opening.open_forms()
    assert not opening.open_forms()
    assert Occasion.objects.count() == 2


def test_two_workers_beside_each_other_plan_the_leaders_once(
    study: Study, first: Evening, monkeypatch: pytest.MonkeyPatch
):
    made.wave(study, code="L0", audience="leader", identity="named")
    now, real = timezone.now(), opening._wanted

    def beside(*args: Any) -> Any:
        monkeypatch.undo()
        opening.plan_occasions(study, now)  # the other has read that there is none as well
        return real(*args)

    monkeypatch.setattr(opening, "_wanted", beside)
    opening.plan_occasions(study, now)
    assert only().group is None


def test_other_programme_and_other_region_have_no_part_in_it(study: Study, first: Evening):
    made.wave(study)
    EveningFactory(starts_at=FIRST)
    EveningFactory(group=GroupFactory(edition=first.group.edition), starts_at=FIRST)
    opening.open_forms()
    assert only().group_id == first.group_id


def test_planned_occasion_moves_with_its_evening(study: Study, first: Evening):
    after_wave(study)
    opening.open_forms()
    before = only().opens_at
    Evening.objects.exclude(pk=first.pk).update(starts_at=FIRST + timedelta(days=9))
    assert opening.open_forms()["moved"] == 1
    assert only().opens_at == before + timedelta(days=2)


def test_open_form_closes_later_with_a_moved_evening_and_never_earlier(study: Study, first: Evening):
    made.wave(study)
    opening.open_forms()
    assert (only().state, only().closes_at) == ("open", FIRST)
    Evening.objects.filter(pk=first.pk).update(starts_at=FIRST + timedelta(days=2))
    opening.open_forms()
    assert only().closes_at == FIRST + timedelta(days=2)
    Evening.objects.filter(pk=first.pk).update(starts_at=FIRST - timedelta(days=3))
    opening.open_forms()
    assert only().closes_at == FIRST + timedelta(days=2)


def test_cancelled_evening_takes_its_planned_form_along_but_no_open_one(study: Study, first: Evening):
    made.wave(study)
    made.evening_wave(study)
    opening.open_forms()
    Evening.objects.update(cancelled_at=NOON)
    assert opening.open_forms()["removed"] == 2
    assert (only().wave.code, only().state) == ("T0", "open")


def test_nothing_is_planned_that_would_be_over(study: Study, first: Evening):
    made.wave(study)
    Evening.objects.update(starts_at=NOON - timedelta(days=3))
    assert not opening.open_forms()


def test_nothing_is_planned_outside_the_days_of_the_study(study: Study, first: Evening):
    after_wave(study, opens_after_days=182)
    Study.objects.update(ends_on=NOON.date() + timedelta(days=60))
    assert not opening.open_forms()


def test_every_form_has_closed_on_the_day_before_the_key_is_destroyed(study: Study, first: Evening):
    made.wave(study)
    after_wave(study)
    made.evening_wave(study)
    last = NOON.date() + timedelta(days=19)
    Study.objects.update(ends_on=last, sunset_on=last + timedelta(days=1))
    opening.open_forms()
    assert Occasion.objects.count() == 4
    closes = max(Occasion.objects.values_list("closes_at", flat=True)).astimezone(OSLO)
    assert (closes.date(), closes.hour) == (last, 23)


def test_no_open_form_follows_its_evening_past_the_day_the_key_is_destroyed(study: Study, first: Evening):
    made.wave(study)
    opening.open_forms()
    Study.objects.update(ends_on=FIRST.date(), sunset_on=FIRST.date() + timedelta(days=1))
    Evening.objects.filter(pk=first.pk).update(starts_at=FIRST + timedelta(days=3))
    opening.open_forms()
    assert only().closes_at.astimezone(OSLO).date() == FIRST.date()


def test_a_form_that_would_open_when_the_key_is_gone_is_not_planned(study: Study, first: Evening):
    after_wave(study)
    opening.open_forms()
    Study.objects.update(ends_on=FIRST.date(), sunset_on=FIRST.date() + timedelta(days=1))
    assert opening.open_forms()["removed"] == 1
    assert not Occasion.objects.exists()


def test_planned_occasion_takes_the_identity_the_wave_has_when_it_opens(study: Study, first: Evening):
    wave = after_wave(study, audience="contact-person")
    opening.open_forms()
    wave.identity = "named"
    wave.save()
    opening.open_forms()
    assert only().identity == "named"


def test_planning_asks_no_more_of_many_groups_than_of_one(study: Study, first: Evening, edition: object):
    place = first.group.municipalities.get()
    made.evening_wave(study)
    opening.open_forms()
    with CaptureQueriesContext(connection) as few:
        opening.open_forms()
    for _n in range(6):
        group = GroupFactory(edition=edition, municipalities=[place])
        EveningFactory(group=group, module=first.module, starts_at=FIRST)
    opening.open_forms()
    with CaptureQueriesContext(connection) as many:
        opening.open_forms()
    assert len(few) == len(many)
