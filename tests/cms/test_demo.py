"""The demo: it fills itself once, every door opens on a page in Norwegian, and nobody sees too much."""

from __future__ import annotations

import io
import re
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.core.mail import EmailMessage, get_connection
from django.core.management import CommandError, call_command
from django.db import connections, transaction
from django.test import Client, RequestFactory, override_settings
from django.utils import timezone

from cms.demo import PERSONAS, _evening_days, _tonight, make_demo, persona_user, read_demo
from cms.demo_mode import loopback_only
from courses.attending import is_open
from courses.local import spaced
from courses.models import (
    Adult,
    Attendance,
    CatchUp,
    Edition,
    Enrolment,
    Evening,
    Family,
    Group,
    HelpNumber,
    Municipality,
    Region,
    User,
)
from courses.outbox.texting import send_text
from courses.reaching import normal_mobile
from evaluation.models import Consent, Occasion, SealedAnswer, Study

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytest_django import DjangoDbBlocker

SLUGS = [persona["slug"] for persona in PERSONAS]
STAFF = ("kontaktperson", "kontaktperson-2", "prosjektleder", "leder", "forsker", "redaktor", "brukergruppe")
WITHOUT_PEOPLE = ("leder", "forsker", "brukergruppe", "redaktor")
PILOT = "Torsdagsgruppa"
TONIGHT = "Kveldsgruppa"
pytestmark = pytest.mark.django_db(databases=["default", "answers"])


