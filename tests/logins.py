"""Logging in as a person does: codes from the mailbox, passkeys, apps; and who does it."""

from __future__ import annotations

import json
import re
import time
from typing import TYPE_CHECKING, Any

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core import mail

from tests.factories import RoleFactory, UserFactory

if TYPE_CHECKING:
    from django.test import Client

    from courses.models import User
    from tests.passkeys import Passkey

DOOR, CODE, HOME = "/logg-inn/", "/logg-inn/kode/", "/min/"
MINE, TWO = "/min/innlogging/", "/min/innlogging/to-faktor/"
NEW_KEY, APP, AGAIN = f"{MINE}passnokler/ny/", f"{MINE}app/", f"{MINE}bekreft/"
LOADED = ("foster", "barn", "child", "omsorg")


@pytest.fixture
def leader() -> User:
    """A project leader who has logged in with codes only so far."""
    user = UserFactory(email="lise@example.no", first_name="Lise")
    RoleFactory(user=user, kind="project-leader", municipality=None)
    return user


@pytest.fixture
def berit() -> User:
    """An adult in a family."""
    return UserFactory(email="berit@example.no", first_name="Berit")


@pytest.fixture
def phones(settings, tmp_path) -> Any:
    """The folder where text messages land."""
    settings.SMS_BACKEND, settings.MAILBOX_DIR = "file", tmp_path
    return tmp_path


def code_in(text: str) -> str:
    return re.search(r"\b\d{6}\b", text).group()  # type: ignore[union-attr]


def ask(client: Client, login: str, **more: str) -> Any:
    return client.post(DOOR, {"login": login, **more})


def enter(client: Client, login: str = "berit@example.no", **more: str) -> Any:
    ask(client, login, **more)
    return client.post(CODE, {"code": code_in(mail.outbox[-1].body)})


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


def options(page: Any) -> dict[str, Any]:
    found = re.search(
        r'<script id="passkey-options" type="application/json">(.*?)</script>', page.content.decode()
    )
    return json.loads(found.group(1))  # type: ignore[union-attr]


def add_passkey(client: Client, passkey: Passkey, name: str = "Mobilen") -> Any:
    made = passkey.make(options(client.get(NEW_KEY)))
    posted = {"name": name, "passwordless": "True", "credential": json.dumps(made)}
    return client.post(NEW_KEY, posted)


def log_in_with(client: Client, passkey: Passkey) -> Any:
    asked = client.get("/logg-inn/passnokkel/", headers={"accept": "application/json"}).json()
    return client.post(
        "/logg-inn/passnokkel/", {"credential": json.dumps(passkey.use(asked["request_options"]))}
    )


def app_code(secret: str, at: float | None = None) -> str:
    return format_hotp_value(hotp_value(secret, int(at or time.time()) // 30))


def add_app(client: Client) -> str:
    """Ties an app to the login; gives its secret."""
    secret = re.search(r"<code>([A-Z2-7]{32})</code>", client.get(APP).content.decode()).group(1)  # type: ignore[union-attr]
    client.post(APP, {"code": app_code(secret)})
    return secret
