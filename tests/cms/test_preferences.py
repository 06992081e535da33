"""Written language and text size: kept for a person everywhere, and on the device for everybody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client

from courses.models import User
from tests.cms.test_front import text_of

if TYPE_CHECKING:
    from courses.models import Adult
    from tests.people import LogIn

pytestmark = pytest.mark.django_db


def test_choice_is_kept_with_the_person_on_every_device(logged_in: LogIn, adult: Adult) -> None:
    logged_in(adult).post("/innstillinger/", {"language": "nn", "text_size": "larger"})
    kept = User.objects.get(pk=adult.user_id)
    assert (kept.language, kept.text_size) == ("nn", "larger")
    elsewhere = text_of(logged_in(adult.__class__.objects.get(pk=adult.pk)), "/innstillinger/")
    assert '<html lang="nn" data-text="larger"' in elsewhere


def test_choice_is_kept_on_the_device_for_who_is_not_logged_in(client: Client) -> None:
    page = client.post("/innstillinger/", {"language": "nn", "text_size": "large"})
    for name, value in (("sprak", "nn"), ("tekst", "large")):
        cookie = page.cookies[name]
        assert cookie.value == value
        assert cookie["httponly"]
        assert (cookie["samesite"], cookie["max-age"]) == ("Lax", 365 * 24 * 3600)
    assert '<html lang="nn" data-text="large">' in text_of(client, "/")
    assert client.get("/")["Content-Language"] == "nn"


@pytest.mark.parametrize("cookies", [{"sprak": "en", "tekst": "huge"}, {"sprak": "<b>", "tekst": '"><b>'}])
def test_cookie_of_nonsense_changes_nothing(client: Client, cookies: dict[str, str]) -> None:
    for name, value in cookies.items():
        client.cookies[name] = value
    assert '<html lang="nb" data-text="normal">' in text_of(client, "/")


@pytest.mark.parametrize(
    "sent", [{"language": "en"}, {"text_size": "huge"}, {}, {"language": "", "is_superuser": "on"}]
)
def test_choice_that_is_none_changes_nothing(logged_in: LogIn, adult: Adult, sent: dict[str, str]) -> None:
    page = logged_in(adult).post("/innstillinger/", sent)
    assert page.status_code == 302
    kept = User.objects.get(pk=adult.user_id)
    assert (kept.language, kept.text_size, kept.is_superuser) == ("nb", "normal", False)


@pytest.mark.parametrize(
    "target",
    [
        "https://angriper.example/",
        "//angriper.example/",
        "/\\angriper.example",
        "\\\\angriper.example",
        "javascript:alert(1)",
        "http:///angriper.example",
        " //angriper.example",
        "https:angriper.example",
        "https://testserver@angriper.example/",
        "https://testserver.angriper.example/",
    ],
)
def test_choice_never_leads_off_the_site(client: Client, target: str) -> None:
    assert client.post("/innstillinger/", {"language": "nn", "next": target})["Location"] == "/innstillinger/"
    assert client.post(f"/innstillinger/?next={target}", {})["Location"] == "/innstillinger/"
    assert "angriper" not in client.get("/innstillinger/", {"next": target}).content.decode()


def test_choice_leads_back_to_where_one_was(client: Client) -> None:
    assert client.post("/innstillinger/", {"language": "nn", "next": "/hjelp/"})["Location"] == "/hjelp/"
    assert (
        'name="next" value="/hjelp/"' in client.get("/innstillinger/", {"next": "/hjelp/"}).content.decode()
    )


def test_choice_needs_a_form_of_ours() -> None:
    guarded = Client(enforce_csrf_checks=True)
    assert guarded.post("/innstillinger/", {"language": "nn"}).status_code == 403


@pytest.mark.parametrize(
    ("came", "back"),
    [
        ("http://testserver/hjelp/?kommune=vika", "/hjelp/?kommune=vika"),
        ("http://testserver/innstillinger/", ""),
        ("http://testserver/finnes-ikke/", ""),
        ("http://testserver/kurs/en-god-start/modul-1/del-1/lest/", ""),  # takes a form only
        ("https://angriper.example/hjelp/", ""),
        ("", ""),
    ],
)
def test_whoever_came_from_a_page_of_ours_is_led_back_to_it_also_after_saving(
    client: Client, came: str, back: str
) -> None:
    page = client.get("/innstillinger/", headers={"Referer": came})
    text = page.content.decode()
    assert page.context["next"] == back
    assert ("Tilbake dit du var" in text) is bool(back)
    saved = client.post("/innstillinger/", {"language": "nn", "next": back})
    assert saved["Location"] == (back or "/innstillinger/")
