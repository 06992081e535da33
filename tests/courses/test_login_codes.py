"""Six digits, ten minutes, three tries, and the same answer to everybody."""

from __future__ import annotations

import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone

from courses.reaching import normal_address
from tests.factories import UserFactory
from tests.logins import CODE, DOOR, ask, berit, code_in, enter, is_in, phones, wrong

if TYPE_CHECKING:
    from courses.models import User

__all__ = ["berit", "phones"]
pytestmark = pytest.mark.django_db
PATIENCE = 20  # seconds a test waits for another thread; it never waits them out when all is well


# --- nobody learns who has an account


@pytest.mark.parametrize(
    ("known", "unknown"), [("berit@example.no", "tore1@example.no"), ("40000000", "40000001")]
)
def test_unknown_address_is_answered_as_a_known_one(
    phones: Any, berit: User, known: str, unknown: str
) -> None:
    UserFactory(email=None, mobile="+4740000000")
    told = []
    for address in (known, unknown):
        client = Client()
        pages = [ask(client, address), client.get(CODE), client.post(CODE, {"code": "000000"})]
        pages += [client.post(CODE, {"action": "resend"}), client.get(CODE)]
        told.append([page_as_told(page, address) for page in pages])
    assert told[0] == told[1]
    assert not [message for message in mail.outbox if unknown in message.to]


def page_as_told(page: Any, address: str) -> tuple[int, dict[str, str], str]:
    """Status, headers and body without what differs for everybody: address, form token, time."""
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", page.content.decode())
    headers = {name: value for name, value in page.headers.items() if name != "Expires"}
    return page.status_code, headers, text.replace(normal_address(address), "…").replace(address, "…")


