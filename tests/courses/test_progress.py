"""The completion rule and the soft order. No database."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.progress import CourseProgress, ModuleProgress, Part, Reading, last_state

OSLO = ZoneInfo("Europe/Oslo")
EVENING = datetime(2026, 11, 5, 18, tzinfo=OSLO)
PARTS = (Part("a", 3), Part("b", 4))


def module(number: int = 1, attendance: str = "unknown", *, read: str = "", **more: object) -> ModuleProgress:
    """A module of two parts; the first and the sixth are obligatory."""
    return ModuleProgress(
        number,
        number in (1, 6),
        PARTS,
        frozenset(read),
        attendance=attendance,
        **more,  # type: ignore[arg-type]
    )


def course(*attended: str) -> CourseProgress:
    return CourseProgress(
        [module(number, state) for number, state in enumerate(attended, 1)], evenings_required=5
    )


P, D, M, U, E, A = "present", "partly", "made-up", "unknown", "excused", "absent"


@pytest.mark.parametrize(
    ("attended", "done"),
    [
        ((P, P, P, P, P, P), True),
        ((P, P, U, P, P, P), True),  # five of six
        ((P, U, U, P, P, P), False),  # four of six
        ((U, P, P, P, P, P), False),  # the first is obligatory
        ((P, P, P, P, P, U), False),  # so is the last
        ((A, P, P, P, P, P), False),
        ((P, D, P, D, P, U), False),
        ((D, D, D, D, D, D), True),  # a part of the evening is the evening
        ((M, P, E, P, P, M), True),  # made-up evenings count, the obligatory ones too
        ((P, E, P, P, P, P), True),
        ((P, E, A, P, P, P), False),
        ((U, U, U, U, U, U), False),
    ],
)
def test_the_course_is_done_with_five_of_six_the_first_and_the_last_among_them(
    attended: tuple[str, ...], done: bool
) -> None:
    assert course(*attended).is_done is done


def test_made_up_evenings_count_and_are_shown_apart() -> None:
    found = course(P, M, P, M, P, P)
    assert (found.evenings_there, found.made_up, found.is_done) == (6, 2, True)


def test_a_course_without_modules_is_not_done() -> None:
    assert not CourseProgress([], evenings_required=0).is_done


@given(st.lists(st.sampled_from([P, D, M, U, E, A]), min_size=6, max_size=6))
def test_unknown_counts_exactly_as_absent_does_and_never_as_there(attended: list[str]) -> None:
    swapped = [A if state == U else state for state in attended]
    assert course(*attended).is_done == course(*swapped).is_done
    assert course(*attended).evenings_there == sum(state in (P, D, M) for state in attended)


@given(st.lists(st.sampled_from([P, D, M, U, E, A]), min_size=6, max_size=6), st.integers(0, 5))
def test_being_at_one_more_evening_never_undoes_the_course(attended: list[str], place: int) -> None:
    there = [*attended]
    there[place] = P
    assert course(*there).is_done >= course(*attended).is_done


@pytest.mark.parametrize(
    ("read", "attendance", "reading", "done"),
    [
        ("", U, Reading.NOT_STARTED, False),
        ("a", P, Reading.UNDER_WAY, False),
        ("ab", U, Reading.DONE, False),
        ("ab", M, Reading.DONE, True),
        ("ab", P, Reading.DONE, True),
        ("x", P, Reading.NOT_STARTED, False),  # a part that this edition does not have
        ("abx", P, Reading.DONE, True),
    ],
)
def test_a_module_is_done_when_it_is_read_and_the_evening_was_held_with_her_there(
    read: str, attendance: str, reading: Reading, done: bool
) -> None:
    found = module(attendance=attendance, read=read)
    assert (found.reading, found.is_done) == (reading, done)


def test_what_is_left_is_counted_in_minutes_and_the_next_part_is_the_first_unread() -> None:
    assert (module().minutes_left, module().next_part()) == (7, PARTS[0])
    assert (module(read="a").minutes_left, module(read="a").next_part()) == (4, PARTS[1])
    assert (module(read="b").next_part(), module(read="ab").next_part()) == (PARTS[0], None)


@pytest.mark.parametrize(
    ("days_before_evening", "is_open"), [(8, False), (7, True), (6, True), (0, True), (-30, True)]
)
def test_a_module_opens_seven_days_before_its_evening(days_before_evening: int, is_open: bool) -> None:
    today = EVENING.date() - timedelta(days=days_before_evening)
    assert module(evening_at=EVENING).is_open(7, today) is is_open


FAR_AHEAD = date(2026, 9, 1)


def test_a_module_opened_early_is_open() -> None:
    assert module(evening_at=EVENING, opened_early=True).is_open(7, FAR_AHEAD)
    assert not module(evening_at=EVENING).is_open(7, FAR_AHEAD)


def test_a_module_once_begun_stays_open_when_its_evening_is_moved() -> None:
    assert module(evening_at=EVENING, read="a").is_open(7, FAR_AHEAD)
    assert not module(evening_at=EVENING, read="x").is_open(7, FAR_AHEAD)


def test_a_module_without_an_evening_is_open() -> None:
    assert module().is_open(7, FAR_AHEAD)
    assert module().opens_on(7) is None


def test_the_day_a_module_opens_is_counted_in_the_evenings_own_time() -> None:
    just_after_midnight = datetime(2026, 11, 5, 0, 30, tzinfo=OSLO)
    assert module(evening_at=just_after_midnight).opens_on(7) == date(2026, 10, 29)
    over_summer_time = datetime(2026, 10, 27, 0, 30, tzinfo=OSLO)
    assert module(evening_at=over_summer_time).opens_on(7) == date(2026, 10, 20)


def test_the_last_event_counts() -> None:
    events = [("a", "read"), ("b", "tried"), ("a", "unread"), ("c", "read"), ("a", "read"), ("b", "untried")]
    assert last_state(events) == {"a", "c"}
    assert last_state([("a", "unread")]) == frozenset()


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from(["read", "unread"]))))
def test_the_last_event_of_each_part_is_all_that_matters(events: list[tuple[str, str]]) -> None:
    last = dict(events)
    assert last_state(events) == {key for key, kind in last.items() if kind == "read"}
