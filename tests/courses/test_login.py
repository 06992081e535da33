"""Logging in with a code, and out: what is sent, how long it lasts, and what is no way in."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from courses.reaching import normal_mobile
from tests.factories import RoleFactory, UserFactory
from tests.logins import (
    CODE,
    DOOR,
    HOME,
    LOADED,
    ask,
    berit,
    code_in,
    enter,
    is_in,
    phones,
)

if TYPE_CHECKING:
    from courses.models import User

__all__ = ["berit", "phones"]
pytestmark = pytest.mark.django_db


# --- the way in


def test_code_by_mail_opens_min_side(client: Client, berit: User) -> None:
    page = ask(client, "berit@example.no")
    assert (page.status_code, page["Location"]) == (302, CODE)
    assert "berit@example.no" in client.get(CODE).content.decode()
    page = client.post(CODE, {"code": code_in(mail.outbox[0].body)})
    assert (page.status_code, page["Location"]) == (302, HOME)
    assert client.session["_auth_user_id"] == str(berit.pk)


def test_login_leads_on_to_the_page_that_was_asked_for(client: Client, berit: User) -> None:
    page = client.post(f"{DOOR}?next=/hjelp/", {"login": berit.email, "next": "/hjelp/"})
    assert page["Location"] == f"{CODE}?next=%2Fhjelp%2F"
    page = client.post(page["Location"], {"code": code_in(mail.outbox[0].body), "next": "/hjelp/"})
    assert page["Location"] == "/hjelp/"


def test_login_never_leads_to_another_site(client: Client, berit: User) -> None:
    page = client.post(DOOR, {"login": berit.email, "next": "https://evil.example/"})
    assert page["Location"] == CODE
    page = client.post(CODE, {"code": code_in(mail.outbox[0].body), "next": "//evil.example/"})
    assert page["Location"] == HOME


@pytest.mark.parametrize("written", ["400 00 000", "+47 400 00 000", "0047 40000000", "47400-00-000"])
def test_code_by_text_message_however_the_number_is_written(
    client: Client, phones: Any, written: str
) -> None:
    user = UserFactory(email=None, mobile="+4740000000")
    assert ask(client, written)["Location"] == CODE
    assert "+4740000000" in client.get(CODE).content.decode()
    (message,) = phones.iterdir()
    assert not mail.outbox
    client.post(CODE, {"code": code_in(message.read_text().split("\n\n", 1)[1])})
    assert client.session["_auth_user_id"] == str(user.pk)


@pytest.mark.parametrize("written", ["BERIT@EXAMPLE.NO", "  berit@Example.no "])
def test_address_may_be_written_in_capitals_and_with_spaces(
    client: Client, berit: User, written: str
) -> None:
    ask(client, written)
    assert mail.outbox[0].to == ["berit@example.no"]


def test_address_stored_in_capitals_is_found(client: Client) -> None:
    UserFactory(email="Kari@Example.no")
    ask(client, "kari@example.no")
    assert len(mail.outbox) == 1


def test_session_gets_a_new_name_at_login(client: Client, berit: User) -> None:
    ask(client, berit.email)
    before = client.session.session_key
    client.post(CODE, {"code": code_in(mail.outbox[0].body)})
    assert client.session.session_key != before
    assert not Session.objects.filter(pk=before).exists()


def test_spaces_in_the_code_do_no_harm(client: Client, berit: User) -> None:
    ask(client, berit.email)
    code = code_in(mail.outbox[0].body)
    client.post(CODE, {"code": f" {code[:3]} {code[3:]} "})
    assert is_in(client)


# --- what is sent


def test_mail_is_neutral_and_says_how_long_the_code_lives(client: Client, berit: User) -> None:
    ask(client, berit.email)
    (message,) = mail.outbox
    assert message.subject == "Kode til innlogging"
    assert "ti minutter" in message.body
    assert "Har du ikke bedt om den, kan du se bort fra denne" in message.body
    whole = f"{message.subject} {message.body} {message.from_email}".lower()
    assert not [word for word in LOADED if word in whole]
    assert not re.search(r"https?:", message.body)


def test_text_message_is_neutral_and_says_how_long_the_code_lives(client: Client, phones: Any) -> None:
    UserFactory(email=None, mobile="+4740000000")
    ask(client, "40000000")
    text = next(iter(phones.iterdir())).read_text()
    assert "ti minutter" in text
    assert not [word for word in LOADED if word in text.lower()]


def test_codes_are_six_digits_and_not_the_same(client: Client, berit: User) -> None:
    ask(client, berit.email)
    ask(client, berit.email)
    first, second = (code_in(message.body) for message in mail.outbox)
    assert first != second


# --- input that is no address


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "berit",
        "@",
        "a@b",
        "123",
        "12\x0034",
        "x" * 10_000,
        f"{'x' * 10_000}@example.no",
        "+0123456789",
    ],
)
def test_what_is_no_address_is_refused_in_plain_words(client: Client, text: str) -> None:
    page = ask(client, text)
    assert page.status_code == 200
    assert "Skriv en e-postadresse eller et mobilnummer." in page.content.decode()
    assert not mail.outbox


@pytest.mark.parametrize(
    ("written", "number"),
    [("400 00 000", "+4740000000"), ("4740000000", "+4740000000"), ("+46 70 123 45 67", "+46701234567")],
)
def test_number_is_kept_with_its_country(written: str, number: str) -> None:
    assert normal_mobile(written) == number


# --- how long it lasts


def lifetime(client: Client) -> timedelta:
    return Session.objects.get(pk=client.session.session_key).expire_date - timezone.now()


def test_remembered_phone_stays_in_for_thirty_days(client: Client, berit: User) -> None:
    enter(client, remember="on")
    assert timedelta(days=29, hours=23) < lifetime(client) <= timedelta(days=30)


def test_without_the_tick_it_is_eight_hours(client: Client, berit: User) -> None:
    enter(client)
    assert timedelta(hours=7, minutes=59) < lifetime(client) <= timedelta(hours=8)


def test_staff_are_never_remembered(client: Client, berit: User) -> None:
    RoleFactory(user=berit)
    enter(client, remember="on")
    assert lifetime(client) <= timedelta(hours=8)


def test_clicks_do_not_move_the_end_of_the_session(client: Client, berit: User) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        enter(client)
        for _hour in range(17):
            clock.shift(timedelta(minutes=29))
            client.get("/hjelp/")
        assert client.get("/min/innlogging/")["Location"].startswith(DOOR)


# --- a link or a robot never logs in


@pytest.mark.parametrize("path", [DOOR, CODE, "/logg-inn/passord/", "/logg-inn/passnokkel/"])
def test_twenty_looks_by_a_scanner_change_nothing(client: Client, berit: User, path: str) -> None:
    ask(client, berit.email)
    robot = Client(headers={"user-agent": "LinkScanner/1.0"})
    for _look in range(10):
        robot.get(path)
        robot.head(path)
    assert not is_in(robot)
    client.post(CODE, {"code": code_in(mail.outbox[0].body)})
    assert is_in(client)


# --- out


def test_logging_out_ends_the_session_and_clears_the_cache(client: Client, berit: User) -> None:
    enter(client)
    key = client.session.session_key
    page = client.post("/logg-ut/")
    assert (page["Location"], page["Clear-Site-Data"]) == ("/", '"cache"')
    assert not Session.objects.filter(pk=key).exists()
    assert "Du er logget ut." in client.get("/logg-inn/").content.decode()


def test_logging_out_takes_a_button(client: Client, berit: User) -> None:
    enter(client)
    assert client.get("/logg-ut/").status_code == 200
    assert is_in(client)


# --- passwords, for staff


@pytest.fixture
def staff(berit: User) -> User:
    berit.set_password("fire vanlige ord her")
    berit.save(update_fields=["password"])
    RoleFactory(user=berit)
    return berit


def test_password_is_followed_by_a_mailed_code(client: Client, staff: User) -> None:
    page = client.post(
        "/logg-inn/passord/", {"login": "BERIT@example.no", "password": "fire vanlige ord her"}
    )
    assert page["Location"] == CODE
    assert not is_in(client)
    client.post(CODE, {"code": code_in(mail.outbox[0].body)})
    assert is_in(client)


@pytest.mark.parametrize("login", ["berit@example.no", "ukjent@example.no"])
def test_wrong_password_says_the_same_of_known_and_unknown(client: Client, staff: User, login: str) -> None:
    page = client.post("/logg-inn/passord/", {"login": login, "password": "feil"})
    assert "E-posten og passordet passer ikke sammen." in page.content.decode()


def test_password_is_guessed_five_times_at_most(staff: User) -> None:
    pages = [
        Client().post("/logg-inn/passord/", {"login": staff.email, "password": "feil"}) for _try in range(6)
    ]
    assert "passer ikke sammen" in pages[4].content.decode()
    assert "Vent noen minutter" in pages[5].content.decode()


# --- the rest of allauth is not here


@pytest.mark.parametrize(
    "name",
    [
        "account_signup",
        "account_reset_password",
        "account_email",
        "account_verify_phone",
        "account_change_phone",
    ],
)
def test_what_nobody_needs_does_not_exist(name: str) -> None:
    with pytest.raises(NoReverseMatch):
        reverse(name)


@pytest.mark.parametrize("path", [DOOR, "/logg-inn/passord/", "/logg-inn/stengt/"])
def test_pages_speak_norwegian_and_carry_no_script_of_their_own(client: Client, path: str) -> None:
    text = client.get(path).content.decode()
    assert not re.search(r"\b(Password|Sign|Login|Email|Remember|Phone)\b", text)
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\son\w+=|\sstyle=", text)
