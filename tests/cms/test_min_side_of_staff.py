"""Min side of whoever works here: what exists for each, the way to help, and nothing about people."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from courses.models import Adult, Role, User

if TYPE_CHECKING:
    from courses.models import Edition
    from tests.people import LogIn

pytestmark = pytest.mark.django_db
LINKS = {
    "contact_person": set(),
    "project_leader": {"/prosjekt/", "/cms/"},
    "leader": {"/prosjekt/"},
    "editor": {"/cms/"},
    "researcher": set(),
    "user_group": set(),
}


@pytest.mark.parametrize("role", LINKS)
def test_staff_find_what_exists_for_them_and_nothing_about_people(
    role: str, adult: Adult, edition: Edition, logged_in: LogIn, request: pytest.FixtureRequest
) -> None:
    page = logged_in(request.getfixturevalue(role)).get("/min/")
    urls = {url for _title, url, _text in page.context["links"]}
    assert urls & {"/prosjekt/", "/cms/"} == LINKS[role]
    assert "/kurs/en-god-start/" in urls
    assert "Berit" not in page.content.decode()


@pytest.mark.parametrize("role", ["contact_person", "editor"])
def test_the_way_to_a_programme_leads_to_all_its_modules(
    role: str, edition: Edition, logged_in: LogIn, request: pytest.FixtureRequest
) -> None:
    client = logged_in(request.getfixturevalue(role))
    [address] = [url for _title, url, _text in client.get("/min/").context["links"] if "/kurs/" in url]
    text = client.get(address).content.decode()
    assert "/kurs/en-god-start/modul-1/" in text
    assert "/kurs/en-god-start/modul-2/" in text


def test_an_editor_is_not_promised_the_publishing_of_editions(
    editor: User, project_leader: User, edition: Edition, logged_in: LogIn
) -> None:
    def words(person: User) -> str:
        links = logged_in(person).get("/min/").context["links"]
        return next(str(text) for _title, url, text in links if url == "/cms/")

    assert words(editor) == "Programmet og delene."
    assert words(project_leader) == "Programmet, deler og utgaver."


@pytest.mark.parametrize("who", ["adult", "editor", "contact_person"])
def test_the_way_to_ones_own_passkeys_is_on_the_first_page(
    who: str, edition: Edition, logged_in: LogIn, request: pytest.FixtureRequest
) -> None:
    client = logged_in(request.getfixturevalue(who))
    assert 'href="/min/innlogging/"' in client.get("/min/").content.decode()
    assert client.get("/min/innlogging/").status_code == 200


@pytest.mark.parametrize(
    "address",
    ["/min/", "/kurs/en-god-start/", "/kurs/en-god-start/modul-1/", "/kurs/en-god-start/modul-1/del-1/"],
)
def test_the_way_to_help_names_the_readers_own_municipality(
    adult: Adult, logged_in: LogIn, address: str
) -> None:
    assert 'href="/hjelp/#kommune-vika"' in logged_in(adult).get(address).content.decode()


def test_the_way_to_help_names_the_municipality_of_a_role_and_none_for_the_region(
    contact_person: User, editor: User, edition: Edition, logged_in: LogIn
) -> None:
    assert 'href="/hjelp/#kommune-vika"' in logged_in(contact_person).get("/min/").content.decode()
    assert 'href="/hjelp/"' in logged_in(editor).get("/min/").content.decode()


def test_an_ended_role_finds_no_page_of_staff(
    contact_person: User, edition: Edition, logged_in: LogIn
) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    Role.objects.filter(user=contact_person).update(starts_on=yesterday, ends_on=yesterday)
    page = logged_in(contact_person).get("/min/")
    assert "Du er ikke med i noe kurs nå." in page.content.decode()
    assert [url for _title, url, _text in page.context["links"]] == ["/ord/"]
