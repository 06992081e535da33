"""A family comes in by the button of its invitation: with a code, also by text message, on a shared phone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from courses import enrolling, welcoming
from courses.enrolling import AdultToInvite
from courses.models import Enrolment, FamilyInvitation, InvitedAdult, User
from tests.courses.invited_families import invited, texts
from tests.evening_factories import InvitedAdultFactory
from tests.factories import AdultFactory, GroupFactory, ReadingEventFactory

if TYPE_CHECKING:
    from courses.models import Adult, Group, Municipality
    from tests.people import LogIn


__all__ = ["invited", "texts"]
pytestmark = pytest.mark.django_db


def door(invited: InvitedAdult) -> str:
    return reverse("evenings:welcome", args=[welcoming.token_of(invited)])


def code_in_mail() -> str:
    found = re.search(r"\b(\d{6})\b", str(mail.outbox[-1].body))
    assert found
    return found.group(1)


def walk_in(client: Client, invited: InvitedAdult) -> Any:
    client.post(door(invited))
    return client.post(reverse("account_confirm_login_code"), {"code": code_in_mail()})


def test_a_link_opened_twenty_times_by_a_scanner_does_and_tells_nothing(invited: InvitedAdult) -> None:
    scanner, users = Client(), User.objects.count()
    pages = [scanner.get(door(invited)) for _ in range(20)]
    assert {page.status_code for page in pages} == {200}
    text = pages[-1].content.decode()
    for hidden in ("Astrid", "astrid@example.no", "example", invited.invitation.group.name, "Vika"):
        assert hidden not in text
    assert "no-store" in pages[-1]["Cache-Control"]
    invited.refresh_from_db()
    assert (invited.used_at, len(mail.outbox), User.objects.count()) == (None, 0, users)
    assert set(scanner.cookies) <= {settings.CSRF_COOKIE_NAME}


def test_the_button_sends_a_code_and_the_code_lets_in(invited: InvitedAdult, group: Group) -> None:
    client = Client()
    answer = walk_in(client, invited)
    assert answer["Location"] == reverse("cms:min_side")
    enrolment = Enrolment.objects.get(adult__user__email="astrid@example.no")
    assert enrolment.group == group
    assert "Hei, Astrid" in client.get("/min/").content.decode()
    assert client.get(door(invited)).status_code == 410


def test_the_page_that_asks_for_the_code_shows_no_address(invited: InvitedAdult) -> None:
    client = Client()
    text = client.post(door(invited), follow=True).content.decode()
    assert "Koden er på vei." in text
    assert "astrid" not in text.lower()


def test_a_code_by_text_message_lets_in_whoever_has_only_a_mobile(
    group: Group, municipality: Municipality
) -> None:
    invited = InvitedAdultFactory(
        invitation__group=group, invitation__municipality=municipality, email=None, mobile="+4740000009"
    )
    client = Client()
    client.post(door(invited))
    [text] = [path.read_text() for path in settings.MAILBOX_DIR.glob("*.sms.txt")]
    code = re.search(r"\b(\d{6})\b", text.partition("\n\n")[2])
    assert code
    client.post(reverse("account_confirm_login_code"), {"code": code.group(1)})
    assert Enrolment.objects.filter(group=group, adult__user__mobile="+4740000009").exists()


def test_without_the_right_code_nobody_is_in(invited: InvitedAdult) -> None:
    client = Client()
    client.post(door(invited))
    wrong = f"{(int(code_in_mail()) + 1) % 10**6:06}"
    client.post(reverse("account_confirm_login_code"), {"code": wrong})
    assert not Enrolment.objects.exists()
    assert client.get("/min/").status_code == 302


def test_an_invitation_withdrawn_while_the_code_was_on_its_way_gives_no_seat(invited: InvitedAdult) -> None:
    client = Client()
    client.post(door(invited))
    enrolling.withdraw(invited.invitation)
    answer = client.post(reverse("account_confirm_login_code"), {"code": code_in_mail()}, follow=True)
    assert "Invitasjonen gjelder ikke lenger. Be kontaktpersonen om en ny." in answer.content.decode()
    assert not Enrolment.objects.exists()


def test_a_person_at_a_shared_phone_is_logged_out_before_the_other_comes_in(
    logged_in: LogIn, adult: Adult, invited: InvitedAdult
) -> None:
    client = logged_in(adult)
    walk_in(client, invited)
    assert "Hei, Astrid" in client.get("/min/").content.decode()
    assert not adult.enrolments.filter(group=invited.invitation.group).exclude(
        group=adult.enrolments.get().group
    )


def test_whoever_is_logged_in_with_the_invited_address_needs_no_code(
    logged_in: LogIn, municipality: Municipality, group: Group
) -> None:
    was = AdultFactory(user__email="astrid@example.no")
    event = ReadingEventFactory(adult=was)
    other = GroupFactory(edition=group.edition, municipalities=[municipality])
    [invited] = enrolling.invite_family(
        group=other,
        municipality=municipality,
        adults=[AdultToInvite("A", email="astrid@example.no")],
        by=None,
    ).adults.all()
    client = logged_in(was)
    assert client.post(door(invited))["Location"] == reverse("cms:min_side")
    assert [row.group for row in was.enrolments.all()] == [other]
    assert list(was.reading_events.all()) == [event]


@pytest.mark.parametrize(
    ("change", "words", "status"),
    [
        ({"used_at": timezone.now()}, "Du er allerede med", 410),
        ({"expires_at": timezone.now()}, "Lenken er for gammel", 410),
        ({"waiting": True}, "Du står på venteliste", 410),
        ({"withdrawn_at": timezone.now()}, "Invitasjonen gjelder ikke lenger", 410),
    ],
)
def test_a_closed_door_is_kind_and_says_what_to_do(
    invited: InvitedAdult, change: dict[str, Any], words: str, status: int
) -> None:
    rows = InvitedAdult if change.keys() & {"used_at", "expires_at"} else FamilyInvitation
    rows.objects.update(**change)
    for method in ("get", "post"):
        page = getattr(Client(), method)(door(invited))
        assert page.status_code == status
        assert words in page.content.decode()
        assert "Astrid" not in page.content.decode()
    assert mail.outbox == []


def test_a_link_we_did_not_make_is_told_so(invited: InvitedAdult) -> None:
    page = Client().get(door(invited)[:-2] + "x/")
    assert page.status_code == 404
    assert "Vi kjenner ikke lenken" in page.content.decode()


def test_the_door_speaks_the_written_language_of_the_municipality(invited: InvitedAdult) -> None:
    invited.invitation.municipality.written_language = "nn"
    invited.invitation.municipality.save()
    assert '<html lang="nn"' in Client().get(door(invited)).content.decode()
    chosen = Client()
    chosen.cookies["sprak"] = "nb"
    assert '<html lang="nb"' in chosen.get(door(invited)).content.decode()


def test_codes_to_one_address_are_limited(invited: InvitedAdult) -> None:
    client = Client()
    statuses = [client.post(door(invited)).status_code for _ in range(30)]
    assert 429 in statuses
    assert len(mail.outbox) < 30
