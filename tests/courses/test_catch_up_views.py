"""«Ta igjen kvelden» as the adult meets it: one's own and nobody else's, kind, and nothing lost."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from courses.enrolling import leave
from courses.models import (
    Adult,
    CallRequest,
    CatchUp,
    CoreElementTick,
    EditionModule,
    EveningLog,
    Group,
    PartText,
)
from courses.neighbours import take_seat
from tests import evening_factories as around
from tests import factories as made
from tests.courses.missed import LAYER
from tests.courses.test_neighbours import evening_of

if TYPE_CHECKING:
    from courses.models import Evening, User
    from tests.people import LogIn

pytestmark = pytest.mark.django_db


@pytest.fixture
def catch_up(group: Group, adult: Adult) -> CatchUp:
    held = evening_of(group, days=-3)
    EditionModule.objects.filter(edition=group.edition, module=held.module).update(evening=LAYER)
    log = EveningLog.objects.create(evening=held)
    for key, done in (("lampa", "yes"), ("svar", "partly"), ("hjelp", "no")):
        CoreElementTick.objects.create(log=log, key=key, done=done)
    return around.CatchUpFactory(adult=adult, evening=held)


def left(adult: Adult) -> None:
    """She left her group yesterday."""
    today = timezone.localdate()
    adult.enrolments.update(starts_on=today - timedelta(days=60), ends_on=today - timedelta(days=1))


def address(row: CatchUp, way: str = "") -> str:
    return f"/min/ta-igjen/{row.pk}/{way}"


def test_the_page_says_what_the_group_did_and_what_to_read_in_ten_to_fifteen_minutes(
    catch_up: CatchUp, adult: Adult, logged_in: LogIn
) -> None:
    PartText.objects.filter(part__key="del-1").update(tasks=[{"id": "t1", "title": "Et måltid"}])
    page = logged_in(adult).get(address(catch_up))
    text = page.content.decode()
    assert "Dette gjorde gruppa" in text
    assert "Alle har funnet sin egen varsellampe." in text
    assert "Hvor kjenner du det?" in text
    assert "Siden om hjelp er vist." not in text
    assert 10 <= page.context["minutes"] <= 15
    assert "/kurs/en-god-start/modul-1/del-1/#s-t1" in text
    assert not {word for word in ("fravær", "gikk glipp", "burde", "må du") if word in text}


@pytest.mark.parametrize("who", ["other_adult", "neighbour", "stranger", "contact_person", "project_leader"])
@pytest.mark.parametrize("way", ["", "lest/", "prat/", "plass/", "plass/gi-tilbake/"])
def test_nobody_else_opens_or_changes_it(
    catch_up: CatchUp, who: str, way: str, logged_in: LogIn, request: pytest.FixtureRequest
) -> None:
    client = logged_in(request.getfixturevalue(who))
    page = (
        client.post(address(catch_up, way), {"wished_time": "any"}) if way else client.get(address(catch_up))
    )
    assert page.status_code == 404
    catch_up.refresh_from_db()
    assert (catch_up.state, catch_up.read_at) == ("offered", None)
    assert not CallRequest.objects.exists()


def test_having_gone_through_it_is_stored(catch_up: CatchUp, adult: Adult, logged_in: LogIn) -> None:
    client = logged_in(adult)
    client.post(address(catch_up, "lest/"))
    catch_up.refresh_from_db()
    assert catch_up.read_at is not None
    assert catch_up.state == "under-way"
    assert "Du har gått gjennom dette." in client.get(address(catch_up)).content.decode()


def test_a_wish_for_a_talk_reaches_the_contact_person(
    catch_up: CatchUp, adult: Adult, contact_person: User, logged_in: LogIn
) -> None:
    day = timezone.localdate() + timedelta(days=2)
    logged_in(adult).post(
        address(catch_up, "prat/"), {"wished_on": day.isoformat(), "wished_time": "morning"}
    )
    call = CallRequest.objects.get()
    assert (call.wished_on, call.wished_time) == (day, "morning")
    catch_up.refresh_from_db()
    assert catch_up.state == "under-way"
    page = logged_in(contact_person).get(f"/gruppe/{catch_up.evening.group_id}/").content.decode()
    assert "formiddag" in page


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"wished_on": "2020-01-01", "wished_time": "any"}, "Dagen er passert."),
        ({"wished_on": "i morgen", "wished_time": "any"}, "Skriv dagen slik"),
        ({"wished_on": "2999-01-01", "wished_time": "any"}, "innen et halvt år"),
        ({"wished_time": "midnatt"}, "Velg en av tidene."),
        ({}, "Velg en tid på dagen."),
    ],
)
def test_a_wish_that_cannot_be_read_is_said_at_its_field(
    catch_up: CatchUp, adult: Adult, logged_in: LogIn, sent: dict[str, str], said: str
) -> None:
    page = logged_in(adult).post(address(catch_up, "prat/"), sent)
    assert page.status_code == 422
    assert said in page.content.decode()
    assert not CallRequest.objects.exists()


@pytest.fixture
def theirs(other_group: Group) -> Evening:
    return evening_of(other_group)


def test_a_neighbours_evening_is_booked_and_given_back(
    catch_up: CatchUp, theirs: Evening, adult: Adult, logged_in: LogIn
) -> None:
    client = logged_in(adult)
    assert "En kveld hos en nabogruppe" in client.get(address(catch_up)).content.decode()
    client.post(address(catch_up, "plass/"), {"evening": theirs.pk})
    catch_up.refresh_from_db()
    assert catch_up.neighbour == theirs
    assert "Du har plass" in client.get(address(catch_up)).content.decode()
    client.post(address(catch_up, "plass/gi-tilbake/"))
    catch_up.refresh_from_db()
    assert catch_up.neighbour is None


@pytest.mark.parametrize("way", ["lest/", "prat/", "plass/", "plass/gi-tilbake/"])
def test_whoever_has_left_reads_it_and_chooses_nothing(
    catch_up: CatchUp, theirs: Evening, adult: Adult, logged_in: LogIn, way: str
) -> None:
    left(adult)
    client = logged_in(adult)
    assert (
        client.post(address(catch_up, way), {"evening": theirs.pk, "wished_time": "any"}).status_code == 404
    )
    page = client.get(address(catch_up)).content.decode()
    assert "Dette gjorde gruppa" in page
    assert "Til slutt" not in page
    catch_up.refresh_from_db()
    assert (catch_up.neighbour, catch_up.read_at) == (None, None)


def test_leaving_gives_up_the_seat_with_the_neighbours(
    catch_up: CatchUp, theirs: Evening, adult: Adult
) -> None:
    take_seat(catch_up, theirs.pk)
    leave(adult.enrolments.get())
    catch_up.refresh_from_db()
    assert catch_up.neighbour is None


def test_after_a_change_of_group_the_new_contact_person_agrees_and_confirms_it(
    catch_up: CatchUp, other_group: Group, other_contact_person: User, adult: Adult, logged_in: LogIn
) -> None:
    evening_of(other_group, days=-1)
    left(adult)
    made.EnrolmentFactory(adult=adult, group=other_group)
    place = f"/gruppe/{other_group.pk}/ta-igjen/{catch_up.pk}/"
    client = logged_in(other_contact_person)
    assert client.get(place).status_code == 200
    client.post(place)
    catch_up.refresh_from_db()
    assert catch_up.state == "done"


def test_confirming_twice_says_that_it_was_confirmed(
    catch_up: CatchUp, contact_person: User, logged_in: LogIn
) -> None:
    place = f"/gruppe/{catch_up.evening.group_id}/ta-igjen/{catch_up.pk}/"
    client = logged_in(contact_person)
    assert "Kvelden er tatt igjen for" in client.post(place, follow=True).content.decode()
    assert "Kvelden var alt bekreftet." in client.post(place, follow=True).content.decode()


def test_the_place_is_shown_to_those_who_have_a_seat_there_and_the_list_to_nobody(
    catch_up: CatchUp, theirs: Evening, adult: Adult, stranger: Adult, logged_in: LogIn
) -> None:
    theirs.place = "Bygdehuset"
    theirs.save()
    client = logged_in(adult)
    before = client.get(address(catch_up)).content.decode()
    client.post(address(catch_up, "plass/"), {"evening": theirs.pk})
    after = client.get(address(catch_up)).content.decode()
    assert "Bygdehuset" not in before
    assert "Bygdehuset" in after
    assert stranger.name not in before + after


@pytest.mark.parametrize("sent", ["", "x", "999999", "1" * 30])
def test_a_seat_that_is_not_there_is_said_and_nothing_is_stored(
    catch_up: CatchUp, theirs: Evening, adult: Adult, logged_in: LogIn, sent: str
) -> None:
    page = logged_in(adult).post(address(catch_up, "plass/"), {"evening": sent})
    assert page.status_code == 422
    assert 'role="alert"' in page.content.decode()
    catch_up.refresh_from_db()
    assert catch_up.neighbour is None


def test_a_shielded_family_is_told_that_others_will_see_it_and_says_so_itself(
    catch_up: CatchUp, theirs: Evening, adult: Adult, logged_in: LogIn
) -> None:
    adult.family.shielded = True
    adult.family.save()
    client = logged_in(adult)
    assert "de ser deg" in client.get(address(catch_up)).content.decode()
    page = client.post(address(catch_up, "plass/"), {"evening": theirs.pk})
    assert page.status_code == 422
    catch_up.refresh_from_db()
    assert catch_up.neighbour is None
    client.post(address(catch_up, "plass/"), {"evening": theirs.pk, "seen": "1"})
    catch_up.refresh_from_db()
    assert catch_up.neighbour == theirs


def test_a_made_up_evening_says_so_and_asks_for_nothing(
    catch_up: CatchUp, theirs: Evening, adult: Adult, logged_in: LogIn
) -> None:
    CatchUp.objects.update(state="done")
    text = logged_in(adult).get(address(catch_up)).content.decode()
    assert "Kvelden er tatt igjen. Den teller." in text
    assert "Avtal en kort prat" not in text


def test_the_page_asks_no_more_with_more_parts_and_groups(
    catch_up: CatchUp, theirs: Evening, adult: Adult, logged_in: LogIn
) -> None:
    client = logged_in(adult)
    client.get(address(catch_up))
    with CaptureQueriesContext(connection) as few:
        client.get(address(catch_up))
    for _group in range(4):
        evening_of(
            made.GroupFactory(
                edition=catch_up.evening.group.edition, municipalities=theirs.group.municipalities.all()
            )
        )
    with CaptureQueriesContext(connection) as many:
        client.get(address(catch_up))
    assert len(few) == len(many)
    assert len(many) <= 13
