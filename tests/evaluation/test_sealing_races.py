"""Submits beside a closing, and a full disk: what was acknowledged is counted, all else was refused."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from django.db import OperationalError, close_old_connections, connections

from evaluation.answers import closing, sealing
from evaluation.models import (
    ClosingBatch,
    InstrumentVersion,
    Occasion,
    Participation,
    Response,
    SealedAnswer,
)
from tests.crowds import adults, all_answer, answer, asked, version_of
from tests.factories import GroupFactory
from tests.study_factories import evening_wave, occasion, wave

if TYPE_CHECKING:
    from collections.abc import Iterator

    from courses.models import Adult

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "answers"])
GIVEN = {"t01": 4, "t02": 5}
MOMENTS = (  # how many have been told «mottatt» when closing begins, on the screen or beside a sheet of paper
    (0, "open", "missed"),
    (6, "open", "missed"),
    (14, "open", "missed"),
    (0, "paper", "handed"),
    (6, "paper", "handed"),
)


@pytest.mark.parametrize(("moment", "state", "left"), MOMENTS)
def test_whoever_was_told_received_is_counted_and_nobody_else(moment: int, state: str, left: str) -> None:
    people = adults(GroupFactory(), 20, families=20)
    at = asked(people, wave=wave())
    at.participations.update(state=state)
    version = version_of(at.wave)
    told: list[int] = []
    enough = threading.Event()

    def send(adult: Adult) -> None:
        try:
            receipt = sealing.submit(user=adult.user, occasion_id=at.pk, forms=[(version, GIVEN)])
            told.append(adult.user.pk)
            assert receipt.is_new
        except sealing.FormClosedError:
            pass
        finally:
            if len(told) >= moment:
                enough.set()
            close_old_connections()
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        sent = [pool.submit(send, adult) for adult in people]
        enough.wait(30)
        closing.shut(Occasion.objects.get(pk=at.pk))
        when_shut = SealedAnswer.objects.count()
        for each in sent:
            each.result()
    assert SealedAnswer.objects.count() == when_shut == len(told)  # nothing slipped in afterwards
    states = dict(Participation.objects.values_list("user", "state"))
    assert {user for user, state in states.items() if state == "done"} == set(told)
    assert set(states.values()) <= {"done", left}


def test_equal_posts_at_the_same_moment_are_one_answer() -> None:
    people = adults(GroupFactory(), 1)
    at = asked(people, wave=wave())
    version = InstrumentVersion.objects.get()
    together = threading.Barrier(6)

    def send() -> str:
        together.wait()
        try:
            return sealing.submit(user=people[0].user, occasion_id=at.pk, forms=[(version, GIVEN)]).state
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        words = [each.result() for each in [pool.submit(send) for _ in range(6)]]
    assert sorted(words) == ["already"] * 5 + ["received"]
    assert SealedAnswer.objects.count() == 1


def test_the_limit_of_an_evening_holds_when_all_post_at_once() -> None:
    at = occasion(wave=evening_wave())
    version = InstrumentVersion.objects.get()

    def send() -> str:
        try:
            return sealing.submit_anonymous(occasion=at, forms=[(version, GIVEN)], limit=5).state
        except sealing.FormFullError:
            return "full"
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        words = [each.result() for each in [pool.submit(send) for _ in range(12)]]
    assert words.count("received") == SealedAnswer.objects.count() == 5


@contextmanager
def no_more_room(alias: str) -> Iterator[None]:
    """The file may not grow by a page: SQLite says «database or disk is full», as it does of a disk."""
    connection = connections[alias]
    if connection.vendor != "sqlite":
        pytest.skip("of files")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")
        pages = cursor.execute("PRAGMA page_count").fetchone()[0]
        cursor.execute(f"PRAGMA max_page_count = {pages}")
        yield
        cursor.execute("PRAGMA max_page_count = 1073741823")


def test_on_a_full_disk_nothing_is_acknowledged_and_with_room_again_it_goes() -> None:
    people = adults(GroupFactory(), 2)
    at = asked(people, wave=wave())
    with no_more_room("default"), pytest.raises(OperationalError, match="full"):
        all_answer(people * 50, at)
    done = Participation.objects.filter(state="done").count()
    assert SealedAnswer.objects.count() == done < 2
    assert {answer(adult, at, GIVEN).state for adult in people} <= {"received", "already"}
    assert SealedAnswer.objects.count() == 2


def test_a_full_disk_at_closing_moves_nothing_and_with_room_again_all_is_counted() -> None:
    people = adults(GroupFactory(), 10, families=10)
    at = asked(people, wave=wave())
    for adult in people:
        answer(adult, at, GIVEN | {"ord": "fjell " * 300})
    with no_more_room("answers"), pytest.raises(OperationalError, match="full"):
        closing.close(at)
    assert (Response.objects.count(), ClosingBatch.objects.count()) == (0, 0)
    assert SealedAnswer.objects.count() == 10
    assert closing.close(at).taken == 10
