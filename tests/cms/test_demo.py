"""The demo: it fills itself once, every door opens on a page in Norwegian, and nobody sees too much."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

import pytest
from django.core.mail import EmailMessage, get_connection
from django.core.management import CommandError, call_command
from django.test import Client, RequestFactory, override_settings

from cms.demo import PERSONAS, make_demo, persona_user
from cms.demo_mode import loopback_only
from courses.local import spaced
from courses.models import (
    Adult,
    Attendance,
    Edition,
    Enrolment,
    Evening,
    Family,
    Group,
    HelpNumber,
    Municipality,
    User,
)
from courses.outbox.texting import send_text
from courses.reaching import normal_mobile
from tests.cms.demo_site import PILOT, TONIGHT, as_persona, in_demo_mode, loaded

if TYPE_CHECKING:
    from pathlib import Path


__all__ = ["as_persona", "in_demo_mode", "loaded"]
SLUGS = [persona["slug"] for persona in PERSONAS]
STAFF = ("kontaktperson", "kontaktperson-2", "prosjektleder", "leder", "forsker", "redaktor", "brukergruppe")
WITHOUT_PEOPLE = ("leder", "forsker", "brukergruppe", "redaktor")
pytestmark = pytest.mark.django_db(databases=["default", "answers"])


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
