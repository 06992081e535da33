"""Families are invited, sent to again, withdrawn, shown as a QR code, and come in by the button."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from courses import enrolling, welcoming
from courses.enrolling import AdultToInvite
from courses.models import Enrolment, FamilyInvitation, InvitedAdult, User
from tests.evening_factories import InvitedAdultFactory
from tests.factories import AdultFactory, GroupFactory, ReadingEventFactory

if TYPE_CHECKING:
    from courses.models import Adult, Group, Municipality
    from tests.people import LogIn

pytestmark = pytest.mark.django_db

COUPLE = {
    "name_1": "Astrid",
    "address_1": "Astrid@Example.no",
    "name_2": "Ole",
    "address_2": "400 00 009",
}


@pytest.fixture(autouse=True)
def _texts(tmp_path: Path, settings: Any) -> None:
    settings.SMS_BACKEND, settings.MAILBOX_DIR = "file", tmp_path
    settings.SEND_IN_BACKGROUND = False


@pytest.fixture
def invited(group: Group, municipality: Municipality) -> InvitedAdult:
    return InvitedAdultFactory(
        invitation__group=group, invitation__municipality=municipality, email="astrid@example.no"
    )


def door(invited: InvitedAdult) -> str:
    return reverse("evenings:welcome", args=[welcoming.token_of(invited)])


def page_of(group: Group) -> str:
    return reverse("evenings:invite", args=[group.pk])


def code_in_mail() -> str:
    found = re.search(r"\b(\d{6})\b", str(mail.outbox[-1].body))
    assert found
    return found.group(1)


def walk_in(client: Client, invited: InvitedAdult) -> Any:
    client.post(door(invited))
    return client.post(reverse("account_confirm_login_code"), {"code": code_in_mail()})


# --- inviting
def test_a_couple_is_invited_by_mail_and_mobile(
    logged_in: LogIn, group: Group, municipality: Municipality, contact_person: User
) -> None:
    client = logged_in(contact_person)
    page = client.post(page_of(group), COUPLE | {"municipality": municipality.pk}, follow=True)
    text = page.content.decode()
    assert "Invitasjonen er på vei." in text
    assert "astrid@example.no" in text
    assert "400 00 009" in text
    invitation = FamilyInvitation.objects.get()
    assert (invitation.by, invitation.municipality, invitation.waiting) == (
        contact_person,
        municipality,
        False,
    )
    rows = invitation.adults.order_by("seat").values_list("name", "email", "mobile")
    assert list(rows) == [("Astrid", "astrid@example.no", None), ("Ole", None, "+4740000009")]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"name_1": ""}, "Skriv fornavnet."),
        ({"name_1": "01017012345"}, "fødselsnummer"),
        ({"name_1": "astrid@example.no"}, "ikke et navn"),
        ({"address_1": ""}, "Skriv en e-postadresse eller et mobilnummer."),
        ({"address_1": "astrid"}, "Skriv en e-postadresse eller et mobilnummer."),
        ({"address_1": "a\0b@example.no"}, "Skriv en e-postadresse eller et mobilnummer."),
        ({"address_2": ""}, "Skriv en e-postadresse eller et mobilnummer."),
        ({"name_2": ""}, "Skriv fornavnet."),
        ({"address_2": "astrid@example.no"}, "To voksne trenger hver sin adresse."),
        ({"municipality": ""}, "Velg kommunen."),
        ({"municipality": "999999"}, "Velg kommunen."),
        ({"address_2": "kjent@example.no"}, "Adressen er allerede invitert eller med i gruppa."),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nobody_is_invited(
    logged_in: LogIn,
    group: Group,
    municipality: Municipality,
    contact_person: User,
    wrong: dict[str, str],
    words: str,
) -> None:
    known = InvitedAdultFactory(invitation__group=group, email="kjent@example.no")
    given = COUPLE | {"municipality": str(municipality.pk)} | wrong
    page = logged_in(contact_person).post(page_of(group), given)
    assert page.status_code == 422
    assert words in page.content.decode()
    assert list(InvitedAdult.objects.all()) == [known]


def test_a_full_group_says_that_the_family_waits(
    logged_in: LogIn, group: Group, municipality: Municipality, contact_person: User
) -> None:
    group.seats = 1
    group.save()
    page = logged_in(contact_person).post(
        page_of(group), COUPLE | {"municipality": municipality.pk}, follow=True
    )
    text = page.content.decode()
    assert "Familien står på ventelista" in text
    assert "Venteliste" in text
    assert "Vis QR-kode" not in text


def test_a_shielded_family_shows_neither_name_nor_address(
    logged_in: LogIn, group: Group, municipality: Municipality, contact_person: User
) -> None:
    given = COUPLE | {"municipality": municipality.pk, "shielded": "on", "alias_1": "Deltaker A"}
    client = logged_in(contact_person)
    client.post(page_of(group), given)
    text = client.get(page_of(group)).content.decode()
    assert "Deltaker A" in text
    for hidden in ("Astrid", "astrid@example.no", "400 00 009"):
        assert hidden not in text
    astrid = InvitedAdult.objects.get(seat=1)
    shown = client.get(reverse("evenings:show_code", args=[group.pk, astrid.pk])).content.decode()
    assert "Astrid" not in shown


def test_an_alias_without_shielding_is_not_kept(
    logged_in: LogIn, group: Group, municipality: Municipality, contact_person: User
) -> None:
    given = COUPLE | {"municipality": municipality.pk, "alias_1": "Deltaker A"}
    logged_in(contact_person).post(page_of(group), given)
    assert set(InvitedAdult.objects.values_list("alias", flat=True)) == {""}


def test_send_again_and_withdraw_are_one_tap_each(
    logged_in: LogIn, group: Group, invited: InvitedAdult, contact_person: User
) -> None:
    InvitedAdult.objects.update(expires_at=timezone.now() - timedelta(days=1))
    client = logged_in(contact_person)
    assert "Lenken er utløpt" in client.get(page_of(group)).content.decode()
    client.post(reverse("evenings:resend_invitation", args=[group.pk, invited.pk]))
    invited.refresh_from_db()
    assert invited.issue == 2
    assert "lenken varer til" in client.get(page_of(group)).content.decode()
    client.post(reverse("evenings:withdraw_family", args=[group.pk, invited.invitation_id]))
    text = client.get(page_of(group)).content.decode()
    assert "Invitasjonen er trukket" in text
    assert "astrid@example.no" not in text
    again = client.post(
        reverse("evenings:withdraw_family", args=[group.pk, invited.invitation_id]), follow=True
    )
    assert "allerede brukt eller trukket" in again.content.decode()


def test_the_code_on_the_screen_is_the_invitation_s_own_link_and_asks_nothing_outside(
    logged_in: LogIn, group: Group, invited: InvitedAdult, contact_person: User
) -> None:
    client = logged_in(contact_person)
    address = reverse("evenings:show_code", args=[group.pk, invited.pk])
    page = client.get(address)
    assert 'src="data:image/svg+xml' in page.content.decode()
    assert "img-src 'self' data:" in page["Content-Security-Policy"]
    assert page["Cache-Control"] == "private, no-store"
    InvitedAdult.objects.update(used_at=timezone.now())
    assert client.get(address).status_code == 302


# --- the door
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


# --- from a spreadsheet
def sheet(text: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("familier.csv", ("\ufeff" + text).encode(), content_type="text/csv")


def test_the_sheet_tells_every_rows_fate_before_anybody_is_invited(
    logged_in: LogIn, group: Group, contact_person: User
) -> None:
    client = logged_in(contact_person)
    address = reverse("evenings:import_families", args=[group.pk])
    lines = "Fornavn 1;E-post 1\r\nAstrid;astrid@example.no\r\n<b>Ole</b>;ole\r\n"
    page = client.post(address, {"sheet": sheet(lines)})
    text = page.content.decode()
    assert page.status_code == 200
    assert "1 familie er klar." in text
    assert "To voksne i samme familie skal stå på samme rad." in text
    assert "1 rad må rettes." in text
    assert "<b>Ole" not in text
    assert not FamilyInvitation.objects.exists()
    rows = re.search(r'name="rows" value="([^"]+)"', text)
    assert rows
    answer = client.post(address, {"rows": rows.group(1)}, follow=True)
    assert "1 familie er invitert." in answer.content.decode()
    assert InvitedAdult.objects.get().email == "astrid@example.no"
    again = client.post(address, {"rows": rows.group(1)}, follow=True)
    assert "Noen ble invitert av andre imens, rad 2." in again.content.decode()
    assert InvitedAdult.objects.count() == 1


@pytest.mark.parametrize("given", [{}, {"sheet": "tekst"}, {"rows": "tull"}])
def test_without_a_file_or_with_rows_of_ones_own_the_page_asks_again(
    logged_in: LogIn, group: Group, contact_person: User, given: dict[str, str]
) -> None:
    page = logged_in(contact_person).post(reverse("evenings:import_families", args=[group.pk]), given)
    assert page.status_code == 422
    assert not FamilyInvitation.objects.exists()


def test_the_template_is_read_by_the_import_it_is_for(
    logged_in: LogIn, group: Group, contact_person: User
) -> None:
    client = logged_in(contact_person)
    heads = client.get(reverse("evenings:import_template", args=[group.pk])).content.decode("utf-8-sig")
    line = "Vika;Astrid;astrid@example.no;;Ole;;40000009;ja;Deltaker A;Deltaker B\r\n"
    page = client.post(reverse("evenings:import_families", args=[group.pk]), {"sheet": sheet(heads + line)})
    assert "1 familie er klar." in page.content.decode()
