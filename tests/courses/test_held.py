"""An evening is under way until its last minute, and held after that: the same wherever it is told."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from courses import projecting
from courses.forms.groups import minutes_field
from courses.held import is_under_way, was_held, were_held
from courses.models import Evening
from tests.factories import EveningFactory

if TYPE_CHECKING:
    from django.test import Client

    from courses.models import Group, User
    from tests.people import LogIn

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 19, 11, tzinfo=timezone.get_default_timezone())


@pytest.mark.parametrize(
    ("minutes_ago", "held", "under_way"),
    [(-1, False, False), (0, False, True), (134, False, True), (135, True, False), (60 * 24, True, False)],
)
def test_it_is_held_when_its_last_minute_is_over(
    group: Group, minutes_ago: int, held: bool, under_way: bool
) -> None:
    evening = EveningFactory(group=group, starts_at=NOON - timedelta(minutes=minutes_ago), minutes=135)
    assert (was_held(evening, NOON), is_under_way(evening, NOON)) == (held, under_way)
    found = Evening.objects.filter(were_held(NOON))
    assert found.exists() is held
    assert projecting.standing_of_groups([group.pk], NOON)[group.pk].held == int(held)
    Evening.objects.update(cancelled_at=NOON)
    evening.refresh_from_db()
    assert not was_held(evening, NOON)
    assert not is_under_way(evening, NOON)
    assert not found.all().exists()


@pytest.mark.parametrize(("minutes_ago", "held"), [(479, False), (480, True)])
def test_the_longest_that_can_be_planned_is_held_when_its_last_minute_is_over(
    group: Group, minutes_ago: int, held: bool
) -> None:
    longest = minutes_field().max_value
    EveningFactory(group=group, starts_at=NOON - timedelta(minutes=minutes_ago), minutes=longest)
    assert Evening.objects.filter(were_held(NOON)).exists() is held


def test_while_it_runs_no_page_says_that_it_was_held_or_that_its_log_is_missing(
    group: Group, contact_person: User, project_leader: User, logged_in: LogIn
) -> None:
    def held(client: Client) -> str:
        (place,) = client.get("/prosjekt/").context["places"]
        return str(dict(place["cells"])["Kvelder holdt"])

    evening = EveningFactory(group=group, starts_at=timezone.now() - timedelta(minutes=5), minutes=135)
    desk, coach = logged_in(project_leader), logged_in(contact_person)
    page = coach.get(f"/gruppe/{group.pk}/").content.decode()
    assert " · i gang" in page
    assert "loggen mangler" not in page
    assert held(desk) == "–"
    Evening.objects.filter(pk=evening.pk).update(minutes=1)
    page = coach.get(f"/gruppe/{group.pk}/").content.decode()
    assert " · i gang" not in page
    assert "loggen mangler" in page
    assert held(desk) == "1"
