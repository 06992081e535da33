"""A municipality's page, its phases, and setting up a new one in one form."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from django.core import mail

from courses.models import HelpNumber, Invitation, Municipality, MunicipalPhase, Region, Role, SchoolHoliday
from tests.factories import InvitationFactory, MunicipalityFactory, RegionFactory, RoleFactory

if TYPE_CHECKING:
    from django.test import Client

    from courses.models import Group, User
    from tests.people import LogIn

pytestmark = pytest.mark.django_db
NEW = "/prosjekt/ny-kommune/"


@pytest.fixture
def desk(logged_in: LogIn, project_leader: User) -> Client:
    return logged_in(project_leader)


def phases(**more: str) -> dict[str, str]:
    return {
        f"fase-{number}-{field}": ""
        for number in range(1, 6)
        for field in ("starts_on", "ends_on", "responsible")
    } | more


@pytest.fixture
def form(municipality: Municipality) -> dict[str, Any]:
    """The least that is asked for."""
    return phases() | {"name": "Storøy", "written_language": "nn", "region": municipality.region_id}


# --- the page


def test_page_shows_phases_groups_and_holidays(
    desk: Client, group: Group, municipality: Municipality
) -> None:
    MunicipalPhase.objects.create(municipality=municipality, number=2, responsible="Inger")
    SchoolHoliday.objects.create(
        municipality=municipality, name="Vinterferie", first_day=date(2099, 2, 21), last_day=date(2099, 2, 25)
    )
    text = desk.get("/prosjekt/kommune/vika/").content.decode()
    for said in ("Vika", group.name, "Inger", "Vinterferie", "Endre fasene"):
        assert said in text


def test_page_of_a_municipality_without_anything_says_what_comes_next_and_shows_no_empty_list(
    desk: Client,
) -> None:
    place = MunicipalityFactory(slug="tom")
    text = desk.get("/prosjekt/kommune/tom/").content.decode()
    for step in ("Neste steg", "Inviter en kontaktperson", "Skriv inn skoleferier", "Lag den første gruppa"):
        assert step in text
    for empty in ("Kvelder holdt", "Gruppene", "1 Forankring", 'id="ferier"'):
        assert empty not in text
    InvitationFactory(municipality=place, kind="contact-person")
    assert "Kontaktpersonen er invitert" in desk.get("/prosjekt/kommune/tom/").content.decode()
    RoleFactory(municipality=place, kind="contact-person")
    SchoolHoliday.objects.create(
        municipality=place, name="Vinterferie", first_day=date(2099, 2, 21), last_day=date(2099, 2, 25)
    )
    steps = desk.get("/prosjekt/kommune/tom/").context["steps"]
    assert [title for title, _url, _text in steps] == ["Lag den første gruppa"]


def test_leader_of_a_municipality_without_groups_is_told_so_and_given_no_steps(
    logged_in: LogIn, leader: User
) -> None:
    page = logged_in(leader).get("/prosjekt/kommune/vika/")
    assert "Ingen grupper ennå." in page.content.decode()
    assert not page.context["steps"]


def test_leader_reads_and_finds_no_way_to_change(
    logged_in: LogIn, leader: User, municipality: Municipality
) -> None:
    text = logged_in(leader).get("/prosjekt/kommune/vika/").content.decode()
    assert "Endre fasene" not in text
    assert "/prosjekt/tall/vika/" in text


def test_municipality_that_does_not_exist_is_not_found(desk: Client) -> None:
    assert desk.get("/prosjekt/kommune/finnes-ikke/").status_code == 404


# --- phases


def test_phases_are_stored_changed_and_emptied(desk: Client, municipality: Municipality) -> None:
    address = "/prosjekt/kommune/vika/faser/"
    typed = {"fase-1-starts_on": "2026-01-05", "fase-1-responsible": "Inger", "fase-3-starts_on": "17.8.2026"}
    page = desk.post(address, phases(**typed))
    assert page["Location"] == "/prosjekt/kommune/vika/#faser"
    stored = {row.number: (row.starts_on, row.responsible) for row in municipality.phases.all()}
    assert stored == {1: (date(2026, 1, 5), "Inger"), 3: (date(2026, 8, 17), "")}
    assert 'value="2026-08-17"' in desk.get(address).content.decode()
    desk.post(address, phases(**{"fase-1-responsible": "Kjell"}))
    assert municipality.phases.get(number=1).responsible == "Kjell"
    assert municipality.phases.get(number=3).starts_on is None


def test_phase_that_ends_before_it_begins_stores_nothing_and_keeps_what_was_typed(
    desk: Client, municipality: Municipality
) -> None:
    typed = {
        "fase-1-responsible": "Inger",
        "fase-2-starts_on": "2026-05-01",
        "fase-2-ends_on": "2026-04-01",
        "fase-4-starts_on": "i går",
    }
    page = desk.post("/prosjekt/kommune/vika/faser/", phases(**typed))
    text = page.content.decode()
    assert page.status_code == 422
    assert "Fasen kan ikke slutte før den begynner." in text
    assert "Skriv datoen som dag.måned.år" in text
    assert 'value="Inger"' in text
    assert not municipality.phases.exists()


# --- a new municipality


def test_name_language_and_region_are_enough(desk: Client, form: dict[str, Any]) -> None:
    page = desk.post(NEW, form)
    place = Municipality.objects.get(name="Storøy")
    assert page["Location"] == "/prosjekt/kommune/storoy/"
    assert (place.slug, place.written_language, place.region_id) == ("storoy", "nn", form["region"])
    assert not place.phases.exists()
    assert not HelpNumber.objects.filter(municipality=place).exists()
    assert not mail.outbox


def test_everything_in_one_form(desk: Client, form: dict[str, Any]) -> None:
    page = desk.post(
        NEW,
        form
        | {
            "barnevernvakt": "116 117",
            "kontaktperson": "400 00 000",
            "contact_name": "Nina",
            "contact_email": "nina@example.no",
            "fase-1-starts_on": "2026-01-05",
            "fase-1-responsible": "Inger",
        },
        follow=True,
    )
    assert "Invitasjonen er sendt til Nina." in page.content.decode()
    place = Municipality.objects.get(name="Storøy")
    numbers = {row.key: row for row in HelpNumber.objects.filter(municipality=place)}
    assert {key: row.number for key, row in numbers.items()} == {
        "barnevernvakt": "116 117",
        "kontaktperson": "400 00 000",
    }
    assert numbers["barnevernvakt"].owner == "Barnevernstjenesten i Storøy"
    assert place.phases.get().responsible == "Inger"
    invitation = Invitation.objects.get()
    assert (invitation.kind, invitation.municipality, invitation.name) == ("contact-person", place, "Nina")
    (sent,) = mail.outbox
    assert sent.to == ["nina@example.no"]
    assert "/invitasjon/" in sent.body
    assert "116 117" in desk.get("/hjelp/").content.decode()


def test_only_region_is_chosen_beforehand_and_two_are_not(desk: Client, municipality: Municipality) -> None:
    chosen = f'<option value="{municipality.region_id}" selected>'
    assert chosen in desk.get(NEW).content.decode()
    RegionFactory()
    assert chosen not in desk.get(NEW).content.decode()


def test_first_region_is_written_where_there_is_none_to_choose(
    desk: Client, form: dict[str, Any], municipality: Municipality
) -> None:
    Role.objects.filter(municipality=municipality).delete()
    municipality.delete()
    Region.objects.all().delete()
    assert "Velg, eller skriv en ny" not in desk.get(NEW).content.decode()
    page = desk.post(NEW, form | {"region": ""})
    assert "Skriv navnet på regionen." in page.content.decode()
    assert desk.post(NEW, form | {"region": "", "new_region": "Fjordregionen"}).status_code == 302


def test_new_region_comes_with_its_first_municipality(desk: Client, form: dict[str, Any]) -> None:
    desk.post(NEW, form | {"region": "", "new_region": "Fjordregionen"})
    assert Municipality.objects.get(name="Storøy").region.name == "Fjordregionen"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": ""}, "Skriv navnet på kommunen."),
        ({"name": "VIKA"}, "Kommunen er med fra før."),
        ({"region": ""}, "Velg en region."),
        ({"region": "999"}, "Velg en region."),
        ({"written_language": "en"}, "written_language"),
        ({"barnevernvakt": "ring oss"}, "Skriv et telefonnummer."),
        ({"contact_name": "Nina"}, "Skriv e-postadressen også"),
        ({"contact_email": "nina@example.no"}, "Skriv navnet også"),
        ({"contact_name": "Nina", "contact_email": "nina"}, "Skriv en hel e-postadresse"),
        ({"fase-5-starts_on": "snart"}, "Skriv datoen som"),
    ],
)
def test_bad_input_is_said_at_its_field_and_nothing_is_made(
    desk: Client, form: dict[str, Any], wrong: dict[str, str], said: str
) -> None:
    page = desk.post(NEW, form | {"barnevernvakt": "116 117"} | wrong)
    text = page.content.decode()
    assert page.status_code == 422
    assert said in text
    assert not Municipality.objects.filter(name="Storøy").exists()
    assert not Invitation.objects.exists()
    if "barnevernvakt" not in wrong:
        assert 'value="116 117"' in text


def test_region_that_is_there_is_not_made_twice(desk: Client, form: dict[str, Any]) -> None:
    region = Region.objects.get()
    page = desk.post(NEW, form | {"region": "", "new_region": region.name.upper()})
    assert page.status_code == 422
    assert Region.objects.count() == 1


def test_two_municipalities_may_have_names_that_are_one_address(desk: Client, form: dict[str, Any]) -> None:
    desk.post(NEW, form)
    page = desk.post(NEW, form | {"name": "Størøy"})
    assert page["Location"] == "/prosjekt/kommune/storoy-2/"