def test_slow_mail_server_does_not_tell_who_has_an_account(
    client: Client, berit: User, settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SEND_IN_BACKGROUND = True
    answered, sent = threading.Event(), threading.Event()

    def slow(message: Any) -> None:
        """A server that takes the message only when the answer has been given."""
        if answered.wait(PATIENCE):
            sent.set()

    monkeypatch.setattr("django.core.mail.EmailMessage.send", slow)
    assert ask(client, berit.email)["Location"] == CODE
    assert not sent.is_set()
    answered.set()
    assert sent.wait(PATIENCE)


def test_mail_server_that_fails_in_the_background_is_logged_without_the_address(
    client: Client, berit: User, settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    settings.SEND_IN_BACKGROUND = True

    def down(message: Any) -> None:
        raise ConnectionRefusedError(str(message.to))

    monkeypatch.setattr("django.core.mail.EmailMessage.send", down)
    assert ask(client, berit.email)["Location"] == CODE
    for _wait in range(100):
        if caplog.records:
            break
        time.sleep(0.02)
    assert "ConnectionRefusedError" in caplog.text
    assert berit.email not in caplog.text


def test_closed_account_is_answered_as_an_unknown_one(client: Client) -> None:
    UserFactory(email="stengt@example.no", is_active=False)
    assert ask(client, "stengt@example.no")["Location"] == CODE
    assert not mail.outbox


# --- codes that are wrong, old, used or somebody else's


def test_wrong_code_says_how_many_tries_are_left_and_the_third_ends_it(client: Client, berit: User) -> None:
    ask(client, berit.email)
    code = code_in(mail.outbox[0].body)
    pages = [client.post(CODE, {"code": wrong(code)}) for _try in range(3)]
    assert "Du har 2 forsøk igjen" in pages[0].content.decode()
    assert "Du har ett forsøk igjen" in pages[1].content.decode()
    assert "Vi må lage en ny kode" in pages[2].content.decode()
    assert 'name="login" value="berit@example.no"' in pages[2].content.decode()
    client.post(CODE, {"code": code})
    assert not is_in(client)


def test_new_code_after_three_tries_comes_with_one_button(client: Client, berit: User) -> None:
    ask(client, berit.email, remember="on")
    code = code_in(mail.outbox[0].body)
    for _try in range(3):
        page = client.post(CODE, {"code": wrong(code)})
    assert 'name="remember" value="on"' in page.content.decode()
    enter(client)
    assert is_in(client)


@pytest.mark.parametrize("slip", ["", "12345", "1234567", "abcdef", "12\x003456", "9" * 10_000, "١٢٣٤٥٦"])
def test_slip_of_the_finger_costs_no_try(client: Client, berit: User, slip: str) -> None:
    ask(client, berit.email)
    for _slip in range(4):
        page = client.post(CODE, {"code": slip})
        assert "Koden er seks siffer" in page.content.decode()
    client.post(CODE, {"code": code_in(mail.outbox[0].body)})
    assert is_in(client)


def test_code_is_too_old_after_ten_minutes(client: Client, berit: User) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        ask(client, berit.email)
        clock.shift(timedelta(minutes=10, seconds=1))
        page = client.post(CODE, {"code": code_in(mail.outbox[0].body)})
    assert "Vi må lage en ny kode" in page.content.decode()
    assert not is_in(client)


def test_page_left_open_for_an_hour_still_knows_the_address(client: Client, berit: User) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        ask(client, berit.email)
        clock.shift(timedelta(hours=1))
        assert "berit@example.no" in client.get(CODE).content.decode()


def test_code_works_once(client: Client, berit: User) -> None:
    enter(client)
    client.post("/logg-ut/")
    page = client.post(CODE, {"code": code_in(mail.outbox[0].body)})
    assert page["Location"] == DOOR
    assert not is_in(client)


def test_code_works_only_in_the_browser_that_asked(client: Client, berit: User) -> None:
    ask(client, berit.email)
    other = Client()
    page = other.post(CODE, {"code": code_in(mail.outbox[0].body)})
    assert page["Location"] == DOOR
    assert "Vi må lage en ny kode" in other.get(DOOR).content.decode()
    assert not is_in(other)


def test_asking_again_ends_the_code_before(client: Client, berit: User) -> None:
    ask(client, berit.email)
    client.post(CODE, {"action": "resend"})
    first, second = (code_in(message.body) for message in mail.outbox)
    client.post(CODE, {"code": first})
    assert not is_in(client)
    client.post(CODE, {"code": second})
    assert is_in(client)


def test_code_sent_again_lives_ten_minutes_of_its_own(client: Client, berit: User) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        ask(client, berit.email)
        clock.shift(timedelta(minutes=6))
        client.post(CODE, {"action": "resend"})
        clock.shift(timedelta(minutes=6))
        client.post(CODE, {"code": code_in(mail.outbox[1].body)})
    assert is_in(client)


def test_code_sent_again_late_still_lives_ten_minutes(client: Client, berit: User) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        ask(client, berit.email)
        for _again in range(2):
            clock.shift(timedelta(minutes=9))
            client.post(CODE, {"action": "resend"})
        clock.shift(timedelta(minutes=9))
        client.post(CODE, {"code": code_in(mail.outbox[2].body)})
    assert is_in(client)


def test_pages_with_an_address_on_them_are_kept_nowhere(client: Client, berit: User) -> None:
    ask(client, berit.email)
    code = code_in(mail.outbox[0].body)
    pages = [client.get(DOOR), client.get(CODE)]
    pages += [client.post(CODE, {"code": wrong(code)}) for _try in range(3)]
    pages.append(client.get(CODE))
    for page in pages:
        assert berit.email in page.content.decode()
        assert "no-store" in page["Cache-Control"]


def test_address_that_was_typed_goes_with_the_browser(client: Client, berit: User) -> None:
    page = ask(client, berit.email)
    assert not page.cookies["s" if "s" in page.cookies else "__Host-s"]["max-age"]
    page = client.post(CODE, {"code": code_in(mail.outbox[0].body)})
    assert page.cookies["s" if "s" in page.cookies else "__Host-s"]["max-age"]


def test_somebody_may_begin_again_with_another_address(client: Client, berit: User) -> None:
    ask(client, "feil@example.no")
    assert client.get(DOOR).status_code == 200
    enter(client)
    assert is_in(client)


# --- guessing


def test_five_guesses_in_five_minutes_for_an_account_wherever_they_come_from(berit: User) -> None:
    compared = 0
    for address in range(4):
        client = Client(REMOTE_ADDR=f"127.0.0.{address + 1}")
        ask(client, berit.email)
        code = code_in(mail.outbox[-1].body)
        pages = [client.post(CODE, {"code": wrong(code)}) for _try in range(2)]
        compared += sum(page.status_code == 200 for page in pages)
    assert compared == 5
    page = client.post(CODE, {"code": code})
    assert page.status_code == 429
    assert "Vent noen minutter" in page.content.decode()
    assert not is_in(client)


def test_mailbox_is_not_flooded(client: Client, berit: User) -> None:
    pages = [ask(Client(), berit.email) for _try in range(8)]
    assert len(mail.outbox) == 5
    assert "Vent noen minutter" in pages[-1].content.decode()


def test_thirty_adults_behind_one_address_all_get_in() -> None:
    people = UserFactory.create_batch(30)
    for person in people:
        client = Client()
        enter(client, person.email)
        assert is_in(client)


@pytest.mark.django_db(transaction=True)
def test_same_code_posted_five_times_at_once_lets_one_person_in(berit: User) -> None:
    client = Client(raise_request_exception=True)
    ask(client, berit.email)
    code, cookies = code_in(mail.outbox[0].body), client.cookies.output(header="", sep=";")

    def post(_number: int) -> int:
        try:
            return Client(headers={"cookie": cookies}).post(CODE, {"code": code}).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(5) as threads:
        assert set(threads.map(post, range(5))) == {302}
    opened = [session.get_decoded().get("_auth_user_id") for session in Session.objects.all()]
    assert str(berit.pk) in opened
