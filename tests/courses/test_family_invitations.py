"""Families are invited, one by one and from a spreadsheet; sent to again, withdrawn, shown as a QR code."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from courses.models import FamilyInvitation, InvitedAdult, User
from tests.courses.invited_families import invited, texts
from tests.evening_factories import InvitedAdultFactory

if TYPE_CHECKING:
    from courses.models import Group, Municipality
    from tests.people import LogIn


__all__ = ["invited", "texts"]
pytestmark = pytest.mark.django_db
COUPLE = {
    "name_1": "Astrid",
    "address_1": "Astrid@Example.no",
    "name_2": "Ole",
    "address_2": "400 00 009",
}


def page_of(group: Group) -> str:
    return reverse("evenings:invite", args=[group.pk])


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
