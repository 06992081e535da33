"""Changing how one logs in: with both factors, said again shortly before; a mailbox alone opens nothing."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client
from django.utils import timezone

from tests.factories import RoleFactory
from tests.logins import (
    AGAIN,
    APP,
    MINE,
    NEW_KEY,
    TWO,
    add_app,
    add_passkey,
    berit,
    code_in,
    enter,
    leader,
    options,
    wrong,
)
from tests.passkeys import Passkey

if TYPE_CHECKING:
    from courses.models import User

__all__ = ["berit", "leader"]
pytestmark = pytest.mark.django_db
STAFF_PAGE = "/prosjekt/"


# --- a mailbox alone opens nothing past the other factor

CHANGES = [
    NEW_KEY,
    APP,
    f"{MINE}passord/",
    f"{MINE}passord/lag/",
    f"{MINE}passnokler/1/fjern/",
    f"{MINE}app/fjern/",
    f"{MINE}reservekoder/nye/",
]


@pytest.fixture
def with_password(leader: User) -> User:
    leader.set_password("fire vanlige ord her")
    leader.save(update_fields=["password"])
    return leader


@pytest.fixture
def code_only(client: Client, leader: User) -> Client:
    """A leader's session with a code alone though she has a passkey: her role came while it was open."""
    leader.roles.all().delete()
    enter(client, leader.email)
    other = Client()
    enter(other, leader.email)
    add_passkey(other, Passkey())
    RoleFactory(user=leader, kind="project-leader", municipality=None)
    return client


@pytest.mark.parametrize("path", CHANGES)
def test_mailbox_alone_changes_no_login_of_who_has_a_password(
    client: Client, with_password: User, path: str
) -> None:
    enter(client, with_password.email)
    assert client.get(path)["Location"].startswith(AGAIN)
    assert client.post(path)["Location"].startswith(AGAIN)


@pytest.mark.parametrize("path", CHANGES)
def test_mailbox_alone_changes_no_login_of_who_has_a_passkey(code_only: Client, path: str) -> None:
    assert code_only.get(path)["Location"].startswith(f"{AGAIN}passnokkel/")
    assert code_only.post(path)["Location"].startswith(f"{AGAIN}passnokkel/")


def test_new_code_is_no_way_around_the_passkey(code_only: Client) -> None:
    sent = len(mail.outbox)
    assert code_only.post(AGAIN, {"action": "send"})["Location"].startswith(f"{AGAIN}passnokkel/")
    assert len(mail.outbox) == sent


def test_password_given_first_makes_two_factors_and_opens_the_way(
    client: Client, with_password: User
) -> None:
    enter(client, with_password.email)
    asked = client.get(NEW_KEY)["Location"]
    given = client.post(asked, {"password": "fire vanlige ord her", "next": NEW_KEY})
    assert given["Location"] == NEW_KEY
    add_passkey(client, Passkey())
    assert Authenticator.objects.filter(user=with_password, type="webauthn").exists()
    assert client.get(STAFF_PAGE).status_code == 200


# --- saying again who one is


@pytest.mark.parametrize("path", [NEW_KEY, APP, f"{MINE}passord/lag/"])
def test_factor_is_added_only_shortly_after_the_login(client: Client, leader: User, path: str) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        enter(client, leader.email)
        clock.shift(timedelta(minutes=11))
        assert client.get(path)["Location"].startswith(AGAIN)


@pytest.mark.parametrize("way", ["passkey", "app"])
def test_password_is_made_only_shortly_after_the_login_also_with_another_factor(
    client: Client, leader: User, way: str
) -> None:
    new = {"password1": "fire vanlige ord her", "password2": "fire vanlige ord her"}
    with time_machine.travel(timezone.now(), tick=False) as clock:
        enter(client, leader.email)
        add_passkey(client, Passkey()) if way == "passkey" else add_app(client)
        clock.shift(timedelta(minutes=11))
        for page in (client.get(f"{MINE}passord/lag/"), client.post(f"{MINE}passord/lag/", new)):
            assert page["Location"].startswith(AGAIN)
    leader.refresh_from_db()
    assert not leader.has_usable_password()
    assert "fire vanlige ord her" not in json.dumps(dict(client.session))


