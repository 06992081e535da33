"""«Meld avvik»: open to all, mailed to the municipality's privacy officer once, and then forgotten."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from courses.models import PrivacyReport
from courses.privacy_reports import send_reports
from tests.posts import Sink, sink

if TYPE_CHECKING:
    from courses.models import Municipality, User
    from tests.people import LogIn

__all__ = ["sink"]
pytestmark = pytest.mark.django_db
ADDRESS = "/personvern/avvik/"


@pytest.fixture(autouse=True)
def _no_counters() -> None:
    cache.clear()


@pytest.fixture
def place(municipality: Municipality) -> Municipality:
    municipality.privacy_officer, municipality.privacy_officer_email = "Oda", "ombud@vika.example.no"
    municipality.save()
    return municipality


def told(place: Municipality, **fields: object) -> dict[str, object]:
    return {"municipality": place.pk, "text": "En liste lå igjen i salen.", "reply_to": ""} | fields


def test_it_reaches_the_privacy_officer_and_the_text_is_gone(client: Client, place: Municipality, sink: Sink):
    page = client.post(ADDRESS, told(place, reply_to="jeg@example.no"))
    assert "personvernombudet i Vika" in page.content.decode()
    assert send_reports() == 1
    (mail,) = sink.messages
    assert sink.recipients == ["ombud@vika.example.no"]
    assert (mail["To"], mail["Cc"], mail["Reply-To"]) == ("ombud@vika.example.no", None, "jeg@example.no")
    assert "En liste lå igjen i salen." in mail.get_content()
    row = PrivacyReport.objects.get()
    assert (row.text, row.reply_to) == ("", "")
    assert row.sent_at
    assert send_reports() == 0
    assert len(sink.mails) == 1


def test_without_an_officer_it_goes_to_the_project_leader_and_the_page_says_so(
    client: Client, municipality: Municipality, project_leader: User, sink: Sink
) -> None:
    page = client.post(ADDRESS, told(municipality))
    assert "går derfor til prosjektlederen" in page.content.decode()
    send_reports()
    assert sink.recipients == [project_leader.email]
    assert "ikke har ført opp et personvernombud" in " ".join(sink.messages[0].get_content().split())


def test_with_nobody_to_send_to_it_waits(client: Client, municipality: Municipality, sink: Sink) -> None:
    client.post(ADDRESS, told(municipality))
    assert send_reports() == 0
    assert PrivacyReport.objects.get().text


def test_it_is_tried_again_later_and_later_and_nothing_is_lost(
    client: Client, place: Municipality, sink: Sink
) -> None:
    client.post(ADDRESS, told(place))
    sink.answer = "451 later"
    assert send_reports() == 0
    sink.answer = ""
    assert send_reports() == 0  # it waits a minute
    row = PrivacyReport.objects.get()
    assert (row.tries, bool(row.text), row.sent_at) == (1, True, None)
    cache.clear()  # the minute is over
    assert send_reports() == 1
    assert PrivacyReport.objects.get().tries == 2


def test_two_workers_send_it_once(client: Client, place: Municipality, sink: Sink, monkeypatch) -> None:
    client.post(ADDRESS, told(place))
    from courses import privacy_reports

    first = PrivacyReport.objects.select_related("municipality").get()
    second = PrivacyReport.objects.select_related("municipality").get()
    assert privacy_reports._send(first)
    cache.clear()
    assert not privacy_reports._send(second)
    assert len(sink.mails) == 1


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"municipality": ""}, "Velg en kommune."),
        ({"municipality": "99999"}, "Velg en kommune."),
        ({"text": ""}, "Skriv kort hva som har skjedd."),
        ({"text": "\x01 "}, "Skriv kort hva som har skjedd."),
        ({"text": "a" * 5000}, "Kort den ned."),
        ({"reply_to": "ikke en adresse"}, "Skriv en hel e-postadresse"),
        ({"reply_to": "a@b.no\r\nBcc: x@y.no"}, "Skriv en hel e-postadresse"),
    ],
)
def test_what_is_wrong_is_said_at_the_field_and_nothing_is_lost(client: Client, place, fields, said) -> None:
    page = client.post(ADDRESS, told(place, **fields))
    assert page.status_code == 422
    assert said in page.content.decode()
    assert not PrivacyReport.objects.exists()


def test_many_from_one_place_are_asked_to_wait_with_their_text(client: Client, place: Municipality) -> None:
    for _number in range(30):
        assert client.post(ADDRESS, told(place)).status_code == 200
    page = client.post(ADDRESS, told(place))
    assert page.status_code == 429
    assert "En liste lå igjen i salen." in page.content.decode()
    assert PrivacyReport.objects.count() == 30


def test_a_foreign_form_is_refused(place: Municipality) -> None:
    assert Client(enforce_csrf_checks=True).post(ADDRESS, told(place)).status_code == 403


def test_who_wrote_is_stored_nowhere(logged_in: LogIn, project_leader: User, place: Municipality) -> None:
    logged_in(project_leader).post(ADDRESS, told(place))
    assert {field.name for field in PrivacyReport._meta.get_fields()} == {
        "id", "municipality", "text", "reply_to", "made_on", "sent_at", "tries",
    }  # fmt: skip


def test_the_project_leader_writes_down_the_officer(
    logged_in: LogIn, project_leader: User, municipality: Municipality, leader: User
) -> None:
    address = f"/prosjekt/kommune/{municipality.slug}/personvern/"
    given = {"privacy_officer": "Oda", "privacy_officer_email": "ombud@vika.example.no"}
    assert logged_in(leader).post(address, given).status_code == 403
    client = logged_in(project_leader)
    assert client.get(address).status_code == 200
    assert client.post(address, given | {"privacy_officer_email": ""}).status_code == 422
    assert client.post(address, given).status_code == 302
    municipality.refresh_from_db()
    assert municipality.privacy_officer_email == "ombud@vika.example.no"
    assert "ombud@vika.example.no" in client.get(f"/prosjekt/kommune/{municipality.slug}/").content.decode()


def test_nobody_mails_what_is_long_over(place: Municipality, sink: Sink) -> None:
    PrivacyReport.objects.create(municipality=place, sent_at=timezone.now() - timedelta(days=1))
    assert send_reports() == 0
