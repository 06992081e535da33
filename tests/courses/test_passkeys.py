"""A passkey is two factors when it checks the finger, answers one question, and nonsense makes none."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from tests.logins import DOOR, HOME, MINE, NEW_KEY, add_passkey, berit, enter, is_in, leader, log_in_with
from tests.passkeys import Passkey

if TYPE_CHECKING:
    from courses.models import User


__all__ = ["berit", "leader"]
pytestmark = pytest.mark.django_db
STAFF_PAGE = "/prosjekt/"


def test_passkey_alone_is_two_factors(client: Client, leader: User) -> None:
    passkey = Passkey()
    enter(client, leader.email)
    add_passkey(client, passkey)
    other = Client()
    assert log_in_with(other, passkey)["Location"] == HOME
    assert other.get(STAFF_PAGE).status_code == 200


def test_passkey_that_did_not_check_the_finger_is_refused(client: Client, leader: User) -> None:
    passkey = Passkey()
    enter(client, leader.email)
    add_passkey(client, passkey)
    passkey.flags = 0x01
    other = Client()
    assert log_in_with(other, passkey)["Location"] == DOOR
    assert "Passnøkkelen kunne ikke brukes" in other.get(DOOR).content.decode()
    assert not is_in(other)


def test_passkey_that_cannot_check_the_finger_is_not_added(client: Client, leader: User) -> None:
    enter(client, leader.email)
    assert add_passkey(client, Passkey(verifies=False)).status_code == 200
    assert not Authenticator.objects.exists()


def test_passkey_answer_is_good_for_one_question(client: Client, leader: User) -> None:
    passkey = Passkey()
    enter(client, leader.email)
    add_passkey(client, passkey)
    other = Client()
    asked = other.get("/logg-inn/passnokkel/", headers={"accept": "application/json"}).json()
    used = json.dumps(passkey.use(asked["request_options"]))
    Client().post("/logg-inn/passnokkel/", {"credential": used})
    third = Client()
    third.get("/logg-inn/passnokkel/", headers={"accept": "application/json"})
    third.post("/logg-inn/passnokkel/", {"credential": used})
    assert not is_in(third)


NONSENSE = [
    *("", "nei", "[1]", '"x"', "{}", '{"id": 1}', '{"response": {"userHandle": "x"}}'),
    *("9" * 10_000, "[" * 100_000, '{"id": "\\u0000"}'),
    '{"id": "eA", "rawId": "eA", "type": "public-key", "response": {"clientDataJSON": "eA",'
    ' "authenticatorData": "eA", "signature": "eA", "userHandle": "MQ", "attestationObject": "oA"}}',
]


@pytest.mark.parametrize("answer", NONSENSE)
def test_nonsense_for_a_passkey_is_refused_kindly(client: Client, answer: str) -> None:
    client.get("/logg-inn/passnokkel/", headers={"accept": "application/json"})
    page = client.post("/logg-inn/passnokkel/", {"credential": answer})
    assert page["Location"] == DOOR
    assert not is_in(client)


@pytest.mark.parametrize("answer", NONSENSE)
def test_nonsense_makes_no_passkey(client: Client, leader: User, answer: str) -> None:
    enter(client, leader.email)
    client.get(NEW_KEY)
    assert client.post(NEW_KEY, {"passwordless": "True", "credential": answer}).status_code == 200
    assert not Authenticator.objects.exists()


def test_passkey_of_another_key_with_the_same_name_is_refused(client: Client, leader: User) -> None:
    passkey, copy = Passkey(), Passkey()
    enter(client, leader.email)
    add_passkey(client, passkey)
    copy.id, copy.user_handle = passkey.id, passkey.user_handle
    other = Client()
    log_in_with(other, copy)
    assert not is_in(other)


def test_passkey_of_a_closed_account_opens_nothing(client: Client, leader: User) -> None:
    passkey = Passkey()
    enter(client, leader.email)
    add_passkey(client, passkey)
    leader.is_active = False
    leader.save(update_fields=["is_active"])
    other = Client()
    assert log_in_with(other, passkey)["Location"] == "/logg-inn/stengt/"
    assert not is_in(other)
    assert "Kontoen er stengt" in other.get("/logg-inn/stengt/").content.decode()


def test_family_with_a_passkey_may_still_use_a_code(client: Client, berit: User) -> None:
    passkey = Passkey()
    enter(client, berit.email)
    assert add_passkey(client, passkey)["Location"] == HOME
    other = Client()
    assert enter(other, berit.email)["Location"] == HOME
    third = Client()
    assert log_in_with(third, passkey)["Location"] == HOME


def test_waiting_code_does_not_stand_in_the_way_of_the_passkey(client: Client, berit: User) -> None:
    passkey = Passkey()
    enter(client, berit.email)
    add_passkey(client, passkey)
    other = Client()
    other.post(DOOR, {"login": berit.email})
    log_in_with(other, passkey)
    assert is_in(other)


def test_passkey_is_named_and_removed(client: Client, leader: User) -> None:
    enter(client, leader.email)
    add_passkey(client, Passkey())
    key = Authenticator.objects.get(type="webauthn")
    client.post(f"{MINE}passnokler/{key.pk}/navn/", {"name": "Jobbmaskinen"})
    assert "Jobbmaskinen" in client.get(MINE).content.decode()
    assert client.get(f"{MINE}passnokler/{key.pk}/fjern/").status_code == 200
    client.post(f"{MINE}passnokler/{key.pk}/fjern/")
    assert not Authenticator.objects.exists()


def test_somebody_elses_passkey_cannot_be_removed(client: Client, leader: User, berit: User) -> None:
    enter(client, leader.email)
    add_passkey(client, Passkey())
    key = Authenticator.objects.get(type="webauthn")
    other = Client()
    enter(other, berit.email)
    assert other.post(f"{MINE}passnokler/{key.pk}/fjern/").status_code == 404
