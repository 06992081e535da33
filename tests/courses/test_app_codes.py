"""Codes from an app: good once, guessed five times at most, locked in the database."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from tests.logins import DOOR, MINE, add_app, add_passkey, app_code, enter, is_in, leader, log_in_with, wrong
from tests.passkeys import Passkey

if TYPE_CHECKING:
    from courses.models import User


__all__ = ["leader"]
pytestmark = pytest.mark.django_db
STAFF_PAGE = "/prosjekt/"


def test_code_and_app_are_two_factors(client: Client, leader: User) -> None:
    enter(client, leader.email)
    secret = add_app(client)
    assert client.get(STAFF_PAGE).status_code == 200
    other = Client()
    assert enter(other, leader.email)["Location"] == "/logg-inn/andre-faktor/"
    assert not is_in(other)
    assert other.get(STAFF_PAGE)["Location"].startswith(DOOR)
    assert "Bruk passnøkkel" not in other.get("/logg-inn/andre-faktor/").content.decode()
    other.post("/logg-inn/andre-faktor/", {"code": app_code(secret)})
    assert other.get(STAFF_PAGE).status_code == 200


def comes_in(leader: User, code: str) -> bool:
    """With the code, in a browser of its own."""
    browser = Client()
    enter(browser, leader.email)
    browser.post("/logg-inn/andre-faktor/", {"code": code})
    return is_in(browser)


def test_app_code_is_good_once(client: Client, leader: User) -> None:
    enter(client, leader.email)
    secret = add_app(client)
    code = app_code(secret)
    assert [comes_in(leader, code) for _browser in range(2)] == [True, False]


def test_app_codes_are_guessed_five_times_at_most(client: Client, leader: User) -> None:
    enter(client, leader.email)
    secret = add_app(client)
    other = Client()
    enter(other, leader.email)
    bad = wrong(app_code(secret))
    texts = [other.post("/logg-inn/andre-faktor/", {"code": bad}).content.decode() for _try in range(6)]
    assert "Koden stemmer ikke." in texts[4]
    assert "Vent noen minutter" in texts[5]


def test_recovery_code_stands_in_for_the_app_once(client: Client, leader: User) -> None:
    enter(client, leader.email)
    add_app(client)
    code = re.search(r"<code>(\d{8})</code>", client.get(f"{MINE}reservekoder/").content.decode()).group(1)  # type: ignore[union-attr]
    assert [comes_in(leader, code) for _browser in range(2)] == [True, False]


def test_secret_of_an_app_is_not_readable_in_the_database(client: Client, leader: User) -> None:
    enter(client, leader.email)
    secret = add_app(client)
    assert secret not in json.dumps(list(Authenticator.objects.values_list("data", flat=True)))


def test_old_secret_key_still_opens_what_it_locked(client: Client, leader: User, settings: Any) -> None:
    enter(client, leader.email)
    secret = add_app(client)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "en ny nøkkel " * 4
    other = Client()
    enter(other, leader.email)
    other.post("/logg-inn/andre-faktor/", {"code": app_code(secret)})
    assert is_in(other)


@pytest.mark.parametrize("codes", ["app", "recovery"])
def test_under_another_secret_key_every_code_is_wrong_and_nothing_breaks(
    client: Client, leader: User, settings: Any, codes: str, caplog: pytest.LogCaptureFixture
) -> None:
    passkey = Passkey()
    enter(client, leader.email)
    secret = add_app(client)
    shown = re.search(r"<code>(\d{8})</code>", client.get(f"{MINE}reservekoder/").content.decode())
    add_passkey(client, passkey)
    settings.SECRET_KEY = "en ny nøkkel " * 4
    other = Client()
    enter(other, leader.email)
    code = app_code(secret) if codes == "app" else shown.group(1)  # type: ignore[union-attr]
    page = other.post("/logg-inn/andre-faktor/", {"code": code})
    assert "Koden stemmer ikke." in page.content.decode()
    assert not is_in(other)
    assert "SECRET_KEY_FALLBACKS" in caplog.text
    third = Client()
    log_in_with(third, passkey)
    for path in (MINE, f"{MINE}reservekoder/", f"{MINE}reservekoder/nye/", f"{MINE}app/fjern/"):
        assert third.get(path).status_code == 200