@pytest.fixture(scope="module", autouse=True)
def _loaded(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The demo, made once for all these tests and taken back after the last of them.

    Each test is a savepoint in this transaction, so nothing may close its connection before that.
    """
    both = transaction.atomic(), transaction.atomic(using="answers")
    with django_db_blocker.unblock(), override_settings(DEMO=True), both[0], both[1]:
        call_command("demo", stdout=io.StringIO())
        connection = connections["default"]
        connection.close = lambda: None
        yield
        del connection.close
        for alias in ("default", "answers"):
            transaction.set_rollback(True, using=alias)


@pytest.fixture(autouse=True)
def _in_demo_mode() -> Iterator[None]:
    with override_settings(DEMO=True):
        yield


@pytest.fixture
def as_persona() -> Any:
    def enter(persona: str) -> Client:
        client = Client()
        page = client.post(f"/demo/{persona}/")
        assert (page.status_code, page["Location"]) == (302, "/min/")
        return client

    return enter


def names_of_adults() -> list[str]:
    """First names of everybody who takes the families' programme."""
    return list(Adult.objects.exclude(family=None).values_list("user__first_name", flat=True))


def counted() -> dict[str, int]:
    kinds = (Adult, Attendance, Edition, Enrolment, Evening, Family, Group, Municipality, User)
    return {model.__name__: model.objects.count() for model in kinds}


def test_making_it_twice_changes_nothing() -> None:
    before = counted()
    assert before["Edition"] == 2
    assert before["Adult"] >= 9
    call_command("demo", stdout=io.StringIO())
    make_demo()
    assert counted() == before


def test_it_is_never_made_among_real_people() -> None:
    before = counted()
    with override_settings(DEMO=False), pytest.raises(CommandError, match="bare med DEMO=1"):
        call_command("demo", stdout=io.StringIO())
    assert counted() == before


def test_every_persona_of_the_design_has_a_button(client: Client) -> None:
    text = client.get("/demo/").content.decode()
    assert [slug for slug in SLUGS if f'action="/demo/{slug}/"' not in text] == []
    assert set(SLUGS) == {
        *("familie", "familie-2", "familie-ny", "kontaktperson", "kontaktperson-2"),
        *("prosjektleder", "leder", "forsker", "redaktor", "brukergruppe"),
    }


@pytest.mark.parametrize("slug", SLUGS)
def test_button_leads_to_a_page_in_norwegian(as_persona: Any, slug: str) -> None:
    page = as_persona(slug).get("/min/")
    text = page.content.decode()
    assert page.status_code == 200
    assert re.search(r'<html lang="n[bn]"', text)
    assert persona_user(slug).first_name in text  # type: ignore[union-attr]
    assert "Logg ut" in text


@pytest.mark.parametrize("slug", SLUGS)
def test_every_link_on_the_first_page_opens(as_persona: Any, slug: str) -> None:
    client = as_persona(slug)
    links = set(re.findall(r'href="(/[^"#]*)"', client.get("/min/").content.decode()))
    assert len(links) >= 5
    for link in links:
        page = client.get(link, follow=True)
        page.close()
        assert page.status_code == 200, link


@pytest.mark.parametrize("method", ["get", "head", "put", "delete", "patch", "options"])
def test_only_a_pressed_button_logs_in(client: Client, method: str) -> None:
    assert getattr(client, method)("/demo/familie/").status_code == 405
    assert "_auth_user_id" not in client.session


def test_button_needs_a_form_of_ours() -> None:
    assert Client(enforce_csrf_checks=True).post("/demo/familie/").status_code == 403


@pytest.mark.parametrize("slug", ["finnes-ikke", "leila", "None"])
def test_nobody_else_has_a_button(client: Client, slug: str) -> None:
    assert client.post(f"/demo/{slug}/").status_code == 404
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("address", ["/demo/", "/demo/postkasse/", "/demo/familie/"])
def test_none_of_it_exists_outside_the_demo(client: Client, address: str) -> None:
    with override_settings(DEMO=False):
        assert client.get(address).status_code == 404
        assert client.post(address).status_code == 404
        assert "/demo/" not in client.get("/").content.decode()


def test_button_counts_as_two_factors_in_the_demo_alone(as_persona: Any) -> None:
    client = as_persona("prosjektleder")
    assert client.get("/prosjekt/").status_code == 200
    with override_settings(DEMO=False):
        assert client.get("/prosjekt/").status_code == 302


@pytest.mark.parametrize("address", ["192.0.2.7", "10.0.0.5", "2001:db8::1", "0.0.0.0", "angriper"])  # noqa: S104
def test_demo_answers_this_machine_alone(address: str) -> None:
    reached = []
    guard = loopback_only(lambda request: reached.append(request))  # type: ignore[arg-type,func-returns-value]
    assert guard(RequestFactory().get("/", REMOTE_ADDR=address)).status_code == 403
    assert reached == []
    for own in ("127.0.0.1", "127.0.0.53", "::1", ""):
        guard(RequestFactory().get("/", REMOTE_ADDR=own))
    assert len(reached) == 4


@pytest.mark.parametrize("slug", STAFF)
def test_start_page_of_staff_names_no_family(as_persona: Any, slug: str) -> None:
    assert _named(as_persona(slug).get("/min/").content.decode(), slug) == set()


def _named(text: str, slug: str) -> set[str]:
    own = persona_user(slug).first_name  # type: ignore[union-attr]
    return {name for name in names_of_adults() if re.search(rf"\b{name}\b", text) and name != own}


@pytest.mark.parametrize("slug", WITHOUT_PEOPLE)
def test_who_works_without_people_sees_none(as_persona: Any, slug: str) -> None:
    user = persona_user(slug)
    for model in (Adult, Family, Enrolment):
        assert not model.objects.visible_to(user).exists()
    assert set(User.objects.visible_to(user)) == {user}
    client = as_persona(slug)
    for address in ("/min/", "/kurs/en-god-start/den-nye-familien/"):
        page = client.get(address)
        assert page.status_code == 200
        assert _named(page.content.decode(), slug) == set()
    project = client.get("/prosjekt/")
    assert project.status_code == (200 if slug == "leder" else 403)
    assert _named(project.content.decode(), slug) == set()


def test_contact_person_sees_her_own_group_and_no_other() -> None:
    first, second = persona_user("kontaktperson"), persona_user("kontaktperson-2")
    pilot = set(Adult.objects.filter(enrolments__group__assignments__user=first))
    assert set(Group.objects.filter(assignments__user=first).values_list("name", flat=True)) == {
        PILOT,
        TONIGHT,
    }
    assert set(Adult.objects.visible_to(first)) == pilot
    seen = set(Adult.objects.visible_to(second))
    assert not seen & pilot
    assert {adult.user.first_name for adult in seen} == {"Oddny", "Leif", "Gunnhild"}


def test_family_sees_itself(as_persona: Any) -> None:
    text = as_persona("familie").get("/min/").content.decode()
    assert _named(text, "familie") == {"Eirik"}
    user = persona_user("familie")
    assert {adult.user.first_name for adult in Adult.objects.visible_to(user)} == {"Hanne", "Eirik"}


def test_pilot_group_is_half_way(as_persona: Any) -> None:
    evenings = Evening.objects.filter(group__name=PILOT).order_by("starts_at")
    coming = [evening.module.number for evening in evenings if evening.starts_at > timezone.now()]
    assert len(evenings) == 6
    assert coming in ([4, 5, 6], [5, 6])  # on the evening itself, after six
    assert {timezone.localtime(evening.starts_at).strftime("%a %H") for evening in evenings} == {"Thu 18"}


def _forget_studies() -> None:
    """As if nobody had been asked anything."""
    SealedAnswer.objects.all().delete()  # does not go with its occasion
    Occasion.objects.all().delete()
    Consent.objects.all().delete()
    Study.objects.update(criteria_locked_on=None)
    Study.objects.all().delete()


@pytest.mark.parametrize("day", range(22, 29))
def test_pilot_group_is_half_way_whichever_day_the_demo_is_made(day: int) -> None:
    with time_machine.travel(f"2027-03-{day:02}T10:00:00+01:00", tick=False):
        _forget_studies()
        User.objects.all().delete()
        Family.objects.all().delete()
        Evening.objects.all().delete()
        Group.objects.all().delete()
        Municipality.objects.all().delete()
        Region.objects.all().delete()
        make_demo(date(2027, 3, day))
        rows = Evening.objects.filter(group__name=PILOT, starts_at__gt=timezone.now()).order_by("starts_at")
        assert [evening.module.number for evening in rows] == [4, 5, 6]
        hours = {timezone.localtime(evening.starts_at).hour for evening in rows}
        assert hours == {18}  # although the clocks change on the 28th


@pytest.mark.parametrize("hour", [0, 6, 10, 15, 16, 18, 19, 20, 23])
def test_one_evening_can_be_tried_at_whatever_hour_the_demo_is_made(hour: int) -> None:
    with time_machine.travel(f"2027-03-10T{hour:02}:40:00+01:00", tick=False):
        begins = _tonight(date(2027, 3, 10))
        assert is_open(Evening(starts_at=begins))
        assert timezone.now() < begins + timedelta(minutes=135)
        assert (begins.hour == 18) == (16 <= hour < 20)
        assert begins.minute in (0, 30)


def test_contact_person_opens_tonights_evening_from_her_first_page(as_persona: Any) -> None:
    evening = Evening.objects.get(group__name=TONIGHT, module__number=2)
    client = as_persona("kontaktperson")
    assert f'href="/kveld/{evening.pk}/"' in client.get("/min/").content.decode()
    page = client.get(f"/kveld/{evening.pk}/")
    assert [row.state for row in page.context["sheet"].rows] == ["unknown"] * 5
    offered = CatchUp.objects.filter(evening__group__name=TONIGHT)
    assert {row.adult.name for row in offered} == {"Bodil", "Oddvar"}


def test_whoever_was_there_only_partly_can_catch_up_on_her_own_page(as_persona: Any) -> None:
    assert as_persona("familie-2").get("/min/").context["own"].catch_up["number"] == 3


@pytest.mark.parametrize(
    "weeks", [row["evenings"] for row in read_demo()["groups"] if not row.get("from_today")]
)
@pytest.mark.parametrize(
    "today",
    [
        date(2026, 11, 26),
        date(2026, 12, 17),
        date(2026, 12, 24),
        date(2026, 12, 31),
        date(2027, 1, 1),
        date(2027, 1, 7),
        date(2028, 1, 13),
    ],
)
def test_no_evening_is_at_christmas_and_none_changes_sides_of_today(weeks: list[int], today: date) -> None:
    days = _evening_days(weeks, today)
    assert not [day for day in days if (day.month, day.day) >= (12, 20) or (day.month, day.day) <= (1, 2)]
    assert days == sorted(set(days))
    assert {day.weekday() for day in days} == {3}
    assert [day < today for day in days] == [week < 0 for week in weeks]


def test_evenings_on_ordinary_days_stay_where_they_are() -> None:
    assert _evening_days([-1, 0, 2], date(2027, 3, 10)) == [
        date(2027, 3, 4),
        date(2027, 3, 11),
        date(2027, 3, 25),
    ]


@pytest.mark.parametrize(("slug", "language"), [("familie", "nb"), ("kontaktperson-2", "nn")])
def test_persona_meets_her_own_written_language(as_persona: Any, slug: str, language: str) -> None:
    assert f'<html lang="{language}"' in as_persona(slug).get("/min/").content.decode()


def test_shielded_person_has_an_alias() -> None:
    shielded = Adult.objects.get(family__shielded=True)
    assert shielded.shown_name == "Deltaker A"


@pytest.mark.parametrize("slug", ["familie", "brukergruppe", "leder"])
def test_text_can_be_read(as_persona: Any, slug: str) -> None:
    client = as_persona(slug)
    page = client.get("/kurs/en-god-start/den-nye-familien/hele-familien/")
    assert page.status_code == 200
    assert page.content.decode().count("<p") > 5


def test_mailbox_shows_what_would_have_been_sent(client: Client) -> None:
    client.post("/logg-inn/", {"login": "hanne@example.no"})
    text = client.get("/demo/postkasse/").content.decode()
    assert re.search(r"\b\d{6}\b", text) or "tom" in text


def test_mailbox_shows_each_mail_of_one_connection_by_itself_and_no_rule_between_them(
    client: Client, tmp_path: Path, settings: Any
) -> None:
    settings.MAILBOX_DIR = tmp_path
    backend = "django.core.mail.backends.filebased.EmailBackend"
    with get_connection(backend, file_path=tmp_path) as connection:
        for name in ("Hanne", "Eirik"):
            message = EmailMessage("Kode", f"Hei {name}.", to=[f"{name.lower()}@example.no"])
            connection.send_messages([message])
    send_text("+4740000000", "Koden er 123456")
    page = client.get("/demo/postkasse/")
    bodies = {mail["to"]: mail["body"] for mail in page.context["mails"]}
    assert bodies == {
        "hanne@example.no": "Hei Hanne.",
        "eirik@example.no": "Hei Eirik.",
        "+4740000000": "Koden er 123456",
    }
    assert "-----" not in page.content.decode()


def test_every_invented_number_has_eight_digits_that_a_login_takes_and_is_marked() -> None:
    local = HelpNumber.objects.exclude(municipality=None)
    assert local.exists()
    assert all(row.is_example and len(row.tel) == 8 for row in local)
    for user in User.objects.exclude(mobile=None):
        assert normal_mobile(spaced(user.mobile)) == user.mobile
        assert len(user.mobile.removeprefix("+47")) == 8
