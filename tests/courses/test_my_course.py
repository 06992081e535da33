"""«Kurset mitt»: one tap each, nothing asked, and the way back."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from courses import messaging
from courses.models import Adult, CallRequest, Enrolment, Evening, Group, GuidanceMeeting, Message, User
from tests import evening_factories as around
from tests import factories as made
from tests.courses.test_neighbours import evening_of

if TYPE_CHECKING:
    from django.test import Client

    from tests.people import LogIn

pytestmark = pytest.mark.django_db
PAGE = "/min/kurset/"


@pytest.fixture
def browser(adult: Adult, logged_in: LogIn) -> Client:
    Enrolment.objects.filter(adult=adult).update(starts_on=timezone.localdate() - timedelta(days=60))
    return logged_in(adult)


def enrolment_of(adult: Adult) -> Enrolment:
    return Enrolment.objects.filter(adult=adult).order_by("-pk")[0]


def test_everything_one_decides_is_on_one_page(browser: Client, adult: Adult, group: Group) -> None:
    row = around.CatchUpFactory(adult=adult, evening=evening_of(group, days=-3))
    around.GuidanceMeetingFactory(family=adult.family)
    text = browser.get(PAGE).content.decode()
    for word in ("Veiledning", "Ring meg", "Ta en pause", "Slutt i gruppa", f"/min/ta-igjen/{row.pk}/"):
        assert word in text
    assert "Neste: " in text
    assert "<textarea" not in text


def test_the_other_adults_catch_up_is_not_shown(browser: Client, other_adult: Adult, group: Group) -> None:
    row = around.CatchUpFactory(adult=other_adult, evening=evening_of(group, days=-3))
    assert f"/min/ta-igjen/{row.pk}/" not in browser.get(PAGE).content.decode()


@pytest.mark.parametrize("who", ["contact_person", "project_leader", "editor"])
def test_whoever_takes_no_course_is_led_to_min_side(
    edition: object, who: str, logged_in: LogIn, request: pytest.FixtureRequest
) -> None:
    client = logged_in(request.getfixturevalue(who))
    assert client.get(PAGE)["Location"] == "/min/"
    assert client.post(f"{PAGE}pause/").status_code == 404


# --- pause and leaving
def test_in_a_pause_nothing_is_asked_or_promised_and_the_way_back_is_shown(
    browser: Client, adult: Adult, group: Group
) -> None:
    catch_up = around.CatchUpFactory(adult=adult, evening=evening_of(group, days=-3))
    evening = evening_of(group, number=2, days=4)
    Evening.objects.filter(pk=evening.pk).update(bring="Tegningen")
    asks = ("Begynn her", "Tegningen", f"/min/ta-igjen/{catch_up.pk}/", "Sett av tiden", "Lag passnøkkel")
    before = browser.get("/min/").content.decode() + browser.get(PAGE).content.decode()
    browser.post(f"{PAGE}pause/")
    pages = [browser.get(address).content.decode() for address in ("/min/", PAGE)]
    for page in pages:
        assert "Du har pause" in page
        assert f'action="{PAGE}fortsett/"' in page
    assert all(said in before for said in asks)
    assert not [said for said in asks if said in "".join(pages)]


def test_a_pause_is_one_tap_and_so_is_the_way_back(browser: Client, adult: Adult) -> None:
    browser.post(f"{PAGE}pause/")
    assert enrolment_of(adult).paused_on == timezone.localdate()
    assert "Du har pause" in browser.get(PAGE).content.decode()
    assert "Du har pause" in browser.get("/min/").content.decode()
    browser.post(f"{PAGE}fortsett/")
    assert enrolment_of(adult).paused_on is None


def test_leaving_is_one_tap_and_can_be_taken_back_by_whoever_tapped(browser: Client, adult: Adult) -> None:
    browser.post(f"{PAGE}slutt/")
    assert enrolment_of(adult).ends_on < timezone.localdate()
    text = browser.get(PAGE).content.decode()
    assert "Angre, jeg vil være med" in text
    assert "Ring meg" not in text
    browser.post(f"{PAGE}slutt/angre/")
    assert enrolment_of(adult).ends_on is None
    assert Enrolment.objects.filter(adult=adult).count() == 1


def test_a_seat_that_has_been_given_on_is_not_taken_back(browser: Client, adult: Adult, group: Group) -> None:
    browser.post(f"{PAGE}slutt/")
    made.EnrolmentFactory(group=group)
    Group.objects.filter(pk=group.pk).update(seats=1)
    page = browser.post(f"{PAGE}slutt/angre/", follow=True)
    assert "Plassen er gitt videre." in page.content.decode()
    assert enrolment_of(adult).ends_on is not None


def test_whoever_was_taken_out_by_the_contact_person_cannot_let_herself_in_again(
    browser: Client, adult: Adult
) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    Enrolment.objects.filter(adult=adult).update(ends_on=yesterday)
    assert "Angre, jeg vil være med" not in browser.get(PAGE).content.decode()
    assert browser.post(f"{PAGE}slutt/angre/").status_code == 404
    assert enrolment_of(adult).ends_on == yesterday
    assert browser.post(f"{PAGE}pause/").status_code == 404


# --- guidance and «ring meg»
def test_a_proposal_is_stored_moved_and_taken_off(browser: Client, adult: Adult) -> None:
    day = (timezone.localdate() + timedelta(days=7)).isoformat()
    browser.post(f"{PAGE}veiledning/", {"day": day, "clock": "10:00"})
    browser.post(f"{PAGE}veiledning/", {"day": day, "clock": "11:00"})
    meeting = GuidanceMeeting.objects.get()
    assert (meeting.family, meeting.sequence) == (adult.family, 1)
    browser.post(f"{PAGE}veiledning/{meeting.pk}/avlys/")
    assert GuidanceMeeting.objects.get().cancelled_at is not None


def test_another_familys_meeting_is_out_of_reach(browser: Client, neighbour: Adult) -> None:
    meeting = around.GuidanceMeetingFactory(family=neighbour.family)
    assert browser.post(f"{PAGE}veiledning/{meeting.pk}/avlys/").status_code == 404
    assert GuidanceMeeting.objects.get().cancelled_at is None


def test_a_proposal_in_the_past_comes_back_with_what_was_typed(browser: Client) -> None:
    page = browser.post(f"{PAGE}veiledning/", {"day": "2020-01-02", "clock": "10:00"})
    assert page.status_code == 422
    assert "2020-01-02" in page.content.decode()
    assert not GuidanceMeeting.objects.exists()


def test_a_call_is_asked_for_and_taken_back(browser: Client, adult: Adult) -> None:
    assert browser.post(f"{PAGE}ring-meg/", {"wished_time": "evening"})["Location"] == PAGE
    assert "Du har ønsket: kveld." in browser.get(PAGE).content.decode()
    assert browser.post(f"{PAGE}ring-meg/", {"wished_on": "2020-01-01"}).status_code == 422
    browser.post(f"{PAGE}ring-meg/angre/")
    assert not CallRequest.objects.exists()


def test_staff_in_training_ask_whoever_leads_the_course_to_call(
    group: Group, other_contact_person: User, logged_in: LogIn
) -> None:
    made.EnrolmentFactory(group=group, adult__family=None, adult__seat=None, adult__user=other_contact_person)
    browser = logged_in(other_contact_person)
    page = browser.get(PAGE)
    card = page.content.decode().partition('id="ring-meg"')[2].partition("</section>")[0]
    assert "så ringer den som leder kurset." in card
    assert "kontaktpersonen" not in card.lower()
    page = browser.post(f"{PAGE}ring-meg/", {"wished_time": "evening"}, follow=True)
    text = page.content.decode()
    assert "Den som leder kurset, ser ønsket ditt og ringer deg." in text
    assert "Den som leder kurset, ringer deg. Du har ønsket: kveld." in text


# --- one phone, two adults
def test_the_other_adult_gets_a_code_and_no_address_is_shown(
    browser: Client, adult: Adult, other_adult: Adult
) -> None:
    page = browser.post(f"{PAGE}bytt-voksen/")
    assert page["Location"] == "/logg-inn/kode/"
    assert browser.get(PAGE)["Location"].startswith("/logg-inn/")
    text = browser.get("/logg-inn/kode/").content.decode()
    assert "Koden er på vei." in text
    assert not {address for address in (adult.user.email, other_adult.user.email) if address in text}
    [letter] = mail.outbox
    assert letter.to == [other_adult.user.email]
    code = re.search(r"\b\d{6}\b", str(letter.body))
    assert code
    browser.post("/logg-inn/kode/", {"code": code[0]})
    assert "Hei, Jan" in browser.get("/min/").content.decode()


def test_a_code_goes_to_the_mobile_of_whoever_has_no_mail(
    browser: Client, other_adult: Adult, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[tuple[str, str]] = []
    monkeypatch.setattr("courses.login.send_text", lambda to, text: sent.append((to, text)))
    User.objects.filter(pk=other_adult.user_id).update(email=None, mobile="+4740000007")
    browser.post(f"{PAGE}bytt-voksen/")
    assert [to for to, _text in sent] == ["+4740000007"]
    assert "40000007" not in browser.get("/logg-inn/kode/").content.decode()


def test_whoever_is_alone_in_the_family_has_nobody_to_change_to(browser: Client) -> None:
    assert "Deler dere telefon?" not in browser.get(PAGE).content.decode()
    assert browser.post(f"{PAGE}bytt-voksen/").status_code == 404
    assert browser.get(PAGE).status_code == 200


# --- what it costs, and what Min side shows of it
def test_the_page_asks_no_more_with_more_behind_it(
    browser: Client, adult: Adult, other_adult: Adult, contact_person: User, group: Group
) -> None:
    def fill(number: int) -> None:
        around.CatchUpFactory(adult=adult, evening=evening_of(group, number, days=-3))
        for days in range(1, 10):
            around.GuidanceMeetingFactory(family=adult.family, at=timezone.now() - timedelta(days=days))

    fill(1)
    browser.get(PAGE)
    with CaptureQueriesContext(connection) as few:
        browser.get(PAGE)
    fill(2)
    with CaptureQueriesContext(connection) as many:
        browser.get(PAGE)
    print(f"Kurset mitt: {len(many)} queries")
    assert len(few) == len(many)
    assert len(many) <= 16


def test_min_side_shows_an_open_catch_up_and_the_next_guidance(
    browser: Client, adult: Adult, other_adult: Adult, group: Group
) -> None:
    around.CatchUpFactory(adult=other_adult, evening=evening_of(group, days=-3))
    assert browser.get("/min/").context["own"].catch_up is None
    row = around.CatchUpFactory(adult=adult, evening=group.evenings.get())
    around.GuidanceMeetingFactory(family=adult.family)
    around.CallRequestFactory(adult=adult, wished_time="evening")
    page = browser.get("/min/")
    text = page.content.decode()
    assert f"/min/ta-igjen/{row.pk}/" in text
    assert "Neste veiledning" in text
    assert PAGE in text
    seen = dict(page.context["seen_by_contact_person"])
    assert seen["Om du har bedt om en samtale"] == "kveld"
    assert seen["Kvelder du kan ta igjen"] == "1: tilbudt"
    assert seen["Veiledning"].startswith("neste ")


def test_min_side_costs_two_queries_more_and_no_more(
    browser: Client, adult: Adult, other_adult: Adult, group: Group
) -> None:
    evening_of(group, days=-3)
    browser.get("/min/")
    with CaptureQueriesContext(connection) as asked:
        browser.get("/min/")
    assert len(asked) <= 14


def test_a_pause_takes_out_every_message_that_waits(browser: Client, adult: Adult, group: Group) -> None:
    messaging.plan_evening(evening_of(group, days=9))
    around.MessageFactory(user=adult.user, thing="evening:999999", due_at=timezone.now() + timedelta(days=1))
    assert Message.objects.filter(user=adult.user, state="planned").exists()
    browser.post(f"{PAGE}pause/")
    assert not Message.objects.filter(user=adult.user, state="planned").exists()
