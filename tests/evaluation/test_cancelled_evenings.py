"""What is asked after the last evening waits while that is cancelled without a new date, and is not lost."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine

from courses import scheduling
from courses.models import Evening
from courses.outbox.sending import send_due
from evaluation import opening
from evaluation.answers.due import end_windows
from evaluation.models import Occasion, Participation, Study
from tests import study_factories as made
from tests.evaluation.study_desk import desk
from tests.evaluation.waves import FIRST, OSLO, after_wave, monday, only, study
from tests.factories import EveningFactory, GroupFactory, ModuleFactory
from tests.posts import Sink, sink

if TYPE_CHECKING:
    from courses.models import Adult, Group, User

__all__ = ["desk", "monday", "sink", "study"]
pytestmark = pytest.mark.django_db(databases=["default", "answers"])
HOURS, DAY = timedelta(hours=6), timedelta(days=1)


@pytest.fixture
def weeks() -> int:
    """Between two evenings."""
    return 1


@pytest.fixture
def evenings(group: Group, weeks: int) -> list[Evening]:
    return six_of(group, weeks)


def six_of(group: Group, weeks: int = 1) -> list[Evening]:
    modules = {row.number: row for row in group.edition.programme.modules.all()}
    for number in range(1, 7):
        if number not in modules:
            modules[number] = ModuleFactory(programme=group.edition.programme, number=number)
    return [
        EveningFactory(group=group, module=modules[number], starts_at=after(FIRST, weeks * (number - 1)))
        for number in range(1, 7)
    ]


def after(moment: datetime, weeks: float) -> datetime:
    """By the clock on the wall."""
    return moment + timedelta(weeks=weeks)


def at(moment: datetime) -> time_machine.travel:
    return time_machine.travel(moment, tick=False)


def cancelled(evening: Evening) -> None:
    """Six hours before it was to begin."""
    with at(evening.starts_at - HOURS):
        opening.open_forms()
        scheduling.cancel(evening)
        opening.open_forms()


# --- leaders, who are asked of all groups at once
def test_a_group_that_never_came_about_delays_no_leader(
    study: Study, evenings: list[Evening], leader: User, group: Group
) -> None:
    after_wave(study, code="L", audience="leader", identity="named")
    other = GroupFactory(edition=group.edition, municipalities=[*group.municipalities.all()])
    for evening in evenings:
        scheduling.cancel(
            EveningFactory(group=other, module=evening.module, starts_at=after(evening.starts_at, 2))
        )
    opening.open_forms()
    assert only().opens_at.astimezone(OSLO).date() == evenings[-1].starts_at.date()


# --- after the last evening
@pytest.mark.parametrize("weeks", [1, 3])
def test_a_last_evening_that_is_cancelled_opens_nothing_and_asks_nobody(
    study: Study, evenings: list[Evening], adult: Adult, sink: Sink
):
    after_wave(study)
    cancelled(evenings[-1])
    with at(evenings[-1].starts_at + DAY - HOURS):
        opening.open_forms()
        send_due()
    assert only().state == "planned"
    assert not Participation.objects.exists()
    assert "Et kort skjema til deg" not in [mail["Subject"] for mail in sink.messages]


@pytest.mark.parametrize("weeks", [1, 3])
@pytest.mark.parametrize("later", [9, 40])
def test_with_a_new_date_it_opens_in_the_last_minutes_of_that_evening(
    study: Study, evenings: list[Evening], adult: Adult, later: int
):
    after_wave(study)
    cancelled(evenings[-1])
    new = evenings[-1].starts_at + later * DAY
    with at(evenings[-1].starts_at + DAY - HOURS):
        scheduling.move(evenings[-1], new)
        opening.open_forms()
        assert only().state == "planned"
    with at(new + timedelta(minutes=120)):
        assert opening.open_forms()["opened"] == 1
    assert only().opens_at == new + timedelta(minutes=115)
    assert only().closes_at.astimezone(OSLO).date() == new.astimezone(OSLO).date() + 14 * DAY
    assert Participation.objects.get().user == adult.user


@pytest.mark.parametrize("weeks", [1, 3])
def test_without_a_new_date_it_opens_three_weeks_after_and_is_open_as_long_as_ever(
    study: Study, evenings: list[Evening], adult: Adult
):
    after_wave(study)
    cancelled(evenings[-1])
    moment, planned = evenings[-1].starts_at, only().pk
    for hours in range(0, 24 * 30, 12):  # as the worker: it is neither lost nor made anew
        with at(moment + timedelta(hours=hours)):
            opening.open_forms()
    assert only().pk == planned
    assert only().state == "open"
    day, opens = moment.astimezone(OSLO).date(), only().opens_at.astimezone(OSLO)
    assert (opens.date(), opens.hour) == (day + 21 * DAY, 8)
    assert only().closes_at.astimezone(OSLO).date() == day + 35 * DAY
    assert Participation.objects.get().user == adult.user


def test_the_contact_persons_form_waits_and_half_a_year_counts_from_the_new_date(
    study: Study, evenings: list[Evening], contact_person: User
):
    after_wave(study, code="KP", audience="contact-person", identity="named", open_for_days=21)
    after_wave(study, code="T2", opens_after_days=182, open_for_days=21)
    cancelled(evenings[-1])
    with at(evenings[-1].starts_at + DAY):
        opening.open_forms()
        assert set(Occasion.objects.values_list("state", flat=True)) == {"planned"}
        scheduling.move(evenings[-1], evenings[-1].starts_at + 10 * DAY)
        opening.open_forms()
    day = evenings[-1].starts_at.astimezone(OSLO).date() + 10 * DAY
    opens = {row.wave.code: row.opens_at.astimezone(OSLO).date() for row in Occasion.objects.all()}
    assert opens == {"KP": day, "T2": day + 182 * DAY}


def test_half_a_year_after_counts_from_the_last_evening_that_was_held_when_no_new_date_comes(
    study: Study, evenings: list[Evening]
):
    after_wave(study, code="T2", opens_after_days=182, open_for_days=21)
    cancelled(evenings[-1])
    day = evenings[-2].starts_at.astimezone(OSLO).date()
    assert only().opens_at.astimezone(OSLO).date() == day + 182 * DAY


def test_leaders_are_asked_after_the_last_evening_of_the_region_that_has_a_date(
    study: Study, evenings: list[Evening], leader: User, edition: object, municipality: object
):
    after_wave(study, code="L", audience="leader", identity="named")
    elsewhere = GroupFactory(edition=edition, municipalities=[municipality])
    EveningFactory(group=elsewhere, module=evenings[-1].module, starts_at=after(FIRST, 8))
    cancelled(evenings[-1])  # another group's stands later
    assert only().opens_at.astimezone(OSLO).date() == after(FIRST, 8).date()
    Evening.objects.filter(group=elsewhere).delete()
    opening.open_forms()
    assert only().opens_at.astimezone(OSLO).date() == evenings[-1].starts_at.date() + 21 * DAY


def test_an_evening_that_is_cancelled_in_the_middle_changes_nothing(study: Study, evenings: list[Evening]):
    after_wave(study)
    opening.open_forms()
    before = only().opens_at, only().closes_at
    cancelled(evenings[2])
    assert (only().opens_at, only().closes_at) == before
    with at(evenings[-1].starts_at + timedelta(minutes=130)):
        assert opening.open_forms()["opened"] == 1


def test_of_several_that_are_cancelled_the_latest_is_waited_for(study: Study, evenings: list[Evening]):
    after_wave(study)
    cancelled(evenings[4])
    cancelled(evenings[5])
    assert only().opens_at.astimezone(OSLO).date() == evenings[5].starts_at.date() + 21 * DAY


def test_the_last_module_is_waited_for_also_when_an_earlier_one_has_moved_past_it(
    study: Study, evenings: list[Evening], adult: Adult
):
    after_wave(study)
    with at(evenings[4].starts_at - HOURS):
        opening.open_forms()
        scheduling.move(evenings[4], evenings[5].starts_at + 4 * DAY)
        scheduling.cancel(evenings[5])
    with at(evenings[5].starts_at + 5 * DAY):
        opening.open_forms()
    assert only().state == "planned"
    assert only().opens_at.astimezone(OSLO).date() == evenings[5].starts_at.date() + 21 * DAY


def test_what_was_opened_stays_open_when_the_new_date_comes_late(
    study: Study, evenings: list[Evening], adult: Adult
):
    after_wave(study)
    cancelled(evenings[-1])
    with at(evenings[-1].starts_at + 22 * DAY):
        assert opening.open_forms()["opened"] == 1
        scheduling.move(evenings[-1], evenings[-1].starts_at + 30 * DAY)
        opening.open_forms()
    assert only().state == "open"
    new = evenings[-1].starts_at.astimezone(OSLO).date() + 30 * DAY
    assert only().closes_at.astimezone(OSLO).date() == new + 14 * DAY
    assert Participation.objects.count() == 1


def test_a_study_that_ends_before_the_three_weeks_asks_on_its_last_day(
    study: Study, evenings: list[Evening], adult: Adult
):
    after_wave(study)
    ends = evenings[-1].starts_at.date() + 5 * DAY
    Study.objects.update(ends_on=ends, sunset_on=ends + 30 * DAY)
    cancelled(evenings[-1])
    with at(evenings[-1].starts_at + 5 * DAY - HOURS):
        assert opening.open_forms()["opened"] == 1
    assert only().opens_at.astimezone(OSLO).date() == ends


# --- before the first evening
def test_before_the_first_evening_is_until_the_first_that_stands_is_held(
    study: Study, evenings: list[Evening], adult: Adult
):
    made.wave(study)
    cancelled(evenings[0])
    with at(evenings[0].starts_at + DAY):
        opening.open_forms()
        end_windows()
    assert (only().state, only().closes_at) == ("open", evenings[1].starts_at)


def test_when_every_evening_is_cancelled_what_is_open_waits_for_a_new_date(
    study: Study, group: Group, adult: Adult
):
    evening = EveningFactory(group=group, starts_at=FIRST)
    made.wave(study)
    cancelled(evening)
    with at(FIRST + 2 * DAY):
        opening.open_forms()
        end_windows()
        assert only().state == "open"
        scheduling.move(evening, FIRST + 30 * DAY)
        opening.open_forms()
    assert only().closes_at == FIRST + 30 * DAY


def test_and_closes_after_three_weeks_when_none_comes(study: Study, group: Group, adult: Adult):
    evening = EveningFactory(group=group, starts_at=FIRST)
    made.wave(study)
    cancelled(evening)
    assert only().closes_at.astimezone(OSLO).date() == FIRST.date() + 21 * DAY
    with at(FIRST + 22 * DAY):
        opening.open_forms()
        end_windows()
    assert only().state != "open"


def test_nothing_is_asked_before_a_course_that_has_no_evening(study: Study, group: Group, adult: Adult):
    evening = EveningFactory(group=group, starts_at=FIRST + 20 * DAY)
    made.wave(study)
    opening.open_forms()
    scheduling.cancel(evening)
    opening.open_forms()
    with at(FIRST + 30 * DAY):
        opening.open_forms()
    assert not Occasion.objects.exists()
