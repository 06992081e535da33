"""Staff log in with two factors, one of them a passkey when they can; families with a code or a passkey."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client

from tests.factories import UserFactory
from tests.logins import (
    AGAIN,
    APP,
    CODE,
    DOOR,
    HOME,
    MINE,
    NEW_KEY,
    TWO,
    add_app,
    add_passkey,
    berit,
    code_in,
    enter,
    is_in,
    leader,
)
from tests.passkeys import Passkey

if TYPE_CHECKING:
    from courses.models import User


__all__ = ["berit", "leader"]
pytestmark = pytest.mark.django_db
STAFF_PAGE = "/prosjekt/"


# --- one factor is not enough for staff


def test_staff_with_a_code_alone_are_led_to_the_second_factor(client: Client, leader: User) -> None:
    assert enter(client, leader.email)["Location"] == TWO
    assert client.get(STAFF_PAGE)["Location"] == TWO
    assert "Lag passnøkkel" in client.get(TWO).content.decode()


def test_family_with_a_code_alone_is_home(client: Client, berit: User) -> None:
    assert enter(client, berit.email)["Location"] == HOME


def test_staff_add_a_passkey_right_after_the_first_login_and_are_in(client: Client, leader: User) -> None:
    enter(client, leader.email)
    page = add_passkey(client, Passkey())
    assert page["Location"] == f"{MINE}reservekoder/"
    assert client.get(STAFF_PAGE).status_code == 200


def test_recovery_codes_are_shown_once(client: Client, leader: User) -> None:
    enter(client, leader.email)
    add_passkey(client, Passkey())
    assert len(re.findall(r"<code>\d{8}</code>", client.get(f"{MINE}reservekoder/").content.decode())) == 10
    assert "<code>" not in client.get(f"{MINE}reservekoder/").content.decode()


# --- password and code


def test_password_and_mailed_code_are_two_factors(client: Client, leader: User) -> None:
    leader.set_password("fire vanlige ord her")
    leader.save(update_fields=["password"])
    client.post("/logg-inn/passord/", {"login": leader.email, "password": "fire vanlige ord her"})
    assert client.post(CODE, {"code": code_in(mail.outbox[0].body)})["Location"] == HOME
    assert client.get(STAFF_PAGE).status_code == 200


def test_staff_without_a_passkey_make_a_password_and_log_in_anew(client: Client, leader: User) -> None:
    enter(client, leader.email)
    new = {"password1": "fire vanlige ord her", "password2": "fire vanlige ord her"}
    page = client.post(f"{MINE}passord/lag/", new)
    assert page["Location"] == "/logg-inn/passord/"
    assert not is_in(client)
    leader.refresh_from_db()
    assert leader.check_password("fire vanlige ord her")
    assert "Passordet er laget. Logg inn på nytt." in client.get("/logg-inn/passord/").content.decode()


@pytest.mark.parametrize(
    ("first", "second", "words"),
    [("for kort", "for kort", "12"), ("fire vanlige ord her", "fire vanlige ord der", "ikke like")],
)
def test_password_is_long_and_typed_twice(
    client: Client, leader: User, first: str, second: str, words: str
) -> None:
    enter(client, leader.email)
    page = client.post(f"{MINE}passord/lag/", {"password1": first, "password2": second})
    assert words in page.content.decode()
    leader.refresh_from_db()
    assert not leader.has_usable_password()


def test_changing_the_password_logs_out_everywhere(client: Client, leader: User) -> None:
    leader.set_password("fire vanlige ord her")
    leader.save(update_fields=["password"])
    elsewhere = Client()
    for browser in (client, elsewhere):
        enter(browser, leader.email)
    client.post(AGAIN, {"password": "fire vanlige ord her"})
    new = {
        "oldpassword": "fire vanlige ord her",
        "password1": "fem andre ord her nå",
        "password2": "fem andre ord her nå",
    }
    assert client.post(f"{MINE}passord/", new)["Location"] == "/logg-inn/passord/"
    assert elsewhere.get(MINE)["Location"].startswith(DOOR)


def test_password_is_not_asked_for_a_mailed_code_too_when_there_is_an_app(
    client: Client, leader: User
) -> None:
    enter(client, leader.email)
    add_app(client)
    leader.set_password("fire vanlige ord her")
    leader.save(update_fields=["password"])
    other = Client()
    page = other.post("/logg-inn/passord/", {"login": leader.email, "password": "fire vanlige ord her"})
    assert page["Location"] == "/logg-inn/andre-faktor/"


# --- the person is told


@pytest.mark.django_db(transaction=True)
def test_each_change_of_the_login_is_told_by_mail(client: Client, leader: User) -> None:
    enter(client, leader.email)
    add_passkey(client, Passkey())
    add_app(client)
    client.post(f"{MINE}reservekoder/nye/")
    client.post(f"{APP}fjern/")
    key = Authenticator.objects.get(type="webauthn")
    client.post(f"{MINE}passnokler/{key.pk}/fjern/")
    told = mail.outbox[1:]
    assert {message.subject for message in told} == {"Innloggingen din er endret"}
    firsts = [message.body.splitlines()[0] for message in told]
    assert firsts == [
        "En passnøkkel er lagt til innloggingen din.",
        "En app for engangskoder er koblet til innloggingen din.",
        "Innloggingen din har fått nye reservekoder.",
        "Appen for engangskoder er koblet fra innloggingen din.",
        "En passnøkkel er fjernet fra innloggingen din.",
    ]
    assert not [message for message in told if "127.0.0.1" in message.body]


def test_person_without_mail_is_told_by_text_message(client: Client, settings, tmp_path: Any) -> None:
    settings.SMS_BACKEND, settings.MAILBOX_DIR = "file", tmp_path
    UserFactory(email=None, mobile="+4740000000")
    client.post(DOOR, {"login": "40000000"})
    client.post(CODE, {"code": code_in(next(iter(tmp_path.iterdir())).read_text().split("\n\n", 1)[1])})
    add_passkey(client, Passkey())
    assert "En passnøkkel er lagt til" in "".join(file.read_text() for file in tmp_path.iterdir())


def test_person_with_a_number_only_says_again_who_she_is_by_text_message(
    client: Client, settings, tmp_path: Any
) -> None:
    settings.SMS_BACKEND, settings.MAILBOX_DIR = "file", tmp_path
    user = UserFactory(email=None, mobile="+4740000000")
    client.force_login(user)
    client.post(AGAIN, {"action": "send"})
    (message,) = tmp_path.iterdir()
    code = code_in(message.read_text().split("\n\n", 1)[1])
    assert client.post(AGAIN, {"code": code})["Location"] == HOME


@pytest.mark.parametrize(
    "path",
    [MINE, TWO, NEW_KEY, APP, AGAIN, f"{MINE}passord/lag/", f"{MINE}passnokler/"],
)
def test_pages_speak_norwegian_and_carry_no_script_of_their_own(
    client: Client, leader: User, path: str
) -> None:
    enter(client, leader.email)
    page = client.get(path, follow=True)
    assert page.status_code == 200
    text = page.content.decode()
    assert not re.search(
        r"\b(Password|Sign|Login|Email|key|Authenticator|Passwordless|Master|code)\b(?![\"=>])", visible(text)
    )
    assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)|<style|\son\w+=|\sstyle=", text)


def visible(text: str) -> str:
    return re.sub(r"<script.*?</script>|<[^>]+>", " ", text, flags=re.S)


@pytest.mark.parametrize(
    "path", [f"{APP}fjern/", f"{MINE}reservekoder/nye/", f"{AGAIN}kode/", f"{MINE}passord/"]
)
def test_pages_for_those_who_have_factors_speak_norwegian(client: Client, leader: User, path: str) -> None:
    enter(client, leader.email)
    add_app(client)
    session = client.session
    leader.set_password("fire vanlige ord her")
    leader.save(update_fields=["password"])
    session["_auth_user_hash"] = leader.get_session_auth_hash()
    session.save()
    page = client.get(path)
    assert page.status_code == 200
    assert not re.search(r"\b(Password|Recovery|Authenticator|Deactivate)\b", visible(page.content.decode()))
