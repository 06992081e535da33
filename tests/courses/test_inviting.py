"""A role is offered by mail and taken with a code; who may, and the first project leader."""

from __future__ import annotations

import hashlib
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import Group as Rights
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from courses import inviting
from courses.models import Invitation, Region, Role, User
from tests.editions import make_families
from tests.factories import (
    InvitationFactory,
    MunicipalityFactory,
    RoleFactory,
    UserFactory,
)
from tests.logins import (
    CODE,
    LOADED,
    code_in,
    enter,
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


def invite(desk: Client, email: str = "nina@example.no", kind: str = "editor", **more: Any) -> str:
    """Invites somebody from the project page; gives the path of the mailed link."""
    desk.post(
        "/prosjekt/inviter/", {"name": "Nina", "email": email, "kind": kind, "municipality": "", **more}
    )
    return re.search(r"https?://[^/]+(/invitasjon/\S+)", mail.outbox[-1].body).group(1)  # type: ignore[union-attr]


def accept(client: Client, link: str) -> Any:
    assert client.post(link)["Location"] == CODE
    return client.post(CODE, {"code": code_in(mail.outbox[-1].body)})


# --- the whole way


def test_invited_person_gets_the_role_with_the_code_and_not_before(desk: Client, client: Client) -> None:
    link = invite(desk)
    assert "redaktør" in client.get(link).content.decode()
    client.post(link)
    assert not Role.objects.filter(kind="editor").exists()
    assert Invitation.objects.open().count() == 1
    assert mail.outbox[-1].to == ["nina@example.no"]
    client.post(CODE, {"code": code_in(mail.outbox[-1].body)})
    role = Role.objects.get(kind="editor")
    assert (role.user.email, role.user.first_name, role.municipality) == ("nina@example.no", "Nina", None)
    assert is_in(client)
    assert Invitation.objects.get().used_at
    assert role.user.groups.filter(name="Redaktører").exists()


def test_address_stored_in_capitals_takes_the_invitation(desk: Client, client: Client) -> None:
    user = UserFactory(email="Nina@Example.no")
    accept(client, invite(desk))
    assert user.roles.get().kind == "editor"


def test_new_colleague_is_led_on_to_the_second_factor(desk: Client, client: Client) -> None:
    assert accept(client, invite(desk))["Location"] == "/min/innlogging/to-faktor/"


def test_somebody_known_keeps_her_name_and_gets_one_more_role(
    desk: Client, client: Client, municipality: Municipality
) -> None:
    known = UserFactory(email="nina@example.no", first_name="Nina Marie")
    accept(client, invite(desk, "NINA@example.no", "contact-person", municipality=municipality.pk))
    assert User.objects.get(email="nina@example.no").first_name == "Nina Marie"
    assert known.roles.get().municipality == municipality


def test_new_colleague_reads_the_language_of_her_municipality(desk: Client, client: Client) -> None:
    place = MunicipalityFactory(written_language="nn")
    accept(client, invite(desk, kind="leader", municipality=place.pk))
    assert User.objects.get(email="nina@example.no").language == "nn"


def test_new_role_ends_the_sessions_that_were_opened_without_it(desk: Client, client: Client) -> None:
    UserFactory(email="nina@example.no")
    remembered = Client()
    enter(remembered, "nina@example.no", remember="on")
    accept(client, invite(desk))
    assert is_in(client)
    assert not Session.objects.filter(pk=remembered.session.session_key).exists()


# --- the link


def test_token_is_kept_as_a_fingerprint_only(desk: Client) -> None:
    token = invite(desk).removeprefix("/invitasjon/").rstrip("/")
    assert len(token) == 43
    row = Invitation.objects.get()
    assert row.token_hash == hashlib.sha256(token.encode()).hexdigest()
    assert token not in str(Invitation.objects.values())


def test_mail_is_neutral(desk: Client) -> None:
    invite(desk)
    message = mail.outbox[-1]
    whole = f"{message.subject} {message.body} {message.from_email}".lower()
    assert not [word for word in (*LOADED, "redaktør") if word in whole]


def test_twenty_looks_by_a_scanner_leave_the_invitation_open(desk: Client, client: Client) -> None:
    link = invite(desk)
    robot = Client(headers={"user-agent": "LinkScanner/1.0"})
    for _look in range(10):
        assert robot.get(link).status_code == 200
        assert robot.head(link).status_code == 200
    assert not is_in(robot)
    assert len(mail.outbox) == 1
    assert not User.objects.filter(email="nina@example.no").exists()
    accept(client, link)
    assert is_in(client)


@pytest.mark.parametrize("token", ["x", "a" * 43, "%00", "%F0%9F%94%91", "a" * 3000])
def test_unknown_link_says_what_to_do(client: Client, token: str) -> None:
    page = client.get(f"/invitasjon/{token}/")
    assert page.status_code == 404
    assert "Be prosjektlederen om en ny" in page.content.decode()


@pytest.mark.parametrize("reason", ["used_at", "withdrawn_at", "expires_at"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_closed_link_says_what_to_do(client: Client, reason: str, method: str) -> None:
    past = timezone.now() - timedelta(seconds=1)
    InvitationFactory(token_hash=inviting.fingerprint("token"), **{reason: past})
    page = getattr(client, method)("/invitasjon/token/")
    assert page.status_code == 410
    assert "Be prosjektlederen om en ny" in page.content.decode()
    assert not mail.outbox


def test_link_works_once(desk: Client, client: Client) -> None:
    link = invite(desk)
    accept(client, link)
    assert Client().get(link).status_code == 410


def test_invitation_withdrawn_while_the_code_is_under_way_gives_nothing(desk: Client, client: Client) -> None:
    client.post(invite(desk))
    code = code_in(mail.outbox[-1].body)
    desk.post(f"/prosjekt/inviter/{Invitation.objects.get().pk}/trekk/")
    client.post(CODE, {"code": code})
    assert not Role.objects.filter(kind="editor").exists()
    assert "Invitasjonen gjelder ikke lenger" in client.get("/hjelp/").content.decode()


def test_somebody_else_in_the_same_browser_does_not_get_the_role(desk: Client, client: Client) -> None:
    UserFactory(email="tore@example.no")
    client.post(invite(desk))
    enter(client, "tore@example.no")
    assert not Role.objects.filter(kind="editor").exists()
    assert Invitation.objects.open().count() == 1


def test_new_code_after_three_wrong_ones_still_gives_the_role(desk: Client, client: Client) -> None:
    client.post(invite(desk))
    for _try in range(3):
        page = client.post(CODE, {"code": f"{(int(code_in(mail.outbox[-1].body)) + 1) % 10**6:06}"})
    assert 'value="nina@example.no"' in page.content.decode()
    enter(client, "nina@example.no")
    assert Role.objects.filter(kind="editor").exists()


def test_button_is_not_a_way_to_fill_a_mailbox(desk: Client) -> None:
    link = invite(desk)
    pages = [Client().post(link) for _try in range(8)]
    assert len(mail.outbox) == 6  # the invitation and five codes
    assert pages[-1].status_code == 429


@pytest.mark.django_db(transaction=True)
def test_invitation_is_used_once_however_often_the_code_is_posted_at_once() -> None:
    user = UserFactory(email="nina@example.no")
    invitation = InvitationFactory(email=user.email)

    def take(_number: int) -> bool:
        try:
            return inviting.accept(invitation_id=invitation.pk, user=User.objects.get(pk=user.pk)) is not None
        finally:
            connection.close()

    with ThreadPoolExecutor(5) as threads:
        assert sorted(threads.map(take, range(5))) == [False, False, False, False, True]
    assert user.roles.count() == 1


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


def test_rights_in_the_cms_follow_the_roles() -> None:
    user = UserFactory()
    inviting.sync_cms_group(user)
    assert not user.groups.exists()
    role = RoleFactory(user=user, kind="editor", municipality=None)
    inviting.sync_cms_group(user)
    inviting.sync_cms_group(user)
    assert [group.name for group in user.groups.all()] == ["Redaktører"]
    assert user.has_perm("wagtailadmin.access_admin")
    Role.objects.filter(pk=role.pk).delete()
    inviting.sync_cms_group(user)
    assert not user.groups.exists()
    assert Rights.objects.filter(name="Redaktører").exists()


def test_role_that_ran_out_by_itself_takes_the_rights_at_the_next_login(client: Client, editor: User) -> None:
    past = timezone.localdate() - timedelta(days=10)
    editor.roles.update(starts_on=past, ends_on=past)
    enter(client, editor.email)
    assert not editor.groups.exists()


# --- the first project leader


def make_leader(*arguments: str) -> str:
    said = StringIO()
    call_command("project_leader", *arguments, stdout=said)
    return said.getvalue()


def test_command_makes_the_first_project_leader_and_says_what_she_does_next(client: Client) -> None:
    said = make_leader("Lise@Example.no", "--name", "Lise")
    assert "/logg-inn/" in said
    assert "passnøkkel" in said
    assert Region.objects.count() == 1
    user = User.objects.get(email="lise@example.no")
    assert (user.roles.get().kind, user.roles.get().municipality) == ("project-leader", None)
    assert user.groups.filter(name="Redaktører").exists()
    assert enter(client, "lise@example.no")["Location"] == "/min/innlogging/to-faktor/"


def test_command_refuses_a_second_one_unless_told_so(project_leader: User) -> None:
    with pytest.raises(CommandError, match="--ny"):
        make_leader("lise@example.no", "--name", "Lise")
    make_leader("lise@example.no", "--name", "Lise", "--ny")
    make_leader("lise@example.no", "--name", "Lise", "--ny")
    assert Role.objects.filter(kind="project-leader").count() == 2


@pytest.mark.parametrize(
    "arguments", [("ikke-en-adresse", "--name", "Lise"), ("lise@example.no", "--name", " ")]
)
def test_command_refuses_nonsense_in_plain_norwegian(arguments: tuple[str, ...]) -> None:
    with pytest.raises(CommandError, match=r"e-postadresse|Navnet mangler"):
        make_leader(*arguments)
    assert not User.objects.exists()
