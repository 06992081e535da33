"""Logging in with a code: six digits, ten minutes, three tries, and the same answer to everybody."""

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
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from courses.reaching import normal_address, normal_mobile
from tests.factories import RoleFactory, UserFactory

if TYPE_CHECKING:
    from courses.models import User

pytestmark = pytest.mark.django_db
DOOR, CODE, HOME = "/logg-inn/", "/logg-inn/kode/", "/min/"
LOADED = ("foster", "barn", "child", "omsorg")
PATIENCE = 20  # seconds a test waits for another thread; it never waits them out when all is well


@pytest.fixture
def berit() -> User:
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
