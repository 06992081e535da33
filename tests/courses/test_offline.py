"""What a phone may keep and send: texts without a reader, taps that wait, and the list for an evening."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from courses.models import Attendance, ReadingEvent
from courses.offline import owner_tags, queue_keys
from tests import factories as made
from tests.editions import make_families

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django.fixtures import SettingsWrapper

    from courses.models import Adult, Evening, Group, User
    from tests.people import LogIn

pytestmark = pytest.mark.django_db

TEXTS = "/kurs/en-god-start/modul-1/lese/"
EVENTS = "/kurs/hendelser/"


def tap(adult: Adult, **changed: Any) -> dict[str, Any]:
    return {
        "client_id": str(uuid.uuid4()),
        "owner": owner_tags(adult.user)[0],
        "programme": "en-god-start",
        "module": "modul-1",
        "part": "del-1",
        "kind": "read",
        "block": "",
        "revision": 7,
        "happened_at": "2026-11-01T18:00:00+01:00",
    } | changed


def send(client: Client, *rows: Any) -> list[tuple[str, str]]:
    """Status and why of each."""
    answer = client.post(EVENTS, json.dumps({"events": rows}), content_type="application/json")
    assert answer.status_code == 200
    return [(row["status"], row["why"]) for row in answer.json()["events"]]


def statuses(client: Client, *rows: Any) -> list[str]:
    return [status for status, _why in send(client, *rows)]


@pytest.fixture
def evening(group: Group) -> Evening:
    return made.EveningFactory(
        group=group, module=group.edition.programme.modules.get(number=1), starts_at=timezone.now()
    )


# --- texts


def test_texts_to_keep_are_the_same_for_everybody_and_hold_no_person(
    adult: Adult, neighbour: Adult, logged_in: LogIn
) -> None:
    hers, theirs = (logged_in(person).get(TEXTS) for person in (adult, neighbour))
    assert hers.status_code == 200
    assert hers.content == theirs.content
    text = hers.content.decode()
    assert "Et barn som flytter" in text
    for personal in ("Berit", "csrfmiddlewaretoken", "Logg ut", "data-owner", owner_tags(adult.user)[0]):
        assert personal not in text
    assert "<textarea" not in text


def test_texts_to_keep_are_for_whoever_takes_the_programme_and_not_before_the_module_opens(
    adult: Adult, group: Group, client: Client, logged_in: LogIn
) -> None:
    assert client.get(TEXTS).status_code == 302
    assert logged_in(made.AdultFactory()).get(TEXTS).status_code == 404
    made.EveningFactory(
        group=group,
        module=group.edition.programme.modules.get(number=1),
        starts_at=timezone.now() + timedelta(days=21),
    )
    assert logged_in(adult).get(TEXTS).status_code == 404


def test_a_correction_gives_the_texts_a_new_address(adult: Adult, group: Group, logged_in: LogIn) -> None:
    client = logged_in(adult)

    def address() -> str:
        return client.get("/kurs/en-god-start/modul-1/").content.decode().partition('data-keep="')[2][:80]

    before = address()
    assert before.startswith(f"{TEXTS}?v=")
    group.edition.wording += 1
    group.edition.save()
    assert address() != before


# --- taps that waited


def test_a_tap_sent_three_times_is_one_row_at_the_time_it_was_made(adult: Adult, logged_in: LogIn) -> None:
    client, row = logged_in(adult), tap(adult)
    assert [statuses(client, row) for _ in range(3)] == [["stored"], ["known"], ["known"]]
    event = ReadingEvent.objects.get()
    assert (event.adult, event.part.key, event.revision) == (adult, "del-1", 7)
    assert event.happened_at.isoformat() == "2026-11-01T17:00:00+00:00"


def test_an_id_that_another_tap_has_used_gives_one_row_more_however_often_it_is_sent(
    adult: Adult, logged_in: LogIn
) -> None:
    client, read = logged_in(adult), tap(adult)
    tried = tap(adult, client_id=read["client_id"], kind="tried", block="t1")
    assert statuses(client, read, tried, tried, read) == ["stored", "stored", "known", "known"]
    assert ReadingEvent.objects.count() == 2


def test_another_adults_tap_on_the_same_phone_waits_for_her(
    adult: Adult, other_adult: Adult, logged_in: LogIn
) -> None:
    assert statuses(logged_in(other_adult), tap(adult), tap(other_adult)) == ["other", "stored"]
    assert ReadingEvent.objects.get().adult == other_adult
    assert statuses(logged_in(adult), tap(adult)) == ["stored"]


def test_a_tap_outlives_a_change_of_the_secret_key(
    adult: Adult, logged_in: LogIn, settings: SettingsWrapper
) -> None:
    row = tap(adult)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another"
    assert statuses(logged_in(adult), row) == ["stored"]


@pytest.mark.parametrize(
    "changed",
    [
        {"part": "finnes-ikke"},
        {"module": "finnes-ikke"},
        {"programme": "finnes-ikke"},
        {"kind": "tried", "block": "finnes-ikke"},
        {"kind": "tried", "block": ""},
        {"kind": "read", "block": "t1"},
        {"kind": "eaten"},
        {"kind": ["read"]},
        {"client_id": "nei"},
        {"client_id": None},
        {"part": "del-1\0"},
        {"part": "x" * 300},
    ],
)
def test_a_tap_that_fits_nothing_is_refused_with_a_sentence_and_the_others_are_kept(
    adult: Adult, logged_in: LogIn, changed: dict[str, Any]
) -> None:
    [bad, good] = send(logged_in(adult), tap(adult, **changed), tap(adult))
    assert bad[0] == "refused"
    assert bad[1].endswith(".")
    assert good == ("stored", "")
    assert ReadingEvent.objects.count() == 1


@pytest.mark.parametrize("when", ["2999-01-01T00:00:00Z", "i går", None, 7, "2026-13-45T00:00:00Z"])
def test_a_tap_is_never_in_the_future_and_a_broken_clock_means_now(
    adult: Adult, logged_in: LogIn, when: object
) -> None:
    assert statuses(logged_in(adult), tap(adult, happened_at=when, revision="x")) == ["stored"]
    event = ReadingEvent.objects.get()
    assert abs(event.happened_at - timezone.now()) < timedelta(minutes=1)
    assert event.revision != 7


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'"x"',
        b'{"events": {}}',
        b'{"events": [1]}',
        b"\xff\xfe",
        b"[" * 100_000,
        json.dumps({"events": [{}] * 201}).encode(),
        json.dumps({"events": [{"part": "x" * 250_000}]}).encode(),
    ],
)
def test_what_no_phone_sends_is_told_so_and_nothing_is_stored(
    adult: Adult, logged_in: LogIn, body: bytes
) -> None:
    answer = logged_in(adult).post(EVENTS, body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json()["error"] == "Vi kunne ikke lese det som ble sendt. Ingenting er lagret."
    assert not ReadingEvent.objects.exists()


def test_nobody_stores_without_a_login_and_staff_store_nothing(
    adult: Adult, project_leader: User, client: Client, logged_in: LogIn
) -> None:
    assert client.post(EVENTS, "{}", content_type="application/json").status_code == 302
    row = tap(adult, owner=owner_tags(project_leader)[0])
    assert statuses(logged_in(project_leader), row) == ["refused"]


def test_a_tag_tells_no_name_and_differs_from_person_to_person(adult: Adult, neighbour: Adult) -> None:
    [tag], [other] = owner_tags(adult.user), owner_tags(neighbour.user)
    assert tag != other
    assert len(tag) == 24
    assert adult.user.username not in tag


# --- the list for an evening


def pack(client: Client, evening: Evening) -> Any:
    return client.get(f"/kveld/{evening.pk}/ta-med/")


def test_the_pack_holds_the_list_and_leaves_out_whoever_is_shielded(
    evening: Evening, adult: Adult, neighbour: Adult, contact_person: User, logged_in: LogIn
) -> None:
    neighbour.user.first_name, neighbour.alias = "Liv", "Deltaker A"
    neighbour.user.save()
    neighbour.save()
    neighbour.family.shielded = True
    neighbour.family.save()
    Attendance.objects.create(adult=adult, evening=evening, state="present")
    answer = pack(logged_in(contact_person), evening)
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "private, no-store"
    told = answer.json()
    assert [(row["name"], row["state"]) for row in told["people"]] == [("Berit", "present")]
    assert told["left_out"] == 1
    text = answer.content.decode()
    assert not [word for word in ("Liv", "Deltaker A", f'"adult": {neighbour.pk}') if word in text]


def test_the_pack_is_for_those_who_lead_the_group(
    evening: Evening,
    adult: Adult,
    other_contact_person: User,
    leader: User,
    project_leader: User,
    client: Client,
    logged_in: LogIn,
) -> None:
    assert pack(client, evening).status_code == 302
    assert pack(logged_in(adult), evening).status_code == 403
    assert pack(logged_in(leader), evening).status_code == 403
    assert pack(logged_in(other_contact_person), evening).status_code == 404
    assert pack(logged_in(project_leader), evening).status_code == 200


def test_marks_are_locked_with_a_key_of_ones_own_for_each_evening(
    evening: Evening, contact_person: User, project_leader: User
) -> None:
    other = made.EveningFactory()
    keys = {
        queue_keys(user, which)[0] for user in (contact_person, project_leader) for which in (evening, other)
    }
    assert len(keys) == 4
    assert {len(key) for key in keys} == {64}


def test_the_pack_costs_the_same_whatever_the_number_of_families(
    evening: Evening, group: Group, adult: Adult, contact_person: User, logged_in: LogIn
) -> None:
    client = logged_in(contact_person)

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert pack(client, evening).status_code == 200
        return len(asked)

    queries()
    few = queries()
    make_families(group, 5)
    assert queries() == few


def test_the_shell_of_an_evening_is_public_and_holds_nobody(
    evening: Evening, adult: Adult, contact_person: User, client: Client, logged_in: LogIn
) -> None:
    page = client.get("/uten-nett/kveld/")
    assert page.status_code == 200
    assert "Berit" not in page.content.decode()
    assert evening.group.name not in page.content.decode()
