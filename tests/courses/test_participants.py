"""When life happens, by the contact person: first what it means, then the button, and no reason asked."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from courses.models import Adult, Enrolment, Group, ReadingEvent
from tests import factories as made
from tests.courses.test_neighbours import evening_of

if TYPE_CHECKING:
    from django.test import Client

    from courses.models import User
    from tests.people import LogIn

pytestmark = pytest.mark.django_db


@pytest.fixture
def coach(contact_person: User, logged_in: LogIn) -> Client:
    return logged_in(contact_person)


@pytest.fixture(autouse=True)
def _long_ago(adult: Adult) -> None:
    Enrolment.objects.filter(adult=adult).update(starts_on=timezone.localdate() - timedelta(days=60))


def change(group: Group, adult: Adult, what: str) -> str:
    return f"/gruppe/{group.pk}/deltaker/{adult.pk}/{what}/"


def enrolment_of(adult: Adult) -> Enrolment:
    return Enrolment.objects.filter(adult=adult).order_by("-pk")[0]


@pytest.mark.parametrize("what", ["pause", "fortsett", "slutt", "bytt-gruppe", "del"])
def test_opening_the_page_changes_nothing_and_says_what_would_happen(
    coach: Client, group: Group, adult: Adult, other_adult: Adult, what: str
) -> None:
    page = coach.get(change(group, adult, what))
    assert page.status_code == 200
    text = page.content.decode()
    assert "Dette skjer med en gang" in text
    assert "Slik angrer du" in text
    assert "<textarea" not in text
    row = enrolment_of(adult)
    assert (row.paused_on, row.ends_on, row.group) == (None, None, group)
    assert adult.family.adults.count() == 2


def test_a_pause_begins_and_ends(coach: Client, group: Group, adult: Adult) -> None:
    coach.post(change(group, adult, "pause"))
    assert enrolment_of(adult).paused_on == timezone.localdate()
    assert "Har pause siden" in coach.get(f"/gruppe/{group.pk}/deltaker/{adult.pk}/").content.decode()
    coach.post(change(group, adult, "fortsett"))
    assert enrolment_of(adult).paused_on is None


def test_leaving_ends_it_at_once(coach: Client, group: Group, adult: Adult) -> None:
    coach.post(change(group, adult, "slutt"))
    assert enrolment_of(adult).ends_on < timezone.localdate()
    assert coach.get(change(group, adult, "slutt")).status_code == 404


def test_another_group_keeps_what_was_read(
    coach: Client, group: Group, other_group: Group, adult: Adult
) -> None:
    evening_of(other_group, days=7)
    made.ReadingEventFactory(adult=adult, part=group.edition.parts.first())
    coach.post(change(group, adult, "bytt-gruppe"), {"group": other_group.pk})
    assert enrolment_of(adult).group == other_group
    assert ReadingEvent.objects.filter(adult=adult).count() == 1


@pytest.mark.parametrize("why", ["full", "over", "elsewhere", "nothing chosen"])
def test_a_group_that_cannot_be_chosen_is_said(
    coach: Client, group: Group, other_group: Group, adult: Adult, stranger: Adult, why: str
) -> None:
    evening_of(other_group, days=-7 if why == "over" else 7)
    if why == "full":
        Group.objects.filter(pk=other_group.pk).update(seats=1)
    if why == "elsewhere":
        other_group.municipalities.set([made.MunicipalityFactory()])
    sent = {} if why == "nothing chosen" else {"group": other_group.pk}
    page = coach.post(change(group, adult, "bytt-gruppe"), sent)
    assert page.status_code == 422
    assert enrolment_of(adult).group == group


def test_two_adults_become_two_families_and_keep_their_own(
    coach: Client, group: Group, adult: Adult, other_adult: Adult
) -> None:
    coach.post(change(group, adult, "del"))
    adult.refresh_from_db()
    other_adult.refresh_from_db()
    assert adult.family_id != other_adult.family_id
    assert adult.family.municipality_id == other_adult.family.municipality_id
    assert coach.post(change(group, adult, "del")).status_code == 404


def test_what_is_no_change_is_not_there(coach: Client, group: Group, adult: Adult) -> None:
    assert coach.post(change(group, adult, "slett")).status_code == 404
    assert coach.get(change(group, adult, "del")).status_code == 404  # alone already


def test_an_adult_of_another_group_is_not_reached_by_ones_own(
    coach: Client, group: Group, stranger: Adult
) -> None:
    assert coach.get(f"/gruppe/{group.pk}/deltaker/{stranger.pk}/").status_code == 404
    assert coach.post(change(group, stranger, "slutt")).status_code == 404
    assert enrolment_of(stranger).ends_on is None
