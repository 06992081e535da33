"""Those who walk in, the count of heads, and what a device sends: nothing lost, nothing twice."""

from __future__ import annotations

import json
import re
import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.utils import timezone

from courses.attendance_sheets import sheet_of
from courses.models import Attendance, AttendanceMark, Evening, WalkIn
from tests.halls import evening, hall, page, thursday_evening

if TYPE_CHECKING:
    from courses.models import Adult, User

__all__ = ["evening", "hall", "thursday_evening"]
pytestmark = pytest.mark.django_db


def post_marks(client: Client, evening: Evening, sent: object) -> Any:
    body = sent if isinstance(sent, str) else json.dumps(sent)
    return client.post(f"/kveld/{evening.pk}/merker/", body, content_type="application/json")


def tap(adult: Adult, state: str = "present", **fields: Any) -> dict[str, Any]:
    when = timezone.now().isoformat()
    return {"client_id": str(uuid.uuid4()), "adult": adult.pk, "state": state, "marked_at": when} | fields


def against_the_room(hall: Client, evening: Evening) -> str:
    [said] = re.findall(r"data-room[^>]*>([^<]*)</p>", page(hall, evening))
    return str(said).strip()


# --- those who walk in, and the count


def test_somebody_who_walks_in_is_counted_and_later_joined(
    hall: Client, evening: Evening, adult: Adult
) -> None:
    assert hall.post(f"/kveld/{evening.pk}/ekstra/", {"name": " Kari "}).status_code == 302
    guest = WalkIn.objects.get()
    assert guest.name == "Kari"
    assert "Kari" in page(hall, evening)
    hall.post(f"/kveld/{evening.pk}/talt/", {"heads": "1"})
    assert against_the_room(hall, evening) == "1 merket til stede, 1 talt. Det stemmer."
    hall.post(f"/kveld/{evening.pk}/ekstra/{guest.pk}/", {"adult": adult.pk})
    assert Attendance.objects.get(adult=adult).state == "present"
    html = page(hall, evening)
    assert "Kari" not in html
    assert against_the_room(hall, evening).endswith("Det stemmer.")


def test_one_who_walked_in_can_be_taken_away_and_does_not_come_back_when_sent_again(
    hall: Client, evening: Evening
) -> None:
    sent = {
        "walk_ins": [
            {"client_id": str(uuid.uuid4()), "name": "Kari", "marked_at": timezone.now().isoformat()}
        ]
    }
    body = json.dumps(sent)
    hall.post(f"/kveld/{evening.pk}/merker/", body, content_type="application/json")
    assert "Kari" in page(hall, evening)
    place = f"/kveld/{evening.pk}/ekstra/{WalkIn.objects.get().pk}/"
    hall.post(place, {"remove": "1"})
    answer = hall.post(f"/kveld/{evening.pk}/merker/", body, content_type="application/json").json()
    assert [row["status"] for row in answer["walk_ins"]] == ["stored"]
    assert sheet_of(evening).walk_ins == ()
    assert WalkIn.objects.get().name == ""
    assert hall.post(place, {"remove": "1"}).status_code == 404


@pytest.mark.parametrize("name", ["", "   ", "x" * 41])
def test_a_name_that_is_none_or_too_long_comes_back_in_its_field(
    hall: Client, evening: Evening, name: str
) -> None:
    response = hall.post(f"/kveld/{evening.pk}/ekstra/", {"name": name})
    assert response.status_code == 422
    assert "ornavnet" in response.content.decode()
    assert WalkIn.objects.count() == 0


def test_joining_with_nobody_or_with_a_stranger_is_refused(
    hall: Client, evening: Evening, stranger: Adult
) -> None:
    hall.post(f"/kveld/{evening.pk}/ekstra/", {"name": "Kari"})
    address = f"/kveld/{evening.pk}/ekstra/{WalkIn.objects.get().pk}/"
    for sent in ({}, {"adult": ""}, {"adult": stranger.pk}, {"adult": "x"}):
        response = hall.post(address, sent)
        assert response.status_code == 422
        assert "Velg hvem på lista det var." in response.content.decode()


@pytest.mark.parametrize("heads", ["-1", "501", "tolv", "1e3", "9" * 400])
def test_a_count_that_is_no_count_is_told_so_and_stands_in_its_field(
    hall: Client, evening: Evening, heads: str
) -> None:
    response = hall.post(f"/kveld/{evening.pk}/talt/", {"heads": heads})
    assert response.status_code == 422
    assert f'value="{heads}"' in response.content.decode()
    evening.refresh_from_db()
    assert evening.head_count is None


def test_more_heads_than_marks_asks_whether_somebody_is_missing(
    hall: Client, evening: Evening, adult: Adult
) -> None:
    hall.post(f"/kveld/{evening.pk}/merk/", {"mark": f"{adult.pk}:present"})
    hall.post(f"/kveld/{evening.pk}/talt/", {"heads": "2"})
    assert against_the_room(hall, evening).endswith("talt. Er det noen som ikke er merket ennå?")
    hall.post(f"/kveld/{evening.pk}/talt/", {"heads": ""})
    assert against_the_room(hall, evening) == ""


