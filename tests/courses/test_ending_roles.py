"""A role ends at once, with its sessions, rights and duties; the last project leader stays."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from courses.models import Role, User
from tests.factories import (
    AssignmentFactory,
    RoleFactory,
)
from tests.logins import (
    is_in,
)

if TYPE_CHECKING:
    from courses.models import Group, Municipality
    from tests.people import LogIn

pytestmark = pytest.mark.django_db
PROJECT = "/prosjekt/folk/"


@pytest.fixture
def desk(logged_in: LogIn, project_leader: User) -> Client:
    """The project leader's browser."""
    return logged_in(project_leader)


# --- the end of a role


def test_ended_role_ends_sessions_and_rights_at_once(
    desk: Client, logged_in: LogIn, contact_person: User, editor: User
) -> None:
    for person in (contact_person, editor):
        browser = logged_in(person)
        role = person.roles.get()
        Role.objects.filter(pk=role.pk).update(starts_on=timezone.localdate() - timedelta(days=30))
        assert browser.get("/min/").status_code == 200
        desk.post(f"/prosjekt/rolle/{role.pk}/avslutt/")
        assert browser.get("/min/")["Location"].startswith("/logg-inn/")
        assert not person.roles.active().exists()
        assert person.roles.get().ends_on == timezone.localdate() - timedelta(days=1)
        assert not person.groups.exists()
    assert desk.get(PROJECT).status_code == 200


def test_a_role_ends_in_two_steps_and_the_first_one_says_what_ends_and_how_it_is_undone(
    desk: Client, contact_person: User
) -> None:
    role = contact_person.roles.get()
    address = f"/prosjekt/rolle/{role.pk}/avslutt/"
    listed = desk.get(PROJECT).content.decode()
    assert f'href="{address}"' in listed
    assert f'action="{address}"' not in listed
    text = desk.get(address).content.decode()
    name = contact_person.first_name
    for words in (f"{name} er kontaktperson i Vika.", f"{name} blir logget ut overalt.", "Slik angrer du"):
        assert words in text
    assert f"Inviter {name} til den samme rollen" in text
    assert "Oppgaven i gruppene kommer ikke tilbake av seg selv." in text
    assert contact_person.roles.active().exists()
    assert desk.post(address)["Location"] == PROJECT
    assert not contact_person.roles.active().exists()


def test_whoever_ends_her_own_role_is_told_that_another_must_invite_her(
    desk: Client, project_leader: User
) -> None:
    RoleFactory(kind="project-leader", municipality=None)
    text = desk.get(f"/prosjekt/rolle/{project_leader.roles.get().pk}/avslutt/").content.decode()
    assert "Dette er din egen rolle" in text
    assert "En annen prosjektleder må invitere deg" in text


def test_no_button_ends_the_last_project_leaders_role(desk: Client, project_leader: User) -> None:
    text = desk.get(f"/prosjekt/rolle/{project_leader.roles.get().pk}/avslutt/").content.decode()
    assert "Prosjektet må ha en prosjektleder" in text
    assert "Avslutt rollen nå" not in text


def test_role_that_began_today_is_gone(desk: Client, contact_person: User) -> None:
    desk.post(f"/prosjekt/rolle/{contact_person.roles.get().pk}/avslutt/")
    assert not contact_person.roles.exists()


@pytest.mark.parametrize("days", [0, 30])
def test_ended_role_ends_the_duty_in_its_municipality_alone(
    desk: Client, contact_person: User, other_group: Group, other_municipality: Municipality, days: int
) -> None:
    RoleFactory(user=contact_person, kind="contact-person", municipality=other_municipality)
    kept = AssignmentFactory(user=contact_person, group=other_group)
    contact_person.assignments.update(starts_on=timezone.localdate() - timedelta(days=days))
    role = contact_person.roles.exclude(municipality=other_municipality).get()
    desk.post(f"/prosjekt/rolle/{role.pk}/avslutt/")
    assert contact_person.assignments.current().get() == kept
    ended = contact_person.assignments.exclude(pk=kept.pk)
    yesterday = timezone.localdate() - timedelta(days=1)
    assert list(ended.values_list("ends_on", flat=True)) == ([yesterday] if days else [])


def test_duty_in_a_group_of_two_municipalities_rests_on_the_role_that_is_left(
    desk: Client, contact_person: User, group: Group, other_municipality: Municipality
) -> None:
    group.municipalities.add(other_municipality)
    RoleFactory(user=contact_person, kind="contact-person", municipality=other_municipality)
    role = contact_person.roles.exclude(municipality=other_municipality).get()
    desk.post(f"/prosjekt/rolle/{role.pk}/avslutt/")
    assert contact_person.assignments.current().get().group == group


def test_end_of_another_role_leaves_the_duty(desk: Client, contact_person: User) -> None:
    role = RoleFactory(user=contact_person, kind="editor", municipality=None)
    desk.post(f"/prosjekt/rolle/{role.pk}/avslutt/")
    assert contact_person.assignments.current().exists()


def test_ended_role_leaves_the_other_one(desk: Client, editor: User) -> None:
    RoleFactory(user=editor, kind="project-leader", municipality=None)
    desk.post(f"/prosjekt/rolle/{editor.roles.get(kind='editor').pk}/avslutt/")
    assert editor.roles.get().kind == "project-leader"
    assert editor.groups.filter(name="Redaktører").exists()


def test_last_project_leader_stays(desk: Client, project_leader: User) -> None:
    page = desk.post(f"/prosjekt/rolle/{project_leader.roles.get().pk}/avslutt/", follow=True)
    assert "Prosjektet må ha en prosjektleder" in page.content.decode()
    assert project_leader.roles.active().exists()


def test_last_project_leader_of_the_region_stays_where_others_have_a_municipality(
    desk: Client, project_leader: User, municipality: Municipality
) -> None:
    local = RoleFactory(kind="project-leader", municipality=municipality)
    address = f"/prosjekt/rolle/{project_leader.roles.get().pk}/avslutt/"
    assert "Avslutt rollen nå" not in desk.get(address).content.decode()
    page = desk.post(address, follow=True)
    assert "Prosjektet må ha en prosjektleder for hele regionen" in page.content.decode()
    assert project_leader.roles.active().exists()
    desk.post(f"/prosjekt/rolle/{local.pk}/avslutt/")
    assert not local.user.roles.active().exists()


def test_whoever_ends_her_own_role_is_logged_out_and_led_to_the_front(
    desk: Client, project_leader: User
) -> None:
    RoleFactory(kind="project-leader", municipality=None)
    page = desk.post(f"/prosjekt/rolle/{project_leader.roles.get().pk}/avslutt/")
    assert (page.status_code, page["Location"]) == (302, "/")
    assert not project_leader.roles.active().exists()
    assert not is_in(desk)
    assert not Session.objects.exists()


@pytest.mark.parametrize("path", ["rolle/999999/avslutt/", "inviter/999999/trekk/"])
def test_what_does_not_exist_is_not_found(desk: Client, path: str) -> None:
    assert desk.post(f"/prosjekt/{path}").status_code == 404
