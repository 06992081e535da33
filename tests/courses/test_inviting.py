"""A role is offered by mail and taken with a code, once, by whoever it was offered to."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import Group as Rights
from django.contrib.sessions.models import Session
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone

from courses import inviting
from courses.models import Invitation, Role, User
from tests.courses.offered import desk, invite
from tests.factories import InvitationFactory, MunicipalityFactory, RoleFactory, UserFactory
from tests.logins import CODE, LOADED, code_in, enter, is_in

if TYPE_CHECKING:
    from courses.models import Municipality


__all__ = ["desk"]
pytestmark = pytest.mark.django_db


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