def test_a_count_that_a_phone_brings_late_does_not_write_over_a_newer_one(
    hall: Client, evening: Evening
) -> None:
    def count(heads: int, minutes_ago: float) -> int:
        at = timezone.now() - timedelta(minutes=minutes_ago)
        sent = {"head_count": heads, "counted_at": at.isoformat()}
        return int(post_marks(hall, evening, sent).json()["head_count"])

    assert count(5, minutes_ago=30) == 5
    assert count(4, minutes_ago=60) == 5
    assert count(6, minutes_ago=20) == 6
    hall.post(f"/kveld/{evening.pk}/talt/", {"heads": "7"})
    assert count(5, minutes_ago=10) == 7
    assert count(8, minutes_ago=-60) == 8  # a clock that goes too fast is not the newest for ever
    hall.post(f"/kveld/{evening.pk}/talt/", {"heads": "9"})
    evening.refresh_from_db()
    assert evening.head_count == 9


# --- many at once, from a device


def test_what_a_device_has_gathered_is_stored_and_each_tap_is_told_its_fate(
    hall: Client, evening: Evening, adult: Adult, stranger: Adult
) -> None:
    good, foreign = tap(adult), tap(stranger)
    broken = [tap(adult, client_id="x"), tap(adult, state="made-up"), tap(adult, marked_at="i går"), {}]
    guest = {"client_id": str(uuid.uuid4()), "name": "Kari", "marked_at": timezone.now().isoformat()}
    sent = {"marks": [good, foreign, *broken], "walk_ins": [guest, {"name": ""}], "head_count": 2}
    response = post_marks(hall, evening, sent)
    assert response.status_code == 200
    answer = response.json()
    assert [row["status"] for row in answer["marks"]] == ["stored", *["refused"] * 5]
    assert answer["marks"][0]["id"] == AttendanceMark.objects.get().pk
    assert all(row["why"] for row in answer["marks"][1:])
    assert [row["status"] for row in answer["walk_ins"]] == ["stored", "refused"]
    assert answer["head_count"] == 2
    assert answer["states"] == {str(adult.pk): "present"}
    again = post_marks(hall, evening, sent).json()
    assert again["marks"][0] == {
        "client_id": good["client_id"],
        "status": "known",
        "id": answer["marks"][0]["id"],
    }
    assert again["walk_ins"][0]["id"] == answer["walk_ins"][0]["id"]
    assert (AttendanceMark.objects.count(), WalkIn.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "[]",
        "null",
        '"x"',
        '{"marks": {}}',
        '{"marks": [1]}',
        '{"walk_ins": "x"}',
        '{"head_count": -1}',
        '{"head_count": "2"}',
        '{"head_count": true}',
        '{"head_count": 1.5}',
        "[" * 100_000,
        json.dumps({"marks": [{}] * 501}),
        json.dumps({"walk_ins": [{}] * 51}),
    ],
)
def test_what_cannot_be_read_is_told_in_a_sentence_and_nothing_is_stored(
    hall: Client, evening: Evening, body: str
) -> None:
    response = post_marks(hall, evening, body)
    assert response.status_code == 400
    assert response.json()["error"].endswith("Ingenting er lagret.")
    evening.refresh_from_db()
    assert evening.head_count is None


def test_nasty_values_in_one_tap_are_refused_and_break_nothing(
    hall: Client, evening: Evening, adult: Adult
) -> None:
    nasty: list[Any] = [None, True, -1, 2**70, "1", [], {}, 1.5, "\ud800", "\x00"]
    rows = [
        tap(adult) | {key: value} for value in nasty for key in ("adult", "state", "marked_at", "client_id")
    ]
    rows += [tap(adult, marked_at=moment) for moment in ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59-14:00")]
    names = [
        {"client_id": str(uuid.uuid4()), "name": name, "marked_at": timezone.now().isoformat()}
        for name in nasty
    ]
    response = post_marks(hall, evening, {"marks": rows, "walk_ins": names[:50]})
    assert response.status_code == 200
    assert {row["status"] for row in response.json()["marks"]} == {"refused"}
    assert AttendanceMark.objects.count() == 0


def test_five_hundred_marks_are_taken_at_once(hall: Client, evening: Evening, adult: Adult) -> None:
    response = post_marks(hall, evening, {"marks": [tap(adult) for _ in range(500)]})
    assert {row["status"] for row in response.json()["marks"]} == {"stored"}
    assert AttendanceMark.objects.count() == 500


def test_marks_without_a_token_are_not_taken(
    evening: Evening, adult: Adult, contact_person: User, hall: Client
) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = hall.cookies
    assert post_marks(strict, evening, {"marks": [tap(adult)]}).status_code == 403
    assert AttendanceMark.objects.count() == 0
