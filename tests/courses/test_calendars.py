"""Calendar files and feeds: right on every phone, whose they are, and gone when their owner is."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from icalendar import Calendar

from courses import calendars
from courses.erasing import erase
from courses.models import Assignment, CalendarFeed, Enrolment, Role, SignUp, User
from tests.evening_factories import CatchUpFactory, GatheringFactory, GuidanceMeetingFactory
from tests.factories import EveningFactory

if TYPE_CHECKING:
    from courses.models import Adult, Evening, Group
    from tests.people import LogIn

pytestmark = pytest.mark.django_db
OSLO = ZoneInfo("Europe/Oslo")


@pytest.fixture
def evening(group: Group) -> Evening:
    module = group.edition.programme.modules.get(number=1)
    return EveningFactory(group=group, module=module, place="Storgata 1")


def address(person: Adult | User) -> str:
    user = getattr(person, "user", person)
    feed, _made = CalendarFeed.objects.get_or_create(user=user)
    return f"/kalender/{calendars.token_of(feed)}.ics"


def events(client: Client, path: str) -> list:
    page = client.get(path)
    assert page.status_code == 200
    assert page["Content-Type"] == "text/calendar; charset=utf-8"
    return list(Calendar.from_ical(page.content).walk("VEVENT"))


def test_entry_has_a_steady_uid_its_sequence_an_alarm_and_oslos_time(client, evening: Evening, adult: Adult):
    evening.sequence, evening.changed_at = 4, timezone.now().replace(microsecond=0)
    evening.starts_at = datetime(2099, 7, 2, 18, tzinfo=OSLO)
    evening.save()
    (event,) = events(client, address(adult))
    assert (event["uid"], event["sequence"], event["summary"]) == (str(evening.uid), 4, "Kurskveld 1")
    assert event["dtstart"].params["TZID"] == "Europe/Oslo"
    assert event["dtstart"].dt.replace(tzinfo=None) == datetime(2099, 7, 2, 18)
    assert event["last-modified"].dt == evening.changed_at
    assert event["dtend"].dt - event["dtstart"].dt == timedelta(minutes=evening.minutes)
    assert [alarm["action"] for alarm in event.walk("VALARM")] == ["DISPLAY"]
    assert "location" not in event
    assert "description" not in event


def test_file_has_the_time_zone_with_it_and_folds_its_lines(client, evening: Evening, adult: Adult):
    content = client.get(address(adult)).content
    zones = Calendar.from_ical(content).walk("VTIMEZONE")
    assert [str(zone["tzid"]) for zone in zones] == ["Europe/Oslo"]
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))


@pytest.mark.parametrize(
    ("starts", "utc_hour"),
    [
        (datetime(2026, 10, 24, 18, tzinfo=OSLO), 16),
        (datetime(2026, 10, 25, 18, tzinfo=OSLO), 17),
        (datetime(2027, 3, 27, 18, tzinfo=OSLO), 17),
        (datetime(2027, 3, 28, 18, tzinfo=OSLO), 16),
    ],
)
def test_time_is_right_on_both_sides_of_a_change_of_clocks(evening: Evening, starts: datetime, utc_hour: int):
    evening.starts_at = starts
    content = calendars.attachment(calendars.of_evening(evening))
    # read with the zone the file brings itself, as a program that does not know Oslo does
    read = Calendar.from_ical(content.replace(b"Europe/Oslo", b"Ours"))
    (event,) = read.walk("VEVENT")
    assert event["dtstart"].dt.astimezone(ZoneInfo("UTC")).hour == utc_hour


def test_evening_that_is_cancelled_says_so_and_rings_no_alarm(client, evening: Evening, adult: Adult):
    evening.cancelled_at = timezone.now()
    evening.save()
    (event,) = events(client, address(adult))
    assert event["status"] == "CANCELLED"
    assert not event.walk("VALARM")


def test_moved_evening_is_the_same_entry(client, evening: Evening, adult: Adult):
    (before,) = events(client, address(adult))
    evening.starts_at += timedelta(days=7)
    evening.sequence += 1
    evening.save()
    (after,) = events(client, address(adult))
    assert (before["uid"], int(after["sequence"])) == (after["uid"], int(before["sequence"]) + 1)


def test_feed_holds_ones_own_and_nobody_elses(
    client, evening: Evening, adult: Adult, stranger: Adult, other_group: Group
):
    EveningFactory(group=other_group, module=evening.module)
    seat, no_seat = GatheringFactory(), GatheringFactory()
    SignUp.objects.create(gathering=seat, user=adult.user)
    SignUp.objects.create(gathering=no_seat, user=adult.user, state="waiting")
    meeting = GuidanceMeetingFactory(family=adult.family)
    GuidanceMeetingFactory(family=stranger.family)
    found = {str(event["uid"]) for event in events(client, address(adult))}
    assert found == {str(thing.uid) for thing in (evening, seat, meeting)}


def test_refreshers_are_there_for_who_comes_and_who_leads_but_not_for_who_said_no(
    client, group: Group, adult: Adult, neighbour: Adult, contact_person: User, stranger: Adult
):
    refresher = GatheringFactory(kind="refresher", group=group)
    SignUp.objects.create(gathering=refresher, user=neighbour.user, state="withdrawn")
    GatheringFactory(kind="refresher", group=group, seats=1)  # a seat there must be asked for
    for person in (adult, contact_person):
        assert str(refresher.uid) in {str(event["uid"]) for event in events(client, address(person))}
    assert events(client, address(neighbour)) == []
    assert [str(event["uid"]) for event in events(client, address(adult))] == [str(refresher.uid)]


def test_guest_at_another_groups_evening_has_it_in_the_calendar(client, evening: Evening, stranger: Adult):
    CatchUpFactory(adult=stranger, neighbour=evening)
    assert [str(event["uid"]) for event in events(client, address(stranger))] == [str(evening.uid)]


def test_contact_person_has_the_evenings_she_leads(client, evening: Evening, contact_person: User):
    (event,) = events(client, address(contact_person))
    assert event["url"].endswith(f"/kveld/{evening.pk}/")


def test_project_leader_does_not_get_every_evening_there_is(client, evening: Evening, project_leader: User):
    assert events(client, address(project_leader)) == []


def test_pause_takes_the_evenings_out(client, evening: Evening, adult: Adult):
    Enrolment.objects.update(paused_on=timezone.localdate())
    assert events(client, address(adult)) == []


def yesterday() -> dict[str, object]:
    day = timezone.localdate() - timedelta(days=1)
    return {"starts_on": day, "ends_on": day}


@pytest.mark.parametrize("happened", ["erased", "left", "locked out", "ended", "renewed"])
def test_address_is_dead_at_the_next_request(client, evening: Evening, adult: Adult, happened: str):
    path = address(adult)
    assert client.get(path).status_code == 200
    {
        "erased": lambda: erase(adult),
        "left": lambda: Enrolment.objects.filter(adult=adult).update(**yesterday()),
        "locked out": lambda: User.objects.filter(pk=adult.user_id).update(is_active=False),
        "ended": lambda: CalendarFeed.objects.all().delete(),
        "renewed": lambda: CalendarFeed.objects.update(nonce="another"),
    }[happened]()
    assert client.get(path).status_code == 404


def test_address_of_a_contact_person_whose_role_has_ended_is_dead(
    client, evening: Evening, contact_person: User
):
    path = address(contact_person)
    Role.objects.filter(user=contact_person).update(**yesterday())
    assert client.get(path).status_code == 404


def test_stand_in_after_her_last_day_has_no_evenings(client, evening: Evening, contact_person: User):
    Assignment.objects.filter(user=contact_person).update(duty="stand-in", **yesterday())
    assert events(client, address(contact_person)) == []


@pytest.mark.parametrize("token", ["x", "a:b", "æøå", "x" * 500, "..", "%00", "nonce:signature"])
def test_address_that_we_did_not_make_is_a_404_and_asks_no_database(
    client, token: str, django_assert_num_queries
):
    with django_assert_num_queries(0):
        assert client.get(f"/kalender/{token}.ics").status_code == 404


def test_nonce_without_our_signature_opens_nothing(client, adult: Adult):
    feed = CalendarFeed.objects.create(user=adult.user)
    other = calendars.SIGNER.sign("something else").rpartition(":")[2]
    for token in (feed.nonce, f"{feed.nonce}:", f"{feed.nonce}:{other}"):
        assert client.get(f"/kalender/{token}.ics").status_code == 404


def test_same_rows_give_the_same_bytes_and_asking_again_is_answered_briefly(
    client, evening: Evening, adult: Adult
):
    path = address(adult)
    first = client.get(path)
    again = client.get(path, headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    evening.sequence += 1
    evening.save()
    assert client.get(path, headers={"if-none-match": first["ETag"]}).status_code == 200


def test_feed_is_written_in_its_owners_language(client, evening: Evening, adult: Adult):
    SignUp.objects.create(gathering=GatheringFactory(kind="theme-evening"), user=adult.user)
    GuidanceMeetingFactory(family=adult.family)
    User.objects.filter(pk=adult.user_id).update(language="nn")
    names = {str(event["summary"]) for event in events(client, address(adult))}
    assert names == {"Kurskveld 1", "Temakveld", "Avtale"}


def test_feed_costs_the_same_with_one_evening_and_with_many(client, group: Group, adult: Adult):
    path = address(adult)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(path)
        return len(captured)

    modules = list(group.edition.programme.modules.all())
    EveningFactory(group=group, module=modules[0])
    few = queries()
    EveningFactory(group=group, module=modules[1])
    for _meeting in range(10):
        GuidanceMeetingFactory(family=adult.family)
    assert queries() == few


# --- the page
def test_address_is_made_when_it_is_asked_for_and_works(
    logged_in: LogIn, client, evening: Evening, adult: Adult
):
    browser = logged_in(adult)
    assert b".ics" not in browser.get("/min/kalender/").content
    page = browser.post("/min/kalender/", {"do": "new"}, follow=True)
    made = calendars.address_of(adult.user.calendar_feed)
    assert made in page.content.decode()
    assert len(events(client, made[made.index("/kalender/") :])) == 1


def test_new_address_ends_the_old_and_ending_ends_all(logged_in: LogIn, client, adult: Adult):
    browser = logged_in(adult)
    old = address(adult)
    browser.post("/min/kalender/", {"do": "new"})
    assert client.get(old).status_code == 404
    new = address(adult)
    browser.post("/min/kalender/", {"do": "end"})
    assert client.get(new).status_code == 404
    assert not CalendarFeed.objects.exists()