def test_family_that_forgot_its_password_says_it_again_with_a_code(client: Client, berit: User) -> None:
    berit.set_password("fire vanlige ord her")
    berit.save(update_fields=["password"])
    enter(client, berit.email)
    session = client.session
    session["notes_shut"] = True
    session.save()
    assert "Send meg koden" in client.get(AGAIN).content.decode()
    client.post(AGAIN, {"action": "send"})
    client.post(AGAIN, {"code": code_in(mail.outbox[1].body)})
    assert "notes_shut" not in client.session


def test_person_with_codes_only_says_again_who_she_is_with_a_code(client: Client, berit: User) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        enter(client, berit.email)
        clock.shift(timedelta(minutes=11))
        asked = client.get(NEW_KEY)["Location"]
        assert "Send meg koden" in client.get(asked).content.decode()
        assert len(mail.outbox) == 1
        client.post(asked, {"action": "send", "next": NEW_KEY})
        code = code_in(mail.outbox[1].body)
        assert "Koden stemmer ikke." in client.post(asked, {"code": wrong(code)}).content.decode()
        assert client.post(asked, {"code": code, "next": NEW_KEY})["Location"] == NEW_KEY
        assert client.get(NEW_KEY).status_code == 200


def test_code_to_say_it_again_has_three_tries(client: Client, berit: User) -> None:
    enter(client, berit.email)
    client.post(AGAIN, {"action": "send"})
    code = code_in(mail.outbox[1].body)
    for _try in range(3):
        client.post(AGAIN, {"code": wrong(code)})
    assert client.post(AGAIN, {"code": code}).status_code == 200


def test_nothing_sent_means_no_code_is_right(client: Client, berit: User) -> None:
    enter(client, berit.email)
    assert client.post(AGAIN, {"code": "000000"}).status_code == 200


def test_saying_again_who_one_is_opens_the_notes(client: Client, berit: User) -> None:
    enter(client, berit.email)
    session = client.session
    session["notes_shut"] = True
    session.save()
    client.post(AGAIN, {"action": "send"})
    client.post(AGAIN, {"code": code_in(mail.outbox[1].body)})
    assert "notes_shut" not in client.session


def test_staff_with_a_passkey_say_it_again_with_the_passkey(client: Client, leader: User) -> None:
    passkey = Passkey()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        enter(client, leader.email)
        add_passkey(client, passkey)
        clock.shift(timedelta(minutes=11))
        asked = client.get(NEW_KEY)["Location"]
        assert asked.startswith(f"{AGAIN}passnokkel/")
        assert client.get(AGAIN)["Location"].startswith(f"{AGAIN}passnokkel/")
        answer = json.dumps(passkey.use(options(client.get(asked))))
        assert client.post(asked, {"credential": answer, "next": NEW_KEY})["Location"] == NEW_KEY
        assert client.get(NEW_KEY).status_code == 200


def test_passkey_that_fails_to_say_it_again_says_so(client: Client, leader: User) -> None:
    enter(client, leader.email)
    add_passkey(client, Passkey())
    page = client.post(f"{AGAIN}passnokkel/", {"credential": "{}"})
    assert page["Location"] == f"{AGAIN}passnokkel/"
    assert "Passnøkkelen kunne ikke brukes" in client.get(page["Location"]).content.decode()


def test_new_role_for_somebody_with_a_passkey_asks_for_the_passkey(client: Client, berit: User) -> None:
    passkey = Passkey()
    enter(client, berit.email)
    add_passkey(client, passkey)
    other = Client()
    enter(other, berit.email)
    RoleFactory(user=berit, kind="project-leader", municipality=None)
    assert other.get(STAFF_PAGE)["Location"] == TWO
    assert "Bruk passnøkkelen" in other.get(TWO).content.decode()
    asked = f"{AGAIN}passnokkel/"
    other.post(asked, {"credential": json.dumps(passkey.use(options(other.get(asked))))})
    assert other.get(STAFF_PAGE).status_code == 200
