"""A seat at a neighbouring group's evening: who is offered which, and that no seat is given twice."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import connection, connections
from django.utils import timezone

from courses.models import Adult, CatchUp, Evening, Group
from courses.neighbours import SeatTakenError, give_up_seat, neighbours_of, take_seat
from tests import evening_factories as around
from tests import factories as made

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db


def evening_of(group: Group, number: int = 1, days: int = 3) -> Evening:
    return made.EveningFactory(
        group=group,
        module=group.edition.programme.modules.get(number=number),
        starts_at=timezone.now() + timedelta(days=days),
    )


@pytest.fixture
def catch_up(group: Group, adult: Adult) -> CatchUp:
    return around.CatchUpFactory(adult=adult, evening=evening_of(group, days=-3))


@pytest.fixture
def theirs(other_group: Group) -> Evening:
    """The same module in a group of another municipality of the region, in three days."""
    return evening_of(other_group)


def test_the_same_module_in_another_group_of_the_region_is_offered_with_its_seats(
    catch_up: CatchUp, theirs: Evening, stranger: Adult
) -> None:
    [found] = neighbours_of(catch_up)
    assert found == theirs
    assert found.left == theirs.group.seats - 1


def test_seats_kept_for_open_links_and_for_guests_are_not_free(
    catch_up: CatchUp, theirs: Evening, stranger: Adult, neighbour: Adult
) -> None:
    around.InvitedAdultFactory(invitation__group=theirs.group)
    around.CatchUpFactory(adult=neighbour, evening=catch_up.evening, neighbour=theirs)
    Group.objects.filter(pk=theirs.group_id).update(seats=4)
    assert [row.left for row in neighbours_of(catch_up)] == [1]
    Group.objects.filter(pk=theirs.group_id).update(seats=3)
    assert not neighbours_of(catch_up).exists()


@pytest.mark.parametrize("why", ["over", "cancelled", "another module", "another region", "own group"])
def test_no_other_evening_is_offered(catch_up: CatchUp, theirs: Evening, why: str) -> None:
    rows = Evening.objects.filter(pk=theirs.pk)
    if why == "over":
        rows.update(starts_at=timezone.now() - timedelta(minutes=1))
    elif why == "cancelled":
        rows.update(cancelled_at=timezone.now())
    elif why == "another module":
        rows.update(module=theirs.group.edition.programme.modules.get(number=2))
    elif why == "another region":
        theirs.group.municipalities.set([made.MunicipalityFactory()])
    else:
        made.EnrolmentFactory(adult=catch_up.adult, group=theirs.group)
    assert not neighbours_of(catch_up).exists()
    with pytest.raises(SeatTakenError):
        take_seat(catch_up, theirs.pk)
    assert CatchUp.objects.get(pk=catch_up.pk).neighbour is None


def test_a_seat_is_taken_once_and_given_back(catch_up: CatchUp, theirs: Evening) -> None:
    take_seat(catch_up, theirs.pk)
    take_seat(catch_up, theirs.pk)
    assert (catch_up.neighbour, catch_up.state) == (theirs, "under-way")
    assert [row.left for row in neighbours_of(catch_up)] == [theirs.group.seats - 1]
    give_up_seat(catch_up)
    catch_up.refresh_from_db()
    assert (catch_up.neighbour, catch_up.state) == (None, "offered")


def test_a_seat_is_not_given_back_after_the_evening(catch_up: CatchUp, theirs: Evening) -> None:
    take_seat(catch_up, theirs.pk)
    Evening.objects.filter(pk=theirs.pk).update(starts_at=timezone.now() - timedelta(hours=3))
    give_up_seat(catch_up)
    assert CatchUp.objects.get(pk=catch_up.pk).neighbour == theirs


def test_an_evening_that_is_made_up_takes_no_seat(catch_up: CatchUp, theirs: Evening) -> None:
    CatchUp.objects.update(state="done")
    with pytest.raises(SeatTakenError):
        take_seat(catch_up, theirs.pk)


@pytest.mark.django_db(transaction=True)
def test_two_who_take_the_last_seat_at_once_do_not_both_get_it(
    catch_up: CatchUp, theirs: Evening, neighbour: Adult
) -> None:
    other = around.CatchUpFactory(adult=neighbour, evening=catch_up.evening)
    Group.objects.filter(pk=theirs.group_id).update(seats=1)
    start, outcomes = threading.Barrier(2), []

    def take(row: CatchUp) -> Callable[[], None]:
        def run() -> None:
            start.wait()
            try:
                take_seat(row, theirs.pk)
                outcomes.append("taken")
            except SeatTakenError:
                outcomes.append("full")
            finally:
                connections.close_all()

        return run

    threads = [threading.Thread(target=take(row)) for row in (catch_up, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["full", "taken"], connection.vendor
    assert CatchUp.objects.filter(neighbour=theirs).count() == 1
