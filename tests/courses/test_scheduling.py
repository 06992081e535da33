"""Dates: suggested around holidays, moved by the clock on the wall, refused when they cannot be."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.utils import timezone

from courses import scheduling
from courses.models import Evening, Gathering, Message
from courses.outbox.letters import NotWantedError, words_of
from courses.scheduling import by_the_clock, wall
from tests.factories import EnrolmentFactory, EveningFactory, ModuleFactory

if TYPE_CHECKING:
    from courses.models import Group, Municipality

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 9, 1, 10, 0, tzinfo=timezone.get_default_timezone())


@pytest.fixture(autouse=True)
def _in_september() -> object:
    with time_machine.travel(NOW, tick=False):
        yield


def at(day: str, clock: str = "18:00") -> datetime:
    return by_the_clock(datetime.combine(date.fromisoformat(day), time.fromisoformat(clock)))


def series(group: Group, *days: str) -> list[Evening]:
    return [
        EveningFactory(
            group=group,
            module=ModuleFactory(programme=group.edition.programme, number=number),
            starts_at=at(day),
            minutes=120,
        )
        for number, day in enumerate(days, start=11)
    ]


def days_of(times: list[datetime]) -> list[str]:
    return [wall(one).date().isoformat() for one in times]


def test_six_evenings_come_every_other_week_with_the_same_clock_over_the_change_to_winter_time(
    municipality: Municipality,
) -> None:
    found = scheduling.suggest(at("2026-09-17"), 6, 2, [municipality])
    assert days_of(found) == [
        "2026-09-17", "2026-10-01", "2026-10-15", "2026-10-29", "2026-11-12", "2026-11-26",
    ]  # fmt: skip
    assert {wall(one).time() for one in found} == {time(18, 0)}
    between = found[3].astimezone(UTC) - found[2].astimezone(UTC)
    assert between == timedelta(days=14, hours=1)  # winter time began there


def test_public_holidays_and_eves_push_the_rest_a_week(municipality: Municipality) -> None:
    """Thursdays in December 2026: the 24th and the 31st are eves."""
    assert days_of(scheduling.suggest(at("2026-12-17"), 3, 1, [municipality])) == [
        "2026-12-17", "2027-01-07", "2027-01-14",
    ]  # fmt: skip
    may = scheduling.suggest(at("2027-04-29"), 3, 1, [municipality])
    assert days_of(may) == ["2027-04-29", "2027-05-13", "2027-05-20"]  # the 6th is Ascension Day


def test_school_holidays_of_each_municipality_are_avoided(
    municipality: Municipality, other_municipality: Municipality
) -> None:
    municipality.school_holidays.create(
        name="høstferie", first_day=date(2026, 10, 5), last_day=date(2026, 10, 9)
    )
    other_municipality.school_holidays.create(
        name="høstferie", first_day=date(2026, 9, 28), last_day=date(2026, 10, 2)
    )
    both = [municipality, other_municipality]
    assert days_of(scheduling.suggest(at("2026-09-24"), 3, 1, both)) == [
        "2026-09-24", "2026-10-15", "2026-10-22",
    ]  # fmt: skip
    assert days_of(scheduling.suggest(at("2026-09-24"), 2, 1, [other_municipality]))[1] == "2026-10-08"
    closed = scheduling.closed_days(date(2026, 10, 1), date(2026, 10, 7), both)
    assert closed[date(2026, 10, 1)] == "høstferie, Fjell"
    assert date(2026, 10, 3) not in closed


def test_the_first_evening_is_moved_as_well_when_its_own_day_is_closed(municipality: Municipality) -> None:
    assert days_of(scheduling.suggest(at("2027-05-17"), 1, 1, [municipality])) == ["2027-05-24"]


@pytest.mark.parametrize("day", ["2027-03-28", "2026-10-25"])
def test_a_time_the_clock_skips_or_shows_twice_is_refused(day: str) -> None:
    with pytest.raises(scheduling.NoSuchTimeError):
        at(day, "02:30")
    assert wall(at(day, "04:30")).hour == 4


def test_the_last_evening_makes_two_refreshers(group: Group, municipality: Municipality) -> None:
    series(group, "2026-09-17", "2026-11-26")
    six_weeks, six_months = scheduling.make_refreshers(group)
    assert wall(six_weeks.starts_at) == datetime(2027, 1, 7, 18, 0)
    assert wall(six_months.starts_at) == datetime(2027, 5, 27, 18, 0)  # a Thursday, as the evenings
    assert list(six_weeks.municipalities.all()) == [municipality]
    assert six_weeks.kind == Gathering.Kind.REFRESHER


def test_refreshers_avoid_holidays_and_short_months(group: Group) -> None:
    series(group, "2027-08-31")
    assert scheduling.months_after(datetime(2027, 8, 31, 18), 6) == datetime(2028, 2, 29, 18)
    assert len(scheduling.make_refreshers(group)) == 2


def test_one_evening_is_moved_and_what_hangs_on_it_is_told(group: Group) -> None:
    EnrolmentFactory(group=group)
    first, second = series(group, "2026-09-17", "2026-10-01")
    uid = first.uid
    changed = scheduling.move(first, at("2026-09-22", "17:30"), place="Rådhuset")
    assert changed == [first]
    first.refresh_from_db()
    second.refresh_from_db()
    assert (wall(first.starts_at), first.place) == (datetime(2026, 9, 22, 17, 30), "Rådhuset")
    assert (first.sequence, first.uid, first.changed_at) == (1, uid, NOW)
    assert (wall(second.starts_at), second.sequence) == (datetime(2026, 10, 1, 18, 0), 0)
    assert Message.objects.filter(thing=f"evening:{first.pk}", kind="change").exists()


def test_the_whole_series_moves_by_days_and_keeps_the_clock_over_winter_time(group: Group) -> None:
    rows = series(group, "2026-09-17", "2026-10-15", "2026-10-29")
    scheduling.make_refreshers(group)
    before = [wall(row.starts_at) for row in group.gatherings.order_by("starts_at")]
    scheduling.move(rows[1], at("2026-10-20", "17:00"), series=True, place="Kinoen")
    found = [(wall(row.starts_at), row.place) for row in group.evenings.order_by("starts_at")]
    assert found == [
        (datetime(2026, 9, 17, 18, 0), ""),
        (datetime(2026, 10, 20, 17, 0), "Kinoen"),
        (datetime(2026, 11, 3, 17, 0), "Kinoen"),
    ]
    after = [wall(row.starts_at) for row in group.gatherings.order_by("starts_at")]
    assert after == [day + timedelta(days=4, hours=23) for day in before]


def test_a_series_that_moves_is_one_message_with_every_new_time_but_for_what_is_near(group: Group) -> None:
    adult = EnrolmentFactory(group=group).adult
    rows = series(group, "2026-09-17", "2026-10-15", "2026-10-29")
    scheduling.make_refreshers(group)
    scheduling.move(rows[0], at("2026-09-22", "17:00"), series=True)
    told = Message.objects.get(user=adult.user, kind="change")
    words = words_of(told, NOW)
    assert words.subject == "Kveldene er flyttet"
    assert len(words.sentences) == 1 + 3 + 2 + 1
    assert f"Kurskveld {rows[0].module.number}: tirsdag 22. september kl. 17.00" in words.sentences
    assert words.calendar.count(b"BEGIN:VEVENT") == 5
    assert Message.objects.filter(user=adult.user, step="reminder", thing__startswith="evening:").count() == 3
    with time_machine.travel(at("2026-09-21", "12:00"), tick=False):
        scheduling.move(rows[0], at("2026-09-23", "17:00"), series=True)
    later = set(
        Message.objects.filter(user=adult.user, kind="change", pk__gt=told.pk).values_list("thing", "step")
    )
    assert later == {
        (f"evening:{rows[0].pk}", "moved-2-urgent"),
        (f"group:{group.pk}", f"moved-{rows[1].pk}-2"),
    }
    with pytest.raises(NotWantedError, match="superseded"):
        words_of(told, NOW)


def test_another_length_alone_is_told_by_nobody(group: Group) -> None:
    EnrolmentFactory(group=group)
    [evening] = series(group, "2026-09-17")
    assert scheduling.move(evening, evening.starts_at, minutes=evening.minutes + 15) == [evening]
    assert not Message.objects.filter(kind="change").exists()


def test_what_to_bring_alone_is_told_by_nobody(group: Group) -> None:
    EnrolmentFactory(group=group)
    [evening] = series(group, "2026-09-17")
    assert scheduling.move(evening, evening.starts_at, bring="Familiekartet") == [evening]
    evening.refresh_from_db()
    assert (evening.bring, evening.sequence) == ("Familiekartet", 1)
    assert not Message.objects.filter(kind="change").exists()
    assert scheduling.move(evening, evening.starts_at, bring="Familiekartet") == []


@pytest.mark.parametrize(
    ("day", "error"),
    [
        ("2026-08-31", scheduling.InThePastError),
        ("2026-10-01", scheduling.AtOnceError),
        ("2032-10-01", scheduling.EveningError),
    ],
)
def test_an_evening_that_cannot_be_is_refused_and_nothing_is_changed(
    group: Group, day: str, error: type[Exception]
) -> None:
    first, _second = series(group, "2026-09-17", "2026-10-01")
    with pytest.raises(error):
        scheduling.move(first, at(day, "19:00"))
    first.refresh_from_db()
    assert (wall(first.starts_at), first.sequence) == (datetime(2026, 9, 17, 18, 0), 0)


def test_a_series_that_would_meet_itself_is_refused_whole(group: Group) -> None:
    rows = series(group, "2026-09-17", "2026-10-01", "2026-10-15")
    with pytest.raises(scheduling.EveningError):
        scheduling.move(rows[1], at("2026-09-17", "19:00"), series=True)
    assert [row.sequence for row in group.evenings.all()] == [0, 0, 0]


def test_an_evening_that_was_held_stays_where_it_was(group: Group) -> None:
    [evening] = series(group, "2026-08-20")
    for act in (lambda: scheduling.move(evening, at("2026-10-01")), lambda: scheduling.cancel(evening)):
        with pytest.raises(scheduling.InThePastError):
            act()


def test_a_cancelled_evening_leaves_its_time_free_and_can_come_back(group: Group) -> None:
    EnrolmentFactory(group=group)
    first, second = series(group, "2026-09-17", "2026-10-01")
    scheduling.cancel(first)
    scheduling.cancel(first)
    first.refresh_from_db()
    assert first.sequence == 1
    assert first.cancelled_at == NOW
    scheduling.move(second, at("2026-09-17"))
    scheduling.move(first, at("2026-10-01"))
    first.refresh_from_db()
    assert (first.cancelled_at, first.sequence) == (None, 2)
