"""The page where roles are offered: who is there, what is sent, and whose page it is."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from courses import inviting
from courses.models import Invitation, User
from tests.courses.offered import desk, invite
from tests.editions import make_families
from tests.factories import InvitationFactory, MunicipalityFactory, RoleFactory

if TYPE_CHECKING:
    from courses.models import Group, Municipality
    from tests.people import LogIn


__all__ = ["desk"]
pytestmark = pytest.mark.django_db
PROJECT = "/prosjekt/folk/"


# --- the project leader's page


def test_page_shows_people_and_open_invitations(
    desk: Client, group: Group, contact_person: User, adult: Any
) -> None:
    invite(desk)
    text = desk.get(PROJECT).content.decode()
    for shown in ("Vika", contact_person.first_name, "nina@example.no", "Send på nytt"):
        assert shown in text


def test_page_asks_the_same_number_of_questions_however_much_there_is(
    desk: Client, group: Group, django_assert_num_queries: Any, django_assert_max_num_queries: Any
) -> None:
    desk.get(PROJECT)
    with django_assert_max_num_queries(20) as few:
        desk.get(PROJECT)
    make_families(group, 5)
    for number in range(5):
        RoleFactory()
        InvitationFactory(email=f"n{number}@example.no", municipality=MunicipalityFactory())
    with django_assert_max_num_queries(len(few)):
        desk.get(PROJECT)


def test_sending_again_withdraws_the_link_before(desk: Client, client: Client) -> None:
    first, second = invite(desk), invite(desk, "Nina@Example.NO")
    assert client.get(first).status_code == 410
    assert client.get(second).status_code == 200


def test_withdrawn_invitation_no_longer_works(desk: Client, client: Client) -> None:
    link = invite(desk)
    assert desk.post(f"/prosjekt/inviter/{Invitation.objects.get().pk}/trekk/")["Location"] == PROJECT
    assert client.get(link).status_code == 410


@pytest.mark.parametrize(
    "bad",
    [
        {"email": "ikke en adresse"},
        {"email": f"{'x' * 10_000}@example.no"},
        {"name": ""},
        {"name": "N\x00ina"},
        {"kind": "superuser"},
        {"kind": "contact-person", "municipality": ""},
        {"kind": "contact-person", "municipality": "999999"},
    ],
)
def test_invitation_that_makes_no_sense_is_not_sent(desk: Client, bad: dict[str, str]) -> None:
    form = {"name": "Nina", "email": "nina@example.no", "kind": "editor", "municipality": ""} | bad
    page = desk.post("/prosjekt/inviter/", form)
    assert page.status_code == 422
    assert "Noe må rettes" in page.content.decode()
    assert not Invitation.objects.exists()
    assert not mail.outbox


def test_each_error_names_its_field_above_the_form_and_stands_at_the_field(desk: Client) -> None:
    text = desk.post("/prosjekt/inviter/", {"kind": "contact-person"}).content.decode()
    assert '<a href="#id_name">Navn: Skriv navnet.</a>' in text
    assert '<a href="#id_email">E-post: Skriv e-postadressen.</a>' in text
    for field in ("name", "email", "municipality"):
        control = re.search(rf'<(?:input|select)[^>]*name="{field}"[^>]*id="id_{field}"[^>]*>', text)
        assert control is not None
        assert f'aria-describedby="id_{field}_error"' in control[0]
        assert 'aria-invalid="true"' in control[0]
        assert f'<div id="id_{field}_error">' in text


def test_the_answer_to_a_refused_invitation_begins_at_the_form(desk: Client) -> None:
    text = desk.get(PROJECT).content.decode()
    assert 'action="/prosjekt/inviter/#inviter"' in text
    assert 'id="inviter"' in text


def test_more_fields_than_the_form_has_change_nothing(desk: Client) -> None:
    invite(desk, used_at="2026-01-01", token_hash="x", expires_at="2099-01-01", invited_by="1")
    row = Invitation.objects.get()
    assert row.used_at is None
    assert row.expires_at < timezone.now() + timedelta(days=15)


def test_mail_that_does_not_leave_is_said(
    desk: Client, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    def down(message: Any) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr("django.core.mail.EmailMessage.send", down)
    settings.SEND_IN_BACKGROUND = True
    form = {"name": "Nina", "email": "nina@example.no", "kind": "editor", "municipality": ""}
    page = desk.post("/prosjekt/inviter/", form, follow=True)
    assert "kom ikke av gårde" in page.content.decode()
    assert "Invitasjonen er sendt" not in page.content.decode()
    assert Invitation.objects.open().count() == 1
    monkeypatch.undo()
    invite(desk)
    assert Invitation.objects.open().count() == 1


# --- who may


@pytest.mark.parametrize("path", ["folk/", "inviter/", "rolle/1/avslutt/", "inviter/1/trekk/"])
@pytest.mark.parametrize("role", ["contact_person", "leader", "editor", "researcher", "user_group", "adult"])
def test_nobody_but_the_project_leader_is_let_in(
    request: pytest.FixtureRequest, logged_in: LogIn, role: str, path: str
) -> None:
    browser = logged_in(request.getfixturevalue(role))
    page = browser.get(f"/prosjekt/{path}") if path == "folk/" else browser.post(f"/prosjekt/{path}")
    assert page.status_code == 403


def test_project_leader_of_one_municipality_stays_within_it(
    logged_in: LogIn, municipality: Municipality, other_contact_person: User, project_leader: User
) -> None:
    local = RoleFactory(kind="project-leader", municipality=municipality).user
    desk, elsewhere = logged_in(local), other_contact_person.roles.get()
    form = {"name": "Nina", "email": "nina@example.no", "kind": "editor"}
    assert desk.post("/prosjekt/inviter/", form | {"municipality": ""}).status_code == 422
    assert (
        desk.post("/prosjekt/inviter/", form | {"municipality": elsewhere.municipality_id}).status_code == 422
    )
    for role in (elsewhere, project_leader.roles.get()):
        assert desk.post(f"/prosjekt/rolle/{role.pk}/avslutt/").status_code == 404
    invitation = InvitationFactory(municipality=None)
    assert desk.post(f"/prosjekt/inviter/{invitation.pk}/trekk/").status_code == 404
    with pytest.raises(inviting.OutsideReachError):
        inviting.invite(kind="editor", municipality=None, name="Nina", email="nina@example.no", by=local)
