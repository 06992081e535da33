"""The project page: what the project leader and a leader see, and that nobody else is let in."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from courses.models import CoreElementTick, MunicipalPhase, User, WalkIn
from tests.cms.project_desk import log, row_of, text_of
from tests.evening_factories import EveningLogFactory, FamilyInvitationFactory
from tests.factories import (
    AttendanceFactory,
    EditionModuleFactory,
    EnrolmentFactory,
    EveningFactory,
    GroupFactory,
    MunicipalityFactory,
)

if TYPE_CHECKING:
    from django.test import Client

    from courses.models import Adult, EveningLog, Group, Municipality
    from tests.people import LogIn


__all__ = ["log"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(logged_in: LogIn, project_leader: User) -> Client:
    return logged_in(project_leader)


# --- what is shown


def test_page_shows_how_a_municipality_stands(
    desk: Client, group: Group, adult: Adult, neighbour: Adult, log: EveningLog, municipality: Municipality
) -> None:
    AttendanceFactory(adult=adult, evening=log.evening, state="present")
    AttendanceFactory(adult=neighbour, evening=log.evening, state="made-up")
    EveningFactory(group=group, starts_at=timezone.now() - timedelta(days=2))
    FamilyInvitationFactory(group=group, municipality=municipality)
    assert row_of(desk, "Vika") == {
        "Grupper": "1",
        "Familier": "2 med, 1 invitert",
        "Kvelder holdt": "2",
        "Oppmøte": "1 av 2",
        "Tatt igjen": "1",
        "Logger mangler": "1",
        "Etter planen": "75 %",
    }


def test_page_shows_how_a_group_stands(desk: Client, group: Group, log: EveningLog) -> None:
    row = row_of(desk, group.name, key="groups")
    assert row["Fase"] == "pilot"
    assert row["Kommuner"] == "Vika"
    assert (row["Kvelder holdt"], row["Logger mangler"], row["Etter planen"]) == ("1", "–", "75 %")
    assert row_of(desk, group.name, "/prosjekt/grupper/", "groups") == row


def test_phases_are_shown_with_days_and_who_is_responsible(desk: Client, municipality: Municipality) -> None:
    MunicipalPhase.objects.create(
        municipality=municipality,
        number=3,
        starts_on=timezone.localdate() - timedelta(days=3),
        responsible="Inger",
    )
    text = text_of(desk, "/prosjekt/")
    for said in ("3 Pilot", "5 Implementering", "fra ", "Inger", 'class="phase__now"'):
        assert said in text


def test_page_names_no_family_and_no_outcome(desk: Client, adult: Adult, log: EveningLog) -> None:
    AttendanceFactory(adult=adult, evening=log.evening, state="present")
    for address in ("/prosjekt/", "/prosjekt/grupper/", "/prosjekt/endringer/", "/prosjekt/kommune/vika/"):
        assert "Berit" not in text_of(desk, address)


def test_wish_for_guidance_is_shown_until_it_is_given(desk: Client, group: Group, log: EveningLog) -> None:
    assert "Ønsker veiledning" in text_of(desk, "/prosjekt/")
    page = desk.post(f"/prosjekt/onske/{log.pk}/gitt/", follow=True)
    assert "notert som gitt" in page.content.decode()
    assert "Ønsker veiledning" not in text_of(desk, "/prosjekt/")
    log.refresh_from_db()
    assert log.guidance_given_on == timezone.localdate()
    assert desk.post(f"/prosjekt/onske/{log.pk}/gitt/").status_code == 404


def test_changes_are_told_with_why_and_adherence_by_module(
    desk: Client, group: Group, log: EveningLog
) -> None:
    text = text_of(desk, "/prosjekt/endringer/")
    for said in ("Kortere pause", "Lang innsjekk", group.name, "Modul 1 på nb", "75 %"):
        assert said in text


def test_names_of_those_in_the_group_are_taken_out_of_what_is_told_of_the_evening(
    desk: Client, adult: Adult, contact_person: User, log: EveningLog
) -> None:
    """What somebody wrote although she was asked not to; one who was not on the list is known by the list."""
    WalkIn.objects.create(evening=log.evening, name="Sigurd", client_id=uuid.uuid4())
    User.objects.filter(pk=adult.user_id).update(first_name="Tordis")
    User.objects.filter(pk=contact_person.pk).update(first_name="Jorunn")
    type(log).objects.update(changed="Tordis gråt. Sigurds bil", why="Ring Jorunn på 900 00 000, sier Berte")
    text = text_of(desk, "/prosjekt/endringer/")
    assert "[navn] gråt. [navn] bil" in text
    assert "Ring [navn] på [nummer], sier Berte" in text  # nobody of that name is there
    log.refresh_from_db()
    assert log.changed.startswith("Tordis")  # those who wrote it still read what they wrote


@pytest.fixture
def training(municipality: Municipality) -> Group:
    """Contact persons learn here; two evenings held, the plan of one half done, and no log of the other."""
    group: Group = GroupFactory(name="Kullet", edition__programme__audience="contact-persons")
    group.municipalities.set([municipality])
    module = EditionModuleFactory(edition=group.edition).module
    held = EveningFactory(group=group, module=module, starts_at=timezone.now() - timedelta(days=7))
    EveningFactory(group=group, starts_at=timezone.now() - timedelta(days=2))
    written = EveningLogFactory(evening=held, changed="Lengre øvelse")
    CoreElementTick.objects.create(log=written, key="a", done="partly")
    learner = EnrolmentFactory(group=group, adult__family=None, adult__seat=None).adult
    AttendanceFactory(adult=learner, evening=held, state="present")
    return group


def test_course_for_contact_persons_is_in_no_figure_of_the_families(
    desk: Client, group: Group, adult: Adult, log: EveningLog, training: Group
) -> None:
    for address in ("/prosjekt/", "/prosjekt/grupper/", "/prosjekt/kommune/vika/"):
        assert [row["name"] for row in desk.get(address).context["groups"]] == [group.name]
    row, in_all = row_of(desk, "Vika"), desk.get("/prosjekt/").context["in_all"]
    assert (row["Grupper"], row["Kvelder holdt"], row["Logger mangler"]) == ("1", "1", "–")
    assert row["Etter planen"] == "75 %"
    assert (in_all.groups, in_all.families, in_all.held, in_all.logs_missing) == (1, 1, 1, 0)
    assert "Lengre øvelse" not in text_of(desk, "/prosjekt/endringer/")


def test_course_for_contact_persons_is_shown_by_itself(
    desk: Client, group: Group, log: EveningLog, training: Group
) -> None:
    apart = row_of(desk, "Kullet", key="training")
    assert (apart["Deltakere"], apart["Kvelder holdt"], apart["Oppmøte"]) == ("1", "2", "1 av 1")
    assert (apart["Logger mangler"], apart["Etter planen"]) == ("1", "50 %")
    assert row_of(desk, "Kullet", "/prosjekt/kommune/vika/", "training") == apart
    assert row_of(desk, "Kullet", "/prosjekt/grupper/?for=kontaktpersoner", "groups") == apart
    text = text_of(desk, "/prosjekt/endringer/?for=kontaktpersoner")
    assert "Lengre øvelse" in text
    assert "50 %" in text
    assert "Kortere pause" not in text


def test_what_somebody_wrote_is_shown_as_text(desk: Client, log: EveningLog) -> None:
    type(log).objects.update(changed="<script>alert(1)</script>")
    assert "<script>alert" not in text_of(desk, "/prosjekt/endringer/")


def test_many_municipalities_are_found_by_name_and_page(desk: Client, municipality: Municipality) -> None:
    for number in range(14):
        MunicipalityFactory(name=f"Øy {number:02}")
    first = desk.get("/prosjekt/")
    assert [row["name"] for row in first.context["places"]] == ["Vika", *(f"Øy {n:02}" for n in range(11))]
    assert "Side 1 av 2" in first.content.decode()
    assert [row["name"] for row in desk.get("/prosjekt/?side=2").context["places"]] == [
        "Øy 11",
        "Øy 12",
        "Øy 13",
    ]
    sought = desk.get("/prosjekt/", {"sok": "øy 1"})
    assert [row["name"] for row in sought.context["places"]] == ["Øy 10", "Øy 11", "Øy 12", "Øy 13"]
    assert desk.get("/prosjekt/?side=x&sok=%00").status_code == 200


# --- what it costs


def fill(municipalities: int, groups: int) -> None:
    for _place in range(municipalities):
        place = MunicipalityFactory()
        MunicipalPhase.objects.create(municipality=place, number=1)
        for _group in range(groups):
            group = GroupFactory(municipalities=[place])
            adult = EnrolmentFactory(group=group, adult__family__municipality=place).adult
            evening = EveningFactory(group=group, starts_at=timezone.now() - timedelta(days=3))
            AttendanceFactory(adult=adult, evening=evening, state="present")
            log = EveningLogFactory(evening=evening, wants_guidance=True, changed="Noe")
            CoreElementTick.objects.create(log=log, key="a", done="yes")


@pytest.mark.parametrize("role", ["project_leader", "leader"])
@pytest.mark.parametrize("address", ["/prosjekt/", "/prosjekt/grupper/", "/prosjekt/kommune/vika/"])
def test_page_asks_the_same_number_of_questions_however_much_there_is(
    address: str,
    role: str,
    request: pytest.FixtureRequest,
    logged_in: LogIn,
    group: Group,
    adult: Adult,
    log: EveningLog,
) -> None:
    client = logged_in(request.getfixturevalue(role))

    def asked() -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    few = asked()
    fill(municipalities=15, groups=2)
    assert asked() == few


def test_changes_ask_the_same_number_of_questions(desk: Client, log: EveningLog) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as captured:
            desk.get("/prosjekt/endringer/")
        return len(captured)

    asked()
    few = asked()
    fill(municipalities=3, groups=4)
    assert asked() == few


def test_start_page_leads_a_contact_person_to_evening_log_and_group(
    logged_in: LogIn, contact_person: User, group: Group, other_group: Group
) -> None:
    past = EveningFactory(group=group, starts_at=timezone.now() - timedelta(days=9))
    near = EveningFactory(group=group, starts_at=timezone.now() + timedelta(days=3))
    far = EveningFactory(group=group, starts_at=timezone.now() + timedelta(days=30))
    foreign = EveningFactory(group=other_group, starts_at=timezone.now() + timedelta(days=3))
    urls = [url for _title, url, _text in logged_in(contact_person).get("/min/").context["links"]]
    assert urls[:3] != []
    for url in (f"/kveld/{near.pk}/", f"/kveld/{past.pk}/logg/", f"/gruppe/{group.pk}/"):
        assert url in urls[:4]
    for url in (f"/kveld/{far.pk}/", f"/kveld/{foreign.pk}/", f"/gruppe/{other_group.pk}/"):
        assert url not in urls


def links_of(client: Client) -> set[Any]:
    return {url for _title, url, _text in client.get("/min/").context["links"]}


def test_start_page_leads_each_to_what_she_may_open(
    logged_in: LogIn, leader: User, user_group: User, researcher: User, edition: Any
) -> None:
    for person in (leader, user_group, researcher):
        client = logged_in(person)
        for url in links_of(client):
            assert client.get(url).status_code == 200, url
    assert {"/prosjekt/", "/prosjekt/tall/", "/prosjekt/moter/"} <= links_of(logged_in(leader))
    assert "/prosjekt/moter/" in links_of(logged_in(user_group))
    assert "/prosjekt/moter/" not in links_of(logged_in(researcher))
