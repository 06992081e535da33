"""Who opens the coach view, and what is done from it: a call, an agreed talk; and nothing elsewhere."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from courses.models import Adult, Assignment, CallRequest, Enrolment, Group, GuidanceMeeting, Role, User
from tests import evening_factories as around
from tests import factories as made
from tests.courses.coach_pages import LONG_AGO, coach, page_of
from tests.courses.test_neighbours import evening_of
from tests.editions import make_families

if TYPE_CHECKING:
    from django.test import Client

    from tests.people import LogIn


__all__ = ["coach"]
pytestmark = pytest.mark.django_db


def test_who_has_left_is_no_longer_hers_to_know(coach: Client, group: Group, adult: Adult) -> None:
    Enrolment.objects.update(
        starts_on=timezone.localdate() - LONG_AGO, ends_on=timezone.localdate() - timedelta(days=1)
    )
    assert "Berit" not in page_of(coach, group).content.decode()
    assert coach.get(f"/gruppe/{group.pk}/deltaker/{adult.pk}/").status_code == 404


# --- whose page it is
@pytest.mark.parametrize("who", ["other_contact_person", "adult", "leader", "editor", "stranger"])
def test_nobody_else_opens_it(
    group: Group, adult: Adult, who: str, logged_in: LogIn, request: pytest.FixtureRequest
) -> None:
    client = logged_in(request.getfixturevalue(who))
    for address in (f"/gruppe/{group.pk}/", f"/gruppe/{group.pk}/deltaker/{adult.pk}/"):
        page = client.get(address)
        assert page.status_code in (403, 404)
        assert "Berit" not in page.content.decode()


def test_a_stand_in_opens_it_until_her_date_and_not_the_day_after(
    group: Group, municipality: Any, logged_in: LogIn
) -> None:
    stand_in = made.RoleFactory(kind="contact-person", municipality=municipality).user
    today = timezone.localdate()
    duty = made.AssignmentFactory(group=group, user=stand_in, duty="stand-in", ends_on=today)
    assert page_of(logged_in(stand_in), group).status_code == 200
    yesterday = today - timedelta(days=1)
    Assignment.objects.filter(pk=duty.pk).update(starts_on=yesterday, ends_on=yesterday)
    assert page_of(logged_in(stand_in), group).status_code == 404


def test_a_contact_person_in_training_does_not_see_her_own_group_from_this_side(
    group: Group, adult: Adult, other_contact_person: User, logged_in: LogIn
) -> None:
    made.EnrolmentFactory(group=group, adult__family=None, adult__seat=None, adult__user=other_contact_person)
    assert page_of(logged_in(other_contact_person), group).status_code == 404


def test_the_project_leader_opens_every_group_of_her_places(
    group: Group, other_group: Group, project_leader: User, adult: Adult, municipality: Any, logged_in: LogIn
) -> None:
    assert "Berit" in page_of(logged_in(project_leader), group).content.decode()
    assert page_of(logged_in(project_leader), other_group).status_code == 200
    Role.objects.filter(user=project_leader).update(municipality=municipality)
    assert page_of(logged_in(project_leader), other_group).status_code == 404


def test_an_empty_group_without_dates_says_what_to_do(coach: Client, group: Group) -> None:
    text = page_of(coach, group).content.decode()
    assert "Ingen er med ennå." in text


# --- her small answers
def test_a_call_is_marked_as_made_once(
    coach: Client, group: Group, adult: Adult, contact_person: User
) -> None:
    call = around.CallRequestFactory(adult=adult)
    address = f"/gruppe/{group.pk}/ringt/{call.pk}/"
    assert coach.get(address).status_code == 405
    coach.post(address)
    call.refresh_from_db()
    assert call.answered_by == contact_person
    first = call.answered_at
    coach.post(address)
    assert CallRequest.objects.get().answered_at == first


def test_catching_up_is_agreed_and_confirmed(coach: Client, group: Group, adult: Adult) -> None:
    held = evening_of(group, days=-3)
    row = around.CatchUpFactory(adult=adult, evening=held)
    address = f"/gruppe/{group.pk}/ta-igjen/{row.pk}/"
    text = coach.get(address).content.decode()
    assert "Har dere snakket sammen?" in text
    assert "og hva Berit vil prøve hjemme." in text
    assert 'value="10:00"' in text  # a time is there to be agreed with one tap
    past = {"what": "agree", "day": "2020-01-01", "clock": "10:00"}
    assert coach.post(address, past).status_code == 422
    day = timezone.localdate() + timedelta(days=2)
    coach.post(address, {"what": "agree", "day": day.isoformat(), "clock": "10:30"})
    row.refresh_from_db()
    assert timezone.localtime(row.call_at).strftime("%H.%M") == "10.30"
    coach.post(address)
    row.refresh_from_db()
    assert row.state == "done"
    assert adult.attendances.get().state == "made-up"


def test_another_municipalitys_contact_person_touches_nothing(
    group: Group, other_group: Group, adult: Adult, other_contact_person: User, logged_in: LogIn
) -> None:
    client, call = logged_in(other_contact_person), around.CallRequestFactory(adult=adult)
    row = around.CatchUpFactory(adult=adult, evening=evening_of(group, days=-3))
    meeting = around.GuidanceMeetingFactory(family=adult.family)
    for place in (group.pk, other_group.pk):  # by her own group's address as well
        for way in (
            f"ringt/{call.pk}/",
            f"ta-igjen/{row.pk}/",
            f"veiledning/{meeting.pk}/avlys/",
            f"deltaker/{adult.pk}/veiledning/",
            f"deltaker/{adult.pk}/pause/",
            f"deltaker/{adult.pk}/slutt/",
        ):
            assert client.post(f"/gruppe/{place}/{way}").status_code == 404, way
    row.refresh_from_db()
    assert row.state == "offered"
    assert CallRequest.objects.get().answered_at is None
    assert GuidanceMeeting.objects.get().cancelled_at is None
    assert Enrolment.objects.get(adult=adult).paused_on is None


# --- what it costs
def test_thirty_families_ask_no_more_than_three(coach: Client, group: Group, municipality: Any) -> None:
    evening_of(group, days=-3)

    def fill(families: int) -> None:
        for adult in make_families(group, families):
            made.ReadingEventFactory(adult=adult, part=group.edition.parts.first())
            made.AttendanceFactory(adult=adult, evening=group.evenings.get(), state="absent")
            around.CatchUpFactory(adult=adult, evening=group.evenings.get())
            around.CallRequestFactory(adult=adult)
            around.GuidanceMeetingFactory(family=adult.family, at=timezone.now() - timedelta(days=3))
            around.InvitedAdultFactory(invitation__group=group)

    fill(3)
    page_of(coach, group)
    with CaptureQueriesContext(connection) as few:
        page_of(coach, group)
    fill(27)
    with CaptureQueriesContext(connection) as many:
        page_of(coach, group)
    print(f"coach view: {len(few)} queries with 3 families, {len(many)} with 30")
    assert len(few) == len(many)
    assert len(many) <= 13
