"""«Det vi vet om deg»: all of it, for oneself alone, and never what was answered."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cms.own_data import everything_about
from courses import erasure_requests
from courses.auditing import Action, record
from courses.models import Adult, AuditEvent, Certificate, Message, User
from courses.notes import write_note
from courses.outbox.sending import send_due
from evaluation.models import Consent, PairSalt
from tests import factories as made
from tests import study_factories
from tests.evening_factories import (
    CallRequestFactory,
    CatchUpFactory,
    GatheringFactory,
    GuidanceMeetingFactory,
    InvitedAdultFactory,
    MessageFactory,
)
from tests.factories import EveningFactory
from tests.posts import Sink, sink

if TYPE_CHECKING:
    from django.http import HttpResponse

    from courses.models import Group
    from tests.people import LogIn


__all__ = ["sink"]
pytestmark = pytest.mark.django_db(databases=["default", "answers"])


@pytest.fixture
def whole(adult: Adult, other_adult: Adult, group: Group, contact_person: User) -> Adult:
    """Something of everything."""
    module, part = group.edition.programme.modules.get(number=1), group.edition.parts.first()
    evening = EveningFactory(group=group, module=module, starts_at=timezone.now() - timedelta(days=2))
    made.AttendanceFactory(
        adult=adult, evening=evening, state="present", marked_by=contact_person, marked_at=timezone.now()
    )
    made.ReadingEventFactory(adult=adult, part=part)
    made.EarlyOpeningFactory(adult=adult, module=module)
    write_note(adult=adult, module=module, part_key="del-1", block="r1", text="Et hemmelig notat.")
    MessageFactory(
        user=adult.user, thing=f"evening:{evening.pk}", state="sent", channel="mail", sent_at=timezone.now()
    )
    InvitedAdultFactory(adult=adult, email="invitert@example.no", invitation__by=contact_person)
    CatchUpFactory(adult=adult, evening=evening)
    CallRequestFactory(adult=adult)
    GuidanceMeetingFactory(family=adult.family)
    GatheringFactory(kind="refresher", group=group).sign_ups.create(user=adult.user)
    asked = study_factories.participation(study_factories.occasion(group=group), adult, state="done")
    study = asked.occasion.wave.study
    Consent.objects.create(
        user=adult.user,
        letter=study_factories.information(study),
        purpose="research",
        language="nb",
        given_on=timezone.localdate(),
    )
    PairSalt.objects.create(study=study, user=adult.user, salt=b"\7" * 16)
    record(contact_person, Action.OPENED, about=[adult.user])
    return adult


def page(client) -> str:
    answer: HttpResponse = client.get("/min/opplysninger/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_every_section_is_filled_and_in_plain_words(logged_in: LogIn, whole: Adult) -> None:
    filled = {section.key for section in everything_about(whole.user) if section.rows}
    in_each_life = {"who", "course", "attendance", "reading", "agreements", "messages", "notes"}
    assert filled == in_each_life | {"consents", "forms", "seen"}
    text = page(logged_in(whole))
    for words in (
        "Berit",
        whole.user.email,
        "invitert@example.no",
        "til stede",
        "Jan",
        "Før første kveld",
        "mottatt",
    ):
        assert words in text
    assert "(kontaktperson) åpnet siden om deg" in text


def test_messages_stand_in_their_order_what_went_apart_from_what_is_to_come(whole: Adult) -> None:
    now = timezone.now()
    Message.objects.all().delete()
    for days, state in ((-9, "sent"), (-2, "sent"), (3, "planned"), (30, "planned")):
        at = now + timedelta(days=days)
        sent = {"channel": "mail", "sent_at": at} if state == "sent" else {}
        MessageFactory(user=whole.user, thing=f"evening:{1000 + days}", state=state, due_at=at, **sent)
    MessageFactory(user=whole.user, thing="form:1", step="reminder", state="skipped", why="done", due_at=now)
    found = {
        section.key: [value for _what, value in section.rows] for section in everything_about(whole.user)
    }
    assert [value.split()[0] for value in found["messages"]] == ["ikke", "sendt", "sendt"]
    assert found["messages"][0] == "ikke sendt: trengtes ikke lenger"
    newest, oldest = found["messages"][1:]
    assert str(timezone.localtime(now - timedelta(days=2)).day) in newest
    assert str(timezone.localtime(now - timedelta(days=9)).day) in oldest
    soonest, later = found["coming"]
    assert f"skal sendes {timezone.localtime(now + timedelta(days=3)).day}." in soonest
    assert f"skal sendes {timezone.localtime(now + timedelta(days=30)).day}." in later


def test_having_read_a_letter_is_no_yes(logged_in: LogIn, whole: Adult) -> None:
    letter = Consent.objects.get().letter
    Consent.objects.create(
        user=whole.user, letter=letter, purpose="information", language="nb", given_on=timezone.localdate()
    )
    (section,) = [section for section in everything_about(whole.user) if section.key == "consents"]
    said = [value for _what, value in section.rows]
    assert [value.partition(" ")[0] for value in said] == ["ja", "lest"]
    assert "Det du har sagt ja til" not in page(logged_in(whole))


def test_codes_say_what_they_are_for(logged_in: LogIn, whole: Adult, group: Group) -> None:
    proof = Certificate.objects.create(
        adult=whole, group=group, code="ABCD-EFGH-2345", minutes=810, evenings_there=6
    )
    text = page(logged_in(whole))
    assert f"kode {proof.code}, som andre kan kontrollere det med" in text
    assert "Familiens kode i kommunens arkiv" in text


def test_a_note_is_counted_on_the_page_and_in_clear_in_the_download_alone(
    logged_in: LogIn, whole: Adult
) -> None:
    client = logged_in(whole)
    assert "hemmelig" not in page(client)
    answer = client.get("/min/opplysninger/last-ned/")
    assert "no-store" in answer["Cache-Control"]
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        data = json.loads(archive.read("opplysninger.json"))
        text = archive.read("les-meg.txt").decode()
    assert data["notes"][0]["text"] == "Et hemmelig notat."
    assert {section["key"] for section in data["sections"]} >= {"who", "attendance", "forms", "seen"}
    assert "Et hemmelig notat." in text
    assert AuditEvent.objects.filter(about=whole.user, actor=whole.user, action="downloaded").count() == 1


def test_nothing_of_the_other_adult_or_of_anybody_else(
    logged_in: LogIn, whole: Adult, other_adult: Adult, neighbour
):
    record(whole.user, Action.OPENED, about=[neighbour.user])
    for person in (other_adult, neighbour):
        text = page(logged_in(person))
        assert whole.user.email not in text
        assert "invitert@example.no" not in text
        assert "hemmelig" not in logged_in(person).get("/min/opplysninger/last-ned/").content.decode(
            "latin-1"
        )


def test_after_half_an_hour_away_it_asks_who_it_is(logged_in: LogIn, whole: Adult) -> None:
    client = logged_in(whole)
    session = client.session
    session["seen"] = session["seen"] - 31 * 60
    session.save()
    for address in ("", "last-ned/", "slett/"):
        answer = client.get(f"/min/opplysninger/{address}")
        assert "Logg inn på nytt" in answer.content.decode()
        assert whole.user.email not in answer.content.decode()
    assert client.post("/min/opplysninger/slett/").status_code == 200
    assert not erasure_requests.has_asked(whole)


def test_the_number_of_queries_does_not_grow(
    logged_in: LogIn, whole: Adult, group: Group, contact_person
) -> None:
    client = logged_in(whole)

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            page(client)
        return len(seen)

    few = queries()
    for number in range(8):
        MessageFactory(user=whole.user, thing=f"evening:{900_000 + number}")
        CatchUpFactory(adult=whole, evening=EveningFactory(group=group))
        record(made.RoleFactory().user, Action.OPENED, about=[whole.user])
        study_factories.participation(study_factories.occasion(), whole)
        GuidanceMeetingFactory(family=whole.family, at=timezone.now() + timedelta(days=number))
    assert queries() == few


def test_research_is_left_with_one_tap_and_the_course_goes_on(logged_in: LogIn, whole: Adult) -> None:
    study = Consent.objects.get().letter.study
    client = logged_in(whole)
    assert "Trekk meg fra forskningen" in page(client)
    client.post(f"/min/opplysninger/forskning/{study.pk}/")
    assert Consent.objects.get().withdrawn_on == timezone.localdate()
    assert "Trekk meg fra forskningen" not in page(client)
    assert whole.enrolments.current().exists()


def test_research_is_left_by_whoever_has_read_the_letter_too_and_read_the_next(
    logged_in: LogIn, whole: Adult
) -> None:
    yes = Consent.objects.get(user=whole.user)
    today = timezone.localdate()
    read = {"user": whole.user, "purpose": "information", "language": "nb", "given_on": today}
    Consent.objects.create(letter=yes.letter, **read)
    Consent.objects.create(letter=study_factories.information(yes.letter.study, number=2), **read)
    left = logged_in(whole.user).post(f"/min/opplysninger/forskning/{yes.letter.study_id}/")
    assert left.status_code == 302
    yes.refresh_from_db()
    assert yes.withdrawn_on == today


def test_nobody_leaves_research_for_another(logged_in: LogIn, whole: Adult, other_adult: Adult) -> None:
    study = Consent.objects.get().letter.study
    assert logged_in(other_adult).post(f"/min/opplysninger/forskning/{study.pk}/").status_code == 404
    assert Consent.objects.get().withdrawn_on is None


def test_a_wish_to_be_erased_reaches_the_project_leader_and_can_be_taken_back(
    logged_in: LogIn, adult: Adult, project_leader: User, sink: Sink, settings
) -> None:
    client = logged_in(adult)
    client.post("/min/opplysninger/slett/")
    client.post("/min/opplysninger/slett/")
    assert Message.objects.filter(thing=f"erasure:{adult.pk}").count() == 1
    with time_machine.travel(timezone.localtime().replace(hour=12) + timedelta(days=1)):
        assert send_due() == {"sent": 1}
    assert sink.recipients == [project_leader.email]
    (mail,) = sink.messages
    assert mail["Subject"] == "Et ønske om sletting"
    assert adult.user.first_name not in mail.get_content()
    assert "Du har bedt om å bli slettet" in page(client)
    assert "Bedt om å bli slettet" in page(client)
    assert adult.shown_name in logged_in(project_leader).get("/prosjekt/sletting/").content.decode()
    client.post("/min/opplysninger/slett/", {"what": "take-back"})
    assert not erasure_requests.has_asked(adult)
    assert "Ingen venter" in logged_in(project_leader).get("/prosjekt/sletting/").content.decode()


def test_without_a_project_leader_it_says_whom_to_ask(logged_in: LogIn, adult: Adult) -> None:
    answer = logged_in(adult).post("/min/opplysninger/slett/", follow=True)
    assert "Ta kontakt med kommunen" in answer.content.decode()


def test_the_project_leader_erases_whoever_has_asked_and_nobody_else(
    logged_in: LogIn, adult: Adult, neighbour: Adult, project_leader: User, settings, tmp_path
) -> None:
    settings.ARCHIVE_DIR = tmp_path / "arkiv"
    erasure_requests.ask(adult)
    client = logged_in(project_leader)
    assert client.post(f"/prosjekt/sletting/{neighbour.pk}/").status_code == 404
    assert client.get(f"/prosjekt/sletting/{adult.pk}/").status_code == 200
    client.post(f"/prosjekt/sletting/{adult.pk}/")
    assert not Adult.objects.filter(pk=adult.pk).exists()
    assert not Message.objects.filter(thing__startswith="erasure:").exists()


def test_staff_see_their_own(logged_in: LogIn, project_leader: User, contact_person: User) -> None:
    assert "prosjektleder" in page(logged_in(project_leader))
    assert "leder gruppa" in page(logged_in(contact_person))


def test_whoever_is_a_contact_person_is_not_sent_to_herself(
    logged_in: LogIn, adult: Adult, contact_person: User
) -> None:
    assert "Si fra til kontaktpersonen eller" in page(logged_in(adult))
    text = page(logged_in(contact_person))
    assert "Si fra til kontaktpersonen" not in text
    assert "Er noe feil? Si fra til prosjektlederen eller personvernombudet" in text


def test_that_a_message_went_is_said_only_of_one_that_did(whole: Adult) -> None:
    Message.objects.all().delete()
    MessageFactory(user=whole.user, thing="form:1", step="reminder", state="skipped", why="done")
    (section,) = [section for section in everything_about(whole.user) if section.key == "messages"]
    assert section.note == "Vi lagrer om beskjeden gikk, ikke hva som sto i den."
