"""The evening page: the plan with its times, the list with one tap for each, and what is refused kindly."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from courses.models import Attendance, AttendanceMark, Evening
from tests import factories as made
from tests.editions import make_families
from tests.evening_factories import CatchUpFactory
from tests.halls import BUDGET, evening, hall, page, thursday_evening
from tests.plans import make_evening

if TYPE_CHECKING:
    from courses.models import Adult, Group, User
    from tests.people import LogIn

__all__ = ["evening", "hall", "thursday_evening"]
pytestmark = pytest.mark.django_db


# --- the plan


def test_the_plan_stands_with_its_times_and_the_point_where_one_should_be(
    hall: Client, evening: Evening, adult: Adult
) -> None:
    html = page(hall, evening)
    begins = timezone.localtime(evening.starts_at)
    for minutes, title in ((0, "Kaffe og innsjekk"), (10, "Tema"), (30, "Øvelse")):
        clock = (begins + timedelta(minutes=minutes)).strftime("%H.%M")
        assert re.search(rf'plan__time">{clock}</span><span class="plan__title">{title}', html)
    assert html.count('aria-current="step"') == 1
    assert re.search(r'data-title="Kaffe og innsjekk" aria-current="step"', html)
    for words in ("Ett ord?", "Ta en pause.", "Temaet er lagt fram.", "kutt dette først", "Tavle"):
        assert words in html


def test_a_plan_that_is_not_written_in_nynorsk_is_shown_in_bokmaal(
    hall: Client, evening: Evening, contact_person: User
) -> None:
    contact_person.language = "nn"
    contact_person.save()
    html = page(hall, evening)
    assert "Kaffe og innsjekk" in html
    assert '<ol class="plan" lang="nb">' in html


def test_an_edition_without_a_plan_still_has_its_list(hall: Client, group: Group, adult: Adult) -> None:
    evening = made.EveningFactory(
        group=group, module=group.edition.programme.modules.get(number=2), starts_at=timezone.now()
    )
    html = page(hall, evening)
    assert "ingen kveldsplan" in html
    assert "Berit" in html


def test_the_view_for_the_wall_names_nobody_and_gives_no_advice_away(
    hall: Client, evening: Evening, adult: Adult
) -> None:
    html = hall.get(f"/kveld/{evening.pk}/vis/").content.decode()
    assert "Øvelse" in html
    assert "Hva så du?" in html
    for hidden in ("Berit", "Ta en pause.", "Ønsk velkommen.", "kutt dette først"):
        assert hidden not in html


# --- the list


def test_one_tap_without_script_marks_one_adult_and_comes_back_to_her_name(
    hall: Client, evening: Evening, adult: Adult, other_adult: Adult
) -> None:
    response = hall.post(f"/kveld/{evening.pk}/merk/", {"mark": f"{adult.pk}:present"})
    assert response.status_code == 302
    assert response["Location"] == f"/kveld/{evening.pk}/#voksen-{adult.pk}"
    html = page(hall, evening)
    assert re.search(rf'value="{adult.pk}:present" aria-pressed="true"', html)
    assert re.search(rf'value="{other_adult.pk}:present" aria-pressed="false"', html)
    assert "1 av 2 merket" in html


def test_a_correction_is_shown_with_who_and_when(
    hall: Client, evening: Evening, adult: Adult, contact_person: User, logged_in: LogIn
) -> None:
    hall.post(f"/kveld/{evening.pk}/merk/", {"mark": f"{adult.pk}:present"})
    assert "endret av" not in page(hall, evening)
    hall.post(f"/kveld/{evening.pk}/merk/", {"mark": f"{adult.pk}:partly"})
    html = page(hall, evening)
    assert f"endret av {contact_person.first_name}" in html
    assert AttendanceMark.objects.count() == 2


@pytest.mark.parametrize(
    "sent", ["", "x:present", "5", "1:made-up", "1:borte", "9" * 30 + ":present", "²:present"]
)
def test_a_tap_that_nobody_can_make_is_not_found(hall: Client, evening: Evening, sent: str) -> None:
    assert hall.post(f"/kveld/{evening.pk}/merk/", {"mark": sent}).status_code == 404


def test_a_shielded_family_has_an_alias_and_no_number(hall: Client, evening: Evening, adult: Adult) -> None:
    adult.user.mobile = "+4740000001"
    adult.user.save()
    assert 'href="tel:40000001"' in page(hall, evening)
    adult.family.shielded, adult.alias = True, "Deltaker A"
    adult.family.save()
    adult.save()
    html = page(hall, evening)
    assert "Deltaker A" in html
    assert "Berit" not in html
    assert "40000001" not in html


def test_two_who_are_called_the_same_are_told_apart_by_whom_they_live_with(
    hall: Client, evening: Evening, adult: Adult, other_adult: Adult, neighbour: Adult
) -> None:
    neighbour.user.first_name = "Berit"
    neighbour.user.save()
    assert page(hall, evening).count("(sammen med Jan)") == 1


def test_a_guest_of_a_neighbouring_group_is_on_the_list(
    hall: Client, evening: Evening, stranger: Adult, other_group: Group
) -> None:
    CatchUpFactory(adult=stranger, evening=make_evening(other_group), neighbour=evening)
    html = page(hall, evening)
    assert stranger.user.first_name in html
    assert "gjest fra nabogruppa" in html
    assert hall.post(f"/kveld/{evening.pk}/merk/", {"mark": f"{stranger.pk}:present"}).status_code == 302
    assert Attendance.objects.get(adult=stranger, evening=evening).state == "present"


def test_a_late_starter_is_not_on_the_list_of_an_evening_before_she_came(
    hall: Client, group: Group, adult: Adult
) -> None:
    held = make_evening(group, began=timedelta(days=7))
    assert "Berit" not in page(hall, held)
    Attendance.objects.create(adult=adult, evening=held, state="made-up", marked_at=timezone.now())
    assert "tok igjen kvelden" in page(hall, held)


# --- before the evening, and when it is cancelled


def test_before_the_evening_one_can_only_note_who_sent_word(hall: Client, group: Group, adult: Adult) -> None:
    coming = make_evening(group, began=timedelta(days=-2))
    html = page(hall, coming)
    assert "Oppmøtet åpner" in html
    assert f"{adult.pk}:excused" in html
    assert f"{adult.pk}:present" not in html
    response = hall.post(f"/kveld/{coming.pk}/merk/", {"mark": f"{adult.pk}:present"})
    assert response.status_code == 422
    assert "Kvelden er ikke begynt." in response.content.decode()
    assert AttendanceMark.objects.count() == 0


def test_a_cancelled_evening_says_so_and_takes_no_marks(hall: Client, group: Group, adult: Adult) -> None:
    evening = make_evening(group, cancelled_at=timezone.now())
    html = page(hall, evening)
    assert "Kvelden er avlyst." in html
    assert 'name="mark"' not in html
    assert hall.post(f"/kveld/{evening.pk}/merk/", {"mark": f"{adult.pk}:present"}).status_code == 422


# --- who may


ADDRESSES = ("", "vis/", "logg/")
POSTS = ("merk/", "merker/", "ekstra/", "talt/", "logg/")


def test_a_contact_person_of_another_municipality_finds_nothing(
    evening: Evening, adult: Adult, other_contact_person: User, logged_in: LogIn
) -> None:
    client = logged_in(other_contact_person)
    for address in ADDRESSES:
        assert client.get(f"/kveld/{evening.pk}/{address}").status_code == 404
    for address in POSTS:
        assert (
            client.post(f"/kveld/{evening.pk}/{address}", {"mark": f"{adult.pk}:present"}).status_code == 404
        )
    assert AttendanceMark.objects.count() == 0


def test_a_stand_in_finds_nothing_the_day_after_her_last(
    hall: Client, evening: Evening, contact_person: User
) -> None:
    today = timezone.localdate()
    duty = contact_person.assignments.get()
    duty.duty, duty.starts_on, duty.ends_on = "stand-in", today - timedelta(days=9), today
    duty.save()
    assert "Kveldsplan" in page(hall, evening)
    duty.ends_on = today - timedelta(days=1)
    duty.save()
    for address in ADDRESSES:
        assert hall.get(f"/kveld/{evening.pk}/{address}").status_code == 404


def test_one_who_takes_part_never_sees_the_list(evening: Evening, adult: Adult, logged_in: LogIn) -> None:
    assert logged_in(adult).get(f"/kveld/{evening.pk}/").status_code == 403


def test_a_contact_person_in_training_does_not_see_the_list_of_her_own_course(
    evening: Evening, other_contact_person: User, logged_in: LogIn
) -> None:
    made.EnrolmentFactory(
        group=evening.group, adult__user=other_contact_person, adult__family=None, adult__seat=None
    )
    assert logged_in(other_contact_person).get(f"/kveld/{evening.pk}/").status_code == 404


# --- what it costs


def test_the_page_asks_as_much_of_a_small_group_as_of_a_large_one(
    logged_in: LogIn, group: Group, evening: Evening, contact_person: User
) -> None:
    client = logged_in(contact_person)

    def queries() -> int:
        page(client, evening)
        with CaptureQueriesContext(connection) as captured:
            page(client, evening)
        return len(captured)

    def mark_all() -> None:
        for enrolment in group.enrolments.all():
            client.post(f"/kveld/{evening.pk}/merk/", {"mark": f"{enrolment.adult_id}:present"})

    make_families(group, 2)
    mark_all()
    few = queries()
    make_families(group, 28)
    mark_all()
    many = queries()
    print(f"/kveld/: {few} queries for 2 families, {many} for 30 (session backend {settings.SESSION_ENGINE})")
    assert few == many <= BUDGET
